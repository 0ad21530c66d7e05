"""Which conferences and sites concern an actor; the agenda, guests, remarks and claims of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from quantriet.conferences.models import (
    Attendance,
    Conference,
    Guest,
    Remark,
    Site,
    SiteUnit,
)
from quantriet.conferences.queries import roster
from quantriet.conferences.queries.sittings import sitting_of
from quantriet.documents.models import Document
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


def conferences(by: Actor) -> QuerySet[Conference]:
    """Conferences the actor may know of: called in his units, with a site there, or to which a unit above his
    was summoned with everybody below it; newest first.
    """
    mine = access.units(by, Can.CONFERENCE_READ)
    concerns = Q(unit__in=mine) | Q(site__unit__in=mine) | Q(unit__in=_above(by))
    sits = SiteUnit.objects.filter(concerns, conference=OuterRef("pk"))
    return (
        Conference.objects.filter(Q(unit__in=mine) | Exists(sits))
        .select_related("unit", "campaign")
        .order_by("-starts_at", "-id")
    )


def _above(by: Actor) -> list[int]:
    """The units from the root down to the actor's own, by the labels of his paths; none for the house."""
    if by.roots == access.HOUSE or not by.can(Can.CONFERENCE_READ):
        return []
    return [int(label) for path in by.roots for label in path.split(".")]


def _nearest_sites(by: Actor) -> QuerySet[SiteUnit, int]:
    """Of each conference the site at which people of the actor's own unit are expected."""
    depth = [When(unit_id=unit_id, then=Value(at)) for at, unit_id in enumerate(_above(by))]
    assigned = SiteUnit.objects.filter(unit__in=_above(by))
    ordered = assigned.annotate(depth=Case(*depth, default=Value(-1))).order_by("conference_id", "-depth")
    return ordered.distinct("conference_id").values_list("site_id", flat=True)


def nearest_site_ids(by: Actor, conference: Conference) -> list[int]:
    """The site of a conference at which people of the actor's own unit are expected, if it is known."""
    return list(_nearest_sites(by).filter(conference=conference)) if _above(by) else []


def managed(by: Actor) -> QuerySet[Conference]:
    """Conferences the actor may change: those of the units he manages."""
    return conferences(by).filter(unit__in=access.units(by, Can.CONFERENCE_MANAGE))


def sites(by: Actor, can: Can) -> QuerySet[Site]:
    """Sites the actor looks at: run by his units, of a conference called in them, or where his unit sits."""
    mine = access.units(by, can)
    own = Q(unit__in=mine) | Q(conference__unit__in=mine)
    return (
        Site.objects.filter(own | Q(pk__in=_nearest_sites(by)) if _above(by) else own)
        .select_related("conference__campaign", "conference__unit", "unit")
        .order_by("-is_hub", "unit__sort_key", "name", "id")
    )


@dataclass(frozen=True)
class Seat:
    """A unit and the site its people are expected at; ``site`` is ``None`` where it sits with the unit above."""

    unit: Unit
    site: Site | None


def seating(conference: Conference, by: Actor) -> list[Seat]:
    """The units below who called it and all units with a seat of their own, as far as the actor sees them."""
    seats = {row.unit_id: row.site for row in conference.site_units.select_related("site")}
    below = subordinate_units(conference.unit).values("pk")
    units = access.units(by, Can.CONFERENCE_READ).filter(Q(pk__in=list(seats)) | Q(pk__in=below))
    return [Seat(unit, seats.get(unit.pk)) for unit in units.order_by("level", "sort_key", "id")]


def is_hybrid(conference: Conference) -> bool:
    """Whether people sit in halls and at screens: its sites differ in form, whichever of them one may see."""
    return conference.sites.values("form").distinct().order_by("form").count() > 1


@dataclass(frozen=True)
class AgendaRow:
    """A point of the agenda with the number of its document, where the reader may know it."""

    position: int
    title: str
    document_id: int | None
    number: str
    planned_minutes: int
    actual_minutes: int | None
    presenter: str


def agenda(conference: Conference) -> list[AgendaRow]:
    """The agenda in its order."""
    items = list(conference.agenda.order_by("position"))
    numbers = dict(
        Document.objects.filter(pk__in=[item.document_id for item in items if item.document_id]).values_list(
            "pk", "number"
        )
    )
    return [
        AgendaRow(
            item.position,
            item.title,
            item.document_id,
            numbers.get(item.document_id or 0, ""),
            item.planned_minutes,
            item.actual_minutes,
            item.presenter,
        )
        for item in items
    ]


def guests(site: Site) -> QuerySet[Guest]:
    """Guests of a site as they came."""
    return Guest.objects.filter(site=site).order_by("id")


