"""Rows of a board as markup, kept by everything they show.

At the next look most rows of a board are as they were; drawing them anew was most of a board's time. The key
holds every value that the row's template reads, so a kept row is never a wrong one. Counts only, no person.
"""

from collections import OrderedDict
from threading import Lock
from typing import Any, Protocol

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

MAX_ROWS = 20_000
TEMPLATE = "campaigns/board_row.html"


class Drawn(Protocol):
    """What a row must be able to say of itself: everything its template reads."""

    @property
    def key(self) -> tuple[Any, ...]:
        """The values shown, hashable."""
        ...


_kept: OrderedDict[tuple[Any, ...], SafeString] = OrderedDict()
_lock = Lock()


def row_markup(row: Drawn, *, tree: str) -> SafeString:
    """The row of a unit as a table row, in the active language."""
    key = (get_language(), tree, row.key)
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return found
    words = {
        "row": row,
        "view": {"tree": tree},
        "is_own": False,
        "evidence_word": _("Bằng chứng"),
        "missing_word": _("Còn thiếu"),
        "full_word": _("Đủ"),
    }
    drawn = mark_safe(render_to_string(TEMPLATE, words))  # noqa: S308 - our own template, escaped by it
    with _lock:
        _kept[key] = drawn
        while len(_kept) > MAX_ROWS:
            _kept.popitem(last=False)
    return drawn
