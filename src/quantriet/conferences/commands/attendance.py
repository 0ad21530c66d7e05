"""Roll-call: the one command every way ends in, and taking back what one tap did.

List, "có mặt cả, trừ …", scan, typed code, file, join log and device all hand in marks; a mark is judged by
``verdicts`` and written by ``entries``. A retry finds its row by client id, by person or by key.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import credits
from quantriet.conferences import codes, verdicts
from quantriet.conferences.commands import entries, marks
from quantriet.conferences.commands.entries import Call, Hand, Write, known_of, meeting_of
from quantriet.conferences.commands.marks import AT_THE_MOMENT, Answer, Heard, Mark
from quantriet.conferences.models import Attendance, AttendanceChange, AttendanceConflict, Conference, Site
from quantriet.conferences.queries import roster
from quantriet.conferences.queries.roster import Place
from quantriet.conferences.verdicts import HERE, NOTHING, Act, Ask, Code, Known
from quantriet.core.errors import DomainError
from quantriet.core.text import format_datetime
from quantriet.ledger.measures import Grade
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.permissions import Can

__all__ = [
    "AT_THE_MOMENT",
    "Answer",
    "Mark",
    "answers_by_code",
    "everyone_except",
    "read_scanned",
    "read_typed",
    "record",
    "settle",
    "short_codes",
    "undo",
]


def record(site: Site, given: Sequence[Mark], *, by: Actor, key: str, reason: str = "") -> list[Answer]:
    """Record marks at a site; the answers stand in the order of the marks, each with its own verdict.

    ``site`` comes with its conference and campaign. One refused mark stops no other. ``key`` names the call:
    the same call again writes nothing, and ``undo`` takes it back.
    """
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    hand = Hand(site, by.name, key)
    people = _read_codes(site, given)
    heard = [Heard(mark, found, hand) for mark, found in zip(given, people, strict=True)]
    return marks.write_down(heard, Call(site.conference, key, by, site, reason))


def _read_codes(site: Site, given: Sequence[Mark]) -> list[int | Code]:
    """Whom each mark is about, or why its code is refused."""
    shorts: Mapping[str, int | None] | None = None
    found: list[int | Code] = []
    for mark in given:
        if not mark.code:
            found.append(mark.person_id or Code.UNKNOWN_PERSON)
            continue
        scanned = read_scanned(site.conference, mark.code)
        if scanned is not None:
            found.append(scanned)
            continue
        if shorts is None:
            shorts = short_codes(site)
        found.append(read_typed(mark.code, shorts))
    return found


def read_scanned(conference: Conference, text: str) -> int | Code | None:
    """Whose personal code it is, or why it is refused; ``None``: no personal code at all."""
    personal = codes.read_personal(text)
    if personal is None:
        return None
    if personal.conference_id != conference.pk:
        return Code.FOREIGN_CODE
    return personal.person_id if codes.is_proven(personal, bytes(conference.code_key)) else Code.FORGED_CODE


def short_codes(site: Site) -> dict[str, int | None]:
    """Whose each short code is, of the people expected at a site: made once for many that are typed."""
    conference = site.conference
    return codes.short_codes(bytes(conference.code_key), conference.pk, roster.expected_people(site))


def read_typed(text: str, shorts: Mapping[str, int | None]) -> int | Code:
    """Whose eight letters these are, among the short codes of a site."""
    return shorts.get(codes.read_short(text)) or Code.UNKNOWN_CODE


def everyone_except(site: Site, away: Mapping[int, Ask], *, by: Actor, key: str) -> list[Answer]:
    """Có mặt cả, trừ …: who is expected and has no mark yet is present, the named ones as told.

    Marks made before (late, excused) stay as they are. Refuses with ``attendance.everyone_too_early`` while
    nobody can have looked over the hall (``Meeting.everyone_from``).
    """
    meeting = meeting_of(site.conference)
    if not verdicts.everyone_is_open(meeting, now=timezone.now()):
        raise DomainError(
            "attendance.everyone_too_early",
            _(
                "“Có mặt cả” mở lúc {when}. Chưa ghi gì; hãy ghi từng người đã đến, "
                "hoặc ghi cả danh sách và tính là nhập sau."
            ).format(when=format_datetime(meeting.everyone_from)),
        )
    return record(site, _marks_of_all(site, away), by=by, key=key)


def everyone_afterwards(site: Site, away: Mapping[int, Ask], *, by: Actor, key: str) -> list[Answer]:
    """As ``everyone_except``, insisted on before its hour: the marks are graded as entered afterwards."""
    given = [replace(mark, is_afterwards=True) for mark in _marks_of_all(site, away)]
    return record(site, given, by=by, key=key)


def _marks_of_all(site: Site, away: Mapping[int, Ask]) -> list[Mark]:
    return [
        Mark(away.get(row.person_id) or Ask(Act.PRESENT, version=0), person_id=row.person_id)
        for row in roster.of_site(site)
        if row.person_id in away or (row.is_expected and not row.version)
    ]


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
    if conference.campaign_id is not None:
        credits.hold((conference.campaign_id, row.person_id) for row in rows.values())
    changes = {
        change.attendance_id: change
        for change in AttendanceChange.objects.filter(attendance__in=rows, call__in=(call, f"{call}+"))
        if change.after_version == rows[change.attendance_id].version
    }
    made = [row for row in rows.values() if row.version == 1]
    found = {row.person_id: row for row in rows.values()}
    undone = Call(conference, f"undo:{call}", by, site, "Hoàn tác", found)
    changing = replace(undone, key=f"undo-changes:{call}")
    count = entries.remove(made, undone) if made else 0
    writes = [
        Write(
            _place(rows[pk]),
            _before(change, rows[pk]),
            change.before["source"],
            Grade(change.before["grade"]),
            Hand(site, by.name, changing.key),
        )
        for pk, change in changes.items()
        if change.before["site"] == site.pk
    ]
    if writes:
        count += len(entries.apply(writes, changing) or {})
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
    rows = marks.rows_of(site.conference, [conflict.person_id], [])
    meeting = meeting_of(site.conference)
    at: datetime | None = conflict.at
    row = rows.get(conflict.person_id)
    known = known_of(row) if row is not None else NOTHING
    if row is None or row.state not in HERE:
        late = at is not None and at > meeting.late_from
        known = replace(known, state="late" if late else "present", in_at=at, excuse="")
    graded = verdicts.grade(meeting, at_the_moment=conflict.source in AT_THE_MOMENT, now=at or timezone.now())
    call = Call(site.conference, f"settle:{conflict.pk}", by, site, "Quyết định điểm dự", rows)
    hand = Hand(site, by.name, call.key)
    entries.apply([Write(place, known, conflict.source, graded, hand, conflict.client_id)], call)


def answers_by_code(answers: Iterable[Answer]) -> dict[Code, int]:
    """How many marks got which answer: the sentence after a list."""
    found: dict[Code, int] = {}
    for answer in answers:
        found[answer.code] = found.get(answer.code, 0) + 1
    return found
