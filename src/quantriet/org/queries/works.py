"""Work done in the background: who may look at it and stop it."""

from quantriet.core.models import Work
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.permissions import Can


def work(actor: Actor, work_id: int) -> Work:
    """The work, for who ordered it and who manages the accounts of its unit; else it is not there."""
    found = access.row_or_404(Work.objects.all(), work_id)
    if found.account_id != actor.account_id and not access.may(actor, Can.ACCOUNT_MANAGE, found.unit_id):
        raise access.not_found()
    return found
