"""The statements that fill the figures in memory: one statement a read, its numbers as bare columns.

A row of Python a cell would cost more than everything else; so the server packs each column into an array and
sends it as bytes. What a process keeps stands for a snapshot of its own: a later read fetches only what transactions
wrote that were not finished then, folded or not. However long somebody's transaction stays open, nothing is read twice.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from django.db import connection

from quantriet.ledger.columns import CODE_BITS, Changes, received
from quantriet.ledger.rollup import Numbering


@dataclass(frozen=True)
class Moment:
    """What an instant is known by: the epoch, which transactions were not finished (all from ``upto`` on, and the
    ``running`` ones before), the version of the trees. The reader's own transaction counts as not finished.
    """

    epoch: int
    upto: int
    running: frozenset[int]
    tree_version: int

    def follows(self, earlier: "Moment") -> bool:
        """Whether a reader of this instant sees all that was finished at the earlier one."""
        return (
            self.epoch == earlier.epoch
            and self.upto >= earlier.upto
            and all(one >= earlier.upto or one in earlier.running for one in self.running)
        )

    def outdoes(self, other: "Moment") -> bool:
        """Whether this one is later than another of the same epoch, so that it is not replaced by it."""
        return self.epoch == other.epoch and self.age > other.age

    @property
    def age(self) -> tuple[int, int, int]:
        """Grows with time: first transactions begin, then they end."""
        return (self.tree_version, self.upto, -len(self.running))


@dataclass(frozen=True)
class Read:
    """Changes as they stood at a moment."""

    moment: Moment
    changes: Changes


# A unit, a measure, a slice and a grade in one number; its last bit says "finished".
_PACKED = f"(unit_id << {CODE_BITS + 1}) | ((measure::bigint * 10000 + slice * 10 + grade) << 1)"
_DAYS = "((occurred_on - date '1900-01-01')::bigint << 32) | (known_on - date '1900-01-01')"
_MOMENT = """
WITH clock AS (
    SELECT epoch, horizon, pg_current_snapshot()::text AS snapshot, pg_current_xact_id_if_assigned() AS own,
           coalesce((SELECT number FROM org_treeversion), 0) AS tree_version
    FROM ledger_clock
)"""
_SENT = """
SELECT clock.epoch, clock.snapshot, clock.own::text, clock.tree_version,
       array_send(facts.packed), array_send(facts.amounts), {days}
