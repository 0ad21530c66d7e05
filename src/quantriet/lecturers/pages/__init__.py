"""Pages of lecturers."""
