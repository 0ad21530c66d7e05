"""Who of a cell missed a session, for its make-up; and whether the recording may be watched for one yet."""

from dataclasses import dataclass

from django.utils import timezone

from quantriet.conferences.models import Conference
from quantriet.conferences.queries import roster
from quantriet.conferences.queries.roster import Row
from quantriet.conferences.verdicts import HERE
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


@dataclass(frozen=True)
class Own:
    """Somebody of a cell who is expected, and at which site."""

    row: Row
    site_id: int

    @property
    def is_missing(self) -> bool:
        """Nobody has recorded him as there, in the session or later."""
        return self.row.state not in HERE


def of_cell(conference: Conference, unit: Unit) -> list[Own]:
    """The people of a cell who are expected at a conference, by given name. Two statements."""
    rows = roster.of_unit(conference, unit.pk)
    places = roster.places(conference, [row.person_id for row in rows]) if rows else {}
    found = ((row, places[row.person_id].site_id) for row in rows if row.person_id in places)
    return [Own(row, site_id) for row, site_id in found if site_id is not None]


def is_over(conference: Conference) -> bool:
    """Whether its hours are over, so that somebody can have missed it."""
    if conference.state == Conference.State.CANCELLED:
        return False
    return conference.state == Conference.State.CLOSED or timezone.now() >= conference.ends_at


def may_confirm(by: Actor, unit: Unit) -> bool:
    """Whether the actor may confirm for the people of a unit: it is a cell, and he keeps its attendance."""
    return not access.stands_above_cell(unit) and access.may(by, Can.ATTENDANCE_RECORD, unit)
