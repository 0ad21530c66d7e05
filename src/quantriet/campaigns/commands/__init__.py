"""All writes of campaigns, split by noun: ``campaigns.start(...)``, ``credits.credit(...)``."""
