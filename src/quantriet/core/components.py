"""What the components of the pages are made of: values in, values out, no HTML.

A page hands these values to the tags of ``templatetags/ui``. Shapes and words of states and of evidence
stand here once, so that a board, a list and a paper say the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page
from django.template import TemplateSyntaxError
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from quantriet.core.text.numbers import ENGLISH, VIETNAMESE, NumberStyle

Words = str | Promise

# A state is told by colour, shape and word; the name is also the shape's name in the sprite.
STATES: Mapping[str, Words] = {
    "done": _("Xong"),
    "doing": _("Đang làm"),
    "not_due": _("Chưa đến hạn"),
    "due_soon": _("Sắp đến hạn"),
    "overdue": _("Quá hạn"),
    "missing": _("Chưa có"),
    "exempt": _("Được miễn"),
}

# How well a figure is evidenced, best first.
EVIDENCE: Mapping[str, Words] = {
    "on_site": _("Ghi tại chỗ"),
    "entered_later": _("Nhập sau"),
    "documented": _("Có văn bản"),
    "declared": _("Tự khai"),
}


@dataclass(frozen=True)
class Crumb:
    """One step of the way down the tree; the last one has no address."""

    label: Words
    href: str = ""


@dataclass(frozen=True)
class Tab:
    """One view of a page with its own address. ``count`` is shown beside the word when it is not None."""

    label: Words
    href: str
    active: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Action:
    """A button that leads somewhere, in the head of a page. ``kind``: see ``BUTTON_KINDS``."""

    label: Words
    href: str
    icon: str = ""
    kind: str = "secondary"


@dataclass(frozen=True)
class TimelineEntry:
    """What happened or will happen at a moment; ``state`` gives the mark's colour and shape."""

    when: date | datetime
    title: Words
    text: Words = ""
    state: str = "done"
    href: str = ""


@dataclass(frozen=True)
class Segment:
    """One grade's part of an evidence bar: ``x`` and ``width`` in hundredths of the bar."""

    grade: str
    word: Words
    count: int
    x: float
    width: float


# Shares are coloured in five steps, light to dark, each below a limit in percent; ``charts.js`` has the same.
SHARE_LIMITS = (50, 70, 85, 95)


def share_step(percent: float | None) -> str:
    """The step of a share: ``1`` to ``5``, ``none`` when nothing was reported."""
    return "none" if percent is None else str(1 + sum(percent >= limit for limit in SHARE_LIMITS))


def share_steps() -> tuple[tuple[str, Words], ...]:
    """The steps with the words of their legend."""
    return (
        ("1", _("dưới 50 %")),
        ("2", _("50 đến dưới 70 %")),
        ("3", _("70 đến dưới 85 %")),
        ("4", _("85 đến dưới 95 %")),
        ("5", _("từ 95 %")),
        ("none", _("chưa báo cáo")),
    )


@dataclass(frozen=True)
class MapPlace:
    """A unit on a map, or beside it (then ``path`` is empty): its figure in words, its step and where it leads.

    ``key`` is unique on the page: it keeps the keyboard's place when the figures change under it.
    """

    key: str
    name: str
    words: str
    step: str
    href: str
    path: str = ""


@dataclass(frozen=True)
class PlaceMap:
    """A map of figures: ``places`` lead on, ``blank`` are outlines without a unit, ``frames`` are lines only."""

    view_box: str
    places: Sequence[MapPlace]
    beside: Sequence[MapPlace] = ()
    blank: Sequence[str] = ()
    frames: Sequence[str] = ()


BUTTON_KINDS = ("primary", "secondary", "danger", "quiet")
NOTICE_KINDS: Mapping[str, str] = {
    "info": "info-circle",
    "success": "circle-check",
    "warning": "alert-triangle",
    "error": "alert-triangle",
}


def number_style() -> NumberStyle:
    """How the language of this page writes numbers."""
    return ENGLISH if (get_language() or "vi").startswith("en") else VIETNAMESE


def require(tag: str, **props: object) -> None:
    """Refuse a prop that is there but empty: most often a misspelt variable of the template."""
    for name, value in props.items():
        if value is None or value == "":
            raise TemplateSyntaxError(f"{tag}: prop '{name}' is empty")


def one_of(tag: str, prop: str, value: str, allowed: Sequence[str] | Mapping[str, Any]) -> None:
    """Refuse a value that is none of the allowed ones."""
    if value not in allowed:
        raise TemplateSyntaxError(f"{tag}: {prop}='{value}' is none of {', '.join(allowed)}")


def count_of(tag: str, prop: str, value: object) -> int:
    """A count as an integer; anything else (text, a float, a negative number) is a fault of the template."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TemplateSyntaxError(f"{tag}: prop '{prop}' must be a count, not {value!r}")
    return value


def segments(mix: object) -> list[Segment]:
    """The parts of an evidence bar from four counts, best grade first; grades without a count are left out.

    ``mix`` is a mapping or an object with exactly the names of ``EVIDENCE``.
    """
    if isinstance(mix, Mapping):
        unknown = sorted(set(map(str, mix)) - set(EVIDENCE))
        if unknown:
            raise TemplateSyntaxError(f"ui_evidence: unknown grade {unknown[0]!r}")
        counts = {grade: count_of("ui_evidence", grade, mix.get(grade, 0)) for grade in EVIDENCE}
    else:
        counts = {grade: count_of("ui_evidence", grade, getattr(mix, grade, None)) for grade in EVIDENCE}
    total = sum(counts.values())
    parts = []
    before = 0
    for grade, count in counts.items():
        if count:
            x, end = before * 100 / total, (before + count) * 100 / total
            parts.append(Segment(grade, EVIDENCE[grade], count, round(x, 2), round(end - x, 2)))
        before += count
    return parts


def crumbs_of(given: Sequence[Crumb | tuple[Words, str]]) -> list[Crumb]:
    """The breadcrumbs, from ``Crumb`` values or from (label, href) pairs."""
    return [step if isinstance(step, Crumb) else Crumb(*step) for step in given]


def page_numbers(page: Page[Any]) -> list[int | None]:
    """The page numbers a pager shows: first, last and two around the current one; None stands for a gap."""
    last, here = page.paginator.num_pages, page.number
    shown = sorted({1, last, *range(max(1, here - 1), min(last, here + 1) + 1)})
    numbers: list[int | None] = []
    for number in shown:
        previous = numbers[-1] if numbers else None
        if previous is not None and number - previous == 2:
            numbers.append(previous + 1)
        elif previous is not None and number - previous > 2:
            numbers.append(None)
        numbers.append(number)
    return numbers
