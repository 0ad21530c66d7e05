"""All writes of conferences, split by noun: ``conferences.call(...)``, ``attendance.record(...)``."""
