"""Pages of floor 1: signing in, units and people, accounts, one's own data, import."""
