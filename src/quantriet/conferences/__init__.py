"""Floor 6: conferences and cell meetings: sites, roll-call, credit."""
