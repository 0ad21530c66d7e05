"""Reads of the ledger, split by noun: subtrees by SQL, what came after a freeze, checks of the tallies."""

from .below import NO_MARK, Counted, Mark, Parts, added, batches_of, parts_as_of, parts_below, slices_below
from .checks import Difference, Verification, lag_seconds, verify
from .frozen import Amendment, Moved, amended, amendments_since, freezes_above, marked, moved_since

__all__ = [
    "NO_MARK",
    "Amendment",
    "Counted",
    "Difference",
    "Mark",
    "Moved",
    "Parts",
    "Verification",
    "added",
    "amended",
    "amendments_since",
    "batches_of",
    "freezes_above",
    "lag_seconds",
    "marked",
    "moved_since",
    "parts_as_of",
    "parts_below",
    "slices_below",
    "verify",
]
