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
    """Every minute: acts on the tree whose day has come here, in Việt Nam, are carried out.

    Each in a transaction of its own: an act that breaks, for whatever reason, takes back nothing but itself, is
    logged, and is tried again the next minute.
    """
    by = access.operator("ngày hiệu lực")
    with access.acting(by):
        waiting = acts.due()
    taken_up: Counter[str] = Counter()
    for act_id in waiting:
        try:
            with access.acting(by):
                taken_up[acts.arrive(act_id, by=by).state] += 1
        except Exception:  # noqa: BLE001 - one act must not hold up those after it
            _log.exception("acts.failed", act=act_id)
    if taken_up:
        _log.info("acts.arrived", **taken_up)


@jobs.periodic("retention", "30 19 * * *")
def erase() -> None:
    """Every night at 2:30 here; the queue counts in UTC."""
    _log.info("retention.erased", **retention.erase())
