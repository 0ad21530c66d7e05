"""``attendance.record`` for the sheets of many sites at once: a roll-call of a whole country in minutes.

Judged by the same verdicts, counted by the same functions, the same rows, batches and entries. Only first marks
of people who are expected at their site are written here; a mark that needs thought (somebody expected elsewhere,
marked twice, recorded before) goes through ``attendance.record`` itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from quantriet.campaigns.commands import bulk as campaigns
from quantriet.campaigns.commands.bulk import Claims, Excuses
from quantriet.campaigns.commands.credits import Claim
from quantriet.campaigns.models import Credit
from quantriet.conferences import verdicts
from quantriet.conferences.commands import attendance, counting, entries, excuses, gate
from quantriet.conferences.commands.attendance import Mark
from quantriet.conferences.models import Attendance, Conference, Site
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.queries import roster
from quantriet.conferences.queries.roster import Place
from quantriet.conferences.verdicts import NOTHING, Known, Meeting
from quantriet.ledger import bulk as ledger
from quantriet.ledger.bulk import Opening
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade
from quantriet.ledger.models import Batch
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.permissions import Can


@dataclass(frozen=True)
class Sheet:
    """The marks of one site, as its list, its scans or its file gave them: each names a person."""

    site: Site
    marks: Sequence[Mark]


@dataclass(frozen=True)
class _First:
    """A first mark of somebody expected at the site, judged."""

    site: Site
    place: Place
    mark: Mark
    known: Known
    grade: Grade


def record_all(conference: Conference, sheets: Sequence[Sheet], *, key: str, by: Actor) -> int:
    """Record sheets of sites of one conference of a campaign; returns how many people were written.

    As ``attendance.record(site, marks, key=key)`` for each of them in their order. All or none; a sheet whose
    key was taken at its site before (a retry) is passed over.
    """
    campaign = conference.campaign
    if campaign is None or campaign.book_id is None:
        raise ValueError("sheets are recorded in bulk for a running campaign only")
    _require_all(by, {sheet.site.unit_id for sheet in sheets})
    with transaction.atomic():
        gate.enter([conference.pk])
        conference.refresh_from_db(fields=gate.WHAT_MAY_END)
        fresh = _not_taken(campaign.book_id, sheets, key)
        firsts, rest = _judged(conference, fresh)
        batches = _open(campaign.book_id, firsts, key, by)
        _write(conference, firsts, batches, key, by)
        for sheet in rest:
            attendance.record(sheet.site, sheet.marks, by=by, key=f"{key}:con-lai")
    return len(firsts)


def _require_all(by: Actor, unit_ids: set[int]) -> None:
    allowed = access.units(by, Can.ATTENDANCE_RECORD).filter(pk__in=unit_ids).values_list("pk", flat=True)
    for unit_id in sorted(unit_ids - set(allowed)):
        access.require(by, Can.ATTENDANCE_RECORD, unit_id)


def _key(site: Site, key: str) -> str:
    return f"attendance:{site.pk}:{key}"[:120]


def _not_taken(book_id: int, sheets: Sequence[Sheet], key: str) -> list[Sheet]:
    keys = [_key(sheet.site, key) for sheet in sheets]
    taken = set(Batch.objects.filter(book_id=book_id, key__in=keys).values_list("key", flat=True))
    return [sheet for sheet in sheets if _key(sheet.site, key) not in taken]


def _judged(conference: Conference, sheets: Sequence[Sheet]) -> tuple[list[_First], list[Sheet]]:
    """First marks of expected people in the order of people, and the marks that need thought, by site."""
    ids = [mark.person_id for sheet in sheets for mark in sheet.marks]
    times = Counter(ids)
    known = set(
        Attendance.objects.filter(conference=conference, person_id__in=ids).values_list(
            "person_id", flat=True
        )
    )
    places = roster.places(conference, ids) if ids else {}
    meeting, now = entries.meeting_of(conference), timezone.now()
    firsts: list[_First] = []
    rest: list[Sheet] = []
    for sheet in sheets:
        left: list[Mark] = []
        for mark in sorted(sheet.marks, key=lambda mark: mark.person_id):
            place = places.get(mark.person_id)
            is_plain = times[mark.person_id] == 1 and mark.person_id not in known and not mark.code
            if not is_plain or place is None or place.unit_id is None or place.site_id != sheet.site.pk:
                left.append(mark)
            elif (first := _first(sheet.site, place, mark, meeting, now)) is not None:
                firsts.append(first)
            else:
                left.append(mark)
        if left:
            rest.append(Sheet(sheet.site, left))
    return firsts, rest


def _first(site: Site, place: Place, mark: Mark, meeting: Meeting, now: datetime) -> _First | None:
    """The mark as it is to be written; ``None`` where the verdict refuses it."""
    verdict = verdicts.judge(mark.ask, NOTHING, meeting, now=now)
    if not verdict.writes:
        return None
    moment = min(mark.ask.at or now, now) if mark.ask.is_code else now
    graded = verdicts.grade(meeting, at_the_moment=mark.is_at_the_moment, now=moment)
    return _First(site, place, mark, verdict.after, graded)


def _open(book_id: int, firsts: Iterable[_First], key: str, by: Actor) -> dict[int, int]:
    """A batch for each site that has something to write: site → batch."""
    sites = {first.site.pk: first.site for first in firsts}
    openings = [Opening(_key(site, key), site.unit_id) for site in sites.values()]
    opened = ledger.begin_all(book_id, openings, by=by, origin="attendance.record")
    return {pk: opened[_key(site, key)] for pk, site in sites.items()}


def _write(
    conference: Conference, firsts: Sequence[_First], batches: Mapping[int, int], key: str, by: Actor
) -> None:
    campaign = conference.campaign
    if not firsts or campaign is None or campaign.book_id is None:
        return
    rows = _insert(conference, firsts, batches, key, by)
    on = access.local_day(conference.starts_at)
    campaigns.excuse_all(campaign, _excuses(firsts, key), on=on, by=by)
    counts = _counts(conference, firsts, batches)
    campaigns.credit_all(campaign, _claims(conference, firsts, batches, rows), by=by, beside=counts)


_INSERT = """
INSERT INTO conferences_attendance
    (created_at, conference_id, site_id, person_id, unit_id, line_id, person_class, state, in_at, out_at,
     left_early, excuse, form, held_on, grade, source, client_id, actor, call, batch_id, version)
