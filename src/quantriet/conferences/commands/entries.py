"""The one place where attendances are written and counted: rows, corrections, excuses, credit and the ledger
in one batch. Every way of recording ends here; what was counted in is counted out exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from quantriet.campaigns import policy as policies
from quantriet.campaigns.commands import credits
from quantriet.campaigns.commands.credits import Claim, Session
from quantriet.campaigns.models import Credit
from quantriet.conferences import verdicts
from quantriet.conferences.commands import excuses, history
from quantriet.conferences.commands.counting import Fresh, Row, counted, counted_together, reversed_lines
from quantriet.conferences.models import Attendance, AttendanceChange, Conference, Site
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.queries.roster import Place
from quantriet.conferences.verdicts import HERE, Known, Meeting
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade
from quantriet.org import access
from quantriet.org.access import Actor

MEANS = {Source.MAKE_UP: Credit.Means.MADE_UP, Source.SUPERIOR: Credit.Means.SUPERIOR}


@dataclass(frozen=True)
class Hand:
    """Whose hand writes a row: at which site, in whose name, under which key it can be taken back; by which device
    (0: a page) and when by that device's own clock.
    """

    site: Site
    actor: str
    key: str
    device_id: int = 0
    told_at: datetime | None = None


@dataclass(frozen=True)
class Write:
    """One person's row as it must become: where he counts, what is known then, how it came in, by whom."""

    place: Place
    known: Known
    source: str
    grade: Grade
    hand: Hand
    client_id: UUID | None = None


@dataclass(frozen=True)
class Call:
    """One call of a command about one conference: its key, who acts, why, the rows it found.

    A page writes at one site: its key is taken once there. What devices sent is written for many sites at
    once, each row with a hand of its own, and no ``site``.
    """

    conference: Conference
    key: str
    by: Actor
    site: Site | None = None
    reason: str = ""
    rows: dict[int, Attendance] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What tells the call from all others of its conference."""
        return self.key if self.site is None else f"{self.site.pk}:{self.key}"

    @property
    def unit_id(self) -> int:
        """The unit the batch is posted for."""
        return self.conference.unit_id if self.site is None else self.site.unit_id


def meeting_of(conference: Conference) -> Meeting:
    """What the judge must know of a conference; without a campaign the usual minutes hold."""
    campaign = conference.campaign
    policy = policies.from_data(campaign.policy) if campaign is not None else policies.Policy()
    return Meeting(
        conference.starts_at,
        conference.ends_at,
        conference.state,
        policy.late_after,
        policy.early_before,
        policy.minimum_share,
        policy.everyone_before,
    )


def known_of(row: Row) -> Known:
    """What a row says, as the judge reads it."""
    return Known(row.state, row.in_at, row.out_at, row.left_early, row.excuse, row.version, row.back_at)


def source_of(row_id: int) -> str:
    """How a credit names the attendance it rests on."""
    return f"conferences_attendance:{row_id}"


_INSERT = """
INSERT INTO conferences_attendance
    (created_at, conference_id, site_id, person_id, unit_id, line_id, person_class, state, in_at, out_at,
     left_early, excuse, form, held_on, grade, source, client_id, actor, call, batch_id, version,
     back_at)
SELECT statement_timestamp(), %(conference)s, new.site_id, new.person_id, new.unit_id, new.line_id,
       new.person_class, new.state, new.in_at, new.out_at, new.left_early, new.excuse, new.form, %(held_on)s,
       new.grade, new.source, new.client_id, new.actor, new.call, %(batch)s, 1, new.back_at
FROM unnest(%(people)b::bigint[], %(units)b::bigint[], %(lines)b::bigint[], %(classes)b::smallint[],
            %(states)b::text[], %(ins)b::timestamptz[], %(outs)b::timestamptz[], %(early)b::boolean[],
            %(excuses)b::text[], %(grades)b::smallint[], %(sources)b::text[], %(clients)b::uuid[],
            %(sites)b::bigint[], %(forms)b::smallint[], %(actors)b::text[], %(calls)b::text[],
            %(backs)b::timestamptz[])
     AS new(person_id, unit_id, line_id, person_class, state, in_at, out_at, left_early, excuse, grade, source,
            client_id, site_id, form, actor, call, back_at)
