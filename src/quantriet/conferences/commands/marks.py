"""Marks on their way: heard, judged by ``verdicts``, written by ``entries``. Pages, API, import and the
devices' intake all come through ``write_down``: one list, many sites of one conference, an answer each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise

from quantriet.campaigns.commands import credits
from quantriet.conferences import verdicts
from quantriet.conferences.commands import claims, entries
from quantriet.conferences.commands.claims import Claim
from quantriet.conferences.commands.entries import Call, Hand, Write, known_of, meeting_of
from quantriet.conferences.models import Attendance, AttendanceConflict, Conference, Scan
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.queries import roster
from quantriet.conferences.queries.roster import Place
from quantriet.conferences.verdicts import HERE, NOTHING, Act, Ask, Code, Known, Meeting, Verdict
from quantriet.core import ltree
from quantriet.ledger.measures import Grade

KINDS = AttendanceConflict.Kind
TO_BE_SETTLED = {
    Code.WRONG_SITE: KINDS.TWO_SITES,
    Code.NOT_IN: KINDS.OUT_FIRST,
    Code.OUT_BEFORE_IN: KINDS.OUT_FIRST,
    Code.CLOSED: KINDS.AFTER_CLOSE,
    Code.FORGED_CODE: KINDS.FORGED,
}
"""What is kept for a person, and as what."""

AT_THE_MOMENT = frozenset({Source.LIST, Source.SCAN, Source.CODE})


@dataclass(frozen=True)
class Mark:
    """One mark: about whom (``person_id``, or ``code`` as scanned or typed), what, and through which way.

    ``client_id`` is made by the device for a scan: sent twice it is one. ``is_afterwards``: its writer says
    that it is not told at the moment.
    """

    ask: Ask
    source: str = Source.LIST
    person_id: int = 0
    code: str = ""
    client_id: UUID | None = None
    is_afterwards: bool = False

    @property
    def is_at_the_moment(self) -> bool:
        """Whether it came by a way, and from a writer, that tells of the moment."""
        return self.source in AT_THE_MOMENT and not self.is_afterwards


@dataclass(frozen=True)
class Heard:
    """A mark with the person it is about (or why its code is refused), and whose hand writes it.

    ``roots``: the paths below which its writer looks, where the open scope is wider than his; ``None``: the
    scope is his own.
    """

    mark: Mark
    found: int | Code
    hand: Hand
    roots: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Answer:
    """The answer to a mark: its verdict and what is recorded now (of a stale mark: what the other wrote)."""

    person_id: int
    code: Code
    known: Known
    actor: str = ""
    name: str = ""

    @property
    def sentence(self) -> Promise:
        """What the clerk reads."""
        return verdicts.SENTENCES[self.code]

    @property
    def is_done(self) -> bool:
        """Nothing is left to do about this mark."""
        return self.code in verdicts.DONE


@dataclass
class _Judged:
    """The marks of one call on their way: rows found, what each person's row must become."""

    meeting: Meeting
    now: datetime
    rows: dict[int, Attendance]
    known: dict[int, Known]
    writes: dict[int, Write] = field(default_factory=dict)
    hours: dict[int, Known] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    seen_again: list[tuple[Claim, int | UUID | None]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


def write_down(heard: Sequence[Heard], call: Call) -> list[Answer]:
    """Judge and write marks of one conference; answers in their order. One refused mark stops no other."""
    hold_units(heard)
    answers = _once(heard, call)
    lost = [at for at, answer in enumerate(answers) if answer is None]
    if lost:  # somebody else was quicker: what he wrote is judged as known
        second = _once([heard[at] for at in lost], replace(call, key=f"{call.key}+"))
        for at, answer in zip(lost, second, strict=True):
            found = heard[at].found
            answers[at] = answer or Answer(found if isinstance(found, int) else 0, Code.ALREADY, NOTHING)
    return [answer for answer in answers if answer is not None]


def hold_units(heard: Iterable[Heard]) -> None:
    """Hold the units of whoever may lose his credit by these marks, before a line of any roll is locked. Who writes
    down marks of several conferences in one transaction does it first for all of them.
    """
    people: list[tuple[int, int]] = []
    for one in heard:
        conference = one.hand.site.conference
        if one.mark.ask.act is Act.IN or conference.campaign_id is None or not isinstance(one.found, int):
            continue
        if verdicts.may_cost_credit(one.mark.ask, meeting_of(conference)):
            people.append((conference.campaign_id, one.found))
    if people:
        credits.hold(people)


def _once(heard: Sequence[Heard], call: Call) -> list[Answer | None]:
    """Judge and write once; ``None`` where another call inserted the row between our look and our write."""
    ids = [one.found for one in heard if isinstance(one.found, int)]
    places = roster.places(call.conference, ids) if ids else {}
    rows = rows_of(call.conference, ids, [one.mark.client_id for one in heard]) if ids else {}
    judged = _judge_all(heard, places, rows, call.conference)
    claims.keep(call.conference, [*judged.claims, *_by_two_devices(judged.seen_again)])
    if judged.hours:
        entries.remember({rows[person].pk: known for person, known in judged.hours.items()})
    if not judged.writes:
        return list(judged.answers)
    written = entries.apply(list(judged.writes.values()), replace(call, rows=judged.rows))
    if written is None:
        return [_as_known(answer, rows) for answer in judged.answers]
    return [
        None if answer.code in (Code.RECORDED, Code.CHANGED) and answer.person_id not in written else answer
        for answer in judged.answers
    ]


def _as_known(answer: Answer, rows: Mapping[int, Attendance]) -> Answer:
    """The answer to a retry of the same call: what it wrote was kept, whatever became of it since."""
    if answer.code not in (Code.RECORDED, Code.CHANGED):
        return answer
    row = rows.get(answer.person_id)
    return replace(answer, code=Code.ALREADY, known=known_of(row) if row is not None else NOTHING)


# Written out: this is the statement of every scan, and building it anew would cost more than running it. The lists are
# joined and not compared with ANY: a plan kept for any list compares each row of the conference with each of them.
_COLUMNS = [field.attname for field in Attendance._meta.concrete_fields]  # noqa: SLF001 - Django's public-by-habit API
_ROW = ", ".join(f"row.{name}" for name in _COLUMNS)
_LOCK = f"""
SELECT {_ROW} FROM unnest(%(people)b::bigint[]) AS asked(person_id)
JOIN conferences_attendance AS row ON row.conference_id = %(conference)s AND row.person_id = asked.person_id
ORDER BY row.person_id FOR UPDATE OF row
"""
_LOCK_BY_CLIENT = f"""
SELECT {_ROW} FROM conferences_attendance AS row
WHERE row.id IN (
    SELECT of_person.id FROM unnest(%(people)b::bigint[]) AS asked(person_id)
    JOIN conferences_attendance AS of_person
      ON of_person.conference_id = %(conference)s AND of_person.person_id = asked.person_id
    UNION
    SELECT of_client.id FROM unnest(%(clients)b::uuid[]) AS sent(client_id)
    JOIN conferences_attendance AS of_client
      ON of_client.conference_id = %(conference)s AND of_client.client_id = sent.client_id
)
ORDER BY row.person_id FOR UPDATE
"""


def rows_of(
    conference: Conference, ids: Sequence[int], client_ids: Sequence[UUID | None]
) -> dict[int, Attendance]:
    """The rows that are there, locked in the order of people: two writers never wait for each other crosswise."""
    clients = [one for one in client_ids if one is not None]
    people = list(dict.fromkeys(ids))
    told: dict[str, Any] = {"conference": conference.pk, "people": people, "clients": clients}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_BY_CLIENT if clients else _LOCK, told)
        rows = [Attendance.from_db(connection.alias, _COLUMNS, row) for row in cursor.fetchall()]
    return {row.person_id: row for row in rows}


