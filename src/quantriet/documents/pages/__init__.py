"""The pages of documents, split by noun: ``papers``, ``entry``, ``clauses``, ``materials``, ``receipts``."""
