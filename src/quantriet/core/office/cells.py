"""Rows of cells as they come from a sheet, how a cell is called, and what is wrong in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import NamedTuple

CellValue = str | date | time
"""Text (also for numbers: ``012`` stays ``012``, 3.0 is ``3``), a date or datetime, or a time of day."""


class SheetRow(NamedTuple):
    """One row: its number as Excel shows it (from 1) and its values from column A on."""

    number: int
    values: Sequence[CellValue]

    def at(self, column: int) -> CellValue:
        """The value of a column counted from 0; the empty text past the last."""
        return self.values[column] if column < len(self.values) else ""

    def text(self, column: int) -> str:
        """The value as text; a date as dd/mm/yyyy."""
        return shown(self.at(column))


class MergedRange(NamedTuple):
    """Merged cells: rows as Excel shows them (from 1), columns from 0, both ends belong to it."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def address(self) -> str:
        """As Excel writes it: ``B3:D3``."""
        first = cell_address(self.first_row, self.first_column)
        return f"{first}:{cell_address(self.last_row, self.last_column)}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a cell, or with the whole row when ``column`` is None; ``row`` 0 is the whole sheet.

    ``sentence`` is Vietnamese and says what to do; the address is not repeated in it.
    """

    row: int
    column: int | None
    code: str
    sentence: str

    @property
    def address(self) -> str:
        """The cell as Excel calls it (``B7``), the row's number, or nothing for the whole sheet."""
        if self.column is None:
            return str(self.row) if self.row else ""
        return cell_address(self.row, self.column)


def column_letters(column: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    left = column + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def cell_address(row: int, column: int) -> str:
    """The name of a cell: row from 1, column from 0; (7, 1) is ``B7``."""
    return f"{column_letters(column)}{row}"


def shown(value: CellValue) -> str:
    """A value as a person would type it: dates dd/mm/yyyy, with hh:mm when they have a time."""
    if isinstance(value, str):
        return value
    if isinstance(value, time):
        return value.strftime("%H:%M")
    pattern = "%d/%m/%Y %H:%M" if hasattr(value, "hour") else "%d/%m/%Y"
    return value.strftime(pattern)