SELECT statement_timestamp(), %(conference)s, new.site_id, new.person_id, new.unit_id, new.line_id,
       new.person_class, new.state, new.in_at, new.out_at, new.left_early, new.excuse, new.form, %(held_on)s,
       new.grade, new.source, new.client_id, %(actor)s, %(call)s, new.batch_id, 1
FROM unnest(%(sites)s::bigint[], %(batches)s::bigint[], %(forms)s::smallint[], %(people)s::bigint[],
            %(units)s::bigint[], %(lines)s::bigint[], %(classes)s::smallint[], %(states)s::text[],
            %(ins)s::timestamptz[], %(outs)s::timestamptz[], %(early)s::boolean[], %(excuses)s::text[],
            %(grades)s::smallint[], %(sources)s::text[], %(clients)s::uuid[])
     AS new(site_id, batch_id, form, person_id, unit_id, line_id, person_class, state, in_at, out_at, left_early,
            excuse, grade, source, client_id)
RETURNING person_id, id
"""
_COLUMNS = (
    "sites", "batches", "forms", "people", "units", "lines", "classes", "states", "ins", "outs", "early",
    "excuses", "grades", "sources", "clients",
)  # fmt: skip


def _insert(
    conference: Conference, firsts: Sequence[_First], batches: Mapping[int, int], key: str, by: Actor
) -> dict[int, int]:
    """The rows; their ids by person."""
    rows = [
        (
            first.site.pk, batches[first.site.pk], first.site.form, first.place.person_id, first.place.unit_id,
            first.place.line_id, first.place.person_class, first.known.state, first.known.in_at,
            first.known.out_at, first.known.left_early, first.known.excuse, int(first.grade), first.mark.source,
            first.mark.client_id,
        )
        for first in firsts
    ]  # fmt: skip
    columns = dict(zip(_COLUMNS, (list(column) for column in zip(*rows, strict=True)), strict=True))
    told: dict[str, Any] = {
        "conference": conference.pk,
        "held_on": access.local_day(conference.starts_at),
        "actor": by.name,
        "call": key,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, {**told, **columns})
        return {int(person_id): int(row_id) for person_id, row_id in cursor.fetchall()}


def _excuses(firsts: Iterable[_First], key: str) -> list[Excuses]:
    people: dict[str, dict[int, str]] = defaultdict(dict)
    for first in firsts:
        if first.known.state == "excused":
            batch_key = f"attendance:{first.site.pk}:{key}:excuse"[:120]
            people[batch_key][first.place.person_id] = first.known.excuse or excuses.NO_REASON_TOLD
    return [Excuses(batch_key, some) for batch_key, some in people.items()]


def _claims(
    conference: Conference, firsts: Iterable[_First], batches: Mapping[int, int], rows: Mapping[int, int]
) -> list[Claims]:
    meeting = entries.meeting_of(conference)
    by_site: dict[int, list[_First]] = defaultdict(list)
    for first in firsts:
        if first.place.line_id is not None and verdicts.earns_credit(first.known, meeting):
            by_site[first.site.pk].append(first)
    sessions = {form: entries.session_of(conference, form) for form in {first.site.form for first in firsts}}
    held_on, today = access.local_day(conference.starts_at), timezone.localdate()
    return [
        Claims(
            batches[pk],
            sessions[some[0].site.form],
            [
                Claim(
                    first.place.person_id,
                    entries.source_of(rows[first.place.person_id]),
                    entries.MEANS.get(Source(first.mark.source), Credit.Means.ATTENDED),
                    int(first.grade),
                    today if first.mark.source == Source.MAKE_UP else held_on,
                )
                for first in some
            ],
        )
        for pk, some in by_site.items()
    ]


def _counts(
    conference: Conference, firsts: Iterable[_First], batches: Mapping[int, int]
) -> dict[int, list[Line]]:
    """What the rows count besides credit: rows that count alike are counted once and multiplied."""
    held_on = access.local_day(conference.starts_at)
    alike = Counter(
        (
            first.site.pk,
            first.place.unit_id or 0,
            first.place.line_id is not None,
            first.place.person_class,
            first.known.state,
            first.known.left_early,
            first.site.form,
            first.grade,
            str(first.mark.source),
        )
        for first in firsts
    )
    lines: dict[int, list[Line]] = defaultdict(list)
    for (site, unit, on_roll, cls, state, early, form, grade, source), count in alike.items():
        row = Attendance(
            unit_id=unit,
            line_id=1 if on_roll else None,
            person_class=cls,
            state=state,
            left_early=early,
            form=form,
            grade=grade,
            source=source,
            held_on=held_on,
        )
        for line in counting.counted(row, conference.level):
            lines[batches[site]].append(
                Line(line.unit_id, line.measure, line.grade, line.occurred_on, count, line.slice)
            )
    return lines