FROM clock CROSS JOIN (
    SELECT array_agg(packed) AS packed, array_agg(amount) AS amounts, array_agg(days) AS days
    FROM ({rows}) AS one
) AS facts
"""
_FOLDED = f"SELECT {_PACKED} | 1 AS packed, amount, {{days}} AS days FROM {{table}} WHERE book_id = %(book)s"
_UNFOLDED = f"""
SELECT {_PACKED} | (xid IS DISTINCT FROM clock.own)::int, amount, {{days}}
FROM ledger_entry CROSS JOIN clock
WHERE book_id = %(book)s AND ledger_entry.epoch = clock.epoch AND xid >= clock.horizon
"""
_BOTH = f"{_FOLDED} UNION ALL {_UNFOLDED}"
_WHOLE = _MOMENT + _SENT.format(rows=_BOTH.format(days="0::bigint", table="ledger_tally"), days="NULL::bytea")
_DATED = _MOMENT + _SENT.format(
    rows=_BOTH.format(days=_DAYS, table="ledger_tally_day"), days="array_send(facts.days)"
)
# What came since a moment the caller knows. Its numbers are constants here, so the index is always used.
_ONE_NEW = f"""
SELECT {_PACKED} | (xid IS DISTINCT FROM (SELECT own FROM clock))::int AS packed, amount, {{{{days}}}} AS days
FROM ledger_entry WHERE book_id = %(book)s AND epoch = %(epoch)s AND {{which}}
"""
_LATER = _ONE_NEW.format(which="xid >= %(upto)s::text::xid8")
_ENDED_SINCE = _ONE_NEW.format(which="xid = ANY(%(running)s::text[]::xid8[])")
_NEW = f"{_LATER} UNION ALL {_ENDED_SINCE}"
_SINCE = _MOMENT + _SENT.format(rows=_NEW.format(days="0::bigint"), days="NULL::bytea")
_DATED_SINCE = _MOMENT + _SENT.format(rows=_NEW.format(days=_DAYS), days="array_send(facts.days)")


def since(book_id: int, moment: Moment) -> Read:
    """What was written to a book since a moment, without days; the moment of the answer tells what it holds."""
    return _read(_SINCE, _told(book_id, moment))


def dated_since(book_id: int, moment: Moment) -> Read:
    """The same with the days."""
    return _read(_DATED_SINCE, _told(book_id, moment))


def _told(book_id: int, moment: Moment) -> dict[str, Any]:
    running = [str(one) for one in moment.running]
    return {"book": book_id, "epoch": moment.epoch, "upto": str(moment.upto), "running": running}


def whole(book_id: int) -> Read:
    """A book as it stands, without days."""
    return _read(_WHOLE, {"book": book_id})


def dated(book_id: int) -> Read:
    """A book as it stands, each amount with the day it happened and the day it was known."""
    return _read(_DATED, {"book": book_id})


def _read(statement: str, given: dict[str, Any]) -> Read:
    epoch, snapshot, own, tree_version, packed, amounts, days = _bare_row(statement, given)
    changes = Changes.unpacked(received(packed), received(amounts), received(days))
    _oldest, upto, running = snapshot.split(":")
    unfinished = (int(one) for one in [*running.split(","), own] if one)
    before = frozenset(one for one in unfinished if one < int(upto))
    return Read(Moment(int(epoch), int(upto), before, int(tree_version)), changes)


def _bare_row(statement: str, given: dict[str, Any]) -> tuple[Any, ...]:
    """The one row of a statement, sent in binary: columns of bytes come as they are, not as text of digits.

    The framework's own cursors speak text, so this one is the driver's, on the same connection and in the same
    transaction. Never prepared: a plan for any horizon would be a plan for the whole book.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, given, prepare=False, binary=True)
        row: tuple[Any, ...] = cursor.fetchone() or ()
        return row


# Placements of a date in preorder: ids and depths.
_NUMBERED = """
SELECT array_send(array_agg(unit_id)), array_send(array_agg(depth)) FROM (
    SELECT unit_id, nlevel(path)::bigint AS depth FROM org_placement WHERE valid @> %(on)s::date ORDER BY path
) AS placed
"""


def numbering(on: date) -> Numbering:
    """The numbering of the trees of a date."""
    units, depths = _bare_row(_NUMBERED, {"on": on})
    return Numbering(received(units), received(depths))


_TURNS = """
SELECT DISTINCT lower(valid) FROM org_placement WHERE lower(valid) IS NOT NULL
UNION SELECT DISTINCT upper(valid) FROM org_placement WHERE upper(valid) IS NOT NULL
ORDER BY 1
"""


def turns() -> list[date]:
    """The days from which the trees stood otherwise than before, in order: between two of them one numbering does."""
    with connection.cursor() as cursor:
        cursor.execute(_TURNS)
        return [row[0] for row in cursor.fetchall()]


def tree_version() -> int:
    """The version of the trees: a numbering is kept until it changes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce((SELECT number FROM org_treeversion), 0)")
        return int(cursor.fetchone()[0])


def unfolded(book_id: int) -> int:
    """How many entries of a book are not in its tallies yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_entry AS entry, ledger_clock AS clock "
            "WHERE entry.book_id = %s AND entry.epoch = clock.epoch AND entry.xid >= clock.horizon",
            [book_id],
        )
        return int(cursor.fetchone()[0])
