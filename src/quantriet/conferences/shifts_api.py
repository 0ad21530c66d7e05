"""Shifts, for programs: the sittings of a conference, a further one, who of a site comes to which.

Each writes by the command of its page and reads by the query of it.
"""

from datetime import datetime
from typing import Annotated

from ninja import Field, Router, Schema

from quantriet.conferences.commands import shifts as commands
from quantriet.conferences.models import Conference, Site
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import shifts
from quantriet.conferences.queries.wall import Standing
from quantriet.core.paging import RowId
from quantriet.org import access
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.permissions import Can

router = Router()

Key = Annotated[str, Field(min_length=1, max_length=60)]
People = Annotated[list[RowId], Field(min_length=1, max_length=5_000)]


class ShiftOut(Schema):
    """One sitting. ``summoned`` and ``present`` are null where the reader may not know, or nobody told."""

    conference_id: int
    shift: int
    title: str
    starts_at: datetime
    ends_at: datetime
    state: str
    sites: int
    summoned: int | None
    present: int | None


class ShiftsOut(Schema):
    """The sittings in their order; one alone is not in shifts."""

    shifts: list[ShiftOut]


class ShiftIn(Schema):
    """A further sitting at some of the first one's sites; ``key``: sent again, it is the same one."""

    starts_at: datetime
    ends_at: datetime
    site_ids: Annotated[list[RowId], Field(min_length=1, max_length=50_000)]
    key: Key


class ComerOut(Schema):
    """Somebody expected at a site, and the sitting he comes to; ``has_come``: he was seen there and stays."""

    person_id: int
    full_name: str
    unit_id: int
    conference_id: int
    has_come: bool


class ComersOut(Schema):
    """The people of a site in all of its shifts, by unit and given name."""

    people: list[ComerOut]


class MembersIn(Schema):
    """Who is to come to this shift of the site."""

    person_ids: People


class CountOut(Schema):
    """How many people changed."""

    people: int


@router.get(
    "/conferences/{conference_id}/shifts",
    response=ShiftsOut,
    tags=["conferences"],
    summary="Shifts of a conference",
)
@endpoint(Can.CONFERENCE_READ)
def read_shifts(request: ActorRequest, conference_id: RowId) -> ShiftsOut:
    """All sittings that were not called off, whichever of them is asked for."""
    asked = access.row_or_404(reads.conferences(request.actor), conference_id)
    return _shifts(request, asked)


@router.post(
    "/conferences/{conference_id}/shifts",
    response=ShiftsOut,
    tags=["conferences"],
    summary="Add a further shift",
)
@endpoint(Can.CONFERENCE_MANAGE)
def add_shift(request: ActorRequest, conference_id: RowId, told: ShiftIn) -> ShiftsOut:
    """A further sitting of the same agenda; nobody is put in it yet."""
    asked = access.row_or_404(reads.conferences(request.actor), conference_id)
    commands.add(
        asked,
        told.site_ids,
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        key=told.key,
        by=request.actor,
    )
    asked.refresh_from_db()
    return _shifts(request, asked)


def _shifts(request: ActorRequest, asked: Conference) -> ShiftsOut:
    return ShiftsOut(
        shifts=[_shift(request, one) for one in shifts.sittings(asked).select_related("campaign")]
    )


def _shift(request: ActorRequest, one: Conference) -> ShiftOut:
    standing = Standing(one, by=request.actor)
    sums = standing.sums(standing.all) if request.actor.can(Can.ATTENDANCE_READ) else None
    return ShiftOut(
        conference_id=one.pk,
        shift=one.shift,
        title=one.title,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        state=one.state,
        sites=len(standing.rows),
        summoned=None if sums is None else sums.summoned,
        present=None if sums is None else sums.present,
    )


@router.get(
    "/sites/{site_id}/shifts", response=ComersOut, tags=["conferences"], summary="Who comes to which shift"
)
@endpoint(Can.ATTENDANCE_READ)
def read_comers(request: ActorRequest, site_id: RowId) -> ComersOut:
    """Everybody expected at the site, whatever the shift."""
    site = _site(request, site_id, Can.ATTENDANCE_READ)
    return ComersOut(
        people=[
            ComerOut(
                person_id=one.person_id,
                full_name=one.full_name,
                unit_id=one.unit_id,
                conference_id=one.conference_id,
                has_come=one.has_come,
            )
            for one in shifts.comers(site)
        ]
    )


@router.post(
    "/sites/{site_id}/shifts", response=CountOut, tags=["conferences"], summary="Put people into a shift"
)
@endpoint(Can.ATTENDANCE_RECORD)
def put_members(request: ActorRequest, site_id: RowId, told: MembersIn) -> CountOut:
    """These people come to the shift of this site. Sent again nothing changes."""
    site = _site(request, site_id, Can.ATTENDANCE_RECORD)
    return CountOut(people=commands.assign(site, told.person_ids, by=request.actor))


@router.post(
    "/sites/{site_id}/shifts/spread",
    response=CountOut,
    tags=["conferences"],
    summary="Divide every unit evenly",
)
@endpoint(Can.ATTENDANCE_RECORD)
def spread(request: ActorRequest, site_id: RowId) -> CountOut:
    """The people of every unit in turn into the shifts of the site."""
    site = _site(request, site_id, Can.ATTENDANCE_RECORD)
    return CountOut(people=commands.spread(site, by=request.actor))


def _site(request: ActorRequest, site_id: int, can: Can) -> Site:
    mine = access.units(request.actor, can)
    return access.row_or_404(reads.sites(request.actor, can).filter(unit__in=mine), site_id)
