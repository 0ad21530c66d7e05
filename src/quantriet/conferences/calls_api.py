"""Calling a conference with its sites, for programs.

The same commands as on the page of a call, and the same warnings before: of the yearly quota, and of what is streamed
to the unit anyway.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime, HttpUrl

from quantriet.campaigns import queries as campaign_queries
from quantriet.campaigns.models import Campaign
from quantriet.conferences import jobs
from quantriet.conferences.commands import conferences
from quantriet.conferences.commands.conferences import AgendaLine, Plan
from quantriet.conferences.models import Conference
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import quotas
from quantriet.conferences.quota import REMOTE, Intended, Worry
from quantriet.core.errors import ConflictError, DomainError
from quantriet.core.paging import RowId
from quantriet.ledger.measures import Form
from quantriet.org import access
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

router = Router()

UNITS_AT_MOST = 2_000

SessionForm = Annotated[int, Field(ge=Form.IN_PERSON, le=Form.SELF_STUDY)]
Text = Annotated[str, Field(max_length=300)]
Name = Annotated[str, Field(max_length=160)]


class PointIn(Schema):
    """A point of the agenda; ``document_id`` is one of the campaign's documents."""

    title: Annotated[str, Field(min_length=1, max_length=300)]
    document_id: RowId | None = None
    minutes: Annotated[int, Field(ge=0, le=600)] = 0
    presenter: Name = ""
    is_discussion: bool = False


class SitesIn(Schema):
    """Who gets a site besides the hub: whole levels (1 province … 4 cell) below the unit, single units, or both."""

    levels: Annotated[list[Annotated[int, Field(ge=0, le=9)]], Field(max_length=10)] = []
    unit_ids: Annotated[list[RowId], Field(max_length=UNITS_AT_MOST)] = []
    form: SessionForm = Form.ONLINE.value


class CallIn(Schema):
    """A conference of my unit. A deputy who chairs, or presents a document, needs ``deputy_reason``. ``classes``: empty
    for everybody on the roll. ``seen``: codes of the warnings that were read. The same ``key`` again is the same one.
    """

    title: Annotated[str, Field(min_length=1, max_length=300)]
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    campaign_id: RowId | None = None
    form: SessionForm = Form.IN_PERSON.value
    classes: Annotated[list[Annotated[int, Field(ge=1, le=6)]], Field(max_length=6)] = []
    chair: Name = ""
    head_chaired: bool = True
    head_taught: bool = False
    deputy_reason: Text = ""
    join_link: Annotated[HttpUrl, Field(max_length=500)] | None = None
    stream: Annotated[str, Field(max_length=500)] = ""
    hub_place: Text = ""
    hub_capacity: Annotated[int, Field(ge=1, le=100_000)] | None = None
    agenda: Annotated[list[PointIn], Field(max_length=200)] = []
    sites: SitesIn | None = None
    seen: Annotated[list[Worry], Field(max_length=10)] = []
    key: Annotated[str, Field(min_length=1, max_length=40)]


class ConferenceOut(Schema):
    """A conference; ``sites`` counts the hub among them."""

    id: int
    title: str
    unit_id: int
    campaign_id: int | None
    level: int
    form: int
    state: str
    starts_at: datetime
    ends_at: datetime
    chair: str
    head_chaired: bool
    head_taught: bool
    deputy_reason: str
    sites: int


class CalledOut(ConferenceOut):
    """What was called; where the sites are too many for one answer, the work that makes them."""

    work_id: int | None


@router.get(
    "/conferences/{conference_id}", response=ConferenceOut, tags=["conferences"], summary="One conference"
)
@endpoint(Can.CONFERENCE_READ)
def read_conference(request: ActorRequest, conference_id: RowId) -> ConferenceOut:
    """A conference that concerns me."""
    one = access.row_or_404(reads.conferences(request.actor), conference_id)
    return ConferenceOut.model_validate(_told(one))


