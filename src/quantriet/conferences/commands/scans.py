"""What devices heard: many calls of many devices in one transaction, an answer an event.

The doors (the intake process, and the same address among the pages) prove the MACs and hand in what came;
here stands everything else. Each event is judged by ``verdicts`` and written by ``entries`` like a tap on a
page. An event is judged once: sent again, in any order and by any door, it finds its row of ``Scan``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from quantriet.conferences import scanning, verdicts
from quantriet.conferences.commands import attendance, claims, gate, marks
from quantriet.conferences.commands.claims import Claim
from quantriet.conferences.commands.entries import Call as Batch
from quantriet.conferences.commands.entries import Hand
from quantriet.conferences.commands.marks import Heard, Mark
from quantriet.conferences.models import AttendanceConflict, Scan, Site
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.queries import devices
from quantriet.conferences.queries.devices import Enrolled
from quantriet.conferences.scanning import Answer, Call, Event, Reply
from quantriet.conferences.verdicts import Act, Ask, Code
from quantriet.core import scope
from quantriet.core.scope import Scope
from quantriet.ledger.measures import Grade
from quantriet.org import access
from quantriet.org.access import Actor

_log = structlog.get_logger("scans")

INTAKE = Actor(0, 0, None, "Máy điểm danh", frozenset(), ())
"""Who posts a flush; each row carries the account of its device."""


@dataclass(frozen=True)
class Told:
    """A call whose body was proven to come from its device; ``forged``: places of events with a wrong MAC."""

    device_id: int
    call: Call
    heard_at: datetime
    forged: frozenset[int] = frozenset()


@dataclass
class _Event:
    """An event on its way: who sent it, when by our clock, and what became of it."""

    event: Event
    device_id: int
    at: datetime
    code: str = ""
    person_id: int = 0
    state: str = ""
    name: str = ""

    @property
    def is_forged(self) -> bool:
        """It does not carry the device's own MAC, though the call did."""
        return self.code == Reply.FORGED

    @property
    def source(self) -> str:
        return Source.SCAN if "." in self.event.code else Source.CODE


class _Kept(NamedTuple):
    """What an event of a device was found to be when it was judged."""

    device_id: int
    code: str
    person_id: int


class _HeardMeanwhileError(Exception):
    """These events are kept already: by another flush a moment ago, or where this scope does not see them."""

    def __init__(self, ids: set[UUID]) -> None:
        super().__init__()
        self.ids = ids


def record(told: Sequence[Told]) -> list[list[Answer]]:
    """Judge and record the events of many calls in one transaction; answers in the order they were sent.

    Opens its own scope: what the accounts of these devices may see together. Each event is judged within
    what its own device's account may see.
    """
    elsewhere: set[UUID] = set()
    while True:
        try:
            return _record(told, elsewhere)
        except _HeardMeanwhileError as meanwhile:
            elsewhere |= meanwhile.ids


@transaction.atomic
def _record(told: Sequence[Told], elsewhere: set[UUID]) -> list[list[Answer]]:
    """One transaction: what the devices may do is read behind the gate, and holds until it is written."""
    gate.enter_by_devices({one.device_id for one in told})
    now = timezone.now()
    known = devices.enrolled(one.device_id for one in told)
    roots = {root for device in known.values() for root in device.roots}
    with scope.rest_of_transaction(Scope(tuple(sorted(roots)), "devices")):
        events = [[*_events(one, known.get(one.device_id), now)] for one in told]
        flat = [event for some in events for event in some]
        fresh, copies = _unseen([event for event in flat if not event.code], elsewhere)
        late = {pk: scanning.refusal(device.standing, now=now) for pk, device in known.items()}
        _judge([event for event in fresh if late[event.device_id] is None], known)
        for reply in sorted(scanning.TOO_LATE):
            _keep_after_close([event for event in fresh if late[event.device_id] is reply], known, reply)
        _keep_forged([event for event in flat if event.is_forged], known)
        _keep(fresh, known)
        for copy, first in copies:
            copy.code, copy.person_id = _again(first.code), first.person_id
            copy.state, copy.name = first.state, first.name
        _name(event for some in events for event in some)
    return [[_answer(event) for event in some] for some in events]


