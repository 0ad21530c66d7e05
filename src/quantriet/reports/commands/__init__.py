"""All writes of reports, split by noun: ``reports.send(...)``, ``reviews.return_(...)``."""
