"""Template tags of floor 0."""