def _events(one: Told, device: Enrolled | None, now: datetime) -> Iterable[_Event]:
    """The events of a call; those of a device that may not record carry their answer already. What comes from a site
    that is closed, or when the conference is long over, is kept for a person.
    """
    refused = Reply.NOT_ALLOWED if device is None else scanning.refusal(device.standing, now=now)
    stops = refused is not None and refused not in scanning.TOO_LATE
    for at, event in enumerate(one.call.events):
        moment = scanning.corrected(event.at, clock=one.call.clock, now=one.heard_at)
        moment = moment if device is None else max(moment, device.enrolled_at)
        code = refused if refused is not None and stops else Reply.FORGED if at in one.forged else ""
        yield _Event(event, one.device_id, moment, code)


_SEEN = """
SELECT client_id, device_id, sequence, code, coalesce(person_id, 0) FROM conferences_scan
WHERE client_id = ANY(%(ids)b::uuid[])
UNION
SELECT scan.client_id, scan.device_id, scan.sequence, scan.code, coalesce(scan.person_id, 0)
FROM unnest(%(devices)b::bigint[], %(sequences)b::bigint[]) AS sent(device_id, sequence)
JOIN conferences_scan AS scan USING (device_id, sequence)
"""


def _unseen(
    events: Sequence[_Event], elsewhere: set[UUID]
) -> tuple[list[_Event], list[tuple[_Event, _Event]]]:
    """The events that were never judged, each once, and the copies of them that came along, each with its first.

    What was judged before gets the answer that stands. An id of another device, or a number that carries
    another id, is somebody else's event: it is refused, and nothing of the other is told. So is what is kept
    ``elsewhere``, out of sight.
    """
    if not events:
        return [], []
    by_id, by_number = _kept_before(events)
    first_by_id: dict[UUID, _Event] = {}
    numbers: set[tuple[int, int]] = set()
    copies: list[tuple[_Event, _Event]] = []
    for one in events:
        number = (one.device_id, one.event.seq)
        stands, first = by_id.get(one.event.id), first_by_id.get(one.event.id)
        if stands is not None and stands.device_id == one.device_id:
            one.code, one.person_id = _again(stands.code), stands.person_id
        elif first is not None and first.device_id == one.device_id:
            copies.append((one, first))
        elif stands or first or number in by_number or number in numbers or one.event.id in elsewhere:
            one.code = Reply.NUMBER_USED
        else:
            first_by_id[one.event.id] = one
            numbers.add(number)
    return list(first_by_id.values()), copies


