"""All writes of documents, split by noun: ``papers``, ``clauses``, ``materials``, ``receipts``."""
