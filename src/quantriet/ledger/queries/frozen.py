"""What was written after a freeze for the units inside it: amendments of its period, and what happened later.

An entry is in the frozen figures when its transaction was finished in the freeze's snapshot (or it is one of the
freezing transaction's own, written before). Units inside are those below the frozen unit on the period's last day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import QuerySet

from quantriet.ledger.measures import Grade, Measure
from quantriet.ledger.models import Freeze
from quantriet.ledger.queries.below import NO_MARK, Mark, mark_of

_NOW = """
SELECT epoch, fold, concat_ws(' ', pg_current_snapshot(), (SELECT last_value FROM ledger_entry_number),
       pg_current_xact_id_if_assigned()) FROM ledger_clock
"""


def marked() -> Mark:
    """The mark of this instant, for a freeze whose figures were read in the same transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW)
        row = cursor.fetchone()
    return NO_MARK if row is None else mark_of(int(row[0]), int(row[1]), row[2])


_AFTER = """
FROM ledger_freeze AS frozen
JOIN org_placement AS top ON top.unit_id = frozen.unit_id AND top.valid @> frozen."on"
JOIN ledger_entry AS entry ON entry.book_id = frozen.book_id AND (
    entry.epoch > frozen.epoch
    OR (entry.epoch = frozen.epoch AND entry.xid >= pg_snapshot_xmin(frozen.snapshot::pg_snapshot)
        AND CASE WHEN entry.xid::text::bigint = frozen.writer THEN entry.id > frozen.last_entry
                 ELSE NOT pg_visible_in_snapshot(entry.xid, frozen.snapshot::pg_snapshot) END)
)
JOIN org_placement AS placed ON placed.unit_id = entry.unit_id AND placed.valid @> frozen."on"
                            AND placed.path <@ top.path
"""
_MOVED = f"""
SELECT entry.measure, entry.grade, coalesce(sum(entry.amount) FILTER (WHERE entry.occurred_on <= frozen."on"), 0),
       coalesce(sum(entry.amount) FILTER (WHERE entry.occurred_on > frozen."on"), 0)
{_AFTER}
WHERE frozen.id = %s GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Moved:
    """What came after a freeze: ``late`` belongs to its period, ``newer`` happened after it. By measure and grade."""

    late: dict[Measure, dict[Grade, int]]
    newer: dict[Measure, dict[Grade, int]]


def moved_since(freeze: Freeze) -> Moved:
    """By how much each measure moved since the figures were frozen."""
    late: dict[Measure, dict[Grade, int]] = {}
    newer: dict[Measure, dict[Grade, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, [freeze.pk])
        for measure, grade, of_period, afterwards in cursor.fetchall():
            for found, amount in ((late, of_period), (newer, afterwards)):
                if amount:
                    found.setdefault(Measure(measure), {})[Grade(grade)] = int(amount)
    return Moved(late, newer)


_AMENDMENTS = f"""
SELECT batch.id, batch.created_at, batch.actor, batch.origin, batch.reason, batch.reverses_id,
       entry.measure, sum(entry.amount)::bigint, min(entry.occurred_on), max(entry.occurred_on),
       array_agg(DISTINCT entry.unit_id ORDER BY entry.unit_id)
{_AFTER}
JOIN ledger_batch AS batch ON batch.id = entry.batch_id
WHERE frozen.id = %(freeze)s AND entry.occurred_on <= frozen."on"
GROUP BY batch.id, entry.measure ORDER BY batch.id DESC, entry.measure LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Amendment:
    """One batch's late change of one measure: who, when, why, how much, for which units, of which days."""

    batch_id: int
    at: datetime
    actor: str
    origin: str
    reason: str
    reverses: int | None
    measure: Measure
    amount: int
    first_on: date
    last_on: date
    unit_ids: tuple[int, ...]


def amendments_since(freeze: Freeze, *, limit: int = 500) -> list[Amendment]:
    """The late changes of a frozen period, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_AMENDMENTS, {"freeze": freeze.pk, "limit": limit})
        return [
            Amendment(
                batch_id=row[0],
                at=row[1],
                actor=row[2],
                origin=row[3],
                reason=row[4],
                reverses=row[5],
                measure=Measure(row[6]),
                amount=row[7],
                first_on=row[8],
                last_on=row[9],
                unit_ids=tuple(row[10]),
            )
            for row in cursor.fetchall()
        ]


_AMENDED = f"""
SELECT frozen.id, count(DISTINCT entry.batch_id) {_AFTER}
WHERE frozen.id = ANY(%s) AND entry.occurred_on <= frozen."on" GROUP BY 1
"""


def amended(freezes: Iterable[Freeze]) -> dict[int, int]:
    """How many late batches each of several frozen periods has; a period without one is absent."""
    with connection.cursor() as cursor:
        cursor.execute(_AMENDED, [[freeze.pk for freeze in freezes]])
        return {int(freeze_id): int(count) for freeze_id, count in cursor.fetchall()}


_ABOVE = """
SELECT above.id FROM ledger_freeze AS above
JOIN org_placement AS top ON top.unit_id = above.unit_id AND top.valid @> above."on"
JOIN org_placement AS below ON below.unit_id = %(unit)s AND below.valid @> above."on"
    AND below.path <@ top.path AND below.unit_id <> top.unit_id
WHERE above.book_id = %(book)s AND above."on" >= %(on)s ORDER BY above.id
"""


def freezes_above(freeze: Freeze) -> QuerySet[Freeze]:
    """Frozen figures of superiors that hold this unit and end on its last day or later: late facts touch them too."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, {"unit": freeze.unit_id, "book": freeze.book_id, "on": freeze.on})
        ids = [row[0] for row in cursor.fetchall()]
    return Freeze.objects.filter(pk__in=ids).select_related("unit").order_by("id")