def _told(one: Conference) -> Mapping[str, object]:
    told = {name: getattr(one, name) for name in ConferenceOut.model_fields if name not in ("id", "sites")}
    return {**told, "id": one.pk, "sites": one.sites.count()}


@router.post(
    "/conferences",
    response={201: CalledOut},
    tags=["conferences"],
    summary="Call a conference with its sites",
)
@endpoint(Can.CONFERENCE_MANAGE)
def call_conference(request: ActorRequest, told: CallIn) -> Status[CalledOut]:
    """Call a conference of my unit and give units below a site each. What the page of a call would warn of is refused
    with 409 ``conference.foreseen`` until its codes come back in ``seen``.
    """
    by = request.actor
    unit = access.authority_unit(Unit.objects.select_related("committee").get(pk=by.unit_id))
    plan = _plan(request, told)
    _warn(unit, plan, told)
    one = conferences.call(unit, plan, key=told.key, by=by)
    work_id = None
    if told.sites is not None and (told.sites.levels or told.sites.unit_ids):
        chosen = told.sites
        added = jobs.add_or_order(
            one, levels=chosen.levels, units=chosen.unit_ids, form=chosen.form, key=told.key, by=by
        )
        work_id = added.work.pk if added.work is not None else None
    return Status(201, CalledOut.model_validate({**_told(one), "work_id": work_id}))


def _plan(request: ActorRequest, told: CallIn) -> Plan:
    campaign = _campaign(request, told)
    return Plan(
        title=told.title,
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        campaign=campaign,
        form=told.form,
        classes=tuple(told.classes),
        chair=told.chair,
        head_chaired=told.head_chaired,
        head_taught=told.head_taught,
        deputy_reason=told.deputy_reason,
        join_link="" if told.join_link is None else str(told.join_link),
        stream=told.stream,
        agenda=_agenda(campaign, told),
        hub_place=told.hub_place,
        hub_capacity=told.hub_capacity,
    )


def _campaign(request: ActorRequest, told: CallIn) -> Campaign | None:
    if told.campaign_id is None:
        return None
    running = campaign_queries.campaigns(request.actor).filter(state=Campaign.State.ACTIVE)
    return access.row_or_404(running, told.campaign_id)


def _agenda(campaign: Campaign | None, told: CallIn) -> tuple[AgendaLine, ...]:
    """The points; their documents are those that the campaign studies, as on the page."""
    studied = set(campaign.documents.values_list("document_id", flat=True)) if campaign is not None else set()
    if not studied >= {point.document_id for point in told.agenda if point.document_id is not None}:
        raise DomainError(
            "conference.agenda_document",
            _("Chương trình chỉ gắn văn bản của đợt. Chưa lưu gì; hãy bỏ văn bản khác hoặc chọn đúng đợt."),
        )
    return tuple(
        AgendaLine(
            point.title,
            point.document_id,
            point.minutes,
            presenter=point.presenter,
            is_discussion=point.is_discussion,
        )
        for point in told.agenda
    )


def _warn(unit: Unit, plan: Plan, told: CallIn) -> None:
    """Refuse what the caller has not read the warnings of; a retry is no conference more."""
    if quotas.is_called(unit, told.key):
        return
    sites = told.sites
    intended = Intended(
        timezone.localtime(plan.starts_at).year,
        is_online=plan.form in REMOTE or (sites is not None and sites.form in REMOTE),
        documents=frozenset(line.document_id for line in plan.agenda if line.document_id is not None),
        classes=frozenset(plan.classes),
    )
    warned = quotas.foreseen(unit, plan.campaign, intended)
    unseen = [one for one in warned if one.worry not in told.seen]
    if unseen:
        raise ConflictError(
            "conference.foreseen",
            " ".join(one.sentence for one in unseen)
            + " "
            + _("Chưa triệu tập; nếu vẫn cần, hãy gửi lại và nêu các mã này trong “seen”."),
            warnings=[{"code": one.worry.value, "sentence": one.sentence} for one in unseen],
        )
