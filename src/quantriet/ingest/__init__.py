"""The check-in intake: a small process beside the pages. It has no rule of its own: it proves who sends,
gathers what came, and hands it to ``conferences.commands.scans``.
"""
