"""Rows that an act changes, told first and then written: the same rows backwards are its undo.

A step is one SELECT that gives, for each row of a table, its number, the unit it stands for, and its columns before
and after as ``jsonb`` (no "before": the row is made; no "after": it goes). Everything is set-based. The statements
work on a table of this transaction; ``keep`` copies it into the act's rows.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Model

from quantriet.org.models import Membership, Person, Placement, Post, RoleAssignment, Unit, UnitName
from quantriet.org.models.units import Facility

_TABLES: Mapping[str, type[Model]] = {
    model._meta.db_table: model  # noqa: SLF001 - Django's public-by-habit API
    for model in (Unit, UnitName, Placement, Person, Membership, Post, RoleAssignment, Facility)
}

_CREATE = """
CREATE TEMPORARY TABLE IF NOT EXISTS changed_row (
    step int2, table_name text, row_id int8, unit_id int8, before jsonb, after jsonb
) ON COMMIT DROP
"""
# Not DELETE: a sheet runs thousands of acts in one transaction, and rows deleted there would be scanned by each.
_EMPTY = "TRUNCATE changed_row"
_KEEP = """
INSERT INTO org_actrow (created_at, act_id, unit_id, step, table_name, row_id, before, after)
SELECT statement_timestamp(), %s, unit_id, step, table_name, row_id, before, after FROM changed_row
"""
# The last word on each row must still be what the act wrote.
_SINCE = """
WITH last AS (
    SELECT DISTINCT ON (row_id) row_id, unit_id, after FROM changed_row
    WHERE table_name = %(table)s ORDER BY row_id, step DESC
)
SELECT last.row_id, last.unit_id FROM last LEFT JOIN {table} AS standing ON standing.id = last.row_id
WHERE CASE WHEN last.after IS NULL THEN standing.id IS NOT NULL
           ELSE standing.id IS NULL OR NOT to_jsonb(standing) @> (last.after - 'created_at') END
ORDER BY last.row_id LIMIT 20
"""
_DELETE = """
DELETE FROM {table} AS standing USING changed_row AS changed
WHERE changed.step = %(step)s AND changed.table_name = %(table)s AND changed.row_id = standing.id
  AND changed.{gone} IS NULL
"""
_UPDATE = """
UPDATE {table} AS standing SET ({columns}) = (
    SELECT {told} FROM jsonb_populate_record(standing, changed.{wanted}) AS told
) FROM changed_row AS changed
WHERE changed.step = %(step)s AND changed.table_name = %(table)s AND changed.row_id = standing.id
  AND changed.before IS NOT NULL AND changed.after IS NOT NULL
"""
_INSERT = """
INSERT INTO {table} ({every}) SELECT {told_every} FROM changed_row AS changed
CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, changed.{wanted}) AS told
WHERE changed.step = %(step)s AND changed.table_name = %(table)s AND changed.{missing} IS NULL
"""
_WITHDRAW = (
    """
    DELETE FROM changed_row WHERE before IS NULL AND unit_id = ANY(%(units)s)
      AND table_name IN ('org_unit', 'org_placement')
    """,
    "UPDATE org_placement SET former = true WHERE unit_id = ANY(%(units)s)",
    """
    UPDATE org_unit SET closed_on = %(on)s, code = left(code, 40 - length(%(mark)s)) || %(mark)s
    WHERE id = ANY(%(units)s)
    """,
)


class RowChanges:
    """The rows changed by one act in this transaction, in steps. One at a time: they share a working table."""

    def __init__(self) -> None:
        self._step = 0
        with connection.cursor() as cursor:
            cursor.execute(_CREATE)
            cursor.execute(_EMPTY)

    def write(self, model: type[Model], question: str, values: Mapping[str, Any]) -> int:
        """Ask which rows change and change them; returns how many.

        ``question`` selects ``(row_id, unit_id, before, after)``.
        """
        table = model._meta.db_table  # noqa: SLF001 - as above
        self._step += 1
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO changed_row (step, table_name, row_id, unit_id, before, after) "
                f"SELECT {self._step}, '{table}', told.* FROM ({question}) AS told",
                values,
            )
            count = int(cursor.rowcount)
        if count:
            _apply(table, self._step, wanted="after", missing="before")
        return count

    def keep(self, act_id: int) -> None:
        """Remember the rows with the act that wrote them."""
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [act_id])


class KeptChanges:
    """The rows an act wrote, brought back to be looked at or undone."""

    def __init__(self, act_id: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_CREATE)
            cursor.execute(_EMPTY)
            cursor.execute(
                "INSERT INTO changed_row SELECT step, table_name, row_id, unit_id, before, after "
                "FROM org_actrow WHERE act_id = %s",
                [act_id],
            )
            cursor.execute("SELECT DISTINCT step, table_name FROM changed_row ORDER BY step DESC")
            self.steps: list[tuple[int, str]] = [(int(step), str(table)) for step, table in cursor.fetchall()]
            cursor.execute("SELECT count(*) FROM changed_row")
            self.count = int(cursor.fetchone()[0])

    def changed_since(self) -> list[tuple[str, int, int]]:
        """Rows (table, row, unit) that are no longer as the act wrote them; a few of each table."""
        found: list[tuple[str, int, int]] = []
        with connection.cursor() as cursor:
            for table in sorted({table for _step, table in self.steps}):
                cursor.execute(_SINCE.format(table=table), {"table": table})
                found += [(table, int(row), int(unit)) for row, unit in cursor.fetchall()]
        return found

    def made(self, model: type[Model]) -> list[int]:
        """The rows of a table that the act made."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT row_id FROM changed_row WHERE table_name = %s AND before IS NULL ORDER BY row_id",
                [model._meta.db_table],  # noqa: SLF001 - as above
            )
            return [int(row[0]) for row in cursor.fetchall()]

    def withdraw(self, unit_ids: Sequence[int], *, on: date, mark: str) -> None:
        """Units the act made that must outlive its undo stay as former ones that ended on the day they began; their
        code becomes free again by the mark.
        """
        with connection.cursor() as cursor:
            for statement in _WITHDRAW:
                cursor.execute(statement, {"units": list(unit_ids), "on": on, "mark": mark})

    def undo(self) -> None:
        """Write every row back, the last step first."""
        for step, table in self.steps:
            _apply(table, step, wanted="before", missing="after")


def _apply(table: str, step: int, *, wanted: str, missing: str) -> None:
    """Rows that go, rows that change, rows that come: in this order, so that periods never overlap between."""
    model = _TABLES[table]
    every = [str(field.column) for field in model._meta.concrete_fields]  # noqa: SLF001 - as above
    columns = [name for name in every if name != "id"]
    words = {
        "table": table,
        "wanted": wanted,
        "missing": missing,
        "gone": wanted,
        "columns": ", ".join(columns),
        "told": ", ".join(f"told.{name}" for name in columns),
        "every": ", ".join(every),
        "told_every": ", ".join(f"told.{name}" for name in every),
    }
    with connection.cursor() as cursor:
        for statement in (_DELETE, _UPDATE, _INSERT):
            cursor.execute(statement.format(**words), {"step": step, "table": table})
