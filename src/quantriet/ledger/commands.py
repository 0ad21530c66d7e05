"""All writes of the ledger: open a book, post, reverse, fold, rebuild, freeze.

Posting appends and never touches a tally, so writers do not wait for each other. The fold is the only
writer of tallies: under one advisory lock it adds the finished entries below the snapshot's horizon and
moves the clock in the same statement.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.ledger import queries
from quantriet.ledger.measures import WHOLE, Grade, Measure, Slice
from quantriet.ledger.models import Batch, Book, Freeze
from quantriet.ledger.queries import Counted, Mark
from quantriet.org.access import Actor
from quantriet.org.models import Unit

FOLD_LOCK = 7_141_802
# Entries of one transaction of the fold: about two seconds, so that its own number holds no horizon back for long.
A_FOLD = 200_000
CHANNEL = "quantriet_fold"


@dataclass(frozen=True)
class Line:
    """A change of a count of one unit on the day it happened. Lines of one key are added up."""

    unit_id: int
    measure: Measure
    grade: Grade
    occurred_on: date
    amount: int
    slice: Slice = WHOLE

    @property
    def key(self) -> tuple[int, int, int, int, date]:
        """What makes an entry one entry within its batch."""
        return (self.unit_id, int(self.measure), self.slice.code, int(self.grade), self.occurred_on)


@dataclass(frozen=True)
class Posted:
    """The batch of a posting and whether this call wrote it (a retry finds the first one)."""

    batch_id: int
    is_new: bool


def open_book(unit: Unit, *, kind: Book.Kind, title: str, year: int) -> Book:
    """Open a book with its own partition of entries."""
    with transaction.atomic():
        book = Book.objects.create(kind=kind, title=title, unit=unit, year=year)
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger_open_partition(%s)", [book.pk])
    return book


_OPEN_BATCH = """
INSERT INTO ledger_batch (created_at, book_id, key, origin, account_id, actor, unit_id, reason, reverses_id)
SELECT statement_timestamp(), %s, %s, %s, %s, %s, %s, %s, %s
WHERE EXISTS (SELECT 1 FROM ledger_book WHERE id = %s AND sealed_at IS NULL)
ON CONFLICT (book_id, key) DO NOTHING
RETURNING id
"""

# Several steps of one command may append to its batch; ``part`` tells them apart in the entry's key.
_APPEND = """
INSERT INTO ledger_entry
    (book_id, batch_id, part, unit_id, measure, slice, grade, occurred_on, known_on, amount, epoch)
SELECT %(book)s, %(batch)s,
       (SELECT coalesce(max(part), -1) + 1 FROM ledger_entry WHERE book_id = %(book)s AND batch_id = %(batch)s),
       line.unit_id, line.measure, line.slice, line.grade, line.occurred_on, quantriet_today(),
       line.amount, clock.epoch
FROM unnest(%(units)b::bigint[], %(measures)b::smallint[], %(slices)b::smallint[], %(grades)b::smallint[],
            %(days)b::date[], %(amounts)b::bigint[])
         AS line(unit_id, measure, slice, grade, occurred_on, amount)
CROSS JOIN ledger_clock AS clock
"""


def begin(
    book_id: int,
    *,
    by: Actor,
    origin: str,
    key: str,
    unit_id: int | None = None,
    reason: str = "",
    reverses: int | None = None,
) -> Posted:
    """Open a batch, so that source rows can carry its id before their sums are known; ``append`` follows in
    the same transaction. ``key`` is taken once a book: a retry gets the first batch, which is not new.

    ``origin`` names the command (``attendance.check_in``). Refuses a sealed book.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN_BATCH,
            [book_id, key, origin, by.account_id or None, by.name, unit_id, reason, reverses, book_id],
        )
        row = cursor.fetchone()
    if row is not None:
        return Posted(int(row[0]), is_new=True)
    first = Batch.objects.filter(book_id=book_id, key=key).values_list("pk", flat=True).first()
    if first is None:
        raise DomainError(
            "ledger.sealed",
            _("Sổ số liệu của đợt này đã khóa. Chưa ghi gì thêm; hãy mở đính chính với lý do."),
        )
    return Posted(first, is_new=False)


def append(book_id: int, batch_id: int, lines: Iterable[Line]) -> None:
    """Append changes to a batch opened in this transaction. Lines of one key are added up; a sum of 0 is no
    entry. Called again for the same batch it appends a further part.
    """
    summed: dict[tuple[int, int, int, int, date], int] = defaultdict(int)
    for line in lines:
        summed[line.key] += line.amount
    kept = [(*line_key, amount) for line_key, amount in sorted(summed.items()) if amount]
    if kept:
        names = ("units", "measures", "slices", "grades", "days", "amounts")
        columns = dict(zip(names, (list(column) for column in zip(*kept, strict=True)), strict=True))
        with connection.cursor() as cursor:
            cursor.execute(_APPEND, {"book": book_id, "batch": batch_id, **columns})


