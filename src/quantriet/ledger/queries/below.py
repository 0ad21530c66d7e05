"""A subtree by SQL alone: what a freeze keeps, the parts of a report, the batches behind a figure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

# Measure → slice → grade → amount, with text keys as JSON keeps them.
Counted = dict[str, dict[str, dict[str, int]]]

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


def slices_below(book_id: int, unit_id: int, *, on: date) -> Counted:
    """The subtree's counts by measure, slice and grade, by SQL alone: what a freeze keeps, and the
    cross-check of the figures in memory. Keys are text, as JSON keeps them.
    """
    found: Counted = {}
    with connection.cursor() as cursor:
        cursor.execute(_SUBTREE, {"book": book_id, "unit": unit_id, "on": on})
        for measure, cut, grade, amount in cursor.fetchall():
            if amount:
                found.setdefault(str(measure), {}).setdefault(str(cut), {})[str(grade)] = int(amount)
    return found


# The same subtree cut into its parts: each direct child with everything below it, and the unit itself.
_INSIDE = """
WITH clock AS (SELECT epoch, horizon, fold FROM ledger_clock), inside AS (
    SELECT below.unit_id,
           CASE WHEN nlevel(below.path) = nlevel(top.path) THEN top.unit_id
                ELSE subpath(below.path, nlevel(top.path), 1)::text::bigint END AS part
    FROM org_placement AS top
    JOIN org_placement AS below ON below.path <@ top.path AND below.valid @> %(tree_on)s::date
    WHERE top.unit_id = %(unit)s AND top.valid @> %(tree_on)s::date
)"""
_MARKED = """
SELECT 0, clock.epoch, 0, 0, clock.fold, 0, concat_ws(' ', pg_current_snapshot(),
    (SELECT last_value FROM ledger_entry_number), pg_current_xact_id_if_assigned()),
    (SELECT array_agg(unit_id)::text FROM inside) FROM clock
"""
_PARTS = f"""{_INSIDE}, facts AS (
    SELECT unit_id, measure, slice, grade, amount FROM ledger_tally
    WHERE book_id = %(book)s AND unit_id IN (SELECT unit_id FROM inside)
    UNION ALL
    SELECT entry.unit_id, entry.measure, entry.slice, entry.grade, entry.amount
    FROM ledger_entry AS entry CROSS JOIN clock
    WHERE entry.book_id = %(book)s AND entry.epoch = clock.epoch AND entry.xid >= clock.horizon
      AND entry.unit_id IN (SELECT unit_id FROM inside)
)
SELECT inside.part, facts.measure, facts.slice, facts.grade, sum(facts.amount)::bigint, 0, NULL, NULL
FROM facts JOIN inside USING (unit_id) GROUP BY 1, 2, 3, 4
UNION ALL
{_MARKED}"""
# Each fact is counted or left beside: what happened after the day, or was known only later.
_DATED_PARTS = f"""{_INSIDE}, facts AS (
    SELECT unit_id, measure, slice, grade, amount,
           occurred_on <= %(on)s::date AND known_on <= %(known)s::date AS counts
    FROM ledger_tally_day
    WHERE book_id = %(book)s AND unit_id IN (SELECT unit_id FROM inside)
    UNION ALL
    SELECT entry.unit_id, entry.measure, entry.slice, entry.grade, entry.amount,
           entry.occurred_on <= %(on)s::date AND entry.known_on <= %(known)s::date
    FROM ledger_entry AS entry CROSS JOIN clock
    WHERE entry.book_id = %(book)s AND entry.epoch = clock.epoch AND entry.xid >= clock.horizon
      AND entry.unit_id IN (SELECT unit_id FROM inside)
)
SELECT inside.part, facts.measure, facts.slice, facts.grade,
       coalesce(sum(facts.amount) FILTER (WHERE facts.counts), 0)::bigint,
       coalesce(sum(facts.amount) FILTER (WHERE NOT facts.counts), 0)::bigint, NULL, NULL
FROM facts JOIN inside USING (unit_id) GROUP BY 1, 2, 3, 4
UNION ALL
{_MARKED}"""


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
    """A subtree at one instant: the mark, the counts of each part (by unit), and what was left beside them because
    it belongs to no day asked for.
    """

    mark: Mark
    counts: dict[int, Counted]
    beside: Counted = field(default_factory=dict)

    @property
    def whole(self) -> Counted:
        """All parts together: what a freeze keeps."""
        return added(self.counts.values())


def added(
    parts: Iterable[Mapping[str, Mapping[str, Mapping[str, int]]]],
) -> Counted:
    """Several counts (measure → slice → grade) as one. What adds up to nothing is left out."""
    found: dict[tuple[str, str, str], int] = {}
    for part in parts:
        for measure, slices in part.items():
            for cut, by_grade in slices.items():
                for grade, amount in by_grade.items():
                    key = (measure, cut, grade)
                    found[key] = found.get(key, 0) + amount
    whole: Counted = {}
    for (measure, cut, grade), amount in found.items():
        if amount:
            whole.setdefault(measure, {}).setdefault(cut, {})[grade] = amount
    return whole


def parts_below(book_id: int, unit_id: int, *, on: date) -> Parts:
    """The subtree's counts by direct child (and the unit's own), with the mark, in one statement: parts and
    whole agree whatever is posted or folded meanwhile. ``on`` is the date of the tree.
    """
    return _parts(_PARTS, {"book": book_id, "unit": unit_id, "tree_on": on})


def parts_as_of(book_id: int, unit_id: int, *, on: date, tree_on: date, known: date = date.max) -> Parts:
    """The same of a past day: what had happened by ``on`` and was known by ``known``, over the tree of ``tree_on``.
    What was read and does not count is ``beside``.
    """
    told: dict[str, int | date] = {
        "book": book_id,
        "unit": unit_id,
        "on": on,
        "tree_on": tree_on,
        "known": known,
    }
    return _parts(_DATED_PARTS, told)


def _parts(statement: str, told: Mapping[str, int | date]) -> Parts:
    mark = NO_MARK
    found: dict[int, Counted] = {}
    beside: list[Counted] = []
    with connection.cursor() as cursor:
        cursor.execute(statement, told)
        for part, measure, cut, grade, amount, left, words, inside in cursor.fetchall():
            if not part:
                mark = mark_of(int(measure), int(amount), words, inside)
                continue
            if amount:
                slices = found.setdefault(int(part), {}).setdefault(str(measure), {})
                slices.setdefault(str(cut), {})[str(grade)] = int(amount)
            if left:
                beside.append({str(measure): {str(cut): {str(grade): int(left)}}})
    return Parts(mark, found, added(beside))


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
