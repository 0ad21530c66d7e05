"""The rule of shifts as SQL: to which sitting of a conference somebody of the roll comes (why: ``queries.shifts``)."""

from typing import Any

from quantriet.conferences.models import Conference


def sitting_of(person: str, unit: str, first: str) -> str:
    """An expression for the id of the sitting; ``person``, ``unit`` and ``first`` (the first sitting's id) are SQL."""
    return f"""coalesce(
    (SELECT came.conference_id FROM conferences_attendance AS came
     JOIN conferences_conference AS sitting ON sitting.id = came.conference_id
     WHERE came.person_id = {person} AND came.state IN ('present', 'late')
       AND (sitting.id = {first} OR sitting.shift_of_id = {first})
     ORDER BY sitting.shift LIMIT 1),
    (SELECT member.conference_id FROM conferences_shiftmember AS member
     JOIN conferences_conference AS sitting ON sitting.id = member.conference_id
     WHERE member.first_id = {first} AND member.person_id = {person} AND member.unit_id = {unit}
       AND sitting.state <> 'cancelled'),
    {first})"""


def told(conference: Conference) -> dict[str, Any]:
    """What the expression and the classes summoned are asked with."""
    return {
        "conference": conference.pk,
        "first": conference.shift_of_id or conference.pk,
        "everyone": not conference.classes,
        "classes": list(conference.classes),
    }
