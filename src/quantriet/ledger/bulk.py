"""``begin`` and ``append`` for many batches at once: what a whole roll-call of thousands of sites posts.

The rows are those the single commands write, in the same order, with the same keys and parts; only the number
of statements differs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from quantriet.ledger.commands import Line
from quantriet.org.access import Actor


@dataclass(frozen=True)
class Opening:
    """A batch to be opened: its key, taken once a book, and the unit it is opened for."""

    key: str
    unit_id: int | None = None


_OPEN = """
INSERT INTO ledger_batch (created_at, book_id, key, origin, account_id, actor, unit_id, reason, reverses_id)
SELECT statement_timestamp(), %(book)s, told.key, %(origin)s, %(account)s, %(actor)s, told.unit_id, '', NULL
FROM unnest(%(keys)s::text[], %(units)s::bigint[]) WITH ORDINALITY AS told(key, unit_id, at)
WHERE EXISTS (SELECT 1 FROM ledger_book WHERE id = %(book)s AND sealed_at IS NULL)
ORDER BY told.at
ON CONFLICT (book_id, key) DO NOTHING
RETURNING key, id
"""


def begin_all(book_id: int, openings: Sequence[Opening], *, by: Actor, origin: str) -> dict[str, int]:
    """Open several batches; returns the ids of the new ones by key. A key that is missing was taken before
    (a retry) or the book is sealed: nothing may be appended for it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            {
                "book": book_id,
                "origin": origin,
                "account": by.account_id or None,
                "actor": by.name,
                "keys": [opening.key for opening in openings],
                "units": [opening.unit_id for opening in openings],
            },
        )
        return {str(key): int(pk) for key, pk in cursor.fetchall()}


_APPEND = """
INSERT INTO ledger_entry
    (book_id, batch_id, part, unit_id, measure, slice, grade, occurred_on, known_on, amount, epoch)
SELECT %(book)s, line.batch_id, coalesce(before.part + 1, 0),
       line.unit_id, line.measure, line.slice, line.grade, line.occurred_on, quantriet_today(),
       line.amount, clock.epoch
FROM unnest(%(batches)s::bigint[], %(units)s::bigint[], %(measures)s::smallint[], %(slices)s::smallint[],
            %(grades)s::smallint[], %(days)s::date[], %(amounts)s::bigint[])
         AS line(batch_id, unit_id, measure, slice, grade, occurred_on, amount)
LEFT JOIN (
    SELECT batch_id, max(part) AS part FROM ledger_entry
    WHERE book_id = %(book)s AND batch_id = ANY(%(batches)s::bigint[]) GROUP BY batch_id
) AS before USING (batch_id)
CROSS JOIN ledger_clock AS clock
"""
_COLUMNS = ("batches", "units", "measures", "slices", "grades", "days", "amounts")


def append_all(book_id: int, told: Mapping[int, Iterable[Line]]) -> None:
    """Append changes to batches opened in this transaction (batch → lines). Lines of one key within a batch are
    added up; a sum of 0 is no entry. Called again for the same batch it appends a further part.
    """
    summed: dict[tuple[int, int, int, int, int, date], int] = defaultdict(int)
    for batch_id, lines in told.items():
        for line in lines:
            summed[(batch_id, *line.key)] += line.amount
    kept = [(*key, amount) for key, amount in sorted(summed.items()) if amount]
    if kept:
        columns = dict(zip(_COLUMNS, (list(column) for column in zip(*kept, strict=True)), strict=True))
        with connection.cursor() as cursor:
            cursor.execute(_APPEND, {"book": book_id, **columns})
