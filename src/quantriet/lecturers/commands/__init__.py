"""All writes of lecturers, split by noun."""
