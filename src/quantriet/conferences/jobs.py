"""What conferences do by themselves: scans kept before the opening are judged when it has come, and claims that
what came later explains are settled.
"""

import structlog

from quantriet.conferences.commands import conflicts, scans
from quantriet.core import jobs

_log = structlog.get_logger("conferences")


@jobs.periodic("kept-scans", "* * * * *")
def judge_kept_scans() -> None:
    """Every minute."""
    if judged := scans.judge_kept():
        _log.info("scans.judged", count=judged)


@jobs.periodic("claims-matched", "* * * * *")
def match_claims() -> None:
    """Every minute."""
    if matched := conflicts.match_all():
        _log.info("claims.matched", count=matched)
