"""What conferences do by themselves: scans kept before the opening are judged when it has come."""

import structlog

from quantriet.conferences.commands import scans
from quantriet.core import jobs

_log = structlog.get_logger("conferences")


@jobs.periodic("kept-scans", "* * * * *")
def judge_kept_scans() -> None:
    """Every minute."""
    if judged := scans.judge_kept():
        _log.info("scans.judged", count=judged)
