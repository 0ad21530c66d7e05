"""Rows of a board and their markup, kept by everything they show.

At the next look most rows of a board are as they were; making and drawing them anew was most of a board's time.
The key holds every value that goes into a row, so a kept row is never a wrong one. Counts only, no person.
"""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

T = TypeVar("T")

MAX_ROWS = 5_000
TEMPLATE = "campaigns/board_row.html"


class Kept(Generic[T]):
    """The last values by their keys, at most ``most``; safe between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[tuple[Any, ...], T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        """The value kept under ``key``, else a new one."""
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
                return found
        made = make()
        with self._lock:
            self._values[key] = made
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return made


class Drawn(Protocol):
    """What a row must be able to say of itself: everything its template reads."""

    @property
    def key(self) -> tuple[Any, ...]:
        """The values shown, hashable."""
        ...


_MARKUP: Kept[SafeString] = Kept(MAX_ROWS)


def row_markup(row: Drawn, *, tree: str) -> SafeString:
    """The row of a unit as a table row, in the active language."""
    return _MARKUP.get((get_language(), tree, row.key), lambda: _drawn(row, tree))


def _drawn(row: Drawn, tree: str) -> SafeString:
    words = {
        "row": row,
        "view": {"tree": tree},
        "is_own": False,
        "evidence_word": _("Bằng chứng"),
        "missing_word": _("Còn thiếu"),
        "full_word": _("Đủ"),
    }
    return mark_safe(render_to_string(TEMPLATE, words))  # noqa: S308 - our own template, escaped by it
