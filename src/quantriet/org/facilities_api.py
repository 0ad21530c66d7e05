"""Halls of units and what units ask for, for programs: listed, asked, granted or refused."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from ninja import Field, Router, Schema, Status

from quantriet.core.paging import Cursor, Limit, Page, RowId, page_of
from quantriet.org import access
from quantriet.org.commands import facilities as facility_commands
from quantriet.org.commands import facility_requests as commands
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.models import Facility, FacilityRequest
from quantriet.org.permissions import Can
from quantriet.org.queries import facility_requests as queries
from quantriet.org.queries import units as unit_queries

router = Router()

Words = Annotated[str, Field(max_length=300)]


class FacilityOut(Schema):
    """A hall or room. ``is_confirmed``: somebody looked at it within a year."""

    id: int
    unit_id: int
    name: str
    address: str
    seats: int | None
    has_screen: bool
    line: str
    line_mbits: int | None
    has_second_line: bool
    confirmed_on: date | None
    is_confirmed: bool


@router.get("/facilities", response=Page[FacilityOut], tags=["units"], summary="Halls of my units")
@endpoint(Can.UNIT_READ)
def list_facilities(
    request: ActorRequest, unit_id: RowId | None = None, cursor: Cursor = "", limit: Limit = 50
) -> Page[FacilityOut]:
    """Halls and rooms of my units, or of one of them, by id."""
    rows = Facility.objects.filter(unit__in=access.units(request.actor, Can.UNIT_READ))
    if unit_id is not None:
        rows = unit_queries.facilities(access.unit_or_404(request.actor, Can.UNIT_READ, unit_id))
    return page_of(rows, by=("id",), cursor=cursor, limit=limit, show=_facility)


def _facility(row: Facility) -> FacilityOut:
    names = [name for name in FacilityOut.model_fields if name != "is_confirmed"]
    told = {name: getattr(row, name) for name in names}
    return FacilityOut(**told, is_confirmed=facility_commands.is_confirmed(row))


# ---- what units ask for -----------------------------------------------------------------------------------


class FacilityRequestOut(Schema):
    """What a unit asked for, and what became of it; it names nobody."""

    id: int
    unit_id: int
    need: FacilityRequest.Need
    text: str
    state: FacilityRequest.State
    answer: str
    asked_at: datetime
    answered_at: datetime | None


class FacilityRequestIn(Schema):
    """What ``unit_id`` needs: how much, where."""

    unit_id: RowId
    need: FacilityRequest.Need
    text: Annotated[str, Field(min_length=1, max_length=300)]


class FacilityVerdict(StrEnum):
    """Yes or no."""

    GRANTED = "granted"
    REFUSED = "refused"


class FacilityAnswerIn(Schema):
    """The answer: when and how, or why not (a refusal says why)."""

    verdict: FacilityVerdict
    answer: Words = ""


@router.get(
    "/facility-requests", response=Page[FacilityRequestOut], tags=["units"], summary="What my units asked for"
)
@endpoint(Can.UNIT_READ)
def list_requests(
    request: ActorRequest,
    state: FacilityRequest.State | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[FacilityRequestOut]:
    """Requests of my units for halls, seats, screens, lines, in one state or in all, by id."""
    rows = queries.requests(request.actor)
    if state is not None:
        rows = rows.filter(state=state)
    return page_of(rows, by=("id",), cursor=cursor, limit=limit, show=_request)


def _request(row: FacilityRequest) -> FacilityRequestOut:
    names = [name for name in FacilityRequestOut.model_fields if name != "asked_at"]
    return FacilityRequestOut(**{name: getattr(row, name) for name in names}, asked_at=row.created_at)


@router.post(
    "/facility-requests", response={201: FacilityRequestOut}, tags=["units"], summary="Ask the level above"
)
@endpoint(Can.CONFERENCE_MANAGE)
def ask(request: ActorRequest, told: FacilityRequestIn) -> Status[FacilityRequestOut]:
    """Ask for one thing. While it waits, the same need again is the same request, told anew."""
    unit = access.unit_or_404(request.actor, Can.CONFERENCE_MANAGE, told.unit_id)
    return Status(201, _request(commands.ask(unit, told.need, text=told.text, by=request.actor)))


@router.post(
    "/facility-requests/{facility_request_id}/answer",
    response=FacilityRequestOut,
    tags=["units"],
    summary="Grant or refuse",
)
@endpoint(Can.CONFERENCE_MANAGE)
def answer(request: ActorRequest, facility_request_id: RowId, told: FacilityAnswerIn) -> FacilityRequestOut:
    """Answer a unit below, once: the same answer again changes nothing, another one is refused."""
    asked = access.row_or_404(queries.requests(request.actor), facility_request_id)
    if told.verdict is FacilityVerdict.GRANTED:
        return _request(commands.grant(asked, answer=told.answer, by=request.actor))
    return _request(commands.refuse(asked, reason=told.answer, by=request.actor))
