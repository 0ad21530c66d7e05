"""What the house does by itself: sends mails, takes over the work of dead workers, erases what is past."""

from collections import Counter

import structlog

from quantriet.core import jobs
from quantriet.org import access
from quantriet.org.commands import acts
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


@jobs.periodic("acts", "* * * * *")
def arrange_units() -> None:
    """Every minute: acts on the tree whose day has come here, in Việt Nam, are carried out."""
    by = access.operator("ngày hiệu lực")
    with access.acting(by):
        taken_up = acts.arrive(by=by)
    if taken_up:
        _log.info("acts.arrived", **Counter(act.state for act in taken_up))


@jobs.periodic("retention", "30 19 * * *")
def erase() -> None:
    """Every night at 2:30 here; the queue counts in UTC."""
    _log.info("retention.erased", **retention.erase())
