"""How much is made: a commune to try things, a province, the country."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TypeVar

from quantriet.core.text.dates import VIETNAM

_T = TypeVar("_T")

FIRST_PROVINCE = "91"
"""The province that the smaller scales take: An Giang, as the demonstration does."""


@dataclass(frozen=True)
class Scale:
    """``provinces`` and ``communes`` (in each) ``None``: all there are. ``people``: about how many in all."""

    provinces: int | None
    communes: int | None
    people: int


SCALES: Mapping[str, Scale] = {
    "commune": Scale(1, 1, 1_700),
    "province": Scale(1, None, 256_000),
    "country": Scale(None, None, 5_600_000),
}


@dataclass(frozen=True)
class Wanted:
    """What to make. The same three give the same country; ``today`` is the day it is told from."""

    scale: str
    seed: int
    today: date

    @property
    def size(self) -> Scale:
        """How much that is."""
        return SCALES[self.scale]

    def chance(self, *name: object) -> Random:
        """Chance of its own for each part, so that no part, and no order of the parts, changes another."""
        return Random(":".join(map(str, (self.seed, *name))))  # noqa: S311 - invented data, nothing secret

    def day(self, ago: int) -> date:
        """The day so many days before the day it is told from (negative: after it)."""
        return self.today - timedelta(days=ago)

    def moment(self, ago: int, hour: int, minute: int = 0) -> datetime:
        """An hour of such a day, Việt Nam time."""
        return datetime.combine(self.day(ago), time(hour, minute), tzinfo=VIETNAM)


def in_groups(rows: Sequence[_T], size: int) -> list[Sequence[_T]]:
    """The rows in groups of ``size``, in their order."""
    return [rows[first : first + size] for first in range(0, len(rows), size)]
