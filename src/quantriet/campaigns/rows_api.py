"""From a figure to the rows it rests on, and who is missing, for programs."""

from datetime import date
from typing import Annotated

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from quantriet.campaigns import queries
from quantriet.campaigns.api import ObligationOut
from quantriet.campaigns.models import Campaign, RollLine
from quantriet.core.paging import Cursor, Limit, Page, RowId, page_of, page_together
from quantriet.ledger import figures
from quantriet.ledger.measures import Measure
from quantriet.ledger.models import Entry
from quantriet.ledger.rollup import NOTHING
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

router = Router()

MeasureName = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$")]


class FigureRowsOut(Schema):
    """A measure at and below a unit: ``total``, the evidence of it (best first), and what kinds of rows it rests on.

    ``people``: named on the roll; ``units``: counted by what they owe; ``declared``: the part that stands there as
    declared totals, without names.
    """

    campaign_id: int
    unit_id: int
    measure: str
    total: int
    by_grade: list[int]
    people: bool
    units: bool
    declared: int


class PersonRowOut(Schema):
    """A line of the roll."""

    id: int
    person_id: int
    full_name: str
    unit_id: int
    unit_name: str
    person_class: int
    state: str
    excuse: str
    fulfilled_on: date | None


class TotalRowOut(Schema):
    """A declared total, and how much of it the figure holds."""

    id: int
    unit_id: int
    unit_name: str
    kind: str
    counted_on: date
    amount: int


class EntryRowOut(Schema):
    """An entry of the ledger: how much changed, in which unit, on which day, by which batch."""

    id: int
    batch_id: int
    origin: str
    unit_id: int
    amount: int
    grade: int
    occurred_on: date
    known_on: date


class At:
    """A campaign looked at from a unit by somebody who may."""

    def __init__(self, actor: Actor, campaign_id: int, unit_id: int | None) -> None:
        self.actor = actor
        self.campaign: Campaign = access.row_or_404(queries.campaigns(actor), campaign_id)
        self.unit: Unit = (
            queries.visible_unit(self.campaign, actor)
            if unit_id is None
            else access.unit_or_404(actor, Can.CAMPAIGN_READ, unit_id)
        )

    def require_names(self) -> None:
        """Refuse whoever may see figures here but no names."""
        access.require(self.actor, Can.ATTENDANCE_READ, self.unit)


def _measure(name: str) -> Measure:
    found = Measure.__members__.get(name.upper())
    if found is None:
        raise access.not_found()
    return found


def _entries(at: At, measure: Measure) -> QuerySet[Entry]:
    if at.campaign.book_id is None:
        raise access.not_found()
    return queries.entries_behind(at.campaign, at.unit, measure)


@router.get(
    "/campaigns/{campaign_id}/figures/{name}",
    response=FigureRowsOut,
    tags=["campaigns"],
    summary="What a figure rests on",
)
@endpoint(Can.CAMPAIGN_READ)
def read_figure(
    request: ActorRequest, campaign_id: RowId, name: MeasureName, unit_id: RowId | None = None
) -> FigureRowsOut:
    """One measure at and below a unit, exact at this moment."""
    at, measure = At(request.actor, campaign_id, unit_id), _measure(name)
    if at.campaign.book_id is None:
        raise access.not_found()
    read = figures.read(at.campaign.book_id, on=timezone.localdate())
    amount = read.below(at.unit.pk).get(measure, NOTHING)
    totals = queries.totals_behind(at.campaign, at.unit, measure)
    return FigureRowsOut(
        campaign_id=at.campaign.pk,
        unit_id=at.unit.pk,
        measure=measure.name.lower(),
        total=amount.total,
        by_grade=list(amount.by_grade),
        people=queries.people_behind(at.campaign, at.unit, measure) is not None,
        units=queries.obligations_behind(at.campaign, at.unit, measure) is not None,
        declared=sum(share for _row, share in totals),
    )


