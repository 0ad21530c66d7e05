"""What was written after a freeze for the units inside it: amendments of its period, and what happened later.

An entry is in the frozen figures when its transaction was finished in the freeze's snapshot (or it is one of the
freezing transaction's own, written before). What the freezing transaction wrote afterwards is its own doing (a report
is sent, and its sending counts): it amends nothing, nor does what its superior then does with it. Units inside are
those that were added up, kept with the freeze: an act on the tree entered since, whatever its day of effect, takes
none out and brings none in.

A period that had ended before it was frozen left out what was written by then of later days: that counts as newer.
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
       pg_current_xact_id_if_assigned()), (
    SELECT array_agg(below.unit_id)::text FROM org_placement AS top
    JOIN org_placement AS below ON below.path <@ top.path AND below.valid @> %(on)s::date
    WHERE top.unit_id = %(unit)s AND top.valid @> %(on)s::date
) FROM ledger_clock
"""


def marked(unit_id: int, *, on: date) -> Mark:
    """The mark of this instant, for a freeze of a unit's figures that were read in the same transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW, {"unit": unit_id, "on": on})
        row = cursor.fetchone()
    return NO_MARK if row is None else mark_of(int(row[0]), int(row[1]), row[2], row[3])


_AFTER = """
FROM ledger_freeze AS frozen
JOIN ledger_entry AS entry ON entry.book_id = frozen.book_id AND (
    entry.epoch > frozen.epoch
    OR (entry.epoch = frozen.epoch AND entry.xid >= pg_snapshot_xmin(frozen.snapshot::pg_snapshot)
        AND CASE WHEN entry.xid::text::bigint = frozen.writer THEN entry.id > frozen.last_entry
                 ELSE NOT pg_visible_in_snapshot(entry.xid, frozen.snapshot::pg_snapshot) END)
)
JOIN ledger_freezeunit AS inside ON inside.freeze_id = frozen.id AND inside.unit_id = entry.unit_id
"""
# Neither the freezing transaction's own doing, nor what takes exactly that back (a report is returned), nor that the
# unit's own report is accepted.
_LATE = f"""(entry.occurred_on <= frozen."on"
    AND NOT (entry.unit_id = frozen.unit_id AND entry.measure = {int(Measure.REPORTS_ACCEPTED)})
    AND NOT EXISTS (
        SELECT FROM ledger_entry AS own
        WHERE own.book_id = entry.book_id AND own.epoch = frozen.epoch AND own.xid = frozen.writer::text::xid8
          AND own.id > frozen.last_entry AND (own.id = entry.id OR own.amount = -entry.amount)
          AND (own.unit_id, own.measure, own.slice, own.grade, own.occurred_on)
            = (entry.unit_id, entry.measure, entry.slice, entry.grade, entry.occurred_on)
    )
)"""
_MOVED = f"""
SELECT entry.measure, entry.grade, coalesce(sum(entry.amount) FILTER (WHERE {_LATE}), 0),
       coalesce(sum(entry.amount) FILTER (WHERE NOT {_LATE}), 0)
{_AFTER}
WHERE frozen.id = %s GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Moved:
    """What came after a freeze, by measure and grade: ``late`` belongs to its period, ``newer`` happened after it or
    was the freezing act's own doing.
    """

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
    return Moved(late, _with_left_out(newer, freeze))


def _with_left_out(newer: dict[Measure, dict[Grade, int]], freeze: Freeze) -> dict[Measure, dict[Grade, int]]:
    """What is newer, with what the freeze of an ended period had read of later days. Sums of 0 are left out."""
    found = {
        (measure, grade): amount for measure, grades in newer.items() for grade, amount in grades.items()
    }
    for measure, slices in (freeze.beyond or {}).items():
        for grades in slices.values():
            for grade, amount in grades.items():
                key = (Measure(int(measure)), Grade(int(grade)))
                found[key] = found.get(key, 0) + amount
    told: dict[Measure, dict[Grade, int]] = {}
    for (measure, grade), amount in sorted(found.items()):
        if amount:
            told.setdefault(measure, {})[grade] = amount
    return told


_AMENDMENTS = f"""
SELECT batch.id, batch.created_at, batch.actor, batch.origin, batch.reason, batch.reverses_id,
       entry.measure, sum(entry.amount)::bigint, min(entry.occurred_on), max(entry.occurred_on),
       array_agg(DISTINCT entry.unit_id ORDER BY entry.unit_id)
{_AFTER}
JOIN ledger_batch AS batch ON batch.id = entry.batch_id
WHERE frozen.id = %(freeze)s AND {_LATE}
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
WHERE frozen.id = ANY(%s) AND {_LATE} GROUP BY 1
"""


def amended(freezes: Iterable[Freeze]) -> dict[int, int]:
    """How many late batches each of several frozen periods has; a period without one is absent."""
    with connection.cursor() as cursor:
        cursor.execute(_AMENDED, [[freeze.pk for freeze in freezes]])
        return {int(freeze_id): int(count) for freeze_id, count in cursor.fetchall()}


def freezes_above(freeze: Freeze) -> QuerySet[Freeze]:
    """Frozen figures of superiors that hold this unit and end on its last day or later: late facts touch them too."""
    return (
        Freeze.objects.filter(book=freeze.book_id, on__gte=freeze.on, units__unit_id=freeze.unit_id)
        .exclude(unit=freeze.unit_id)
        .select_related("unit")
        .order_by("id")
    )