def post(
    book_id: int,
    lines: Iterable[Line],
    *,
    by: Actor,
    origin: str,
    key: str,
    unit_id: int | None = None,
    reason: str = "",
) -> Posted:
    """Append one batch whose sums are known: ``begin`` and ``append`` in one; a retry posts nothing."""
    with transaction.atomic():
        posted = begin(book_id, by=by, origin=origin, key=key, unit_id=unit_id, reason=reason)
        if posted.is_new:
            append(book_id, posted.batch_id, lines)
    return posted


def reverse(batch_id: int, *, by: Actor, reason: str) -> Posted:
    """Take a whole batch back: the same entries with the sign turned, on the same days, with the reason."""
    batch = Batch.objects.get(pk=batch_id)
    with transaction.atomic(), connection.cursor() as cursor:
        posted = begin(
            batch.book_id,
            by=by,
            origin="ledger.reverse",
            key=f"reverse:{batch_id}",
            unit_id=batch.unit_id,
            reason=reason,
            reverses=batch_id,
        )
        if posted.is_new:
            cursor.execute(_REVERSE, [posted.batch_id, batch.book_id, batch_id])
    return posted


_REVERSE = """
INSERT INTO ledger_entry
    (book_id, batch_id, part, unit_id, measure, slice, grade, occurred_on, known_on, amount, epoch)
SELECT entry.book_id, %s, entry.part, entry.unit_id, entry.measure, entry.slice, entry.grade, entry.occurred_on,
       quantriet_today(), -entry.amount, clock.epoch
FROM ledger_entry AS entry CROSS JOIN ledger_clock AS clock
WHERE entry.book_id = %s AND entry.batch_id = %s
"""

# What is below the snapshot's xmin is finished and visible, so it is folded exactly once; what is not stays in
# the rest that readers add. ``upto`` ends a large fold early; it never lies above the xmin.
_FOLD = """
WITH clock AS (
    SELECT fold, coalesce(%(upto)s::text::xid8, pg_snapshot_xmin(pg_current_snapshot())) AS upto FROM ledger_clock
), fresh AS (
    SELECT book_id, unit_id, measure, slice, grade, occurred_on, known_on, sum(amount) AS amount,
           count(*) AS entries
    FROM ledger_entry
    WHERE epoch = %(epoch)s AND xid >= %(horizon)s::text::xid8 AND xid < (SELECT upto FROM clock)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
), into_days AS (
    INSERT INTO ledger_tally_day AS day (book_id, unit_id, measure, slice, grade, occurred_on, known_on, amount)
    SELECT book_id, unit_id, measure, slice, grade, occurred_on, known_on, amount FROM fresh
    ORDER BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT (book_id, unit_id, measure, slice, grade, occurred_on, known_on)
    DO UPDATE SET amount = day.amount + excluded.amount
), into_tallies AS (
    INSERT INTO ledger_tally AS tally (book_id, unit_id, measure, slice, grade, amount, fold)
    SELECT fresh.book_id, fresh.unit_id, fresh.measure, fresh.slice, fresh.grade, sum(fresh.amount),
           (SELECT fold + 1 FROM clock)
    FROM fresh GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (book_id, unit_id, measure, slice, grade)
    DO UPDATE SET amount = tally.amount + excluded.amount, fold = excluded.fold
), moved AS (
    UPDATE ledger_clock
    SET horizon = clock.upto, folded_at = clock_timestamp(),
        fold = ledger_clock.fold + (EXISTS (SELECT FROM fresh))::int
    FROM clock
)
SELECT coalesce(sum(entries), 0)::bigint FROM fresh
"""

# The transaction of the n-th entry that waits, counted from 0.
_WAITING = """
SELECT xid::text::bigint FROM ledger_entry
WHERE epoch = %(epoch)s AND xid >= %(horizon)s::text::xid8 AND xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY epoch, xid OFFSET %(place)s LIMIT 1
"""


def fold() -> int:
    """Add the finished entries to the tallies and move the clock; returns how many entries were folded.

    One folder at a time: a second caller waits for the lock. Readers are never blocked. What waits in large
    numbers is folded in several short transactions. Tells listeners once a fold, never once an entry.
    """
    folded, is_over = _fold_some()
    while not is_over:
        more, is_over = _fold_some()
        folded += more
    return folded