ON CONFLICT DO NOTHING
RETURNING id, person_id
"""


class NothingWrittenError(Exception):
    """Every row was written by somebody else meanwhile: the batch is taken back with it."""


def apply(writes: Sequence[Write], call: Call) -> dict[int, int] | None:
    """Write rows and count them; returns the ids of the rows by person. Rows that another call inserted
    meanwhile are left out: the caller judges them again. ``None``: this key was taken before (a retry).
    """
    conference = call.conference
    ordered = sorted(writes, key=lambda write: write.place.person_id)
    held_on = access.local_day(conference.starts_at)
    try:
        with transaction.atomic():
            batch_id = _begin(call)
            if batch_id == 0:
                return None
            lines: list[Line] = []
            new = [write for write in ordered if write.place.person_id not in call.rows]
            inserted = _insert(new, call, batch_id) if new else {}
            known = [write for write in ordered if write.place.person_id in call.rows]
            if not inserted and not known:
                raise NothingWrittenError  # noqa: TRY301 - takes the savepoint back with the empty batch
            fresh = [
                _as_row(write, inserted[write.place.person_id], held_on)
                for write in new
                if write.place.person_id in inserted
            ]
            lines += counted_together(fresh, conference.level)
            before = {row.pk: history.copy(row) for row in call.rows.values()}
            changed = _change(known, call, batch_id, lines) if known else []
            _excuse([*fresh, *changed], before, call)
            _credit(fresh, changed, before, call, batch_id, lines=lines)
    except NothingWrittenError:
        return {}
    written: list[Row] = [*fresh, *changed]
    return {row.person_id: row.pk for row in written}


def _book(conference: Conference) -> int:
    campaign = conference.campaign
    if campaign is None or campaign.book_id is None:
        raise ValueError("counted without a book")
    return campaign.book_id


def _begin(call: Call) -> int | None:
    """The batch of the call; ``None`` without a book; 0 when this key was taken before (a retry)."""
    campaign = call.conference.campaign
    if campaign is None or campaign.book_id is None:
        at_site = Attendance.objects.filter(site=call.site, call=call.key)
        return 0 if call.site is not None and at_site.exists() else None
    posted = ledger.begin(
        campaign.book_id,
        by=call.by,
        origin="attendance.record",
        key=f"attendance:{call.name}"[:120],
        unit_id=call.unit_id,
        reason=call.reason,
    )
    return posted.batch_id if posted.is_new else 0


def _insert(new: Sequence[Write], call: Call, batch_id: int | None) -> dict[int, int]:
    conference = call.conference
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "conference": conference.pk,
                "held_on": access.local_day(conference.starts_at),
                "batch": batch_id,
                "people": [write.place.person_id for write in new],
                "units": [write.place.unit_id for write in new],
                "lines": [write.place.line_id for write in new],
                "classes": [write.place.person_class for write in new],
                "states": [write.known.state for write in new],
                "ins": [write.known.in_at for write in new],
                "outs": [write.known.out_at for write in new],
                "early": [write.known.left_early for write in new],
                "excuses": [write.known.excuse for write in new],
                "grades": [int(write.grade) for write in new],
                "sources": [write.source for write in new],
                "clients": [write.client_id for write in new],
                "sites": [write.hand.site.pk for write in new],
                "forms": [write.hand.site.form for write in new],
                "actors": [write.hand.actor for write in new],
                "calls": [write.hand.key for write in new],
                "backs": [write.known.back_at for write in new],
            },
        )
        return {int(person_id): int(row_id) for row_id, person_id in cursor.fetchall()}


def _as_row(write: Write, row_id: int, held_on: date) -> Fresh:
    """The row just inserted, without reading it back."""
    place, known = write.place, write.known
    return Fresh(
        row_id,
        place.person_id,
        place.unit_id or 0,
        place.line_id,
        place.person_class,
        known.state,
        known.in_at,
        known.out_at,
        known.left_early,
        known.excuse,
        write.hand.site.form,
        held_on,
        write.grade,
        write.source,
        back_at=known.back_at,
    )


_CHANGED_FIELDS = (
    "site", "state", "in_at", "out_at", "left_early", "excuse", "form", "grade", "source", "client_id", "actor",
    "call", "batch", "version", "back_at",
)  # fmt: skip


def _change(writes: Sequence[Write], call: Call, batch_id: int | None, lines: list[Line]) -> list[Attendance]:
    """Correct rows: the old count out, the new one in, what stood before kept."""
    level = call.conference.level
    rows: list[Attendance] = []
    corrections: list[AttendanceChange] = []
    for write in writes:
        row = call.rows[write.place.person_id]
        lines += reversed_lines(counted(row, level))
        kept = history.plain(row, known_of(row))
        moves = row.site_id != write.hand.site.pk and write.known.state in HERE
        comes = moves or stands_on(write.known, known_of(row)) or write.source in MEANS
        row.state, row.excuse = write.known.state, write.known.excuse
        row.in_at, row.out_at, row.left_early = write.known.in_at, write.known.out_at, write.known.left_early
        row.back_at = write.known.back_at
        if comes:
            row.grade, row.source = write.grade, write.source
        row.site, row.form = write.hand.site, write.hand.site.form
        row.client_id = row.client_id or write.client_id
        row.actor, row.call, row.batch_id = write.hand.actor, write.hand.key, batch_id
        row.version += 1
        lines += counted(row, level)
        rows.append(row)
        corrections.append(
            AttendanceChange(
                attendance=row,
                person_id=row.person_id,
                unit_id=row.unit_id,
                before=kept,
                after_version=row.version,
                reason=call.reason,
                actor=write.hand.actor,
                call=write.hand.key,
            )
        )
    Attendance.objects.bulk_update(rows, _CHANGED_FIELDS, batch_size=500)
    AttendanceChange.objects.bulk_create(corrections, batch_size=1000)
    return rows


def stands_on(after: Known, before: Known) -> bool:
    """Whether what is known afterwards stands on a coming that the mark brought: he was not there before, or not
    that early. Evidence and way are those of the coming it stands on, whatever was heard first.
    """
    if before.state not in HERE:
        return after.state in HERE
    if before.in_at is None or after.in_at is None:
        return False
    return after.state in HERE and after.in_at < before.in_at


_REMEMBER = """
UPDATE conferences_attendance AS row SET in_at = heard.in_at, back_at = heard.back_at
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS heard(id, in_at, back_at) WHERE row.id = heard.id
"""


def remember(hours: dict[int, Known]) -> None:
    """Keep the hours of rows (by id) that the caller has locked, where nothing that is counted changes."""
    with connection.cursor() as cursor:
        known = hours.values()
        cursor.execute(_REMEMBER, [list(hours), [one.in_at for one in known], [one.back_at for one in known]])


def _excuse(rows: Sequence[Row], before: dict[int, Attendance], call: Call) -> None:
    """Carry excuses to the roll: set where a row became excused, taken back where no other row excuses."""
    told = {row.person_id: row.excuse for row in rows if row.state == "excused"}
    lifted = [
        row.person_id
        for row in rows
        if row.state != "excused" and row.pk in before and before[row.pk].state == "excused"
    ]
    excuses.carry(call.conference, told, lifted, key=f"attendance:{call.name}", by=call.by)


def _credit(
    fresh: Sequence[Fresh],
    changed: Sequence[Attendance],
    before: dict[int, Attendance],
    call: Call,
    batch_id: int | None,
    *,
    lines: Sequence[Line],
) -> None:
    """Claim credit for who is there, take it back from who is not, and claim anew what other sessions carry; ``lines``
    are what the rows count besides.
    """
    conference = call.conference
    if conference.campaign is None or batch_id is None:
        return
    meeting = meeting_of(conference)
    lost = [
        row
        for row in changed
        if verdicts.earns_credit(known_of(before[row.pk]), meeting)
        and not verdicts.earns_credit(known_of(row), meeting)
    ]
    standing: list[Row] = [*fresh, *changed]
    earning = [row for row in standing if verdicts.earns_credit(known_of(row), meeting)]
    claim(conference, [row for row in earning if row.line_id], batch_id=batch_id, by=call.by, beside=lines)
    if lost:
        withdraw(conference, lost, key=call.name, reason=call.reason, by=call.by)
        reclaim(conference, [row.person_id for row in lost], batch_id=batch_id, by=call.by)


_AGENDA_DOCUMENTS = """
SELECT document_id FROM conferences_agendaitem
WHERE conference_id = %s AND document_id IS NOT NULL ORDER BY position
"""


def session_of(conference: Conference, form: int) -> Session:
    """The session a claim rests on: level, form and the documents of the agenda."""
    with connection.cursor() as cursor:
        cursor.execute(_AGENDA_DOCUMENTS, [conference.pk])
        return Session(conference.level, form, tuple(int(row[0]) for row in cursor.fetchall()))


def claim(
    conference: Conference, rows: Sequence[Row], *, batch_id: int, by: Actor, beside: Sequence[Line] = ()
) -> None:
    """Claim credit for rows of one conference; those of one form go together. ``beside``: what they count besides."""
    campaign = conference.campaign
    if campaign is None:
        return
    forms = sorted({row.form for row in rows})
    for form in forms:
        claims = [
            Claim(
                row.person_id,
                source_of(row.pk),
                MEANS.get(Source(row.source), Credit.Means.ATTENDED),
                int(row.grade),
                _credited_on(row),
            )
            for row in rows
            if row.form == form
        ]
        session = session_of(conference, form)
        credits.credit(campaign, claims, session=session, batch_id=batch_id, by=by, beside=beside)
        beside = ()
    if beside:
        ledger.append(_book(conference), batch_id, beside)


def _credited_on(row: Row) -> date:
    """The day of the session; a make-up counts on the day it was made up."""
    return timezone.localdate() if row.source == Source.MAKE_UP else row.held_on


def withdraw(conference: Conference, rows: Sequence[Attendance], *, key: str, reason: str, by: Actor) -> None:
    """Take back the credits that rest on these rows."""
    if conference.campaign is None:
        return
    credits.withdraw(
        conference.campaign,
        [source_of(row.pk) for row in rows],
        reason=reason or "Sửa điểm danh",
        key=f"attendance:{key}:withdraw"[:120],
        by=by,
    )


def reclaim(conference: Conference, person_ids: Sequence[int], *, batch_id: int, by: Actor) -> None:
    """Claim anew what the other sessions of these people in the campaign carry."""
    others = Attendance.objects.filter(
        conference__campaign=conference.campaign_id, person_id__in=list(person_ids)
    ).exclude(conference=conference)
    claim_all(others, batch_id=batch_id, by=by)


def claim_all(recorded: QuerySet[Attendance], *, batch_id: int, by: Actor) -> None:
    """Claim what attendances of any conferences of one campaign carry, oldest first."""
    here = recorded.filter(state__in=HERE).select_related("conference__campaign").order_by("held_on", "pk")
    by_conference: dict[int, list[Attendance]] = {}
    for row in here:
        if row.line_id and verdicts.earns_credit(known_of(row), meeting_of(row.conference)):
            by_conference.setdefault(row.conference_id, []).append(row)
    for rows in by_conference.values():
        claim(rows[0].conference, rows, batch_id=batch_id, by=by)


def remove(rows: Sequence[Attendance], call: Call) -> int:
    """Take rows away that one call made by mistake, with their counts and credits; returns how many."""
    conference = call.conference
    with transaction.atomic():
        batch_id = _begin(call)
        if batch_id == 0:
            return 0
        lines: list[Line] = []
        for row in rows:
            lines += reversed_lines(counted(row, conference.level))
        if batch_id is not None:
            withdraw(conference, rows, key=call.name, reason=call.reason, by=call.by)
        excused = [row for row in rows if row.state == "excused"]
        before = {row.pk: history.copy(row) for row in excused}
        for row in excused:
            row.state = ""
        Attendance.objects.filter(pk__in=[row.pk for row in rows]).delete()
        _excuse(excused, before, call)
        if batch_id is not None:
            reclaim(conference, [row.person_id for row in rows], batch_id=batch_id, by=call.by)
            ledger.append(_book(conference), batch_id, lines)
    return len(rows)
