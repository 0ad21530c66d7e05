"""Roll-call: the one command every way ends in, and taking back what one tap did.

List, "có mặt cả, trừ …", scan, typed code, file, join log and device all hand in marks; a mark is judged by
``verdicts`` and written by ``entries``. A retry finds its row by client id, by person or by key.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import credits
from quantriet.conferences import codes, verdicts
from quantriet.conferences.commands import entries, gate, history, marks
from quantriet.conferences.commands.entries import Call, Hand, Write, meeting_of
from quantriet.conferences.commands.marks import AT_THE_MOMENT, Answer, Heard, Mark
from quantriet.conferences.models import Attendance, AttendanceChange, Conference, Site
from quantriet.conferences.queries import roster
from quantriet.conferences.queries.roster import Place
from quantriet.conferences.verdicts import Act, Ask, Code, Known
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
    "short_codes",
    "undo",
]


def record(site: Site, given: Sequence[Mark], *, by: Actor, key: str, reason: str = "") -> list[Answer]:
    """Record marks at a site; the answers stand in the order of the marks, each with its own verdict.

    ``site`` comes with its conference and campaign. One refused mark stops no other. ``key`` names the call:
    the same call again writes nothing, and ``undo`` takes it back.
    """
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    with transaction.atomic():
        gate.enter([site.conference_id])
        site.conference.refresh_from_db(fields=gate.WHAT_MAY_END)
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
    gate.enter([conference.pk])
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
    return replace(history.known_from_plain(change.before), version=row.version)


def answers_by_code(answers: Iterable[Answer]) -> dict[Code, int]:
    """How many marks got which answer: the sentence after a list."""
    found: dict[Code, int] = {}
    for answer in answers:
        found[answer.code] = found.get(answer.code, 0) + 1
    return found