@router.get(
    "/campaigns/{campaign_id}/figures/{name}/people",
    response=Page[PersonRowOut],
    tags=["campaigns"],
    summary="The people of a figure",
)
@endpoint(Can.CAMPAIGN_READ)
def list_people_behind(
    request: ActorRequest,
    campaign_id: RowId,
    name: MeasureName,
    *,
    unit_id: RowId | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[PersonRowOut]:
    """By line of the roll; each person listed can read who was shown his name."""
    at, measure = At(request.actor, campaign_id, unit_id), _measure(name)
    at.require_names()
    rows = queries.people_behind(at.campaign, at.unit, measure)
    if rows is None:
        raise access.not_found()
    return people_page(at, rows, cursor, limit)


@router.get(
    "/campaigns/{campaign_id}/figures/{name}/units",
    response=Page[ObligationOut],
    tags=["campaigns"],
    summary="The units of a figure",
)
@endpoint(Can.CAMPAIGN_READ)
def list_units_behind(
    request: ActorRequest,
    campaign_id: RowId,
    name: MeasureName,
    *,
    unit_id: RowId | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[ObligationOut]:
    """What the counted units owe or did, by id."""
    at = At(request.actor, campaign_id, unit_id)
    rows = queries.obligations_behind(at.campaign, at.unit, _measure(name))
    if rows is None:
        raise access.not_found()
    return page_of(rows, by=("id",), cursor=cursor, limit=limit, show=ObligationOut.model_validate)


@router.get(
    "/campaigns/{campaign_id}/figures/{name}/totals",
    response=list[TotalRowOut],
    tags=["campaigns"],
    summary="The declared totals of a figure",
)
@endpoint(Can.CAMPAIGN_READ)
def list_totals_behind(
    request: ActorRequest, campaign_id: RowId, name: MeasureName, unit_id: RowId | None = None
) -> list[TotalRowOut]:
    """By unit: totals that stand for people nobody named."""
    at = At(request.actor, campaign_id, unit_id)
    return [
        TotalRowOut(
            id=row.pk,
            unit_id=row.unit_id,
            unit_name=row.unit.name,
            kind=row.kind,
            counted_on=row.counted_on,
            amount=amount,
        )
        for row, amount in queries.totals_behind(at.campaign, at.unit, _measure(name))
    ]


@router.get(
    "/campaigns/{campaign_id}/figures/{name}/entries",
    response=Page[EntryRowOut],
    tags=["campaigns"],
    summary="The entries of the ledger behind a figure",
)
@endpoint(Can.CAMPAIGN_READ)
def list_entries_behind(
    request: ActorRequest,
    campaign_id: RowId,
    name: MeasureName,
    *,
    unit_id: RowId | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[EntryRowOut]:
    """Oldest first: their amounts add up to the figure. Entries hold no people."""
    at = At(request.actor, campaign_id, unit_id)
    return page_of(_entries(at, _measure(name)), by=("id",), cursor=cursor, limit=limit, show=_entry)


def _entry(row: Entry) -> EntryRowOut:
    return EntryRowOut(
        id=row.id,
        batch_id=row.batch_id,
        origin=row.batch.origin,
        unit_id=row.unit_id,
        amount=row.amount,
        grade=row.grade,
        occurred_on=row.occurred_on,
        known_on=row.known_on,
    )


def people_page(at: At, rows: QuerySet[RollLine], cursor: str, limit: int) -> Page[PersonRowOut]:
    """A page of names, by line of the roll; each person on it can read who was shown it."""

    def show(lines: list[RollLine]) -> list[PersonRowOut]:
        audit.opened(at.actor, {line.person_id for line in lines}, "api.campaigns")
        return [
            PersonRowOut(
                id=line.pk,
                person_id=line.person_id,
                full_name=line.person.full_name,
                unit_id=line.unit_id,
                unit_name=line.unit.name,
                person_class=line.person_class,
                state=line.state,
                excuse=line.excuse,
                fulfilled_on=line.fulfilled_on,
            )
            for line in lines
        ]

    return page_together(rows, by=("id",), cursor=cursor, limit=limit, show=show)
