"""Who is missing, and reminding them, for programs."""

from datetime import datetime
from typing import Annotated

from ninja import Router, Schema, Status
from pydantic import Field

from quantriet.campaigns import queries
from quantriet.campaigns.api import ObligationOut
from quantriet.campaigns.commands import reminders
from quantriet.campaigns.commands.reminders import Message
from quantriet.campaigns.models import Reminder
from quantriet.campaigns.queries import missing
from quantriet.campaigns.rows_api import At, PersonRowOut, people_page
from quantriet.core.paging import Cursor, Limit, Page, RowId, page_of
from quantriet.org import access
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.permissions import Can

router = Router()


class UnnamedOut(Schema):
    """A unit that declared a total: how many are missing there is known, who is not."""

    unit_id: int
    name: str
    missing: int


class ReminderIn(Schema):
    """Whom to remind of what. ``kind``: ``people`` (who has not studied) or a kind of thing owed; ``channel``: page,
    email, zalo (a text to paste) or phone (a list); ``key`` makes a retry harmless.
    """

    kind: Annotated[str, Field(max_length=20)]
    channel: Reminder.Channel
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    unit_ids: Annotated[list[RowId], Field(min_length=1, max_length=5000)]
    key: Annotated[str, Field(min_length=1, max_length=40)]


class ReminderOut(Schema):
    """A reminder as recorded, with the units it reached."""

    id: int
    campaign_id: int
    kind: str
    channel: str
    text: str
    created_at: datetime
    unit_ids: list[int]


@router.get(
    "/campaigns/{campaign_id}/missing/people",
    response=Page[PersonRowOut],
    tags=["campaigns"],
    summary="People who have not studied",
)
@endpoint(Can.CAMPAIGN_READ)
def list_missing_people(
    request: ActorRequest,
    campaign_id: RowId,
    *,
    unit_id: RowId | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[PersonRowOut]:
    """By line of the roll; units that declared a total have no names (``missing/unnamed``)."""
    at = At(request.actor, campaign_id, unit_id)
    at.require_names()
    return people_page(at, queries.missing_people(at.campaign, at.unit), cursor, limit)


@router.get(
    "/campaigns/{campaign_id}/missing/unnamed",
    response=list[UnnamedOut],
    tags=["campaigns"],
    summary="Units whose missing people have no names",
)
@endpoint(Can.CAMPAIGN_READ)
def list_unnamed(request: ActorRequest, campaign_id: RowId, unit_id: RowId | None = None) -> list[UnnamedOut]:
    """Units that declared a total below the summoned."""
    at = At(request.actor, campaign_id, unit_id)
    found = missing.unnamed(at.campaign, missing.declaring(at.campaign, at.unit))
    return [UnnamedOut(unit_id=unit.pk, name=unit.name, missing=left) for unit, left in found]


@router.get(
    "/campaigns/{campaign_id}/missing/units",
    response=Page[ObligationOut],
    tags=["campaigns"],
    summary="Units that still owe a kind of thing",
)
@endpoint(Can.CAMPAIGN_READ)
def list_owing_units(
    request: ActorRequest,
    campaign_id: RowId,
    kind: Annotated[str, Field(max_length=20)],
    *,
    unit_id: RowId | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[ObligationOut]:
    """Open obligations of the kind at and below a unit, by id; 404 for a kind the campaign does not ask for."""
    at = At(request.actor, campaign_id, unit_id)
    if kind not in missing.kinds_owed(at.campaign):
        raise access.not_found()
    rows = queries.owing_units(at.campaign, at.unit, kind)
    return page_of(rows, by=("id",), cursor=cursor, limit=limit, show=ObligationOut.model_validate)


@router.post(
    "/campaigns/{campaign_id}/reminders",
    response={201: ReminderOut},
    tags=["campaigns"],
    summary="Remind units",
)
@endpoint(Can.REMINDER_SEND)
def send_reminder(
    request: ActorRequest, campaign_id: RowId, body: ReminderIn, unit_id: RowId | None = None
) -> Status[ReminderOut]:
    """Remind those of the units that owe it, once for a ``key``; 422 when none of them does."""
    at = At(request.actor, campaign_id, unit_id)
    if body.kind != missing.PEOPLE and body.kind not in missing.kinds_owed(at.campaign):
        raise access.not_found()
    reminder = reminders.remind_missing(
        at.campaign,
        at.unit,
        body.unit_ids,
        message=Message(body.kind, body.channel.value, body.text, body.key),
        by=request.actor,
    )
    reached = reminder.lines.order_by("unit__sort_key", "id").values_list("unit_id", flat=True)
    told = ReminderOut(
        id=reminder.pk,
        campaign_id=reminder.campaign_id,
        kind=reminder.kind,
        channel=reminder.channel,
        text=reminder.text,
        created_at=reminder.created_at,
        unit_ids=list(reached),
    )
    return Status(201, told)