def tell() -> None:
    """Tell listeners that what pages show has changed though no entry was folded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, (SELECT fold FROM ledger_clock)::text)", [CHANNEL])


def _fold_some() -> tuple[int, bool]:
    """One transaction of the fold: how many entries, and whether none is left for another."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FOLD_LOCK])
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("SELECT epoch, horizon::text FROM ledger_clock")
        epoch, horizon = cursor.fetchone()
        reached = {"epoch": epoch, "horizon": horizon}
        upto = _upto(cursor, reached)
        cursor.execute(_FOLD, {**reached, "upto": upto})
        folded = int(cursor.fetchone()[0])
        if folded:
            cursor.execute("SELECT pg_notify(%s, (SELECT fold FROM ledger_clock)::text)", [CHANNEL])
    return folded, upto is None


def _upto(cursor: CursorWrapper, reached: dict[str, Any]) -> str | None:
    """Before which transaction this part of a large fold ends; ``None``: all that is finished fits into one.

    A transaction is folded whole: one that holds more than a part makes a part of its own.
    """
    ends = []
    for place in (A_FOLD, 0):
        cursor.execute(_WAITING, {**reached, "place": place})
        row = cursor.fetchone()
        if row is None:
            return None
        ends.append(int(row[0]))
    last, first = ends
    return str(last if last > first else last + 1)


_REBUILD_DAYS = """
INSERT INTO ledger_tally_day (book_id, unit_id, measure, slice, grade, occurred_on, known_on, amount)
SELECT book_id, unit_id, measure, slice, grade, occurred_on, known_on, sum(amount)
FROM ledger_entry GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
_REBUILD_TALLIES = """
INSERT INTO ledger_tally (book_id, unit_id, measure, slice, grade, amount, fold)
SELECT book_id, unit_id, measure, slice, grade, sum(amount), (SELECT fold FROM ledger_clock)
FROM ledger_entry GROUP BY 1, 2, 3, 4, 5
"""


def rebuild() -> int:
    """Throw all tallies away and count the entries again in a new epoch; returns the new epoch.

    Done after a restore: transaction numbers of the old server mean nothing on the new one. Writers wait
    while it runs; the lock is taken before any of them can have read the old epoch.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FOLD_LOCK])
        cursor.execute("SELECT ledger_hold_writers()")
        cursor.execute("DELETE FROM ledger_tally")
        cursor.execute("DELETE FROM ledger_tally_day")
        cursor.execute(
            "UPDATE ledger_clock SET epoch = epoch + 1, fold = fold + 1, folded_at = clock_timestamp(), "
            # Not our own number: a writer that began before us may yet append to the new epoch.
            "horizon = pg_snapshot_xmin(pg_current_snapshot()) RETURNING epoch"
        )
        epoch = int(cursor.fetchone()[0])
        cursor.execute(_REBUILD_DAYS)
        cursor.execute(_REBUILD_TALLIES)
    return epoch


_KEEP_UNITS = """
INSERT INTO ledger_freezeunit (freeze_id, unit_id) SELECT %s, unnest(%s::text::bigint[])
"""


@dataclass(frozen=True)
class Ended:
    """A period that ended before the day it is frozen on: its last day, and what the statement that read its figures
    left beside them because it happened later (``queries.parts_as_of`` gives both).
    """

    on: date
    beyond: Counted


def freeze(
    book: Book,
    unit: Unit,
    *,
    label: str,
    figures: Counted,
    by: Actor,
    clock: Mark | None = None,
    ended: Ended | None = None,
) -> Freeze:
    """Keep the figures of ``unit``'s subtree as they stand, with the instant they were read at.

    ``figures`` is what ``queries.slices_below`` gave in the caller's transaction: measure → slice → grade.
    ``clock`` is the mark of the statement that read them (``queries.parts_below`` gives both); without it the
    mark of now. The period ends today unless it had ``ended``. The units that were added up are kept, too: whatever
    is done to the tree later, late facts are looked for at these.
    """
    last = timezone.localdate() if ended is None else ended.on
    mark = queries.marked(unit.pk, on=last) if clock is None else clock
    with transaction.atomic(), connection.cursor() as cursor:
        frozen = Freeze.objects.create(
            book=book,
            unit=unit,
            label=label[:200],
            on=last,
            epoch=mark.epoch,
            fold=mark.fold,
            snapshot=mark.snapshot,
            writer=mark.writer,
            last_entry=mark.last_entry,
            figures=figures,
            beyond=None if ended is None else ended.beyond,
            actor=by.name[:120],
        )
        cursor.execute(_KEEP_UNITS, [frozen.pk, mark.inside])
    return frozen


def unit_lines(
    unit_ids: Sequence[int], measure: Measure, *, grade: Grade, on: date, amount: int = 1
) -> list[Line]:
    """The same change for each of several units: what a list of obligations posts."""
    return [Line(unit_id, measure, grade, on, amount) for unit_id in unit_ids]