def _judge_all(
    heard: Sequence[Heard],
    places: Mapping[int, Place],
    rows: dict[int, Attendance],
    conference: Conference,
) -> _Judged:
    known_now = {person: known_of(row) for person, row in rows.items()}
    judged = _Judged(meeting_of(conference), timezone.now(), rows, known_now)
    by_client = {row.client_id for row in rows.values() if row.client_id is not None}
    for one in heard:
        if isinstance(one.found, Code):
            judged.answers.append(Answer(0, one.found, NOTHING))
            _claim(one, None, one.found, judged)
            continue
        place = places.get(one.found)
        sees = one.roots is None or (place is not None and ltree.is_below(place.path, one.roots))
        known = judged.known.get(one.found, NOTHING) if sees else NOTHING
        row = rows.get(one.found) if sees else None
        actor, name = row.actor if row else "", (place.name if place is not None and sees else "")
        if one.mark.client_id is not None and one.mark.client_id in by_client:
            judged.answers.append(Answer(one.found, Code.ALREADY, known, actor, name))
            continue
        verdict = verdicts.judge(one.mark.ask, known, judged.meeting, now=judged.now)
        verdict = _at_this_site(one, place if sees else None, row, verdict)
        verdict = _by_its_evidence(one, one.found, known, verdict, judged)
        _claim(one, one.found, verdict.code, judged)
        _see_again(one, one.found, known, verdict, judged)
        stands = verdict.after
        if verdict.writes:
            judged.writes[one.found] = _write(one, verdict, places[one.found], judged)
            judged.known[one.found] = stands
            stands = replace(stands, version=stands.version + 1)
        judged.answers.append(Answer(one.found, verdict.code, stands, actor, name))
    return judged


