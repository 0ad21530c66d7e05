"""Claims that wait for a person, each beside what is recorded and everything devices heard of him there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from quantriet.conferences.models import Attendance, AttendanceConflict, AttendanceVerdict, Conference, Scan

AT_ONCE = 50
"""So many claims stand on one page; those decided make room for the next."""

READING = "conferences.claims"
"""Under this name it is written down who read of whom (``org.reading_words``)."""

Open = AttendanceConflict.Decision.OPEN


@dataclass(frozen=True)
class Row:
    """One claim: what is recorded of the person in the conference, and what devices of both sites heard of him."""

    conflict: AttendanceConflict
    recorded: Attendance | None
    scans: tuple[Scan, ...]


def waiting(conference: Conference) -> QuerySet[AttendanceConflict]:
    """Claims that wait for a decision, as they came."""
    return (
        AttendanceConflict.objects.filter(conference=conference, decision=Open)
        .select_related("person", "site", "unit", "device")
        .order_by("id")
    )


def rows(conference: Conference) -> list[Row]:
    """The first of the claims that wait, with both sides' evidence. Three queries, however many."""
    return evidence(list(waiting(conference)[:AT_ONCE]), conference)


def evidence(found: Sequence[AttendanceConflict], conference: Conference) -> list[Row]:
    """Some claims of a conference, each with both sides' evidence. Two queries, however many."""
    recorded = of_people([one.person_id for one in found if one.person_id], conference)
    heard = _heard(found, recorded)
    return [
        Row(one, recorded.get(one.person_id or 0), tuple(heard.get(one.person_id or 0, ()))) for one in found
    ]


def named(found: Iterable[AttendanceConflict | AttendanceVerdict]) -> list[int]:
    """The people whose names the reader gets: those outside his units stay unnamed."""
    return [one.person.pk for one in found if one.person is not None]


def of_people(people: Sequence[int], conference: Conference) -> dict[int, Attendance]:
    """What is recorded of given people in a conference, by person."""
    found = Attendance.objects.filter(conference=conference, person_id__in=people).select_related("site")
    return {row.person_id: row for row in found}


def _heard(claims: Sequence[AttendanceConflict], recorded: Mapping[int, Attendance]) -> dict[int, list[Scan]]:
    """By person, what devices of the sites concerned heard of them: found by the devices, of which a site has few."""
    sites = {one.site_id for one in claims} | {row.site_id for row in recorded.values()}
    found = Scan.objects.filter(
        device__site__in=sites, person__in=[one.person_id for one in claims if one.person_id]
    )
    heard: dict[int, list[Scan]] = {}
    for scan in found.select_related("device__account", "site").order_by("at", "client_id"):
        heard.setdefault(scan.person_id or 0, []).append(scan)
    return heard


def decided(conference: Conference) -> QuerySet[AttendanceVerdict]:
    """The verdicts of a conference, newest first."""
    return (
        AttendanceVerdict.objects.filter(conflict__conference=conference)
        .select_related("conflict__site", "person")
        .order_by("-id")
    )
