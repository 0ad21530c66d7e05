"""Commands on units, people and accounts: all writes of floor 1."""