def remarks(conference: Conference) -> QuerySet[Remark]:
    """What was said, as it was said."""
    return Remark.objects.filter(conference=conference).select_related("author", "unit").order_by("id")


def remarks_at(site: Site) -> QuerySet[Remark]:
    """What was said by the units that sit at a site; at the hub, what was said at all sites."""
    said = remarks(site.conference)
    if site.is_hub:
        return said
    return said.filter(unit__in={site.unit_id, *roster.units_of_site(site)})


def subordinate_units(unit: Unit) -> QuerySet[Unit]:
    """The live units directly below: each gets a site by default."""
    placed = access.today_placements().filter(parent=unit, former=False, unit__tree=unit.tree)
    return (
        Unit.objects.filter(pk__in=placed.values("unit"), closed_on=None)
        .exclude(kind__in=("body", "press"))
        .order_by("sort_key", "id")
    )


_FIRST = "coalesce(meeting.shift_of_id, meeting.id)"
_ON_ROLL = sitting_of("line.person_id", "line.unit_id", _FIRST)
_AS_MEMBER = sitting_of("member.person_id", "member.unit_id", _FIRST)
_MINE = f"""
SELECT DISTINCT assigned.conference_id
FROM campaigns_rollline AS line
JOIN org_placement AS placed ON placed.unit_id = line.unit_id AND placed.valid @> quantriet_today()
JOIN conferences_siteunit AS assigned
  ON assigned.unit_id = ANY (string_to_array(placed.path::text, '.')::bigint[])
JOIN conferences_conference AS meeting
  ON meeting.id = assigned.conference_id AND meeting.campaign_id = line.campaign_id
WHERE line.person_id = %(person)s AND line.state = 'summoned'
  AND (meeting.classes = '[]'::jsonb OR meeting.classes @> to_jsonb(line.person_class::int))
  AND (meeting.shift = 0 OR {_ON_ROLL} = meeting.id)
UNION
SELECT assigned.conference_id
FROM org_membership AS member
JOIN org_placement AS placed ON placed.unit_id = member.unit_id AND placed.valid @> quantriet_today()
JOIN conferences_siteunit AS assigned
  ON assigned.unit_id = ANY (string_to_array(placed.path::text, '.')::bigint[])
JOIN conferences_conference AS meeting ON meeting.id = assigned.conference_id AND meeting.campaign_id IS NULL
WHERE member.person_id = %(person)s AND member.is_primary AND member.to_on IS NULL
  AND (meeting.shift = 0 OR {_AS_MEMBER} = meeting.id)
"""


def expected_at(person_id: int) -> QuerySet[Conference]:
    """The sessions one person is or was expected at, those called off among them: read without any role."""
    found = Conference.objects.raw(
        f"SELECT id FROM conferences_conference WHERE id IN ({_MINE})", {"person": person_id}
    )
    return (
        Conference.objects.filter(pk__in=[row.pk for row in found])
        .select_related("unit", "campaign")
        .order_by("-starts_at", "-id")
    )


def summoned_to(person_id: int) -> QuerySet[Conference]:
    """The sessions one person is expected at, next first: his own record, read without any role."""
    return expected_at(person_id).exclude(state=Conference.State.CANCELLED)


def own_attendance(person_id: int) -> dict[int, Attendance]:
    """What is recorded of one person, by conference."""
    rows = Attendance.objects.filter(person_id=person_id).select_related("site")
    return {row.conference_id: row for row in rows}


def behind(batch_ids: Sequence[int], below: QuerySet[Unit]) -> QuerySet[Attendance]:
    """The attendances that carry given batches of the ledger: the rows behind a figure."""
    return (
        Attendance.objects.filter(batch__in=list(batch_ids), unit__in=below)
        .select_related("person", "unit", "site", "conference")
        .order_by("unit__sort_key", "unit_id", "person__sort_key", "id")
    )


def upcoming(by: Actor, *, until: datetime) -> QuerySet[Site]:
    """Sites the actor works at whose conference is not over and begins before ``until``, next first."""
    mine = access.units(by, Can.ATTENDANCE_RECORD)
    return (
        Site.objects.filter(
            unit__in=mine,
            conference__state__in=(Conference.State.PLANNED, Conference.State.OPEN),
            conference__starts_at__lt=until,
        )
        .select_related("conference", "unit")
        .order_by("conference__starts_at", "-is_hub", "unit__sort_key", "name", "id")
    )


def is_begun(conference: Conference) -> bool:
    """Whether the hour of the start has come."""
    return timezone.now() >= conference.starts_at
