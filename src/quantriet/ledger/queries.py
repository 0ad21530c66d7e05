"""Reads of the ledger. A read is exact: tallies, clock and the unfolded rest come from one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from quantriet.ledger.rollup import Cell, Numbering

_READ = """
WITH clock AS (SELECT epoch, horizon, fold FROM ledger_clock)
SELECT 0 AS part, clock.epoch::bigint AS a, clock.fold AS b, (SELECT number FROM org_treeversion) AS c,
       extract(epoch FROM clock_timestamp())::int AS d, 0::bigint AS e
FROM clock
UNION ALL
SELECT 1, tally.unit_id, tally.measure, tally.slice, tally.grade, tally.amount
FROM ledger_tally AS tally WHERE tally.book_id = %(book)s AND tally.fold > %(fold)s
UNION ALL
SELECT 2, entry.unit_id, entry.measure, entry.slice, entry.grade, sum(entry.amount)
FROM ledger_entry AS entry CROSS JOIN clock
WHERE entry.book_id = %(book)s AND entry.epoch = clock.epoch AND entry.xid >= clock.horizon
GROUP BY entry.unit_id, entry.measure, entry.slice, entry.grade
"""


@dataclass(frozen=True)
class Snapshot:
    """A book at one instant: the clock, the tallies changed after ``since`` and the unfolded rest."""

    epoch: int
    fold: int
    tree_version: int
    tallies: tuple[Cell, ...]
    tail: tuple[Cell, ...]


def snapshot(book_id: int, *, since: int = -1) -> Snapshot:
    """Read a book in one statement; ``since`` is the fold the caller already knows (-1: nothing)."""
    clock = (0, 0, 0)
    parts: tuple[list[Cell], list[Cell]] = ([], [])
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"book": book_id, "fold": since})
        for part, a, b, c, d, e in cursor.fetchall():
            if part == 0:
                clock = (int(a), int(b), int(c or 0))
            else:
                parts[part - 1].append(Cell(int(a), int(b), int(c), int(d), int(e)))
    return Snapshot(clock[0], clock[1], clock[2], tuple(parts[0]), tuple(parts[1]))


_AT = """
WITH clock AS (SELECT epoch, horizon FROM ledger_clock), facts AS (
    SELECT unit_id, measure, slice, grade, amount FROM ledger_tally_day
    WHERE book_id = %(book)s AND occurred_on <= %(on)s AND known_on <= %(known)s
    UNION ALL
    SELECT entry.unit_id, entry.measure, entry.slice, entry.grade, entry.amount
    FROM ledger_entry AS entry CROSS JOIN clock
    WHERE entry.book_id = %(book)s AND entry.epoch = clock.epoch AND entry.xid >= clock.horizon
      AND entry.occurred_on <= %(on)s AND entry.known_on <= %(known)s
)
SELECT unit_id, measure, slice, grade, sum(amount) FROM facts GROUP BY 1, 2, 3, 4
"""


def cells_at(book_id: int, *, on: date, known: date) -> list[Cell]:
    """The book as of a past date: what had happened by ``on`` and was known by ``known``."""
    with connection.cursor() as cursor:
        cursor.execute(_AT, {"book": book_id, "on": on, "known": known})
        return [Cell(*map(int, row)) for row in cursor.fetchall()]


def numbering_rows(on: date) -> list[tuple[int, str]]:
    """Units and paths of the trees of a date, in preorder."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id, path::text FROM org_placement WHERE valid @> %s::date ORDER BY path", [on]
        )
        return [(int(unit_id), str(path)) for unit_id, path in cursor.fetchall()]


_SUBTREE = """
WITH clock AS (SELECT epoch, horizon FROM ledger_clock), inside AS (
    SELECT below.unit_id FROM org_placement AS top
    JOIN org_placement AS below ON below.path <@ top.path AND below.valid @> %(on)s::date
    WHERE top.unit_id = %(unit)s AND top.valid @> %(on)s::date
), facts AS (
    SELECT measure, slice, grade, amount FROM ledger_tally
    WHERE book_id = %(book)s AND unit_id IN (SELECT unit_id FROM inside)
    UNION ALL
    SELECT entry.measure, entry.slice, entry.grade, entry.amount
    FROM ledger_entry AS entry CROSS JOIN clock
    WHERE entry.book_id = %(book)s AND entry.epoch = clock.epoch AND entry.xid >= clock.horizon
      AND entry.unit_id IN (SELECT unit_id FROM inside)
)
SELECT measure, slice, grade, sum(amount) FROM facts GROUP BY 1, 2, 3
"""


