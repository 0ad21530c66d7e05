"""The course of a count through time: a subtree's total at each of some days, without counting the book again.

Pure. The cells of one measure stand in the order of a numbering, so a subtree is again a range.
"""

import numpy as np
import numpy.typing as npt

from quantriet.ledger.columns import Facts, Ints
from quantriet.ledger.rollup import Numbering, Slices


class Course:
    """One measure of a book with the days it happened on, in preorder."""

    def __init__(self, facts: Facts, numbering: Numbering, measure: int, slices: Slices = None) -> None:
        codes = facts.codes
        wanted = codes // 10_000 == measure
        if slices is not None:
            wanted &= np.isin(codes // 10 % 1_000, list(slices))
        at = np.flatnonzero(wanted[facts.code_at])
        places = numbering.positions(facts.units)[facts.unit_at[at]]
        at, places = at[places >= 0], places[places >= 0]
        order = np.argsort(places, kind="stable")
        self._places = places[order].astype(np.int32)
        self._days: npt.NDArray[np.int32] = facts.occurred[at][order]
        self._amounts = facts.amounts[at][order].astype(np.int64)

    @property
    def bytes(self) -> int:
        """Memory held."""
        return self._places.nbytes + self._days.nbytes + self._amounts.nbytes

    def totals(self, start: int, end: int, days: Ints) -> Ints:
        """What had happened by each of some days (ascending) at positions ``start`` up to before ``end``."""
        first, last = np.searchsorted(self._places, [start, end])
        upon = np.searchsorted(days, self._days[first:last])  # the first of the days that holds it
        found = np.zeros(len(days) + 1, dtype=np.int64)
        np.add.at(found, upon, self._amounts[first:last])
        return np.cumsum(found[:-1])
