"""All reads of lecturers, split by noun."""
