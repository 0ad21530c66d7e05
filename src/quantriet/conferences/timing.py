"""Where the minutes of a session went: planned and actual, by document and for discussion. Values in, values out.

A document is squeezed (lồng ghép) when it lost a quarter or more of the minutes planned for it, or got less than half
of an equal share of the minutes that all documents had. Both bounds are ours: no rule sets a number.
"""

from collections.abc import Sequence
from dataclasses import dataclass

KEPT_PERCENT = 75
SHARE_PERCENT = 50


@dataclass(frozen=True)
class Item:
    """A point of the agenda; ``actual`` is ``None`` before the session is over."""

    title: str
    planned: int
    actual: int | None
    is_document: bool = False
    is_discussion: bool = False
    number: str = ""


@dataclass(frozen=True)
class Line:
    """A point with what became of it: cut short, or squeezed between other documents."""

    item: Item
    is_cut: bool
    is_between: bool

    @property
    def is_squeezed(self) -> bool:
        """Whether the document had too little."""
        return self.is_cut or self.is_between


@dataclass(frozen=True)
class Minutes:
    """Planned and actual minutes; ``actual`` is ``None`` while none was told."""

    planned: int
    actual: int | None


@dataclass(frozen=True)
class Timing:
    """A session's minutes: point by point, for documents, for discussion, for all else."""

    lines: tuple[Line, ...]
    documents: Minutes
    discussion: Minutes
    other: Minutes

    @property
    def squeezed(self) -> int:
        """How many documents had too little."""
        return sum(line.is_squeezed for line in self.lines)


def timing(items: Sequence[Item]) -> Timing:
    """The minutes of a session."""
    documents = [item for item in items if item.is_document]
    whole = sum(item.actual or 0 for item in documents)
    lines = tuple(Line(item, _is_cut(item), _is_between(item, len(documents), whole)) for item in items)
    return Timing(
        lines,
        _minutes(documents),
        _minutes([item for item in items if item.is_discussion]),
        _minutes([item for item in items if not (item.is_document or item.is_discussion)]),
    )


def _minutes(items: Sequence[Item]) -> Minutes:
    told = [item.actual for item in items if item.actual is not None]
    return Minutes(sum(item.planned for item in items), sum(told) if told else None)


def _is_cut(item: Item) -> bool:
    if not item.is_document or item.actual is None:
        return False
    return item.actual * 100 <= item.planned * KEPT_PERCENT and item.actual < item.planned


def _is_between(item: Item, documents: int, whole: int) -> bool:
    if not item.is_document or item.actual is None or documents < 2:
        return False
    return item.actual * documents * 100 < whole * SHARE_PERCENT
