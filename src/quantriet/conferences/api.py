"""Conferences for programs: sessions I work at, the check-in that ends in the same command as the pages, the wall."""

import hmac
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from quantriet.conferences import device_rolls, scanning
from quantriet.conferences.commands import attendance, devices, rooms, scans
from quantriet.conferences.commands.attendance import Answer, Mark
from quantriet.conferences.models import Site
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import device_rolls as rolls
from quantriet.conferences.queries import devices as known_devices
from quantriet.conferences.queries import quotas
from quantriet.conferences.queries import wall as walls
from quantriet.conferences.verdicts import Act, Ask
from quantriet.core.errors import DomainError, ForbiddenError, UnprovenError
from quantriet.core.paging import Cursor, Limit, Page, RowId, page_of
from quantriet.org import access
from quantriet.org.doors import ActorRequest, endpoint, public
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

router = Router()

A_CALL = 500


class SiteOut(Schema):
    """A site at which I may record."""

    id: int
    name: str
    conference_id: int
    conference_title: str
    starts_at: datetime
    ends_at: datetime
    state: str


class MarkIn(Schema):
    """One mark: a person or a code, what happened, when. ``client_id`` is made by the device and sent again."""

    client_id: UUID
    person_id: RowId | None = None
    code: Annotated[str, Field(max_length=200)] = ""
    act: Act = Act.IN
    at: datetime | None = None
    excuse: Annotated[str, Field(max_length=200)] = ""
    version: int | None = None


class MarksIn(Schema):
    """Marks of one call, judged one by one."""

    marks: Annotated[list[MarkIn], Field(min_length=1, max_length=A_CALL)]


class AnswerOut(Schema):
    """The answer to a mark: a stable code, its Vietnamese sentence, what is recorded now."""

    client_id: UUID
    code: str
    sentence: str
    is_done: bool
    person_id: int | None
    state: str
    version: int


class AnswersOut(Schema):
    """Answers in the order of the marks."""

    answers: list[AnswerOut]


