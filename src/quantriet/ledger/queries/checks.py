"""Whether the tallies are the sums of their entries, and how far the fold lags."""

from dataclasses import dataclass

from django.db import connection, transaction

# The entries are read once: by day, and the days added up for the cells. One statement, one snapshot.
_VERIFY = """
WITH clock AS (SELECT epoch, horizon FROM ledger_clock), by_day AS MATERIALIZED (
    SELECT entry.book_id, entry.unit_id, entry.measure, entry.slice, entry.grade, entry.occurred_on,
           entry.known_on, sum(entry.amount) AS amount
    FROM ledger_entry AS entry CROSS JOIN clock
    WHERE NOT (entry.epoch = clock.epoch AND entry.xid >= clock.horizon)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
), counted AS (
    SELECT book_id, unit_id, measure, slice, grade, sum(amount) AS amount FROM by_day GROUP BY 1, 2, 3, 4, 5
), differing AS (
    SELECT book_id, unit_id, measure, slice, grade, coalesce(tally.amount, 0) AS tally,
           coalesce(counted.amount, 0) AS counted
    FROM ledger_tally AS tally
    FULL JOIN counted USING (book_id, unit_id, measure, slice, grade)
    WHERE coalesce(tally.amount, 0) <> coalesce(counted.amount, 0)
    ORDER BY 1, 2, 3, 4, 5 LIMIT %s
), days_differing AS (
    SELECT count(*) AS days FROM ledger_tally_day AS day
    FULL JOIN by_day USING (book_id, unit_id, measure, slice, grade, occurred_on, known_on)
    WHERE coalesce(day.amount, 0) <> coalesce(by_day.amount, 0)
)
SELECT (SELECT count(*) FROM ledger_tally), (SELECT days FROM days_differing),
       (SELECT coalesce(json_agg(differing ORDER BY book_id, unit_id, measure, slice, grade), '[]') FROM differing)
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
    """Outcome of counting every entry again; ``days_differing`` are the tallies of a day that are not."""

    cells: int
    differences: tuple[Difference, ...]
    days_differing: int

    @property
    def equal(self) -> bool:
        """Whether every tally is the sum of its entries."""
        return not self.differences and not self.days_differing


def verify(*, limit: int = 20) -> Verification:
    """Count every folded entry again and compare with the tallies, whole and by day; names the first cells that
    differ. One statement, so what is posted and folded meanwhile does not disturb it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")  # millions of cells are told apart in memory
        cursor.execute(_VERIFY, [limit])
        cells, days, found = cursor.fetchone()
    return Verification(int(cells), tuple(Difference(**cell) for cell in found), int(days))


def lag_seconds() -> float:
    """How long ago the fold last ran: a metric with an alarm."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp() - folded_at) FROM ledger_clock")
        return float(cursor.fetchone()[0])
