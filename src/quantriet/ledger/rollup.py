"""The arithmetic of the roll-up: a subtree is a range of a numbering, a total is a difference of two sums.

Pure: values in, values out. A numbering is the preorder of the units in the tree of one date; tallies are
keyed by unit, so the same facts serve any numbering.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quantriet.ledger.measures import Grade

Ints = npt.NDArray[np.int64]

# (measure, grade): the columns of a prefix. Slices are chosen when the prefix is built.
Column = tuple[int, int]


@dataclass(frozen=True)
class Cell:
    """An amount of one unit: the row of a tally or the sum of entries not folded yet."""

    unit_id: int
    measure: int
    slice: int
    grade: int
    amount: int


@dataclass(frozen=True)
class Amount:
    """A count with its evidence: ``by_grade`` in the order of ``Grade``."""

    by_grade: tuple[int, int, int, int] = (0, 0, 0, 0)

    @property
    def total(self) -> int:
        """The count."""
        return sum(self.by_grade)

    def __add__(self, other: "Amount") -> "Amount":
        a, b = self.by_grade, other.by_grade
        return Amount((a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]))


NOTHING = Amount()


class Numbering:
    """The preorder of a tree: position of each unit and the end of its subtree.

    Built from ``(unit, path)`` pairs in path order, where a path is the dotted ids from the root down.
    """

    def __init__(self, paths: Sequence[tuple[int, str]]) -> None:
        self.unit_ids: tuple[int, ...] = tuple(unit_id for unit_id, _path in paths)
        self.position: dict[int, int] = {unit_id: at for at, unit_id in enumerate(self.unit_ids)}
        self.end: Ints = np.zeros(len(paths), dtype=np.int64)
        open_units: list[tuple[int, str]] = []
        for at, (_unit_id, path) in enumerate(paths):
            while open_units and not path.startswith(open_units[-1][1] + "."):
                self.end[open_units.pop()[0]] = at
            open_units.append((at, path))
        for at, _path in open_units:
            self.end[at] = len(paths)

    def __len__(self) -> int:
        return len(self.unit_ids)

    def span(self, unit_id: int) -> tuple[int, int] | None:
        """First position and end of the unit's subtree; ``None`` for a unit that is not in this tree."""
        at = self.position.get(unit_id)
        return None if at is None else (at, int(self.end[at]))


class Prefix:
    """Prefix sums of every (measure, grade) over a numbering, for the slices that ``keeps`` lets in."""

    def __init__(self, numbering: Numbering, keeps: frozenset[int] | None = None) -> None:
        self.numbering = numbering
        self.keeps = keeps
        self.sums: dict[Column, Ints] = {}

    def add(self, cells: Iterable[Cell]) -> None:
        """Add changes; a cell of a unit outside the numbering is not part of this tree."""
        changes: dict[Column, Ints] = {}
        size = len(self.numbering)
        for cell in cells:
            at = self.numbering.position.get(cell.unit_id)
            if at is None or (self.keeps is not None and cell.slice not in self.keeps):
                continue
            column = (cell.measure, cell.grade)
            if column not in changes:
                changes[column] = np.zeros(size + 1, dtype=np.int64)
            changes[column][at + 1] += cell.amount
        for column, change in changes.items():
            summed = np.cumsum(change)
            kept = self.sums.get(column)
            self.sums[column] = summed if kept is None else kept + summed

    def between(self, start: int, end: int, measure: int) -> Amount:
        """The amount of the units at positions ``start`` up to before ``end``."""
        parts = [0, 0, 0, 0]
        for grade in Grade:
            summed = self.sums.get((measure, int(grade)))
            if summed is not None:
                parts[grade - 1] = int(summed[end] - summed[start])
        return Amount((parts[0], parts[1], parts[2], parts[3]))

    @property
    def bytes(self) -> int:
        """Memory of the sums, for the cache's limit."""
        return sum(summed.nbytes for summed in self.sums.values())


def tail_between(
    tail: Sequence[Cell], numbering: Numbering, keeps: frozenset[int] | None, start: int, end: int
) -> Mapping[int, Amount]:
    """What is not folded yet in a range of positions, by measure."""
    found: dict[int, Amount] = {}
    for cell in tail:
        at = numbering.position.get(cell.unit_id)
        if at is None or not start <= at < end or (keeps is not None and cell.slice not in keeps):
            continue
        found[cell.measure] = found.get(cell.measure, NOTHING) + single(cell.grade, cell.amount)
    return found


def single(grade: int, amount: int) -> Amount:
    """An amount of one grade."""
    parts = [0, 0, 0, 0]
    parts[grade - 1] = amount
    return Amount((parts[0], parts[1], parts[2], parts[3]))
