"""Pages of conferences, split by noun."""
