"""Units and oneself, for programs."""

from datetime import date, datetime

from django.db.models import OuterRef, QuerySet, Subquery
from ninja import Router, Schema, Status

from quantriet.core.paging import Cursor, Limit, Page, RowId, page_of
from quantriet.org import access
from quantriet.org.act_words import ActWords
from quantriet.org.commands import acts as act_commands
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.models import Act, Unit
from quantriet.org.permissions import Can
from quantriet.org.proposals import Choices
from quantriet.org.queries import acts as act_queries
from quantriet.org.queries.act_words import proposal_of
from quantriet.org.queries.foresight import Foresight, foresee

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


class ActIn(Schema):
    """An act on the tree by a decision. Units are told by their codes; a code that is not there, with a name in
    ``names``, is a new unit. ``kind``: found, rename, renumber, move, merge, split, close, reopen, reclassify.
    """

    kind: str
    decision: str
    decided_on: date
    effective_on: date
    units: list[str] = []
    into: list[str] = []
    names: list[str] = []
    parent: str = ""
    code: str = ""
    short_name: str = ""
    unit_kind: str = ""
    rest: str = ""
    reason: str = ""
    answers: dict[str, str] = {}


class UndoIn(Schema):
    """Why an act is taken back."""

    reason: str


class ChoicesIn(Schema):
    """Answers to the questions of a blocked act, beside those it has."""

    answers: dict[str, str] = {}


class ActOut(Schema):
    """An act. ``state``: planned (``hindrance`` says what was in its way when it was ordered), done, blocked (it says
    why), undone.
    """

    id: int
    kind: str
    state: str
    decision: str
    decided_on: date
    effective_on: date
    reason: str
    hindrance: str
    created_at: datetime


class EffectOut(Schema):
    """A line of the dry run. ``weight``: tells, asks (``question`` takes one of ``options``), warns (settle it before
    the day of effect), stops.
    """

    subject: str
    count: int
    outcome: str
    weight: str
    question: str
    options: list[str]
    answer: str


@router.get("/acts", response=Page[ActOut], tags=["units"], summary="Acts on the tree")
@endpoint(Can.UNIT_MANAGE)
def list_acts(request: ActorRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[ActOut]:
    """Acts that name a unit of mine, by id."""
    rows = act_queries.acts(request.actor)
    return page_of(rows, by=("id",), cursor=cursor, limit=limit, show=ActOut.model_validate)


@router.post("/acts/foresight", response=list[EffectOut], tags=["units"], summary="Dry run of an act")
@endpoint(Can.UNIT_MANAGE)
def foresee_act(request: ActorRequest, body: ActIn) -> list[EffectOut]:
    """What would go where, and what must be chosen. Nothing is written."""
    return _effects(foresee(proposal_of(_words(body), by=request.actor), by=request.actor))


def _effects(seen: Foresight) -> list[EffectOut]:
    return [
        EffectOut(
            subject=one.subject,
            count=one.count,
            outcome=one.outcome,
            weight=one.weight.value,
            question=one.question,
            options=[option.value for option in one.options],
            answer=seen.answer(one) if one.question else "",
        )
        for one in seen.effects
    ]


@router.post("/acts", response={201: ActOut}, tags=["units"], summary="Carry out or plan an act")
@endpoint(Can.UNIT_MANAGE)
def carry_out_act(request: ActorRequest, body: ActIn) -> Status[ActOut]:
    """Do it at once, or plan it for its day; the same act again is the one that stands."""
    act = act_commands.carry_out(proposal_of(_words(body), by=request.actor), by=request.actor)
    return Status(201, ActOut.model_validate(act))


@router.post(
    "/acts/{act_id}/foresight", response=list[EffectOut], tags=["units"], summary="Dry run of a blocked act"
)
@endpoint(Can.UNIT_MANAGE)
def foresee_blocked_act(request: ActorRequest, act_id: RowId, body: ChoicesIn) -> list[EffectOut]:
    """What a blocked act would do today with these answers, and what stands in its way. Nothing is written."""
    found: Act = access.row_or_404(act_queries.acts(request.actor).filter(state=Act.State.BLOCKED), act_id)
    proposal = act_queries.proposal(found).choosing(Choices(answers=body.answers))
    return _effects(foresee(proposal, by=request.actor, act_id=found.pk))


@router.post("/acts/{act_id}/resume", response=ActOut, tags=["units"], summary="Go on with a blocked act")
@endpoint(Can.UNIT_MANAGE)
def resume_act(request: ActorRequest, act_id: RowId, body: ChoicesIn) -> ActOut:
    """Do a blocked act, with other answers where they are told; one that is not blocked stays as it is."""
    found: Act = access.row_or_404(act_queries.acts(request.actor), act_id)
    done = act_commands.resume(found, choices=Choices(answers=body.answers), by=request.actor)
    return ActOut.model_validate(done)


@router.post("/acts/{act_id}/undo", response=ActOut, tags=["units"], summary="Take an act back")
@endpoint(Can.UNIT_MANAGE)
def undo_act(request: ActorRequest, act_id: RowId, body: UndoIn) -> ActOut:
    """Every row as it was; a planned or blocked act is given up. 422 with ``hindrances`` when something new rests on
    the act.
    """
    found: Act = access.row_or_404(act_queries.acts(request.actor), act_id)
    return ActOut.model_validate(act_commands.undo(found, reason=body.reason, by=request.actor))


def _words(body: ActIn) -> ActWords:
    told = body.model_dump()
    return ActWords(**told | {name: tuple(told[name]) for name in ("units", "into", "names")})
