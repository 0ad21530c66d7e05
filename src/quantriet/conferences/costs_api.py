"""What conferences cost, for programs: the list of a conference or of a site, put in place whole; a year's sums."""

from dataclasses import asdict
from typing import Annotated

from ninja import Field, Router, Schema

from quantriet.conferences.commands import costs as commands
from quantriet.conferences.commands.costs import AT_MOST, LINES, Cost, Purse
from quantriet.conferences.models import CostLine
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import costs as queries
from quantriet.core.paging import RowId
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

router = Router()

Dong = Annotated[int, Field(ge=0, le=AT_MOST)]


class CostLineOut(Schema):
    """A line in whole đồng: what for, whose money. ``actual`` is null until it is known, which is not zero."""

    item: Annotated[str, Field(json_schema_extra={"enum": CostLine.Item.values})]
    title: Annotated[str, Field(max_length=200)] = ""
    money: Annotated[str, Field(json_schema_extra={"enum": CostLine.Money.values})] = (
        CostLine.Money.UNIT.value
    )
    planned: Dong
    actual: Dong | None = None


class CostSumsOut(Schema):
    """Whole đồng planned and spent; ``open_lines`` do not tell yet what was spent."""

    planned: int
    actual: int
    lines: int
    open_lines: int


class CostsIn(Schema):
    """The whole list as it shall stand, in order, in place of the one ``version`` names."""

    version: Annotated[str, Field(max_length=16)]
    lines: Annotated[list[CostLineOut], Field(max_length=LINES)]


class CostsOut(Schema):
    """A list as it stands and its version; ``unit_id`` bears it."""

    unit_id: int
    version: str
    lines: list[CostLineOut]
    sums: CostSumsOut


class CostsBelowOut(Schema):
    """A unit with everything below it. ``code`` is the owner's own."""

    unit_id: int
    code: str
    name: str
    sums: CostSumsOut


class CostYearOut(Schema):
    """A year of a unit: what it bears itself, the units directly below, and all together."""

    unit_id: int
    code: str
    name: str
    year: int
    own: CostSumsOut
    below: list[CostsBelowOut]
    whole: CostSumsOut


def _of_conference(by: Actor, conference_id: int, can: Can) -> Purse:
    rows = reads.conferences(by).filter(unit__in=access.units(by, can))
    return Purse(access.row_or_404(rows, conference_id))


def _of_site(by: Actor, site_id: int, can: Can) -> Purse:
    site = access.row_or_404(reads.sites(by, can).filter(unit__in=access.units(by, can)), site_id)
    return Purse(site.conference, site)


def _shown(purse: Purse, lines: list[Cost]) -> CostsOut:
    return CostsOut(
        unit_id=purse.unit_id,
        version=commands.version(lines),
        lines=[CostLineOut(**asdict(one)) for one in lines],
        sums=_sums(queries.total(queries.of_line(one.planned, one.actual) for one in lines)),
    )


def _sums(sums: queries.Sums) -> CostSumsOut:
    return CostSumsOut(**asdict(sums))


def _kept(purse: Purse, told: CostsIn, by: Actor) -> CostsOut:
    lines = [Cost(**one.model_dump(mode="json")) for one in told.lines]
    return _shown(purse, commands.keep(purse, lines, seen=told.version, by=by))


@router.get(
    "/conferences/{conference_id}/costs", response=CostsOut, tags=["costs"], summary="Costs of a conference"
)
@endpoint(Can.CONFERENCE_READ)
def read_costs(request: ActorRequest, conference_id: RowId) -> CostsOut:
    """The lines of a conference as a whole, called by a unit of mine; those of its sites are theirs."""
    purse = _of_conference(request.actor, conference_id, Can.CONFERENCE_READ)
    return _shown(purse, purse.standing())


@router.put(
    "/conferences/{conference_id}/costs", response=CostsOut, tags=["costs"], summary="Put a list in place"
)
@endpoint(Can.CONFERENCE_MANAGE)
def put_costs(request: ActorRequest, conference_id: RowId, told: CostsIn) -> CostsOut:
    """Put these lines in place of those that stand. The same list again changes nothing; 409 with both lists when
    somebody changed it since ``version``.
    """
    return _kept(_of_conference(request.actor, conference_id, Can.CONFERENCE_MANAGE), told, by=request.actor)


@router.get("/sites/{site_id}/costs", response=CostsOut, tags=["costs"], summary="Costs of a site")
@endpoint(Can.CONFERENCE_READ)
def read_site_costs(request: ActorRequest, site_id: RowId) -> CostsOut:
    """The lines of a site that a unit of mine runs."""
    purse = _of_site(request.actor, site_id, Can.CONFERENCE_READ)
    return _shown(purse, purse.standing())


@router.put("/sites/{site_id}/costs", response=CostsOut, tags=["costs"], summary="Put a site's list in place")
@endpoint(Can.CONFERENCE_MANAGE)
def put_site_costs(request: ActorRequest, site_id: RowId, told: CostsIn) -> CostsOut:
    """As for a conference, by the unit that runs the site."""
    return _kept(_of_site(request.actor, site_id, Can.CONFERENCE_MANAGE), told, by=request.actor)


@router.get("/costs", response=CostYearOut, tags=["costs"], summary="A year's costs up the tree")
@endpoint(Can.CONFERENCE_READ)
def read_year(
    request: ActorRequest, year: Annotated[int, Field(ge=2000, le=2100)], unit_id: RowId | None = None
) -> CostYearOut:
    """What my unit, or one below it, bears in a year, and the units directly below it."""
    if unit_id is not None:
        unit = access.unit_or_404(request.actor, Can.CONFERENCE_READ, unit_id)
    else:
        unit = access.authority_unit(Unit.objects.select_related("committee").get(pk=request.actor.unit_id))
    return year_out(unit, request.actor, year)


def year_out(unit: Unit, by: Actor, year: int) -> CostYearOut:
    """A year as plain values, for the API and the command line."""
    told = queries.year_of(unit, by, year)
    return CostYearOut(
        unit_id=unit.pk,
        code=unit.code,
        name=unit.name,
        year=year,
        own=_sums(told.mine),
        below=[
            CostsBelowOut(unit_id=one.unit.pk, code=one.unit.code, name=one.unit.name, sums=_sums(one.sums))
            for one in told.below
        ],
        whole=_sums(told.whole),
    )