@router.get("/sites", response=Page[SiteOut], tags=["conferences"], summary="Sites I record at")
@endpoint(Can.ATTENDANCE_RECORD)
def list_sites(request: ActorRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[SiteOut]:
    """Sites run by my units, by id."""
    rows = Site.objects.filter(unit__in=access.units(request.actor, Can.ATTENDANCE_RECORD))
    return page_of(rows.select_related("conference"), by=("id",), cursor=cursor, limit=limit, show=_site)


def _site(site: Site) -> SiteOut:
    return SiteOut(
        id=site.pk,
        name=site.name,
        conference_id=site.conference_id,
        conference_title=site.conference.title,
        starts_at=site.conference.starts_at,
        ends_at=site.conference.ends_at,
        state=site.state,
    )


@router.post("/sites/{site_id}/check-ins", response=AnswersOut, tags=["conferences"], summary="Record marks")
@endpoint(Can.ATTENDANCE_RECORD)
def check_in(request: ActorRequest, site_id: RowId, marks: MarksIn) -> AnswersOut:
    """Record up to 500 marks at a site; each gets its own answer, after the commit. Sent again: no double."""
    site = access.row_or_404(Site.objects.select_related("conference__campaign"), site_id)
    given = [_mark(one) for one in marks.marks]
    told = "|".join(f"{one.client_id}{one.act}" for one in marks.marks)
    key = f"api:{uuid5(NAMESPACE_OID, told).hex}"
    try:
        answers = attendance.record(site, given, by=request.actor, key=key)
    except ForbiddenError as error:  # the command asks where; a foreign site answers as if it were not there
        raise access.not_found() from error
    return AnswersOut(
        answers=[_answer(one, answer) for one, answer in zip(marks.marks, answers, strict=True)]
    )


def _mark(one: MarkIn) -> Mark:
    ask = Ask(one.act, one.at, excuse=one.excuse, version=one.version, is_code=bool(one.code))
    source = Source.LIST if not one.code else Source.SCAN if "." in one.code else Source.CODE
    return Mark(ask, source, one.person_id or 0, one.code, one.client_id)


def _answer(one: MarkIn, answer: Answer) -> AnswerOut:
    return AnswerOut(
        client_id=one.client_id,
        code=answer.code.value,
        sentence=str(answer.sentence),
        is_done=answer.is_done,
        person_id=answer.person_id or None,
        state=answer.known.state,
        version=answer.known.version,
    )


class QuotaOut(Schema):
    """The year of a unit. ``limit`` is null where no rule limits its level; cancelled conferences and cell meetings
    are not counted.
    """

    unit_id: int
    year: int
    called: int
    online: int
    limit: int | None
    online_percent: int
    clause: str


@router.get(
    "/conferences/quota", response=QuotaOut, tags=["conferences"], summary="My unit's quota of conferences"
)
@endpoint(Can.CONFERENCE_READ)
def read_quota(request: ActorRequest, year: Annotated[int, Field(ge=2000, le=2100)]) -> QuotaOut:
    """How many conferences my unit called in a year, how many of them online, and the limits of both."""
    unit = access.authority_unit(Unit.objects.select_related("committee").get(pk=request.actor.unit_id))
    return QuotaOut(unit_id=unit.pk, **vars(quotas.meter(unit, year)))


class CodeIn(Schema):
    """The one-time code the clerk of a site was shown."""

    code: Annotated[str, Field(min_length=1, max_length=40)]


class KeyOut(Schema):
    """What an enrolled device keeps: its number, its key in hexadecimal digits (told once), how long it is good."""

    device: int
    key: str
    site: str
    valid_until: datetime


@router.post("/devices", auth=None, response=KeyOut, tags=["devices"], summary="Enrol with a one-time code")
@public("whoever holds the one-time code of a site becomes its device")
def claim_device(request: HttpRequest, response: HttpResponse, claim: CodeIn) -> KeyOut:  # noqa: ARG001 - ninja's signature
    """Enrol a phone or reader at a site. The code is good once and for a quarter of an hour."""
    response["Cache-Control"] = "no-store"
    key = devices.claim(claim.code)
    return KeyOut(
        device=key.device.pk,
        key=key.key.hex(),
        site=key.device.site.name,
        valid_until=known_devices.valid_until(key.device.site.conference),
    )


class RollIn(Schema):
    """``asked``: 32 hexadecimal digits, drawn anew for each question; the answer is bound to them."""

    asked: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class RollOut(Schema):
    """``roll``: base64 of nonce (12 bytes) and AES-256-GCM ciphertext. Its key is HKDF-SHA-256 of the device's key
    without salt for ``QT1 roll``; it stands for ``QT1 roll``, number of the device and ``asked``, one a line.
    """

    roll: str


@router.post(
    "/devices/roll",
    auth=None,
    response=RollOut,
    tags=["devices"],
    summary="The roll of a device's site, sealed",
    openapi_extra={
        "requestBody": {"content": {"application/json": {"schema": RollIn.json_schema()}}, "required": True}
    },
)
@public("a device proves itself by the MAC of what it asks; the answer opens under its key only")
def device_roll(request: HttpRequest) -> HttpResponse:
    """Who the codes of this site are, for a device without a line: names and units, codes only as blind indexes.

    ``Authorization`` as for scans, over this body. Nothing for a device that may not record any more (403).
    """
    device_id, key = _proven(request)
    try:
        question = device_rolls.read(request.body)
    except ValueError as error:
        code, sentence = scanning.CALLS[422]
        raise DomainError(code, str(sentence)) from error
    now = timezone.now()
    device = known_devices.enrolled([device_id])[device_id]
    refused = scanning.refusal(device.standing, now=now)
    if refused is not None:
        raise ForbiddenError(refused.value, str(scanning.SENTENCES[refused]))
    plain = device_rolls.written(rolls.of_device(device), key, now=now)
    response = JsonResponse(
        {"roll": device_rolls.seal(plain, key, device_id=device_id, asked=question.asked)}
    )
    response["Cache-Control"] = "no-store"
    return response


def _proven(request: HttpRequest) -> tuple[int, bytes]:
    """Number and key of the device that made the MAC of this body; refuses anybody else."""
    said = scanning.credentials(request.headers.get("Authorization", ""))
    key = known_devices.key_of(said[0]) if said else None
    if said is None or key is None or not scanning.is_genuine(key, request.body, said[1]):
        code, sentence = scanning.CALLS[401]
        raise UnprovenError(code, str(sentence))
    return said[0], key


class ScanIn(Schema):
    """One event. ``at``: milliseconds since 1970 by the device's clock. ``mac``: HMAC-SHA-256 under the device's
    key over ``QT1``, number of the device, id, seq, act, at and code, one a line, in hexadecimal digits.
    """

    id: UUID
    seq: Annotated[int, Field(ge=1)]
    act: Act
    code: Annotated[str, Field(max_length=200)]
    at: int
    mac: str


class ScansIn(Schema):
    """Events of one device and what its clock shows when it sends them."""

    clock: int
    events: Annotated[list[ScanIn], Field(min_length=1, max_length=A_CALL)]


class ScanOut(Schema):
    """The answer to an event. ``is_done``: the device may forget it. ``name`` of people of this site only."""

    id: UUID
    code: str
    sentence: str
    is_done: bool
    name: str
    state: str


class ScansOut(Schema):
    """Answers in the order of the events."""

    answers: list[ScanOut]


_BODY = {"content": {"application/json": {"schema": ScansIn.json_schema()}}, "required": True}


@router.post(
    "/scans",
    auth=None,
    response=ScansOut,
    tags=["devices"],
    summary="Events of a device",
    openapi_extra={"requestBody": _BODY},
)
@public("a device proves itself by the MAC of what it sends")
def record_scans(request: HttpRequest) -> HttpResponse:
    """Record up to 500 events of a device, each answered by itself after the commit; sent again: no double.

    ``Authorization: Quantriet-Device <number>:<HMAC-SHA-256 of the body under the device's key>``. The intake
    process answers this address where a proxy leads to it; here it does the same with the same command.
    """
    device_id, key = _proven(request)
    try:
        call = scanning.read(request.body)
    except ValueError as error:
        code, sentence = scanning.CALLS[422]
        raise DomainError(code, str(sentence)) from error
    told = scans.Told(device_id, call, timezone.now(), scanning.forged(device_id, key, call))
    body = scanning.written(scans.record([told])[0], request.headers.get("Accept-Language", ""))
    response = HttpResponse(body, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


class Only(StrEnum):
    """Which sites of a wall are told one by one."""

    TROUBLED = "troubled"
    SILENT = "silent"


CHOSEN = {Only.TROUBLED: "su-co", Only.SILENT: "chua-bao-cao"}


class SumsOut(Schema):
    """Several sites together. ``present`` and ``summoned`` are null where nobody told, which is no zero."""

    sites: int
    silent: int
    ready: int
    connected: int
    closed: int
    troubled: int
    present: int | None
    summoned: int | None


class GroupOut(SumsOut):
    """The sites at and below one unit."""

    unit_id: int
    name: str


class CellOut(Schema):
    """One site. ``incident`` is empty when nothing is wrong."""

    id: int
    name: str
    state: str
    incident: str
    present: int | None
    summoned: int | None
    last_at: datetime | None


class WallOut(Schema):
    """The wall at one unit: units below with several sites, then single sites; ``more`` sites were left out."""

    total: SumsOut
    groups: list[GroupOut]
    sites: list[CellOut]
    more: int


@router.get(
    "/conferences/{conference_id}/wall", response=WallOut, tags=["conferences"], summary="The wall of sites"
)
@endpoint(Can.CONFERENCE_READ)
def read_wall(
    request: ActorRequest, conference_id: RowId, unit_id: RowId | None = None, only: Only | None = None
) -> WallOut:
    """How the sites of a conference stand, from the narrowest unit that holds those I may see, or below one unit."""
    one = access.row_or_404(reads.conferences(request.actor), conference_id)
    standing = walls.Standing(one, by=request.actor)
    level = walls.level(standing, unit_id, "" if only is None else CHOSEN[only])
    shown = level.site_ids[:A_CALL]
    found = Site.objects.in_bulk(shown)
    cells = standing.cells([found[pk] for pk in shown if pk in found])
    return WallOut(
        total=SumsOut(**_counted(level.sums)),
        groups=[
            GroupOut(unit_id=group.unit_id, name=group.name, **_counted(group.sums)) for group in level.groups
        ],
        sites=[_cell(cell) for cell in cells],
        more=len(level.site_ids) - len(shown),
    )


def _counted(sums: walls.Sums) -> dict[str, Any]:
    return {name: getattr(sums, name) for name in SumsOut.model_fields}


def _cell(cell: walls.Cell) -> CellOut:
    return CellOut(
        id=cell.site.pk,
        name=cell.site.name,
        state=cell.site.state,
        incident=cell.incident,
        present=cell.present,
        summoned=cell.summoned,
        last_at=cell.last_at,
    )


class Passage(StrEnum):
    """Through the door of a room."""

    JOINED = "joined"
    LEFT = "left"


class OccupantIn(Schema):
    """Who came or left, as the server names it; names and addresses of people are not read."""

    id: Annotated[str, Field(max_length=200)] = ""
    occupant_jid: Annotated[str, Field(min_length=1, max_length=500)]
    joined_at: Annotated[int, Field(ge=0, le=2**33)] | None = None
    left_at: Annotated[int, Field(ge=0, le=2**33)] | None = None


class RoomEventIn(Schema):
    """An event of Jitsi's ``event_sync_component``."""

    event_name: Annotated[str, Field(max_length=80)]
    room_name: Annotated[str, Field(max_length=200)]
    occupant: OccupantIn


class KeptOut(Schema):
    """Whether the event was kept: those of persons, other rooms and conferences that are over are not."""

    is_kept: bool


@router.post(
    "/rooms/events/occupant/{what}",
    auth=None,
    response=KeptOut,
    tags=["conferences"],
    summary="A site came into its room or left, told by the video server",
)
@public("the video server proves itself by the token it shares with this house")
def record_room_event(request: HttpRequest, what: Passage, event: RoomEventIn) -> KeptOut:
    """For Jitsi's ``event_sync_component`` with ``api_prefix`` ending in ``/api/v1/rooms`` and
    ``Authorization: Bearer`` among its ``api_headers``. Corroborates that a site is connected; counts nobody.
    """
    token = settings.QUANTRIET.jitsi_events_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise UnprovenError("room.unproven", _("Không nhận ra máy chủ gửi tin này. Chưa ghi gì."))
    has_left = what is Passage.LEFT
    told = event.occupant.left_at if has_left else event.occupant.joined_at
    at = timezone.now() if told is None else datetime.fromtimestamp(told, tz=UTC)
    kept = rooms.note(
        rooms.Told(event.room_name, event.occupant.id, event.occupant.occupant_jid, at, has_left)
    )
    return KeptOut(is_kept=kept is not None)