def _moment(mark: Mark, judged: _Judged) -> datetime:
    """When it happened, where its writer says so; never later than now."""
    return min(mark.ask.at or judged.now, judged.now)


def _graded(mark: Mark, judged: _Judged) -> Grade:
    moment = _moment(mark, judged) if mark.ask.is_code else judged.now
    return verdicts.grade(judged.meeting, at_the_moment=mark.is_at_the_moment, now=moment)


def _claim(one: Heard, person_id: int | None, code: Code, judged: _Judged) -> None:
    """Keep for a person what a verdict does not record; a forged code proves nobody."""
    kind = TO_BE_SETTLED.get(code)
    if kind is not None:
        judged.claims.append(_as_claim(one, person_id, kind, judged))


def _as_claim(one: Heard, person_id: int | None, kind: str, judged: _Judged) -> Claim:
    mark = one.mark
    moment, graded = _moment(mark, judged), _graded(mark, judged)
    return Claim(one.hand, kind, person_id, mark.ask.act, moment, mark.source, graded, mark.client_id)


def _see_again(one: Heard, person_id: int, known: Known, verdict: Verdict, judged: _Judged) -> None:
    """Somebody who is there was seen coming in once more: a later hour is kept in mind, and a second device that
    let him in long before or after is a claim.
    """
    is_here = known.state in HERE and verdict.code in (Code.CHANGED, Code.ALREADY)
    if one.mark.ask.act is not Act.IN or not is_here:
        return
    before, row = judged.writes.get(person_id), judged.rows.get(person_id)
    if verdicts.is_twice(_moment(one.mark, judged), known):
        first = before.hand.device_id if before is not None else row.client_id if row is not None else None
        judged.seen_again.append((_as_claim(one, person_id, KINDS.TWO_DEVICES, judged), first))
    if verdict.code is Code.ALREADY and verdict.after != known:
        judged.known[person_id] = verdict.after
        if before is not None:
            judged.writes[person_id] = replace(before, known=verdict.after)
        else:
            judged.hours[person_id] = verdict.after


def _by_its_evidence(one: Heard, person_id: int, known: Known, verdict: Verdict, judged: _Judged) -> Verdict:
    """An earlier coming that is evidenced otherwise than the one the row stands on changes how the row is counted."""
    if verdict.code is not Code.ALREADY or not entries.stands_on(verdict.after, known):
        return verdict
    stands = judged.writes.get(person_id) or judged.rows[person_id]
    if (stands.grade, stands.source) == (_graded(one.mark, judged), one.mark.source):
        return verdict
    return replace(verdict, code=Code.CHANGED)


def _by_two_devices(seen: Sequence[tuple[Claim, int | UUID | None]]) -> list[Claim]:
    """Of people seen coming in again those whom another device had let in, or a page."""
    clients = [first for _claim, first in seen if isinstance(first, UUID)]
    devices = dict(Scan.objects.filter(pk__in=clients).values_list("pk", "device_id")) if clients else {}
    return [
        claim
        for claim, first in seen
        if claim.hand.device_id != (devices.get(first, 0) if isinstance(first, UUID) else first or 0)
    ]


def _write(one: Heard, verdict: Verdict, place: Place, judged: _Judged) -> Write:
    """What the person's row must become; a first device's id stays when a second mark comes in one call, and the
    evidence is that of the coming which it stands on.
    """
    mark, before = one.mark, judged.writes.get(place.person_id)
    if before is None:
        graded = _graded(mark, judged)
        return Write(place, verdict.after, mark.source, graded, one.hand, mark.client_id)
    comes = entries.stands_on(verdict.after, before.known) or before.known.state not in HERE
    return Write(
        place,
        verdict.after,
        mark.source if comes else before.source,
        _graded(mark, judged) if comes else before.grade,
        one.hand,
        before.client_id or mark.client_id,
    )


def _at_this_site(one: Heard, place: Place | None, row: Attendance | None, verdict: Verdict) -> Verdict:
    """Somebody who is not expected here, or sits elsewhere already, is a claim to be settled, not a record."""
    if verdict.code in (Code.TOO_EARLY, Code.CLOSED, Code.CANCELLED):
        return verdict
    site_id = one.hand.site.pk
    if row is not None and row.site_id == site_id:
        return verdict
    comes = one.mark.ask.act not in (Act.EXCUSED, Act.ABSENT)
    if row is not None and row.state in HERE:
        return replace(verdict, code=Code.WRONG_SITE, after=known_of(row))
    if place is None or place.unit_id is None or place.site_id != site_id:
        code = Code.WRONG_SITE if comes else Code.UNKNOWN_PERSON
        return Verdict(code, NOTHING if row is None else known_of(row))
    return verdict
