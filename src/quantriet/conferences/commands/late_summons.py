"""Somebody attended and was put on the roll afterwards: his attendances join the line and earn their credit."""

from quantriet.campaigns import summoned
from quantriet.campaigns.models import RollLine
from quantriet.conferences.commands import entries
from quantriet.conferences.models import Attendance
from quantriet.org.access import Actor


def claim(line: RollLine, by: Actor) -> None:
    """Tie what was recorded of the person in this campaign to his line, and claim credit for it.

    Where he was counted as present he stays counted: attendances (lượt) do not move, the person (người) counts
    at the unit of his line.
    """
    if line.batch_id is None:
        return
    recorded = Attendance.objects.filter(conference__campaign=line.campaign_id, person=line.person_id)
    recorded.filter(line=None).update(line=line)
    entries.claim_all(recorded, batch_id=line.batch_id, by=by)


def register() -> None:
    """Called once, when the package is ready."""
    summoned.register("conferences.attendance", claim)
