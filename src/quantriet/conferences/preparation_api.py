"""Getting ready, for programs: the checklist of a site, sites that are behind, what halls lack.

Each writes by the command of its page and reads by the query of it.
"""

from datetime import datetime
from typing import Annotated

from ninja import Field, Router, Schema

from quantriet.campaigns import queries as campaign_queries
from quantriet.conferences.commands import readiness as readiness_commands
from quantriet.conferences.commands.readiness import LineFigures, Look
from quantriet.conferences.halls import Gap
from quantriet.conferences.models import Site
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import halls, readiness
from quantriet.conferences.queries.readiness import Lack
from quantriet.conferences.queries.wall import Standing
from quantriet.conferences.readiness import TEST_BEFORE, FigureSource, Item, minutes_late
from quantriet.core.paging import Cursor, Limit, Page, RowId, page_of
from quantriet.org import access
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

router = Router()

# ---- the checklist of a site ------------------------------------------------------------------------------

Kbits = Annotated[int, Field(ge=0, le=100_000_000)]
Note = Annotated[str, Field(max_length=300)]


class FiguresOut(Schema):
    """What a line carries. ``figures_are``: measured (by our own page) or typed."""

    down_kbits: int
    up_kbits: int
    delay_ms: int | None
    figures_are: str


class ItemOut(Schema):
    """One item of the checklist. ``is_good`` is null while nobody looked; who looked is not told."""

    item: Item
    is_good: bool | None
    good_since: datetime | None
    note: str
    checked_at: datetime | None
    line: FiguresOut | None


class ReadinessOut(Schema):
    """How far a site is. ``ready_since``: since when all of its list is good; ``tested_at``: its connection, which is
    tested by ``test_until`` and told late after that. Null: not yet.
    """

    site_id: int
    state: str
    ready_since: datetime | None
    tested_at: datetime | None
    test_until: datetime
    minutes_late: int
    items: list[ItemOut]


class FiguresIn(Schema):
    """Figures of a line as somebody read them elsewhere; they are kept as typed."""

    down_kbits: Kbits
    up_kbits: Kbits
    delay_ms: Annotated[int, Field(ge=0, le=60_000)] | None = None


class LookIn(Schema):
    """One item as it was found; what is not good needs a ``note``. ``line`` goes with the item ``line`` only."""

    item: Item
    is_good: bool
    note: Note = ""
    line: FiguresIn | None = None


class LooksIn(Schema):
    """Items that were looked at, each once; the others stay as they are."""

    looks: Annotated[list[LookIn], Field(min_length=1, max_length=len(Item))]


@router.get(
    "/sites/{site_id}/readiness", response=ReadinessOut, tags=["conferences"], summary="Checklist of a site"
)
@endpoint(Can.CONFERENCE_READ)
def read_readiness(request: ActorRequest, site_id: RowId) -> ReadinessOut:
    """What is looked at before the conference, in order, with the last look at each item."""
    return _readiness(access.row_or_404(reads.sites(request.actor, Can.CONFERENCE_READ), site_id))


@router.post(
    "/sites/{site_id}/readiness", response=ReadinessOut, tags=["conferences"], summary="Tell what was found"
)
@endpoint(Can.ATTENDANCE_RECORD)
def tell_readiness(request: ActorRequest, site_id: RowId, told: LooksIn) -> ReadinessOut:
    """Keep what was found at my site. Sent again only the moment of looking moves: what was good stays good since
    then.
    """
    mine = access.units(request.actor, Can.ATTENDANCE_RECORD)
    rows = reads.sites(request.actor, Can.ATTENDANCE_RECORD).filter(unit__in=mine)
    site = access.row_or_404(rows, site_id)
    return _readiness(readiness_commands.check(site, [_look(one) for one in told.looks], by=request.actor))


def _look(one: LookIn) -> Look:
    line = LineFigures(**one.line.model_dump(), source=FigureSource.TYPED) if one.line is not None else None
    return Look(one.item, one.is_good, one.note, line)


def _readiness(site: Site) -> ReadinessOut:
    starts_at = site.conference.starts_at
    return ReadinessOut(
        site_id=site.pk,
        state=site.state,
        ready_since=site.checked_at,
        tested_at=site.tested_at,
        test_until=starts_at - TEST_BEFORE,
        minutes_late=minutes_late(site.tested_at, starts_at),
        items=[_item(line) for line in readiness.lines(site)],
    )


