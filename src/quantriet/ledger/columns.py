"""Changes of counts as columns of numbers: what a statement gives, what a process keeps of a book.

Pure: arrays in, arrays out. One change is a unit, a code (measure, slice and grade in one number), an amount
and, where they are told apart, the day it happened and the day it was known. A book of the whole country is
some two million cells: as objects of Python they would be half a gigabyte, as columns they are thirty megabytes.
"""

from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

# A code is measure·10000 + slice·10 + grade; a packed number is unit << 21 | code << 1 | finished.
CODE_BITS = 20
EPOCH_DAY = date(1900, 1, 1)
# Ids come from a sequence, so a table of all of them is short; where it would not be they are sorted instead.
_LARGEST_TABLE = 100_000
_EXACT_IN_FLOAT = 2.0**53

# An array as PostgreSQL sends it: five words of head, then each element with its length before it.
_HEAD_BYTES = 20
_ELEMENT = np.dtype([("length", ">i4"), ("value", ">i8")])


def code_of(measure: int, cut: int, grade: int) -> int:
    """The number of a measure, a slice and a grade."""
    return measure * 10_000 + cut * 10 + grade


def day_number(day: date) -> int:
    """A day as the columns count it: days since 1900."""
    return (day - EPOCH_DAY).days


def received(sent: bytes | None) -> Ints:
    """The numbers of an array of bigint as ``array_send`` gives it; ``None`` is no row at all."""
    if sent is None:
        return np.zeros(0, dtype=np.int64)
    return np.frombuffer(sent, dtype=_ELEMENT, offset=_HEAD_BYTES)["value"].astype(np.int64)


@dataclass(frozen=True)
class Changes:
    """Columns of one length. ``occurred`` and ``known`` are day numbers, empty where days are not told apart.

    ``finished`` marks changes of transactions that every later reader sees as well.
    """

    units: Ints
    codes: Ints
    amounts: Ints
    occurred: Ints
    known: Ints
    finished: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.units)

    @classmethod
    def unpacked(cls, packed: Ints, amounts: Ints, days: Ints) -> Self:
        """From packed numbers; ``days`` is occurred << 32 | known, or empty."""
        return cls(
            units=packed >> (CODE_BITS + 1),
            codes=(packed >> 1) & ((1 << CODE_BITS) - 1),
            amounts=amounts,
            occurred=days >> 32,
            known=days & 0xFFFFFFFF,
            finished=(packed & 1).astype(bool),
        )

    def where(self, chosen: npt.NDArray[np.bool_]) -> "Changes":
        """The chosen rows; all of them without a copy."""
        if chosen.all():
            return self
        dated = len(self.occurred) > 0
        return Changes(
            self.units[chosen],
            self.codes[chosen],
            self.amounts[chosen],
            self.occurred[chosen] if dated else self.occurred,
            self.known[chosen] if dated else self.known,
            self.finished[chosen],
        )


@dataclass(frozen=True)
class Period:
    """What had happened by a day and was known by a day, as day numbers; a year far away means "no matter"."""

    occurred: int
    known: int

    @classmethod
    def until(cls, on: date, known: date) -> Self:
        """Of dates."""
        return cls(day_number(on), day_number(known))

    def holds(self, changes: Changes) -> Changes:
        """The changes inside."""
        return changes.where((changes.occurred <= self.occurred) & (changes.known <= self.known))


class Facts:
    """The cells of a book in as few bytes as they need, without any tree: the base of every prefix.

    Units and codes are numbers of two short tables, so a numbering is looked up once a unit and not once a cell.
    Cells stand in the order of the days they happened, so "until a day" is where the columns are cut.
    """

    def __init__(self, changes: Changes) -> None:
        order = _by_day(changes.occurred) if len(changes.occurred) else slice(None)
        self.units, self.unit_at = _numbered(changes.units[order])
        self.codes, self.code_at = _numbered(changes.codes[order])
        self.amounts = _narrow(changes.amounts[order])
        self.occurred = changes.occurred[order].astype(np.int32)
        self.known = changes.known[order].astype(np.int32)

    def __len__(self) -> int:
        return len(self.unit_at)

    @property
    def is_dated(self) -> bool:
        """Whether the days are told apart."""
        return len(self.occurred) == len(self.unit_at)

    @property
    def bytes(self) -> int:
        """Memory, for the cache's limit."""
        columns = (self.unit_at, self.code_at, self.amounts, self.occurred, self.known, self.units)
        return sum(column.nbytes for column in columns)

    def inside(self, period: Period | None) -> slice | Ints:
        """Where the cells of a period stand; ``None`` is all of them."""
        if period is None:
            return slice(None)
        end = int(np.searchsorted(self.occurred, period.occurred, side="right"))
        if int(self.known[:end].max(initial=0)) <= period.known:
            return slice(end)
        return np.flatnonzero(self.known[:end] <= period.known)


def _by_day(days: Ints) -> Ints:
    """The order of the days, what came first of a day first. Two bytes hold 179 years, and sort in one pass."""
    later = days - days.min()
    return np.argsort(later.astype(np.uint16) if int(later.max()) < 2**16 else later, kind="stable")


def _numbered(values: Ints) -> tuple[Ints, npt.NDArray[np.int32]]:
    """The distinct values in order, and for each value its place among them."""
    top = int(values.max(initial=0))
    if top > _LARGEST_TABLE + 50 * len(values):
        distinct, at = np.unique(values, return_inverse=True)
        return distinct, at.astype(np.int32)
    is_there = np.zeros(top + 1, dtype=bool)
    is_there[values] = True
    place = np.cumsum(is_there, dtype=np.int32) - 1
    return np.flatnonzero(is_there).astype(np.int64), place[values]


def _narrow(amounts: Ints) -> Ints | npt.NDArray[np.int32]:
    """Four bytes an amount where that holds them all."""
    most = np.iinfo(np.int32).max
    fits = len(amounts) == 0 or (int(amounts.max()) <= most and int(amounts.min()) >= -most)
    return amounts.astype(np.int32) if fits else amounts


def summed(
    at: npt.NDArray[np.integer], amounts: npt.NDArray[np.integer], size: int
) -> Ints | npt.NDArray[np.float64]:
    """The sum of the amounts at each place, exactly: whole numbers, as floats where these hold them and all their
    sums. Five times as quick; a country has millions of places, so they stay floats until a column of them is kept.
    """
    if np.abs(amounts, dtype=np.float64).sum() < _EXACT_IN_FLOAT:
        return np.bincount(at, weights=amounts, minlength=size)
    found = np.zeros(size, dtype=np.int64)
    np.add.at(found, at, amounts)
    return found
