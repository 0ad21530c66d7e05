"""Floor 11: settings, root URLs, processes and the command line: what combines all packages below."""
