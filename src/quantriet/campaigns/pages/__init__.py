"""Pages of campaigns, split by what they show."""
