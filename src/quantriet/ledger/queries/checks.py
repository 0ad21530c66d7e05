"""Whether the tallies are the sums of their entries, and how far the fold lags."""

from dataclasses import dataclass

from django.db import connection, transaction

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
    """Count every folded entry again and compare with the tallies; names the first cells that differ.

    Each comparison is one statement, so what is posted and folded meanwhile disturbs none.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")  # millions of cells are told apart in memory
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
