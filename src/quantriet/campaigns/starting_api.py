"""From the first question to giving down, for programs: presets, a draft, everything adjustable, the start."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from quantriet.campaigns import queries
from quantriet.campaigns.api import CampaignOut
from quantriet.campaigns.api import router as campaigns_router
from quantriet.campaigns.commands import campaigns as commands
from quantriet.campaigns.commands import starting
from quantriet.campaigns.commands.campaigns import Answers
from quantriet.campaigns.drafts import Changes
from quantriet.campaigns.models import Campaign, CampaignDocument, Deadline, Requirement
from quantriet.campaigns.policy import PRESETS, from_data
from quantriet.campaigns.queries import starting as choices
from quantriet.core.errors import DomainError
from quantriet.core.paging import RowId
from quantriet.core.text import end_of_day
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.models import Tree
from quantriet.org.models.units import Level
from quantriet.org.permissions import Can
from quantriet.org.works_api import WorkOut, work_out

router = Router()

Title = Annotated[str, Field(min_length=1, max_length=300)]
Minutes = Annotated[int, Field(ge=0, le=240)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class PresetOut(Schema):
    """A ready policy."""

    code: str
    title: str
    sentence: str


class StudiedDocument(Schema):
    """A document of a campaign. ``mode``: thorough or briefing."""

    document_id: RowId
    mode: CampaignDocument.Mode = CampaignDocument.Mode.THOROUGH


class CampaignIn(Schema):
    """A preset and three questions. Without ``unit_id`` the committee one works for opens it."""

    preset: str
    title: Title
    starts_on: date
    ends_on: date
    unit_id: RowId | None = None
    documents: Annotated[list[StudiedDocument], Field(max_length=50)] = []


class PolicyData(Schema):
    """What governs a campaign besides dates and documents. ``classes`` and ``essays_of``: classes of people;
    ``late_after``, ``early_before``, ``everyone_before``: minutes; ``minimum_share``: percent.
    """

    classes: list[int]
    exempt_are_invited: bool
    credit_from_superior: bool
    late_after: Minutes
    early_before: Minutes
    minimum_share: Annotated[int, Field(ge=0, le=100)]
    everyone_before: Annotated[int, Field(ge=0, le=60)]
    essays_of: list[int]
    clause: Annotated[str, Field(max_length=300)] = ""


class RequirementKind(StrEnum):
    """What is owed."""

    CONFERENCE = Requirement.Kind.CONFERENCE.value
    MATERIALS = Requirement.Kind.MATERIALS.value
    ESSAYS = Requirement.Kind.ESSAYS.value
    PROGRAMME = Requirement.Kind.PROGRAMME.value
    OUTREACH = Requirement.Kind.OUTREACH.value
    REPORT = Requirement.Kind.REPORT.value


class RequirementIn(Schema):
    """One more kind of thing that units of a tree owe."""

    kind: RequirementKind
    tree: Tree


class RequirementOut(Schema):
    """A kind of thing owed, and by when at each level; a level without a day owes nothing."""

    id: int
    kind: str
    tree: str
    due: dict[int, datetime]


class DueIn(Schema):
    """The last day of a requirement at a level, Việt Nam time."""

    requirement_id: RowId
    level: Level
    due_on: date


class ExcludedUnit(Schema):
    """A unit that takes no part, and why."""

    unit_id: RowId
    reason: Annotated[str, Field(max_length=300)]


class DraftOut(CampaignOut):
    """A draft with everything that can be adjusted; changes go with its ``version``."""

    policy: PolicyData
    documents: list[StudiedDocument]
    requirements: list[RequirementOut]
    partner_ids: list[int]
    excluded: list[ExcludedUnit]


class CampaignDraftIn(Schema):
    """The whole draft as it shall be. ``version`` is the one that was read."""

    version: Version
    title: Title
    starts_on: date
    ends_on: date
    lead_id: RowId
    policy: PolicyData
    documents: Annotated[list[StudiedDocument], Field(max_length=50)]
    due: Annotated[list[DueIn], Field(max_length=200)]
    partner_ids: Annotated[list[RowId], Field(max_length=100)] = []
    excluded: Annotated[list[ExcludedUnit], Field(max_length=2000)] = []


@router.get("/campaign-presets", response=list[PresetOut], tags=["campaigns"], summary="Ready policies")
@endpoint(Can.CAMPAIGN_MANAGE)
def list_presets(request: ActorRequest) -> list[PresetOut]:  # noqa: ARG001 - an operation's signature
    """What a campaign can begin with."""
    return [
        PresetOut(code=one.code, title=str(one.title), sentence=str(one.sentence)) for one in PRESETS.values()
    ]


# An address of two routers answers as the first one alone: this operation stands beside those of ``api``.
@campaigns_router.post("/campaigns", response={201: DraftOut}, tags=["campaigns"], summary="Draft a campaign")
@endpoint(Can.CAMPAIGN_MANAGE)
def draft_campaign(request: ActorRequest, body: CampaignIn) -> Status[DraftOut]:
    """A draft that owes nobody anything yet; the same answers again are the draft that is there."""
    actor = request.actor
    own = choices.home(actor)
    unit = access.row_or_404(choices.opening_units(actor, own), body.unit_id or own)
    answers = Answers(body.title, body.starts_on, body.ends_on, _pairs(body.documents))
    return Status(201, _shown(starting.draft(unit, preset=body.preset, answers=answers, by=actor)))


@router.get("/campaigns/{campaign_id}/draft", response=DraftOut, tags=["campaigns"], summary="A draft")
@endpoint(Can.CAMPAIGN_MANAGE)
def read_draft(request: ActorRequest, campaign_id: RowId) -> DraftOut:
    """A campaign one manages, with everything that can be adjusted while it is a draft."""
    return _shown(_managed(request.actor, campaign_id))


@router.put("/campaigns/{campaign_id}/draft", response=DraftOut, tags=["campaigns"], summary="Adjust a draft")
@endpoint(Can.CAMPAIGN_MANAGE)
def adjust_draft(request: ActorRequest, campaign_id: RowId, body: CampaignDraftIn) -> DraftOut:
    """Put the whole draft in place; 409 with both texts when somebody else changed it meanwhile."""
    campaign = _managed(request.actor, campaign_id)
    due = {(one.requirement_id, int(one.level)): end_of_day(one.due_on) for one in body.due}
    if len(due) != len(body.due):
        raise DomainError(
            "deadline.twice",
            _("Một việc có hai thời hạn ở cùng một cấp. Chưa lưu gì; hãy giữ một thời hạn."),
        )
    changes = Changes(
        version=body.version,
        title=body.title,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        policy=body.policy.model_dump(),
        deadlines=due,
        lead_id=body.lead_id,
        partner_ids=tuple(dict.fromkeys(body.partner_ids)),
        excluded=tuple({one.unit_id: one.reason for one in body.excluded}.items()),
        documents=_pairs(body.documents),
    )
    return _shown(starting.adjust(campaign, changes, by=request.actor))


@router.post(
    "/campaigns/{campaign_id}/requirements",
    response={201: DraftOut},
    tags=["campaigns"],
    summary="One more thing owed",
)
@endpoint(Can.CAMPAIGN_MANAGE)
def add_requirement(request: ActorRequest, campaign_id: RowId, body: RequirementIn) -> Status[DraftOut]:
    """It owes nobody anything until it has a deadline; added twice is once."""
    campaign = _managed(request.actor, campaign_id)
    commands.add_requirement(campaign, kind=body.kind, tree=body.tree, by=request.actor)
    return Status(201, _shown(campaign))


@router.delete(
    "/campaigns/{campaign_id}/draft", response={204: None}, tags=["campaigns"], summary="Discard a draft"
)
@endpoint(Can.CAMPAIGN_MANAGE)
def discard_draft(request: ActorRequest, campaign_id: RowId) -> Status[None]:
    """Throw a draft away; what was given down is never thrown away."""
    commands.discard(_managed(request.actor, campaign_id), by=request.actor)
    return Status(204, None)


@router.post(
    "/campaigns/{campaign_id}/start", response={202: WorkOut}, tags=["campaigns"], summary="Give it down"
)
@endpoint(Can.CAMPAIGN_MANAGE)
def start_campaign(request: ActorRequest, campaign_id: RowId) -> Status[WorkOut]:
    """Order the start; ``/works/{id}`` tells how far it is. Ordered again it is the work that is there."""
    return Status(202, work_out(starting.give_down(_managed(request.actor, campaign_id), by=request.actor)))


def _managed(actor: Actor, campaign_id: int) -> Campaign:
    found = access.row_or_404(queries.campaigns(actor), campaign_id)
    access.require(actor, Can.CAMPAIGN_MANAGE, found.unit_id)
    return found


def _pairs(documents: list[StudiedDocument]) -> tuple[tuple[int, str], ...]:
    return tuple({one.document_id: str(one.mode.value) for one in documents}.items())


def _shown(campaign: Campaign) -> DraftOut:
    due: dict[int, dict[int, datetime]] = {}
    for one in Deadline.objects.filter(requirement__campaign=campaign).order_by("level"):
        due.setdefault(one.requirement_id, {})[one.level] = one.due_at
    policy: dict[str, Any] = from_data(campaign.policy).to_data()
    return DraftOut(
        **CampaignOut.model_validate(campaign).model_dump(),
        policy=PolicyData(**policy),
        documents=[
            StudiedDocument(document_id=pk, mode=CampaignDocument.Mode(mode))
            for pk, mode in campaign.documents.order_by("position").values_list("document_id", "mode")
        ],
        requirements=[
            RequirementOut(id=one.pk, kind=one.kind, tree=one.tree, due=due.get(one.pk, {}))
            for one in campaign.requirements.order_by("tree", "id")
        ],
        partner_ids=list(campaign.partners.order_by("pk").values_list("pk", flat=True)),
        excluded=[
            ExcludedUnit(unit_id=unit_id, reason=reason)
            for unit_id, reason in campaign.exceptions.order_by("unit__sort_key", "id").values_list(
                "unit_id", "reason"
            )
        ],
    )
