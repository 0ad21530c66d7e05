"""Units and oneself, for programs."""

from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery
from ninja import Router, Schema

from quantriet.core.paging import Cursor, Limit, Page, RowId, page_of
from quantriet.org import access
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

router = Router()


class UnitOut(Schema):
    """A unit as it stands today. ``code`` is the owner's own; ``parent_id`` is null at the top of a tree."""

    id: int
    code: str
    name: str
    short_name: str
    tree: str
    kind: str
    level: int
    parent_id: int | None
    admin_code: str
    member_count: int
    founded_on: date | None
    closed_on: date | None


class MeOut(Schema):
    """Who asks, as what, and what he may do."""

    account_id: int
    name: str
    unit_id: int
    roles: list[str]
    permissions: list[str]


@router.get("/me", response=MeOut, tags=["account"], summary="Who am I")
@endpoint(Can.HOME)
def me(request: ActorRequest) -> MeOut:
    """The account of the session or token, the unit it acts in, its roles and what they allow."""
    actor = request.actor
    return MeOut(
        account_id=actor.account_id,
        name=actor.name,
        unit_id=actor.unit_id,
        roles=sorted(actor.roles),
        permissions=sorted(can.value for can in Can if actor.can(can)),
    )


@router.get("/units", response=Page[UnitOut], tags=["units"], summary="Units I may see")
@endpoint(Can.UNIT_READ)
def list_units(request: ActorRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[UnitOut]:
    """Units at and below mine, by id."""
    rows = _with_parent(request)
    return page_of(rows, by=("id",), cursor=cursor, limit=limit, show=_shown)


@router.get("/units/{unit_id}", response=UnitOut, tags=["units"], summary="One unit")
@endpoint(Can.UNIT_READ)
def read_unit(request: ActorRequest, unit_id: RowId) -> UnitOut:
    """One unit; 404 for one that is not mine to see, as for one that does not exist."""
    return _shown(access.row_or_404(_with_parent(request), unit_id))


def _with_parent(request: ActorRequest) -> QuerySet[Unit]:
    parent = access.today_placements().filter(unit=OuterRef("pk")).values("parent_id")[:1]
    return access.units(request.actor, Can.UNIT_READ).annotate(parent_id=Subquery(parent))


def _shown(unit: Unit) -> UnitOut:
    return UnitOut.model_validate(unit)
