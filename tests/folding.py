"""Folding in tests. Transaction numbers run through the whole server: a test that another process runs at the
same time, in a database of its own, holds the horizon back while its transaction lasts.
"""

import time

from quantriet.ledger import commands as ledger
from quantriet.ledger.queries import reading

PATIENCE_S = 180.0


def fold_all(book_id: int) -> int:
    """Fold until nothing of the book is left in the unfolded rest; returns how many entries were folded."""
    folded = ledger.fold()
    give_up = time.monotonic() + PATIENCE_S
    while reading.unfolded(book_id) and time.monotonic() < give_up:
        time.sleep(0.05)
        folded += ledger.fold()
    return folded
