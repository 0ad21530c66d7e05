"""Pages of reports, split by what one does: lists, writing, reading and reviewing, files, looking at old ones."""
