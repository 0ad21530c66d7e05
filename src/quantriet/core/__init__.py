"""Floor 0: what knows no word of the business (text, files, office papers, scope, components)."""
