"""Reads of floor 1, split by noun."""
