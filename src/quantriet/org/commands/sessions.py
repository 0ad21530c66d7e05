"""Writes of sessions: ending those of one account."""

from django.db import transaction

from quantriet.org import audit
from quantriet.org.access import Actor
from quantriet.org.models import Account


def end_all(account: Account, *, by: Actor) -> int:
    """End every session of the account, the present one too; they are over at their next request.

    The owner's own act, or a step of a command that has power over the account. Returns how many there were.
    """
    with transaction.atomic():
        ended, _rows = account.sessions.all().delete()
        audit.record(by, "session.end_all", account, unit=by.unit_id or None, detail={"count": ended})
    return ended
