"""A subtree by SQL alone: what a freeze keeps, the parts of a report, the batches behind a figure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

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
SELECT inside.part, facts.measure, facts.slice, facts.grade, sum(facts.amount)::bigint, NULL, NULL
FROM facts JOIN inside USING (unit_id) GROUP BY 1, 2, 3, 4
UNION ALL
SELECT 0, clock.epoch, 0, 0, clock.fold, concat_ws(' ', pg_current_snapshot(),
    (SELECT last_value FROM ledger_entry_number), pg_current_xact_id_if_assigned()),
    (SELECT array_agg(unit_id)::text FROM inside) FROM clock
"""


@dataclass(frozen=True)
class Mark:
    """An instant of a book told by transactions, so that of any entry one can say whether it was read then.

    ``snapshot`` holds what was finished; of the reader's own transaction (``writer``, if it had written) the
    entries up to ``last_entry``. ``inside`` are the units that were added up, as the trees were known then: the
    server's own words for an array of their ids, which only the server reads again.
    """

    epoch: int
    fold: int
    snapshot: str
    last_entry: int
    writer: int | None
    inside: str


def mark_of(epoch: int, fold: int, words: str, inside: str | None) -> Mark:
    """From the snapshot, the last entry, the own transaction and the units as a statement gives them."""
    snapshot, last_entry, *writer = words.split(" ")
    return Mark(epoch, fold, snapshot, int(last_entry), int(writer[0]) if writer else None, inside or "{}")


NO_MARK = Mark(0, 0, "1:1:", 0, None, "{}")


@dataclass(frozen=True)
class Parts:
    """A subtree at one instant: the mark, and the counts of each part (unit → measure → slice → grade)."""

    mark: Mark
    counts: dict[int, dict[str, dict[str, dict[str, int]]]]

    @property
    def whole(self) -> dict[str, dict[str, dict[str, int]]]:
        """All parts together: what a freeze keeps."""
        return added(self.counts.values())


def added(
    parts: Iterable[Mapping[str, Mapping[str, Mapping[str, int]]]],
) -> dict[str, dict[str, dict[str, int]]]:
    """Several counts (measure → slice → grade) as one. What adds up to nothing is left out."""
    found: dict[tuple[str, str, str], int] = {}
    for part in parts:
        for measure, slices in part.items():
            for cut, by_grade in slices.items():
                for grade, amount in by_grade.items():
                    key = (measure, cut, grade)
                    found[key] = found.get(key, 0) + amount
    whole: dict[str, dict[str, dict[str, int]]] = {}
    for (measure, cut, grade), amount in found.items():
        if amount:
            whole.setdefault(measure, {}).setdefault(cut, {})[grade] = amount
    return whole


def parts_below(book_id: int, unit_id: int, *, on: date) -> Parts:
    """The subtree's counts by direct child (and the unit's own), with the mark, in one statement: parts and
    whole agree whatever is posted or folded meanwhile.
    """
    mark = NO_MARK
    found: dict[int, dict[str, dict[str, dict[str, int]]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, {"book": book_id, "unit": unit_id, "on": on})
        for part, measure, cut, grade, amount, words, inside in cursor.fetchall():
            if not part:
                mark = mark_of(int(measure), int(amount), words, inside)
            elif amount:
                slices = found.setdefault(int(part), {}).setdefault(str(measure), {})
                slices.setdefault(str(cut), {})[str(grade)] = int(amount)
    return Parts(mark, found)


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
