"""Roll-call: the one command every way ends in, and taking back what one tap did.

List, "có mặt cả, trừ …", scan, typed code, file, join log and device all hand in marks; a mark is judged by
``verdicts`` and written by ``entries``. A retry finds its row by client id, by person or by key.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from quantriet.conferences import codes, verdicts
from quantriet.conferences.commands import entries
from quantriet.conferences.commands.entries import Call, Write, known_of, meeting_of
from quantriet.conferences.models import Attendance, AttendanceChange, AttendanceConflict, Site
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.queries import roster
from quantriet.conferences.queries.roster import Place
from quantriet.conferences.verdicts import HERE, NOTHING, Act, Ask, Code, Known, Verdict
from quantriet.core.errors import DomainError
from quantriet.ledger.measures import Grade
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.permissions import Can

AT_THE_MOMENT = frozenset({Source.LIST, Source.SCAN, Source.CODE})


@dataclass(frozen=True)
class Mark:
    """One mark: about whom (``person_id``, or ``code`` as scanned or typed), what, and through which way.

    ``client_id`` is made by the device for a scan: sent twice it is one.
    """

    ask: Ask
    source: str = Source.LIST
    person_id: int = 0
    code: str = ""
    client_id: UUID | None = None


@dataclass(frozen=True)
class Answer:
    """The answer to a mark: its verdict and what is recorded now (of a stale mark: what the other wrote)."""

    person_id: int
    code: Code
    known: Known
    actor: str = ""

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

    rows: dict[int, Attendance]
    known: dict[int, Known]
    writes: dict[int, Write]
    claims: list[tuple[Mark, int]]
    answers: list[Answer]


def record(site: Site, marks: Sequence[Mark], *, by: Actor, key: str, reason: str = "") -> list[Answer]:
    """Record marks at a site; the answers stand in the order of the marks, each with its own verdict.

    ``site`` comes with its conference and campaign. One refused mark stops no other. ``key`` names the call:
    the same call again writes nothing, and ``undo`` takes it back.
    """
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    people = _read_codes(site, marks)
    answers = _record(site, marks, people, Call(site, key, by, reason))
    lost = [at for at, answer in enumerate(answers) if answer is None]
    if lost:  # somebody else was quicker: what he wrote is judged as known
        again = Call(site, f"{key}+", by, reason)
        second = _record(site, [marks[at] for at in lost], [people[at] for at in lost], again)
        for at, answer in zip(lost, second, strict=True):
            answers[at] = answer or Answer(_whose(people[at]), Code.ALREADY, NOTHING)
    return [answer for answer in answers if answer is not None]


def _whose(found: int | Code) -> int:
    return found if isinstance(found, int) else 0


def _read_codes(site: Site, marks: Sequence[Mark]) -> list[int | Code]:
    """Whom each mark is about, or why its code is refused."""
    conference = site.conference
    code_key = bytes(conference.code_key)
    expected: list[int] | None = None
    found: list[int | Code] = []
    for mark in marks:
        if not mark.code:
            found.append(mark.person_id or Code.UNKNOWN_PERSON)
            continue
        personal = codes.read_personal(mark.code)
        if personal is not None:
            if personal.conference_id != conference.pk:
                found.append(Code.FOREIGN_CODE)
            else:
                found.append(personal.person_id if codes.is_proven(personal, code_key) else Code.FORGED_CODE)
            continue
        typed = codes.read_short(mark.code)
        if typed and expected is None:
            expected = roster.expected_people(site)
        person_id = codes.find_short(typed, code_key, conference.pk, expected or []) if typed else None
        found.append(person_id or Code.UNKNOWN_CODE)
    return found


def _record(
    site: Site, marks: Sequence[Mark], people: Sequence[int | Code], call: Call
) -> list[Answer | None]:
    """Judge and write once; ``None`` where another call inserted the row between our look and our write."""
    ids = [one for one in people if isinstance(one, int)]
    places = roster.places(site.conference, ids) if ids else {}
    rows = _rows(site, ids, marks) if ids else {}
    judged = _judge_all(site, marks, people, places, rows)
    _keep_claims(site, judged.claims, by=call.by)
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


# Written out: this is the statement of every scan, and building it anew would cost more than running it.
_LOCK = """
SELECT * FROM conferences_attendance
WHERE conference_id = %(conference)s AND person_id = ANY(%(people)s::bigint[])
ORDER BY person_id FOR UPDATE
"""
_LOCK_BY_CLIENT = """
SELECT * FROM conferences_attendance
WHERE conference_id = %(conference)s
  AND (person_id = ANY(%(people)s::bigint[]) OR client_id = ANY(%(clients)s::uuid[]))
