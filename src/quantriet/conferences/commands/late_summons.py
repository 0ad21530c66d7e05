"""Somebody attended or was excused and was put on the roll afterwards: his attendances join the line, earn their
credit and excuse him.
"""

from django.db.models import QuerySet

from quantriet.campaigns import summoned
from quantriet.campaigns.models import RollLine
from quantriet.conferences.commands import counting, entries, excuses
from quantriet.conferences.models import Attendance
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.org.access import Actor


def claim(line: RollLine, by: Actor) -> None:
    """Tie what was recorded of the person in this campaign to his line, carry his excuses to it, claim credit.

    He was a guest where he came and is on the roll now: his attendances (lượt) stay where they were made and are
    counted as those of the summoned, the person (người) counts at the unit of his line.
    """
    book_id = line.campaign.book_id
    if line.batch_id is None or book_id is None:
        return
    recorded = Attendance.objects.filter(conference__campaign=line.campaign_id, person=line.person_id)
    ledger.append(book_id, line.batch_id, _tied(recorded.filter(line=None), line))
    excuses.carry_all(line.campaign, recorded, key=f"late:{line.pk}:{line.batch_id}", by=by)
    entries.claim_all(recorded, batch_id=line.batch_id, by=by)


def _tied(guests: QuerySet[Attendance], line: RollLine) -> list[Line]:
    """Tie the rows to the line; each is counted out as it was counted in, and in as it is read from now on."""
    rows = list(guests.select_related("conference").select_for_update(of=("self",)).order_by("pk"))
    lines: list[Line] = []
    for row in rows:
        lines += counting.reversed_lines(counting.counted(row, row.conference.level))
        row.line = line
        lines += counting.counted(row, row.conference.level)
    Attendance.objects.filter(pk__in=[row.pk for row in rows]).update(line=line)
    return lines


def register() -> None:
    """Called once, when the package is ready."""
    summoned.register("conferences.attendance", claim)
