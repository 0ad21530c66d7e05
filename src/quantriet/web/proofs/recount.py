"""Runs ``recount.sql``: every tally of every campaign and of every year's standing work, as a whole and day by day,
counted again from the rows of work, by a script that was written from the design and not from the code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

SCRIPT = Path(__file__).with_name("recount.sql")


@dataclass(frozen=True)
class Recount:
    """How many cells were compared and how many days of cells, how many of each differ, and the first of these
    (book, unit, measure …; ``day`` is empty where the whole count of the cell differs).
    """

    cells: int
    days: int
    differing: int
    days_differing: int
    differences: tuple[Mapping[str, Any], ...]

    @property
    def equal(self) -> bool:
        """Whether every tally is what the rows say, on every day."""
        return not self.differing and not self.days_differing


def recount() -> Recount:
    """Count and compare; the caller has opened the scope of the whole house."""
    with transaction.atomic(), connection.cursor() as cursor:
        # one pass over the roll of a country, sorted in memory
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(SCRIPT.read_text(encoding="utf-8"))
        cells, days, differing, days_differing, first = cursor.fetchone()
    return Recount(int(cells), int(days), int(differing), int(days_differing), tuple(first))
