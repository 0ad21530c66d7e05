"""Reads of the ledger, split by noun: subtrees by SQL, what came after a freeze, checks of the tallies."""

from .below import NO_MARK, Mark, Parts, batches_of, parts_below, slices_below
from .checks import Difference, Verification, lag_seconds, verify
from .frozen import Amendment, Moved, amendments_since, marked, moved_since

__all__ = [
    "NO_MARK",
    "Amendment",
    "Difference",
    "Mark",
    "Moved",
    "Parts",
    "Verification",
    "amendments_since",
    "batches_of",
    "lag_seconds",
    "marked",
    "moved_since",
    "parts_below",
    "slices_below",
    "verify",
]
