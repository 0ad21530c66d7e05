"""Office files: sheets in and out, official letters (Word, PDF), printed tables and cards, documents in.

Values in, bytes out; no database and no word of the business. Readers are meant to be called through
``core.intake.cage.run_limited`` after ``core.intake.checking.check_upload``; writers need no cage.
"""
