"""Floor 2: books, entries, tallies, numberings; knows units, not campaigns."""