def _item(line: readiness.Line) -> ItemOut:
    check = line.check
    return ItemOut(
        item=line.item,
        is_good=None if check is None else check.good_since is not None,
        good_since=check.good_since if check is not None else None,
        note=check.note if check is not None else "",
        checked_at=check.checked_at if check is not None else None,
        line=FiguresOut.model_validate(check) if check is not None and check.figures_are else None,
    )


# ---- sites that are behind --------------------------------------------------------------------------------


class OutlookOut(Schema):
    """The sites of a conference I may see: of ``sites`` so many are not ready, so many have not tested their line.
    Both are 0 once the conference is over.
    """

    conference_id: int
    sites: int
    unready: int
    untested: int
    test_until: datetime


class LaggardOut(Schema):
    """A site that is behind, and in what."""

    id: int
    name: str
    unit_id: int
    state: str
    lacks: list[Lack]


@router.get(
    "/conferences/{conference_id}/readiness",
    response=OutlookOut,
    tags=["conferences"],
    summary="How many sites are ready",
)
@endpoint(Can.CONFERENCE_READ)
def read_outlook(request: ActorRequest, conference_id: RowId) -> OutlookOut:
    """How many of the sites are behind, as the wall says."""
    return outlook_out(_standing(request, conference_id))


def outlook_out(standing: Standing) -> OutlookOut:
    """The same for the API and the command line."""
    sums = standing.sums(standing.all)
    return OutlookOut(
        conference_id=standing.conference.pk,
        sites=sums.sites,
        unready=sums.unready,
        untested=sums.untested,
        test_until=standing.conference.starts_at - TEST_BEFORE,
    )


@router.get(
    "/conferences/{conference_id}/readiness/sites",
    response=Page[LaggardOut],
    tags=["conferences"],
    summary="Sites that are behind",
)
@endpoint(Can.CONFERENCE_READ)
def list_laggards(
    request: ActorRequest,
    conference_id: RowId,
    only: Lack | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[LaggardOut]:
    """Sites that are not ready or have not tested their line, or ``only`` one of both, by id."""
    lacking = readiness.lacking(_standing(request, conference_id))
    wanted = lacking[only] if only is not None else frozenset[int]().union(*lacking.values())

    def shown(site: Site) -> LaggardOut:
        lacks = [lack for lack, ids in lacking.items() if site.pk in ids]
        return LaggardOut(id=site.pk, name=site.name, unit_id=site.unit_id, state=site.state, lacks=lacks)

    rows = Site.objects.filter(pk__in=sorted(wanted))
    return page_of(rows, by=("id",), cursor=cursor, limit=limit, show=shown)


def _standing(request: ActorRequest, conference_id: int) -> Standing:
    one = access.row_or_404(reads.conferences(request.actor), conference_id)
    return Standing(one, by=request.actor)


# ---- what halls lack --------------------------------------------------------------------------------------


class HallsOut(Schema):
    """All halls of a unit together, and what they lack. ``summoned``: who is on the roll of the campaign asked for and
    has no nearer hall; null without a campaign, or where the unit has no hall.
    """

    unit_id: int
    name: str
    halls: int
    seats: int
    screens: int
    lines: int
    second_lines: int
    unconfirmed: int
    summoned: int | None
    gaps: list[Gap]


@router.get(
    "/facilities/gaps",
    response=Page[HallsOut],
    tags=["conferences"],
    summary="Units whose halls lack something",
)
@endpoint(Can.CONFERENCE_READ)
def list_gaps(
    request: ActorRequest,
    campaign_id: RowId | None = None,
    level: Annotated[int, Field(ge=0, le=9)] | None = None,
    gap: Gap | None = None,
    *,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[HallsOut]:
    """Units of mine above the cell that lack something for a conference, or just one thing, by id. Seats are compared
    with the roll of ``campaign_id``.
    """
    campaign = None
    if campaign_id is not None:
        campaign = access.row_or_404(campaign_queries.campaigns(request.actor), campaign_id)
    lines = {line.unit_id: line for line in halls.lines(request.actor, campaign, level)}
    lacking = {pk for pk, line in lines.items() if (gap in line.halls.gaps() if gap else line.halls.gaps())}
    rows = Unit.objects.filter(pk__in=sorted(lacking))
    return page_of(rows, by=("id",), cursor=cursor, limit=limit, show=lambda unit: _halls(lines[unit.pk]))


def _halls(line: halls.Line) -> HallsOut:
    of = line.halls
    return HallsOut(
        unit_id=line.unit_id,
        name=line.name,
        halls=of.count,
        seats=of.seats,
        screens=of.screens,
        lines=of.lines,
        second_lines=of.second_lines,
        unconfirmed=of.unconfirmed,
        summoned=of.people,
        gaps=list(of.gaps()),
    )
