"""How much of a measure each unit holds itself, by SQL: what long lists of names are cut into pages by."""

from collections.abc import Mapping, Sequence

from django.db import connection

from quantriet.ledger.measures import Measure

_OWN = """
WITH clock AS (SELECT epoch, horizon FROM ledger_clock), facts AS (
    SELECT unit_id, measure, slice, amount FROM ledger_tally
    WHERE book_id = %(book)s AND measure = ANY(%(measures)s)
    UNION ALL
    SELECT entry.unit_id, entry.measure, entry.slice, entry.amount
    FROM ledger_entry AS entry CROSS JOIN clock
    WHERE entry.book_id = %(book)s AND entry.epoch = clock.epoch AND entry.xid >= clock.horizon
      AND entry.measure = ANY(%(measures)s)
)
SELECT unit_id, measure, sum(amount)::bigint FROM facts
WHERE %(slices)s::int[] IS NULL OR slice = ANY(%(slices)s::int[])
GROUP BY 1, 2
"""


def own_counts(
    book_id: int, measures: Sequence[Measure], *, slices: frozenset[int] | None = None
) -> Mapping[Measure, Mapping[int, int]]:
    """Measure → unit → its own count now, exact, in one statement; a unit with nothing is absent."""
    found: dict[Measure, dict[int, int]] = {measure: {} for measure in measures}
    told: dict[str, int | list[int] | None] = {
        "book": book_id,
        "measures": [int(measure) for measure in measures],
        "slices": None if slices is None else sorted(slices),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OWN, told)
        for unit_id, measure, amount in cursor.fetchall():
            if amount:
                found[Measure(measure)][unit_id] = amount
    return found