ORDER BY person_id FOR UPDATE
"""


def _rows(site: Site, ids: Sequence[int], marks: Sequence[Mark]) -> dict[int, Attendance]:
    """The rows that are there, locked in the order of people: two clerks never wait for each other crosswise."""
    clients = [mark.client_id for mark in marks if mark.client_id is not None]
    told = {"conference": site.conference_id, "people": list(ids), "clients": clients}
    rows = Attendance.objects.raw(_LOCK_BY_CLIENT if clients else _LOCK, told)
    return {row.person_id: row for row in rows}


def _judge_all(
    site: Site,
    marks: Sequence[Mark],
    people: Sequence[int | Code],
    places: Mapping[int, Place],
    rows: dict[int, Attendance],
) -> _Judged:
    judged = _Judged(rows, {person: known_of(row) for person, row in rows.items()}, {}, [], [])
    by_client = {row.client_id: row for row in rows.values() if row.client_id is not None}
    now = timezone.now()
    meeting = meeting_of(site.conference)
    for mark, found in zip(marks, people, strict=True):
        if isinstance(found, Code):
            judged.answers.append(Answer(0, found, NOTHING))
            continue
        known = judged.known.get(found, NOTHING)
        row = rows.get(found)
        if mark.client_id is not None and mark.client_id in by_client:
            judged.answers.append(Answer(found, Code.ALREADY, known, row.actor if row else ""))
            continue
        verdict = verdicts.judge(mark.ask, known, meeting, now=now)
        verdict = _at_this_site(site, mark, places.get(found), row, verdict)
        if verdict.code is Code.WRONG_SITE:
            judged.claims.append((mark, found))
        if verdict.writes:
            judged.known[found] = verdict.after
            moment = min(mark.ask.at or now, now) if mark.ask.is_code else now
            graded = verdicts.grade(meeting, at_the_moment=mark.source in AT_THE_MOMENT, now=moment)
            before = judged.writes.get(found)
            client_id = mark.client_id if before is None or before.client_id is None else before.client_id
            judged.writes[found] = Write(places[found], verdict.after, mark.source, graded, client_id)
        stands = (
            replace(verdict.after, version=verdict.after.version + 1) if verdict.writes else verdict.after
        )
        judged.answers.append(Answer(found, verdict.code, stands, row.actor if row else ""))
    return judged


def _at_this_site(
    site: Site, mark: Mark, place: Place | None, row: Attendance | None, verdict: Verdict
) -> Verdict:
    """Somebody who is not expected here, or sits elsewhere already, is a claim to be settled, not a record."""
    if verdict.code not in (Code.RECORDED, Code.CHANGED, Code.ALREADY, Code.STALE):
        return verdict
    if row is not None and row.site_id == site.pk:
        return verdict
    comes = mark.ask.act not in (Act.EXCUSED, Act.ABSENT)
    if row is not None and row.state in HERE:
        return replace(verdict, code=Code.WRONG_SITE, after=known_of(row))
    if place is None or place.unit_id is None or place.site_id != site.pk:
        code = Code.WRONG_SITE if comes else Code.UNKNOWN_PERSON
        return Verdict(code, NOTHING if row is None else known_of(row))
    return verdict


def _keep_claims(site: Site, claims: Sequence[tuple[Mark, int]], *, by: Actor) -> None:
    """Keep what a site claims about people who are not its own, once a person, with its evidence."""
    now = timezone.now()
    kept = [
        AttendanceConflict(
            conference=site.conference,
            site=site,
            unit_id=site.unit_id,
            person_id=person_id,
            state="present" if mark.ask.act in (Act.IN, Act.OUT) else mark.ask.act.value,
            at=min(mark.ask.at or now, now),
            source=mark.source,
            client_id=mark.client_id,
            actor=by.name,
        )
        for mark, person_id in claims
    ]
    if kept:
        AttendanceConflict.objects.bulk_create(kept, ignore_conflicts=True)


def everyone_except(site: Site, away: Mapping[int, Ask], *, by: Actor, key: str) -> list[Answer]:
    """Có mặt cả, trừ …: who is expected and has no mark yet is present, the named ones as told.

    Marks made before (late, excused) stay as they are.
    """
    rows = roster.of_site(site)
    marks = [
        Mark(away.get(row.person_id) or Ask(Act.PRESENT, version=0), person_id=row.person_id)
        for row in rows
        if row.person_id in away or (row.is_expected and not row.version)
    ]
    return record(site, marks, by=by, key=key)


def undo(site: Site, call: str, *, by: Actor) -> int:
    """Take back what one call wrote at a site; returns how many rows. Rows somebody changed since are left.

    A row that the call made disappears; a row it changed stands as before. The ledger keeps both.
    """
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    conference = site.conference
    rows = {
        row.pk: row
        for row in Attendance.objects.select_for_update(of=("self",))
        .filter(site=site, call__in=(call, f"{call}+"))
        .order_by("person_id")
    }
    if not rows:
        return 0
    changes = {
        change.attendance_id: change
        for change in AttendanceChange.objects.filter(attendance__in=rows, call__in=(call, f"{call}+"))
        if change.after_version == rows[change.attendance_id].version
    }
    made = [row for row in rows.values() if row.version == 1]
    undone = Call(site, f"undo:{call}", by, "Hoàn tác", {row.person_id: row for row in rows.values()})
    count = entries.remove(made, undone) if made else 0
    writes = [
        Write(
            _place(rows[pk]),
            _before(change, rows[pk]),
            change.before["source"],
            Grade(change.before["grade"]),
        )
        for pk, change in changes.items()
        if change.before["site"] == site.pk
    ]
    if writes:
        count += len(entries.apply(writes, replace(undone, key=f"undo-changes:{call}")) or {})
    audit.record(
        by, "attendance.undo", conference, unit=site.unit_id, detail={"site": site.pk, "rows": count}
    )
    return count


def _place(row: Attendance) -> Place:
    return Place(row.person_id, row.line_id, row.unit_id, row.person_class, row.site_id)


def _before(change: AttendanceChange, row: Attendance) -> Known:
    return replace(entries.known_from_plain(change.before), version=row.version)


def settle(conflict: AttendanceConflict, *, decision: str, by: Actor) -> AttendanceConflict:
    """Decide between two claims: ``here`` moves the person to the claiming site, ``elsewhere`` leaves him.

    Whoever manages the conference decides; both claims stay readable.
    """
    conference = conflict.conference
    access.require(by, Can.CONFERENCE_MANAGE, conference.unit_id)
    locked = AttendanceConflict.objects.select_for_update().get(pk=conflict.pk)
    if locked.decision != AttendanceConflict.Decision.OPEN:
        return locked
    if decision not in (AttendanceConflict.Decision.HERE, AttendanceConflict.Decision.ELSEWHERE):
        raise DomainError("conflict.decision", _("Hãy chọn một trong hai điểm. Chưa thay đổi gì."))
    if decision == AttendanceConflict.Decision.HERE:
        _move_here(locked, by=by)
    locked.decision, locked.decided_by, locked.decided_at = decision, by.name, timezone.now()
    locked.save(update_fields=["decision", "decided_by", "decided_at"])
    audit.record(by, "attendance.settle", locked, unit=conference.unit_id, detail={"decision": decision})
    return locked


def _move_here(conflict: AttendanceConflict, *, by: Actor) -> None:
    site = Site.objects.select_related("conference__campaign").get(pk=conflict.site_id)
    place = roster.places(site.conference, [conflict.person_id])[conflict.person_id]
    if place.unit_id is None:
        raise access.not_found()
    rows = _rows(site, [conflict.person_id], [])
    meeting = meeting_of(site.conference)
    at: datetime | None = conflict.at
    row = rows.get(conflict.person_id)
    known = known_of(row) if row is not None else NOTHING
    if row is None or row.state not in HERE:
        late = at is not None and at > meeting.late_from
        known = replace(known, state="late" if late else "present", in_at=at, excuse="")
    graded = verdicts.grade(meeting, at_the_moment=conflict.source in AT_THE_MOMENT, now=at or timezone.now())
    call = Call(site, f"settle:{conflict.pk}", by, "Quyết định điểm dự", rows)
    entries.apply([Write(place, known, conflict.source, graded, conflict.client_id)], call)


def answers_by_code(answers: Iterable[Answer]) -> dict[Code, int]:
    """How many marks got which answer: the sentence after a list."""
    found: dict[Code, int] = {}
    for answer in answers:
        found[answer.code] = found.get(answer.code, 0) + 1
    return found
