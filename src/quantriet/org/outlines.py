"""Outlines of places for maps of figures: the country by provinces, each province by communes.

Keyed by the administrative codes that units carry (``Unit.admin_code``); made by ``scripts/outlines.py``, source
and licence in ``data/NOTICE.txt``. A code says which place, never which unit: several units may sit in one.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parent / "data" / "outlines.csv"
WIDTH = 1000
FEWEST = 2
"""One place alone is no map."""


@dataclass(frozen=True)
class Sheet:
    """One map: ``paths`` are the ``d`` of SVG paths by code, ``frames`` are lines round archipelagos drawn apart."""

    height: int
    paths: Mapping[str, str]
    frames: tuple[str, ...]

    @property
    def view_box(self) -> str:
        """The ``viewBox`` of an SVG image that shows all of it, borders included."""
        return f"-4 -4 {WIDTH + 8} {self.height + 8}"


@cache
def sheets() -> Mapping[str, Sheet]:
    """All of them by the code of their province; ``vn`` is the country."""
    heights: dict[str, int] = {}
    paths: dict[str, dict[str, str]] = {}
    frames: dict[str, list[str]] = {}
    with SOURCE.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            name = row["sheet"]
            heights[name] = int(row["height"])
            if row["code"]:
                paths.setdefault(name, {})[row["code"]] = row["path"]
            else:
                frames.setdefault(name, []).append(row["path"])
    return {name: Sheet(height, paths[name], tuple(frames.get(name, ()))) for name, height in heights.items()}


@cache
def _sheet_names() -> Mapping[str, str]:
    return {code: name for name, sheet in sheets().items() for code in sheet.paths}


def sheet_with(codes: Iterable[str]) -> Sheet | None:
    """The sheet on which most of these places lie; ``None`` when no sheet has two of them."""
    names = _sheet_names()
    found = Counter(names[code] for code in sorted(set(codes)) if code in names)
    name, count = max(found.items(), key=lambda item: item[1], default=("", 0))
    return sheets()[name] if count >= FEWEST else None
