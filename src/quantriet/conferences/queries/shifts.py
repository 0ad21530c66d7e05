"""A roll in shifts: who comes to which sitting, by one rule that every list, count and paper asks.

Somebody comes to the sitting he was seen at (the earliest of them); before that to the one he was put in; else to the
first. So a person who swaps with a colleague needs nobody's leave, and stands in one sitting's figures, never in two.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from quantriet.conferences.models import Conference, Site
from quantriet.conferences.queries import roster
from quantriet.conferences.queries.sittings import sitting_of, told
from quantriet.org import access


def sittings(conference: Conference) -> QuerySet[Conference]:
    """The sittings of a conference in shifts that were not called off, the first one first; else the one."""
    first = conference.shift_of_id or conference.pk
    rows = Conference.objects.filter(Q(pk=first) | Q(shift_of=first))
    return rows.exclude(state=Conference.State.CANCELLED).order_by("shift", "id")


def sites_together(site: Site) -> QuerySet[Site]:
    """The same site in all shifts that were not called off, the first one first."""
    first = site.shift_of_id or site.pk
    rows = Site.objects.filter(Q(pk=first) | Q(shift_of=first)).select_related("conference")
    return rows.exclude(conference__state=Conference.State.CANCELLED).order_by("conference__shift", "id")


@dataclass(frozen=True)
class Comer:
    """Somebody expected at a site in one of its shifts; ``has_come``: he was seen there, and stays."""

    person_id: int
    full_name: str
    unit_id: int
    unit_name: str
    conference_id: int
    has_come: bool


_COMERS = f"""
SELECT person.id, person.full_name, expected.unit_id, coalesce(nullif(unit.short_name, ''), unit.name),
       {sitting_of("expected.person_id", "expected.unit_id", "%(first)s::bigint")} AS sitting,
       EXISTS (
           SELECT 1 FROM conferences_attendance AS came
           JOIN conferences_conference AS sitting ON sitting.id = came.conference_id
           WHERE came.person_id = expected.person_id AND came.state IN ('present', 'late')
             AND (sitting.id = %(first)s OR sitting.shift_of_id = %(first)s)
       )
FROM expected
JOIN org_person AS person ON person.id = expected.person_id
JOIN org_unit AS unit ON unit.id = expected.unit_id
ORDER BY unit.sort_key, unit.id, person.sort_key, person.id
"""


def comers(site: Site) -> list[Comer]:
    """Who is expected at a site in whichever of its shifts, by unit and given name; as seated in the first."""
    first = (
        site
        if site.shift_of_id is None
        else Site.objects.select_related("conference").get(pk=site.shift_of_id)
    )
    expected, words = roster.expected_in_any_shift(first)
    with connection.cursor() as cursor:
        cursor.execute(f"{expected} {_COMERS}", words)
        return [Comer(*row) for row in cursor.fetchall()]


_SUMMONED = f"""
WITH candidate AS (
    SELECT member.person_id FROM conferences_shiftmember AS member WHERE member.first_id = %(first)s
    UNION
    SELECT came.person_id FROM conferences_conference AS further
    JOIN conferences_attendance AS came ON came.conference_id = further.id
    WHERE further.shift_of_id = %(first)s AND came.state IN ('present', 'late')
), placed AS (
    SELECT line.unit_id, {sitting_of("line.person_id", "line.unit_id", "%(first)s::bigint")} AS sitting
    FROM candidate JOIN campaigns_rollline AS line
      ON line.campaign_id = %(campaign)s AND line.person_id = candidate.person_id AND line.state = 'summoned'
    WHERE %(everyone)s OR line.person_class = ANY(%(classes)s)
)
SELECT unit_id,
       count(*) FILTER (WHERE sitting = %(conference)s) - count(*) FILTER (WHERE %(conference)s = %(first)s)
FROM placed GROUP BY unit_id
"""


def summoned_besides(conference: Conference) -> Mapping[int, int]:
    """For a sitting of a campaign, by unit: how many of the roll come to it (a further one), or are missing from the
    unit's roll because they come to another (the first, below zero). A number of people and nobody's name, so it is
    asked over the whole house, as the figures of the ledger are.
    """
    with access.whole_house("who comes to which shift"), connection.cursor() as cursor:
        cursor.execute(_SUMMONED, told(conference) | {"campaign": conference.campaign_id})
        return {int(unit_id): int(count) for unit_id, count in cursor.fetchall()}
