"""Settled attendance, for programs: a conference as a whole, by site, and a site person by person.

The same rule says every outcome as on the pages (``settlement``); the outcomes of a list add up to its summons.
"""

from collections.abc import Mapping
from datetime import datetime

from ninja import Router, Schema

from quantriet.conferences.models import Conference, Site
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import settled as queries
from quantriet.conferences.queries.settled import Line, Whole
from quantriet.conferences.settlement import Outcome, Sums
from quantriet.core.paging import Cursor, Limit, Page, RowId, page_of, page_together
from quantriet.org import access
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.models import Person
from quantriet.org.permissions import Can

router = Router()


class SettledSumsOut(Schema):
    """So many people of each outcome (người), and attendances (lượt). ``summoned`` is null where no list tells it."""

    summoned: int | None
    outcomes: Mapping[Outcome, int]
    people: int
    missed: int
    turns: int
    late: int
    left_early: int
    guests: int


class SettledOut(SettledSumsOut):
    """A conference as a whole: ``sites`` whose people the reader may know. Not final before its state is closed."""

    conference_id: int
    state: str
    sites: int


class SettledSiteOut(SettledSumsOut):
    """One site."""

    site_id: int
    name: str
    unit_id: int


class SettledPersonOut(Schema):
    """One person of a site. Hours are null where nobody told them."""

    person_id: int
    full_name: str
    unit: str
    outcome: Outcome
    source: str
    in_at: datetime | None
    out_at: datetime | None
    excuse: str


def _whole(request: ActorRequest, conference_id: int) -> tuple[Conference, Whole]:
    one = access.row_or_404(reads.conferences(request.actor), conference_id)
    return one, queries.whole(one, by=request.actor)


def _counted(sums: Sums) -> dict[str, object]:
    told = {name: getattr(sums, name) for name in SettledSumsOut.model_fields if name != "outcomes"}
    return {**told, "outcomes": dict(sums.of)}


@router.get(
    "/conferences/{conference_id}/settled",
    response=SettledOut,
    tags=["conferences"],
    summary="What a session came to",
)
@endpoint(Can.ATTENDANCE_READ)
def read_settled(request: ActorRequest, conference_id: RowId) -> SettledOut:
    """The sums of all sites whose people I may know."""
    one, whole = _whole(request, conference_id)
    return SettledOut.model_validate(
        {
            "conference_id": one.pk,
            "state": one.state,
            "sites": len(whole.site_ids),
            **_counted(whole.sums),
        }
    )


@router.get(
    "/conferences/{conference_id}/settled/sites",
    response=Page[SettledSiteOut],
    tags=["conferences"],
    summary="What it came to at each site",
)
@endpoint(Can.ATTENDANCE_READ)
def list_settled_sites(
    request: ActorRequest, conference_id: RowId, cursor: Cursor = "", limit: Limit = 50
) -> Page[SettledSiteOut]:
    """Site by site, by id."""
    one, whole = _whole(request, conference_id)

    def shown(found: list[Site]) -> list[SettledSiteOut]:
        sums = queries.by_site(one, [site.pk for site in found], whole.summoned, whole.exempt)
        return [
            SettledSiteOut.model_validate(
                {"site_id": site.pk, "name": site.name, "unit_id": site.unit_id, **_counted(sums[site.pk])}
            )
            for site in found
        ]

    rows = Site.objects.filter(pk__in=whole.site_ids)
    return page_together(rows, by=("id",), cursor=cursor, limit=limit, show=shown)


@router.get(
    "/sites/{site_id}/settled",
    response=Page[SettledPersonOut],
    tags=["conferences"],
    summary="What it came to for each person",
)
@endpoint(Can.ATTENDANCE_READ)
def list_settled_people(
    request: ActorRequest,
    site_id: RowId,
    outcome: Outcome | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[SettledPersonOut]:
    """The people of a site of mine, or those of one outcome, by id."""
    mine = access.units(request.actor, Can.ATTENDANCE_READ)
    sites = Site.objects.filter(unit__in=mine).select_related("conference__campaign")
    found = queries.of_site(access.row_or_404(sites, site_id))
    lines = {line.row.person_id: line for line in found.lines if outcome in (None, line.outcome)}
    rows = Person.objects.filter(pk__in=sorted(lines)).only("pk")

    def shown(person: Person) -> SettledPersonOut:
        return _person(lines[person.pk])

    return page_of(rows, by=("id",), cursor=cursor, limit=limit, show=shown)


def _person(line: Line) -> SettledPersonOut:
    row = line.row
    return SettledPersonOut(
        person_id=row.person_id,
        full_name=row.full_name,
        unit=row.unit_name,
        outcome=line.outcome,
        source=row.source,
        in_at=row.in_at,
        out_at=row.out_at,
        excuse=row.excuse,
    )
