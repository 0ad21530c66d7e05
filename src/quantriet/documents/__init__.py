"""Floor 3: documents, their clauses, materials and publication."""