def slices_below(book_id: int, unit_id: int, *, on: date) -> dict[str, dict[str, dict[str, int]]]:
    """The subtree's counts by measure, slice and grade, by SQL alone: what a freeze keeps, and the
    cross-check of the figures in memory. Keys are text, as JSON keeps them.
    """
    found: dict[str, dict[str, dict[str, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SUBTREE, {"book": book_id, "unit": unit_id, "on": on})
        for measure, cut, grade, amount in cursor.fetchall():
            if amount:
                found.setdefault(str(measure), {}).setdefault(str(cut), {})[str(grade)] = int(amount)
    return found


# The same subtree cut into its parts: each direct child with everything below it, and the unit itself.
_PARTS = """
WITH clock AS (SELECT epoch, horizon, fold FROM ledger_clock), inside AS (
    SELECT below.unit_id,
           CASE WHEN nlevel(below.path) = nlevel(top.path) THEN top.unit_id
                ELSE subpath(below.path, nlevel(top.path), 1)::text::bigint END AS part
    FROM org_placement AS top
    JOIN org_placement AS below ON below.path <@ top.path AND below.valid @> %(on)s::date
    WHERE top.unit_id = %(unit)s AND top.valid @> %(on)s::date
), facts AS (
    SELECT unit_id, measure, slice, grade, amount FROM ledger_tally
    WHERE book_id = %(book)s AND unit_id IN (SELECT unit_id FROM inside)
    UNION ALL
    SELECT entry.unit_id, entry.measure, entry.slice, entry.grade, entry.amount
    FROM ledger_entry AS entry CROSS JOIN clock
    WHERE entry.book_id = %(book)s AND entry.epoch = clock.epoch AND entry.xid >= clock.horizon
      AND entry.unit_id IN (SELECT unit_id FROM inside)
)
SELECT 0::bigint, clock.epoch, 0, 0, clock.fold FROM clock
UNION ALL
SELECT inside.part, facts.measure, facts.slice, facts.grade, sum(facts.amount)::bigint
FROM facts JOIN inside USING (unit_id) GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True)
class Parts:
    """A subtree at one instant: the clock, and the counts of each part (unit → measure → slice → grade)."""

    epoch: int
    fold: int
    counts: dict[int, dict[str, dict[str, dict[str, int]]]]


def parts_below(book_id: int, unit_id: int, *, on: date) -> Parts:
    """The subtree's counts by direct child (and the unit's own), with the clock, in one statement: parts and
    whole agree whatever is posted or folded meanwhile.
    """
    clock = (0, 0)
    found: dict[int, dict[str, dict[str, dict[str, int]]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, {"book": book_id, "unit": unit_id, "on": on})
        for part, measure, cut, grade, amount in cursor.fetchall():
            if not part:
                clock = (int(measure), int(amount))
            elif amount:
                slices = found.setdefault(int(part), {}).setdefault(str(measure), {})
                slices.setdefault(str(cut), {})[str(grade)] = int(amount)
    return Parts(clock[0], clock[1], found)


_VERIFY = """
WITH clock AS (SELECT epoch, horizon FROM ledger_clock), counted AS (
    SELECT entry.book_id, entry.unit_id, entry.measure, entry.slice, entry.grade, sum(entry.amount) AS amount
    FROM ledger_entry AS entry CROSS JOIN clock
    WHERE NOT (entry.epoch = clock.epoch AND entry.xid >= clock.horizon)
    GROUP BY 1, 2, 3, 4, 5
)
SELECT coalesce(tally.book_id, counted.book_id), coalesce(tally.unit_id, counted.unit_id),
       coalesce(tally.measure, counted.measure), coalesce(tally.slice, counted.slice),
       coalesce(tally.grade, counted.grade), coalesce(tally.amount, 0), coalesce(counted.amount, 0)
FROM ledger_tally AS tally
FULL JOIN counted USING (book_id, unit_id, measure, slice, grade)
WHERE coalesce(tally.amount, 0) <> coalesce(counted.amount, 0)
ORDER BY 1, 2, 3, 4, 5 LIMIT %s
"""

_VERIFY_DAYS = """
SELECT count(*) FROM (
    SELECT book_id, unit_id, measure, slice, grade, sum(amount) AS amount FROM ledger_tally_day
    GROUP BY 1, 2, 3, 4, 5
) AS days FULL JOIN ledger_tally AS tally USING (book_id, unit_id, measure, slice, grade)
WHERE coalesce(days.amount, 0) <> coalesce(tally.amount, 0)
"""


@dataclass(frozen=True)
class Difference:
    """A tally that is not the sum of its entries."""

    book_id: int
    unit_id: int
    measure: int
    slice: int
    grade: int
    tally: int
    counted: int


@dataclass(frozen=True)
class Verification:
    """Outcome of counting every entry again."""

    cells: int
    differences: tuple[Difference, ...]
    days_differing: int

    @property
    def equal(self) -> bool:
        """Whether every tally is the sum of its entries."""
        return not self.differences and not self.days_differing


def verify(*, limit: int = 20) -> Verification:
    """Count every folded entry again and compare with the tallies, in one snapshot; names the first cells
    that differ.
    """
    with connection.cursor() as cursor:
        cursor.execute(_VERIFY, [limit])
        differences = tuple(Difference(*map(int, row)) for row in cursor.fetchall())
        cursor.execute(_VERIFY_DAYS)
        days = int(cursor.fetchone()[0])
        cursor.execute("SELECT count(*) FROM ledger_tally")
        return Verification(int(cursor.fetchone()[0]), differences, days)


def lag_seconds() -> float:
    """How long ago the fold last ran: a metric with an alarm."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp() - folded_at) FROM ledger_clock")
        return float(cursor.fetchone()[0])


def batches_of(
    book_id: int, unit_ids: Sequence[int], measures: Sequence[int], *, on: date, limit: int = 500
) -> list[tuple[int, str]]:
    """The batches behind a figure as (id, origin), newest first: the way from a figure to its rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT batch.id, batch.origin FROM ledger_batch AS batch
            WHERE batch.book_id = %(book)s AND EXISTS (
                SELECT 1 FROM ledger_entry AS entry
                WHERE entry.book_id = %(book)s AND entry.batch_id = batch.id
                  AND entry.unit_id = ANY(%(units)s) AND entry.measure = ANY(%(measures)s)
                  AND entry.occurred_on <= %(on)s
            ) ORDER BY batch.id DESC LIMIT %(limit)s
            """,
            {"book": book_id, "units": list(unit_ids), "measures": list(measures), "on": on, "limit": limit},
        )
        return [(int(batch_id), str(origin)) for batch_id, origin in cursor.fetchall()]


def numbering(on: date) -> Numbering:
    """The numbering of the trees of a date, built anew."""
    return Numbering(numbering_rows(on))
