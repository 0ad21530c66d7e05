"""Campaigns, for programs."""

from datetime import date, datetime

from ninja import Router, Schema

from quantriet.campaigns import queries
from quantriet.campaigns.models import Campaign, Obligation
from quantriet.core.paging import Cursor, Limit, Page, RowId, page_of
from quantriet.ledger.indicators import INDICATORS
from quantriet.ledger.rollup import Amount
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

router = Router()


class CampaignOut(Schema):
    """A campaign. ``state``: draft, starting, active, closed."""

    id: int
    title: str
    kind: str
    state: str
    unit_id: int
    lead_id: int
    preset: str
    starts_on: date
    ends_on: date
    version: int
    started_at: datetime | None
    closed_at: datetime | None


class DeadlineOut(Schema):
    """By when a level of an organisation owes a kind of thing."""

    kind: str
    tree: str
    level: int
    due_at: datetime


class CampaignDetailOut(CampaignOut):
    """A campaign with its documents (id → ``thorough`` or ``briefing``) and deadlines."""

    documents: dict[int, str]
    deadlines: list[DeadlineOut]


class GradesOut(Schema):
    """How a count is evidenced."""

    on_site: int
    entered_later: int
    documented: int
    declared: int


class FigureOut(Schema):
    """An indicator: ``part`` of ``whole``, and the evidence of the part. A null part was never reported."""

    code: str
    part: int | None
    whole: int | None
    evidence: GradesOut


class BoardRowOut(Schema):
    """A unit with the figures of its subtree."""

    unit_id: int
    name: str
    figures: list[FigureOut]


class BoardOut(Schema):
    """The board of a campaign below a unit: the unit itself and its direct children."""

    campaign_id: int
    top: BoardRowOut
    rows: list[BoardRowOut]


class ObligationOut(Schema):
    """What a unit owes. ``limit_at`` is the superior's deadline, ``due_at`` the one that holds."""

    id: int
    unit_id: int
    kind: str
    state: str
    due_at: datetime
    limit_at: datetime
    done_on: date | None
    reason: str


def _campaign(actor: Actor, campaign_id: int) -> Campaign:
    return access.row_or_404(queries.campaigns(actor), campaign_id)


def _unit(actor: Actor, campaign: Campaign, unit_id: int | None) -> Unit:
    if unit_id is None:
        return queries.visible_unit(campaign, actor)
    return access.unit_or_404(actor, Can.CAMPAIGN_READ, unit_id)


@router.get("/campaigns", response=Page[CampaignOut], tags=["campaigns"], summary="Campaigns I may see")
@endpoint(Can.CAMPAIGN_READ)
def list_campaigns(request: ActorRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[CampaignOut]:
    """Campaigns that concern me, by id."""
    rows = queries.campaigns(request.actor)
    return page_of(rows, by=("id",), cursor=cursor, limit=limit, show=CampaignOut.model_validate)


@router.get(
    "/campaigns/{campaign_id}", response=CampaignDetailOut, tags=["campaigns"], summary="One campaign"
)
@endpoint(Can.CAMPAIGN_READ)
def read_campaign(request: ActorRequest, campaign_id: RowId) -> CampaignDetailOut:
    """One campaign with its documents and deadlines."""
    found = _campaign(request.actor, campaign_id)
    deadlines = [
        DeadlineOut(kind=one.kind, tree=one.tree, level=due.level, due_at=due.due_at)
        for one in found.requirements.prefetch_related("deadlines")
        for due in one.deadlines.all()
    ]
    return CampaignDetailOut(
        **CampaignOut.model_validate(found).model_dump(),
        documents=dict(found.documents.values_list("document_id", "mode")),
        deadlines=deadlines,
    )


@router.get("/campaigns/{campaign_id}/board", response=BoardOut, tags=["campaigns"], summary="Board figures")
@endpoint(Can.CAMPAIGN_READ)
def read_board(request: ActorRequest, campaign_id: RowId, unit_id: RowId | None = None) -> BoardOut:
    """Every indicator of a unit and of its direct children, exact at this moment."""
    found = _campaign(request.actor, campaign_id)
    return board_out(found, _unit(request.actor, found, unit_id))


def board_out(campaign: Campaign, unit: Unit) -> BoardOut:
    """The figures of a board as plain values, for the API and the command line."""
    board = queries.board(campaign, unit)
    rows = [_row(row.unit, row) for row in board.rows if row.unit is not None]
    return BoardOut(campaign_id=campaign.pk, top=_row(unit, board.top), rows=rows)


def _row(unit: Unit, row: queries.BoardRow) -> BoardRowOut:
    figures = []
    for one in INDICATORS.values():
        part, whole = row.counts.get(one.numerator), row.counts.get(one.denominator)
        figures.append(
            FigureOut(
                code=one.code,
                part=part.total if part else None,
                whole=whole.total if whole else None,
                evidence=_grades(part or Amount()),
            )
        )
    return BoardRowOut(unit_id=unit.pk, name=unit.name, figures=figures)


def _grades(amount: Amount) -> GradesOut:
    on_site, later, documented, declared = amount.by_grade
    return GradesOut(on_site=on_site, entered_later=later, documented=documented, declared=declared)


@router.get(
    "/campaigns/{campaign_id}/obligations",
    response=Page[ObligationOut],
    tags=["campaigns"],
    summary="What units owe",
)
@endpoint(Can.CAMPAIGN_READ)
def list_obligations(
    request: ActorRequest,
    campaign_id: RowId,
    unit_id: RowId | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[ObligationOut]:
    """Obligations at and below a unit, by id."""
    found = _campaign(request.actor, campaign_id)
    unit = _unit(request.actor, found, unit_id)
    rows = Obligation.objects.filter(campaign=found, unit__in=queries.units_below(unit))
    return page_of(rows, by=("id",), cursor=cursor, limit=limit, show=ObligationOut.model_validate)
