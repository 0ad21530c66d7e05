"""The numbers Word draws before paragraphs of numbered lists: they stand nowhere in the text.

Clerks type most numbers of a paper by hand, but Word turns "1." at the beginning of a line into a list unasked,
and then the number is only a reference (``w:numPr``) to a definition in ``numbering.xml``. Source: ISO/IEC
29500-1, 17.9 (Numbering).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEVELS = 9
MOST = 5_000  # a counter that a file cannot drive further: labels stay short


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list: where it starts, how its number is written, the text around it (``%1.%2.``)."""

    start: int
    form: str
    text: str


@dataclass(slots=True)
class _List:
    """A list definition with its counters."""

    levels: dict[int, _Level]
    level_of_style: dict[str, int]
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The running numbers of one Word file; ``label`` is asked once for each paragraph, in order."""

    def __init__(self, numbering: Any) -> None:
        """``numbering``: the root element of ``numbering.xml``, or ``None`` where the file has none."""
        self._lists: dict[str, _List] = {}
        self._number_to_list: dict[str, str] = {}
        self._starts: dict[str, dict[int, int]] = {}
        if numbering is None:
            return
        for one in numbering.iter(f"{WORD}abstractNum"):
            self._lists[one.get(f"{WORD}abstractNumId", "")] = _read_list(one)
        for one in numbering.iter(f"{WORD}num"):
            number_id = one.get(f"{WORD}numId", "")
            self._number_to_list[number_id] = _value(one, "abstractNumId")
            self._starts[number_id] = {
                _integer(override.get(f"{WORD}ilvl", "0")): _integer(_value(override, "startOverride"), 1)
                for override in one.iter(f"{WORD}lvlOverride")
                if override.find(f"{WORD}startOverride") is not None
            }

    def label(self, properties: Any, style_id: str = "") -> str:
        """The drawn number of a paragraph: ``1.``, ``a)``, ``II.``, ``-`` for a bullet, "" for none.

        ``properties`` is the ``w:numPr`` of the paragraph or, where it has none, of its style ``style_id``.
        """
        if properties is None:
            return ""
        number_id = _value(properties, "numId")
        definition = self._lists.get(self._number_to_list.get(number_id, ""))
        if definition is None:
            return ""
        told = properties.find(f"{WORD}ilvl")
        at = (
            _integer(told.get(f"{WORD}val", "0"))
            if told is not None
            else definition.level_of_style.get(style_id, 0)
        )
        level = definition.levels.get(at)
        if level is None:
            return ""
        if level.form == "bullet":
            return "-"
        # A list that begins anew says so once, for each of its levels.
        restart = self._starts.get(number_id, {}).pop(at, None)
        before = definition.counts.get(at)
        definition.counts[at] = (
            restart if restart is not None else (level.start if before is None else before + 1)
        )
        for deeper in [known for known in definition.counts if known > at]:
            del definition.counts[deeper]
        return _drawn(definition, level)


def _drawn(definition: _List, level: _Level) -> str:
    """The text of a level with the numbers of it and of those above put in."""
    text = level.text
    for at in range(LEVELS):
        sign = f"%{at + 1}"
        if sign in text:
            one = definition.levels.get(at)
            count = definition.counts.get(at, one.start if one else 1)
            text = text.replace(sign, _FORMS.get(one.form if one else "", str)(min(count, MOST)))
    return text.strip()[:40]


def _read_list(element: Any) -> _List:
    levels: dict[int, _Level] = {}
    level_of_style: dict[str, int] = {}
    for one in element.iter(f"{WORD}lvl"):
        at = _integer(one.get(f"{WORD}ilvl", "0"))
        levels[at] = _Level(
            _integer(_value(one, "start"), 1), _value(one, "numFmt") or "decimal", _value(one, "lvlText")
        )
        style = _value(one, "pStyle")
        if style:
            level_of_style[style] = at
    return _List(levels, level_of_style)


def _value(element: Any, name: str) -> str:
    """The ``w:val`` of a child; "" where there is none."""
    child = element.find(f"{WORD}{name}")
    return str(child.get(f"{WORD}val") or "") if child is not None else ""


def _integer(text: str, otherwise: int = 0) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else otherwise


def _letter(count: int) -> str:
    """A … z, aa, bb …, as Word counts."""
    return chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1) if count > 0 else ""


def _roman(count: int) -> str:
    parts = (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
        (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    )  # fmt: skip
    written = ""
    for value, sign in parts:
        times, count = divmod(count, value)
        written += sign * times
    return written


_FORMS: Mapping[str, Callable[[int], str]] = {
    "lowerLetter": _letter,
    "upperLetter": lambda count: _letter(count).upper(),
    "lowerRoman": lambda count: _roman(count).lower(),
    "upperRoman": _roman,
    "decimalZero": lambda count: f"{count:02d}",
    "none": lambda _count: "",
}
