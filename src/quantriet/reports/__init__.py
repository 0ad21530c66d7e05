"""Floor 7: boards, result reports, their way up and back, papers."""