def _kept_before(events: Sequence[_Event]) -> tuple[dict[UUID, _Kept], set[tuple[int, int]]]:
    """What is kept with the ids of these events, and which of their numbers are used."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SEEN,
            {
                "ids": [one.event.id for one in events],
                "devices": [one.device_id for one in events],
                "sequences": [one.event.seq for one in events],
            },
        )
        rows = cursor.fetchall()
    return {row[0]: _Kept(row[1], row[3], row[4]) for row in rows}, {(row[1], row[2]) for row in rows}


def _again(code: str) -> str:
    """What is answered to an event that was judged before."""
    return Code.ALREADY if code in (Code.RECORDED, Code.CHANGED) else code


def _judge(events: Sequence[_Event], known: Mapping[int, Enrolled]) -> None:
    """Judge and write, conference by conference, in the order in which things happened."""
    by_conference: dict[int, list[_Event]] = {}
    for one in sorted(events, key=lambda one: (one.at, one.event.seq)):
        by_conference.setdefault(known[one.device_id].site.conference_id, []).append(one)
    heard = {pk: _heard(some, known) for pk, some in sorted(by_conference.items())}
    marks.hold_units(one for some in heard.values() for one in some)
    for conference_id, some in heard.items():
        call = Batch(some[0].hand.site.conference, f"scans:{uuid4().hex}", INTAKE)
        for one, answer in zip(by_conference[conference_id], marks.write_down(some, call), strict=True):
            one.code = scanning.kept(answer.code) or answer.code.value
            one.person_id, one.state, one.name = answer.person_id, answer.known.state, answer.name


def _keep_after_close(events: Sequence[_Event], known: Mapping[int, Enrolled], reply: Reply) -> None:
    """Keep for a person what came too late, and why it is (``reply``)."""
    if not events:
        return
    told = []
    for one, heard in zip(events, _heard(events, known), strict=True):
        found = heard.found if isinstance(heard.found, int) else None
        one.code, one.person_id = reply, found or 0
        told.append(_claim(one, found, AttendanceConflict.Kind.AFTER_CLOSE, heard.hand))
    _keep_claims(told)


def _keep_forged(events: Sequence[_Event], known: Mapping[int, Enrolled]) -> None:
    """Keep for a person that a device sent what it did not sign; whoever it names by a good card is named."""
    told = []
    for one in events:
        device = known[one.device_id]
        found = attendance.read_scanned(device.site.conference, one.event.code)
        person_id = found if isinstance(found, int) else None
        told.append(_claim(one, person_id, AttendanceConflict.Kind.FORGED, _hand(one, device)))
    _keep_claims(told)


def _claim(one: _Event, person_id: int | None, kind: str, hand: Hand) -> Claim:
    return Claim(
        hand, kind, person_id, Act(one.event.act), one.at, one.source, Grade.AFTERWARDS, one.event.id
    )


def _keep_claims(told: Iterable[Claim]) -> None:
    by_conference: dict[int, list[Claim]] = {}
    for one in told:
        by_conference.setdefault(one.hand.site.conference_id, []).append(one)
    for _conference_id, some in sorted(by_conference.items()):
        claims.keep(some[0].hand.site.conference, some)


def _sites(site_ids: set[int]) -> dict[int, Site]:
    """Sites with their conference and campaign; those of one conference share it."""
    rows = Site.objects.filter(pk__in=site_ids).select_related("conference__campaign")
    found = {row.pk: row for row in rows}
    shared = {site.conference_id: site.conference for site in found.values()}
    for site in found.values():
        site.conference = shared[site.conference_id]
    return found


def _heard(events: Sequence[_Event], known: Mapping[int, Enrolled]) -> list[Heard]:
    shorts: dict[tuple[int, tuple[str, ...]], Mapping[str, int | None]] = {}
    heard = []
    for one in events:
        device = known[one.device_id]
        site = device.site
        found = attendance.read_scanned(site.conference, one.event.code)
        if found is None:
            place = (site.pk, device.roots)
            if place not in shorts:
                shorts[place] = _short_codes(device)
            found = attendance.read_typed(one.event.code, shorts[place])
        ask = Ask(Act(one.event.act), one.at, is_code=True)
        mark = Mark(ask, one.source, code=one.event.code, client_id=one.event.id)
        heard.append(Heard(mark, found, _hand(one, device), device.roots))
    return heard


def _hand(one: _Event, device: Enrolled) -> Hand:
    told_at = scanning.told(one.event.at)
    return Hand(device.site, device.name, one.event.id.hex, one.device_id, told_at)


def _short_codes(device: Enrolled) -> Mapping[str, int | None]:
    """The short codes at the device's site, of those only whom its own account may see."""
    with scope.use(Scope(device.roots, "device")):
        return attendance.short_codes(device.site)


_KEEP = """
INSERT INTO conferences_scan
    (created_at, client_id, device_id, sequence, conference_id, site_id, unit_id, person_id, act, source,
     told_at, at, code, waits)
SELECT statement_timestamp(), new.client_id, new.device_id, new.sequence, site.conference_id, site.id, site.unit_id,
       nullif(new.person_id, 0), new.act, new.source, new.told_at, new.at, new.code, new.code = %(waits)s::text
FROM unnest(%(ids)b::uuid[], %(devices)b::bigint[], %(sequences)b::bigint[], %(sites)b::bigint[],
            %(people)b::bigint[], %(acts)b::text[], %(sources)b::text[], %(told)b::timestamptz[],
            %(at)b::timestamptz[], %(codes)b::text[])
     AS new(client_id, device_id, sequence, site_id, person_id, act, source, told_at, at, code)
JOIN conferences_site AS site ON site.id = new.site_id
ON CONFLICT DO NOTHING
RETURNING client_id
"""


