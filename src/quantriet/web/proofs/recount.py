"""Runs ``recount.sql``: every tally of every campaign counted again from the rows of work, by a script that was
written from the design and not from the code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

SCRIPT = Path(__file__).with_name("recount.sql")


@dataclass(frozen=True)
class Recount:
    """How many cells were compared, how many differ, and the first of these (book, unit, measure …)."""

    cells: int
    differing: int
    differences: tuple[Mapping[str, Any], ...]

    @property
    def equal(self) -> bool:
        """Whether every tally is what the rows say."""
        return not self.differing


def recount() -> Recount:
    """Count and compare; the caller has opened the scope of the whole house."""
    with transaction.atomic(), connection.cursor() as cursor:
        # one pass over the roll of a country, sorted in memory
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(SCRIPT.read_text(encoding="utf-8"))
        cells, differing, first = cursor.fetchone()
    return Recount(int(cells), int(differing), tuple(first))
