"""What the house does by itself: sends mails, takes over the work of dead workers, erases what is past."""

import structlog

from quantriet.core import jobs
from quantriet.web import outbox, retention

_log = structlog.get_logger("house")


@jobs.periodic("mails", "* * * * *")
def send_mails() -> None:
    """Every minute."""
    if sent := outbox.send_waiting():
        _log.info("outbox.sent", count=sent)


@jobs.periodic("stalled", "* * * * *")
def take_over() -> None:
    """Every minute: jobs whose worker gave no sign of life for half a minute go back to the queue."""
    if taken := jobs.take_over_stalled():
        _log.warning("jobs.taken_over", count=taken)


@jobs.periodic("retention", "30 19 * * *")
def erase() -> None:
    """Every night at 2:30 here; the queue counts in UTC."""
    _log.info("retention.erased", **retention.erase())
