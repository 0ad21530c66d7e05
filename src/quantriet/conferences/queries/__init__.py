"""All reads of conferences, split by noun: ``roster.of_site(...)``, ``wall.wall(...)``."""