def _keep(events: Sequence[_Event], known: Mapping[int, Enrolled]) -> None:
    """Keep what was judged; raises ``_HeardMeanwhileError`` when some of it is kept already."""
    if not events:
        return
    ordered = sorted(events, key=lambda one: one.event.id)
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "waits": Reply.KEPT.value,
                "ids": [one.event.id for one in ordered],
                "devices": [one.device_id for one in ordered],
                "sequences": [one.event.seq for one in ordered],
                "sites": [known[one.device_id].site.pk for one in ordered],
                "people": [one.person_id for one in ordered],
                "acts": [one.event.act for one in ordered],
                "sources": [str(one.source) for one in ordered],
                "told": [scanning.told(one.event.at) for one in ordered],
                "at": [one.at for one in ordered],
                "codes": [one.code for one in ordered],
            },
        )
        kept = {row[0] for row in cursor.fetchall()}
    if len(kept) < len(ordered):
        raise _HeardMeanwhileError({one.event.id for one in ordered} - kept)


_NAMES = "SELECT id, full_name FROM org_person WHERE id = ANY(%(people)b::bigint[])"


def _name(events: Iterable[_Event]) -> None:
    """Names to what was judged in an earlier call; what was judged now has them."""
    nameless = [one for one in events if one.person_id and not one.name and one.code in verdicts.DONE]
    if not nameless:
        return
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, {"people": [one.person_id for one in nameless]})
        names = dict(cursor.fetchall())
    for one in nameless:
        one.name = names.get(one.person_id, "")


def _answer(one: _Event) -> Answer:
    """The answer; it names people who are recorded at the device's own site, and nobody else."""
    is_told = one.code in verdicts.DONE
    return Answer(one.event.id, str(one.code), one.name if is_told else "", one.state if is_told else "")


AT_ONE_OPENING = 5_000
"""Of one conference at a time."""


def judge_kept() -> int:
    """Judge what was kept until check-in opened; returns how many. The house does it every minute.

    A transaction a conference: one that cannot be written stops no other. The devices were in order when they
    sent: what stopped one since does not unmake what it heard.
    """
    with access.whole_house("scans kept for the opening"):
        opened = list(_waiting().order_by("conference_id").values_list("conference_id", flat=True).distinct())
    judged = 0
    for conference_id in opened:
        try:
            judged += _judge_conference(conference_id)
        except Exception:  # noqa: BLE001 - whatever it is, the others open all the same; it is tried again in a minute
            _log.exception("scans.not_judged", conference=conference_id)
    return judged


def _waiting() -> QuerySet[Scan]:
    opens = timezone.now() + verdicts.OPENS_BEFORE
    return Scan.objects.filter(waits=True, conference__starts_at__lte=opens)


def _judge_conference(conference_id: int) -> int:
    with access.whole_house("scans kept for the opening"):
        gate.enter([conference_id])
        kept = list(
            _waiting()
            .select_for_update(of=("self",), skip_locked=True)
            .filter(conference=conference_id)
            .select_related("device__account")
            .order_by("at", "sequence")[:AT_ONE_OPENING]
        )
        if not kept:
            return 0
        _judge_kept(kept, _sites({scan.site_id for scan in kept}))
        Scan.objects.bulk_update(kept, ["code", "waits"], batch_size=500)
    return sum(not scan.waits for scan in kept)


def _judge_kept(kept: Sequence[Scan], sites: Mapping[int, Site]) -> None:
    heard = []
    for scan in kept:
        ask = Ask(Act(scan.act), scan.at, is_code=True)
        mark = Mark(ask, scan.source, person_id=scan.person_id or 0, client_id=scan.client_id)
        hand = Hand(
            sites[scan.site_id],
            scan.device.account.display_name,
            scan.client_id.hex,
            scan.device_id,
            scan.told_at,
        )
        heard.append(Heard(mark, scan.person_id or Code.UNKNOWN_PERSON, hand))
    call = Batch(heard[0].hand.site.conference, f"scans:{uuid4().hex}", INTAKE)
    for scan, answer in zip(kept, marks.write_down(heard, call), strict=True):
        scan.code = scanning.kept(answer.code) or answer.code.value
        scan.waits = answer.code is Code.TOO_EARLY  # the opening was put off meanwhile
