"""The arithmetic of the roll-up: a subtree is a range of a numbering, a total is a difference of two sums.

Pure: values in, values out. A numbering is the preorder of the units in the tree of one date; facts are
keyed by unit, so the same facts serve any numbering.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from quantriet.ledger.columns import Changes, Facts, Ints, Period, summed

# (measure, grade): the columns of a prefix. Slices are chosen when the prefix is built.
Column = tuple[int, int]
Slices = frozenset[int] | None


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

    ``unit_ids`` in path order and how deep each stands (a root has depth 1).
    """

    def __init__(self, unit_ids: Ints, depths: Ints) -> None:
        self.unit_ids = unit_ids
        self.end = _ends(depths)
        self._order = np.argsort(unit_ids, kind="stable")
        self._sorted = unit_ids[self._order]

    @classmethod
    def of_paths(cls, paths: Sequence[tuple[int, str]]) -> Self:
        """From ``(unit, path)`` pairs in path order, where a path is the dotted ids from the root down."""
        depths = [path.count(".") + 1 for _unit_id, path in paths]
        units = [unit_id for unit_id, _path in paths]
        return cls(np.array(units, dtype=np.int64), np.array(depths, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.unit_ids)

    @property
    def bytes(self) -> int:
        """Memory, for the cache's limit."""
        return sum(column.nbytes for column in (self.unit_ids, self.end, self._order, self._sorted))

    def positions(self, unit_ids: Ints) -> Ints:
        """The position of each unit; -1 for a unit that is not in this tree."""
        if not len(self):
            return np.full(len(unit_ids), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self._sorted, unit_ids), len(self) - 1)
        return np.where(self._sorted[at] == unit_ids, self._order[at], -1)

    def position(self, unit_id: int) -> int | None:
        """The position of one unit; ``None`` for a unit that is not in this tree."""
        at = int(self.positions(np.array([unit_id], dtype=np.int64))[0])
        return None if at < 0 else at

    def span(self, unit_id: int) -> tuple[int, int] | None:
        """First position and end of the unit's subtree; ``None`` for a unit that is not in this tree."""
        at = self.position(unit_id)
        return None if at is None else (at, int(self.end[at]))


def _ends(depths: Ints) -> Ints:
    """Where each subtree ends: at the next position that is no deeper. One pass a level."""
    ends = np.full(len(depths), len(depths), dtype=np.int64)
    for depth in np.unique(depths):
        here = np.flatnonzero(depths == depth)
        borders = np.append(np.flatnonzero(depths <= depth), len(depths))
        ends[here] = borders[np.searchsorted(borders, here, side="right")]
    return ends


class Prefix:
    """Prefix sums of every (measure, grade) over a numbering, for some slices (``None``: all) and one period.

    Never changed: ``plus`` gives another, which shares the columns that stayed as they were.
    """

    def __init__(
        self,
        numbering: Numbering,
        slices: Slices = None,
        period: Period | None = None,
        sums: Mapping[Column, Ints] | None = None,
    ) -> None:
        self.numbering = numbering
        self.slices = slices
        self.period = period
        self.sums: Mapping[Column, Ints] = sums or {}

    @classmethod
    def of(
        cls, facts: Facts, numbering: Numbering, slices: Slices = None, period: Period | None = None
    ) -> Self:
        """Every cell of a book added up; a cell of a unit outside the numbering is not part of this tree."""
        inside = facts.inside(period)
        columns, column_of = _columns(facts.codes, slices)
        size = len(numbering) + 1
        units = numbering.positions(facts.units) + 1  # 0 is "outside": what lands there is thrown away
        at = column_of[facts.code_at[inside]] * size + units[facts.unit_at[inside]]
        own = summed(at, facts.amounts[inside], (len(columns) + 1) * size).reshape(-1, size)
        own[:, 0] = 0
        sums = {column: np.cumsum(own[at]).astype(np.int64, copy=False) for at, column in enumerate(columns)}
        return cls(numbering, slices, period, {column: one for column, one in sums.items() if one.any()})

    def plus(self, changes: Changes) -> "Prefix":
        """With further changes; only the columns they touch are made anew."""
        if not len(changes):
            return self
        added = Prefix.of(Facts(changes), self.numbering, self.slices, self.period)
        sums = dict(self.sums)
        for column, one in added.sums.items():
            sums[column] = sums[column] + one if column in sums else one
        return Prefix(self.numbering, self.slices, self.period, sums)

    def between(self, starts: Ints, ends: Ints) -> dict[int, list[Amount]]:
        """For each measure the amounts of the ranges of positions from ``starts`` up to before ``ends``."""
        grades: dict[int, list[list[int]]] = {}
        nothing = [0] * len(starts)
        for (measure, grade), one in self.sums.items():
            parts = grades.setdefault(measure, [nothing] * 4)
            parts[grade - 1] = (one[ends] - one[starts]).tolist()
        return {
            measure: [Amount(four) for four in zip(*parts, strict=True)]
            for measure, parts in sorted(grades.items())
        }

    def own(self, measure: int) -> Ints:
        """What each position holds itself of a measure, all grades together."""
        columns = [one for (number, _grade), one in self.sums.items() if number == measure]
        return np.diff(np.sum(columns, axis=0)) if columns else np.zeros(len(self.numbering), dtype=np.int64)

    @property
    def bytes(self) -> int:
        """Memory of the sums, for the cache's limit."""
        return sum(one.nbytes for one in self.sums.values())


def _columns(codes: Ints, slices: Slices) -> tuple[list[Column], Ints]:
    """The columns of some codes, and for each code the number of its column; the last is for slices not chosen."""
    pairs = [
        (code // 10_000, code % 10) if slices is None or code // 10 % 1_000 in slices else None
        for code in codes.tolist()
    ]
    columns = sorted({pair for pair in pairs if pair is not None})
    number: dict[Column | None, int] = {column: at for at, column in enumerate(columns)}
    return columns, np.array([number.get(pair, len(columns)) for pair in pairs], dtype=np.int64)
