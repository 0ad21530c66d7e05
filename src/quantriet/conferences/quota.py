"""The yearly quota of conferences and the share held online: limits, a meter of them, what is told beforehand.

Pure: values in, values out. Source of the preset: Kết luận 226-KL/TW (11/12/2025): a province holds at most 2
conferences for the whole province a year, a commune 3; at least 60 percent of the year's conferences are online.
What is over the quota is told, never refused: the quota is the head's to answer for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import gettext as _

from quantriet.ledger.measures import Form
from quantriet.org.models.units import Level

REMOTE = (Form.ONLINE, Form.TELEVISION, Form.RADIO)
"""Forms in which people are reached where they are, without coming to one hall."""

SOURCE = "Kết luận 226-KL/TW ngày 11/12/2025"


@dataclass(frozen=True)
class Limits:
    """Conferences a year by level of who calls them, the least percent of them online, and who says so."""

    province_a_year: int
    commune_a_year: int
    online_percent: int
    clause: str

    def of_level(self, level: int) -> int | None:
        """The most conferences a unit of this level calls in a year; ``None`` where no rule limits it."""
        return {Level.PROVINCE: self.province_a_year, Level.COMMUNE: self.commune_a_year}.get(Level(level))

    def is_looser_than(self, above: "Limits") -> bool:
        """Whether anything is allowed here that is not allowed above."""
        return (
            self.province_a_year > above.province_a_year
            or self.commune_a_year > above.commune_a_year
            or self.online_percent < above.online_percent
        )


PRESET = Limits(province_a_year=2, commune_a_year=3, online_percent=60, clause=SOURCE)


def strictest(told: Iterable[Limits]) -> Limits:
    """What holds where these limits stand above one another, the root's first; the preset where none does."""
    chain = list(told)
    if not chain:
        return PRESET
    clauses = dict.fromkeys(limits.clause for limits in chain)
    return Limits(
        min(limits.province_a_year for limits in chain),
        min(limits.commune_a_year for limits in chain),
        max(limits.online_percent for limits in chain),
        "; ".join(clauses),
    )


@dataclass(frozen=True)
class Meter:
    """A unit's year: conferences called (cancelled ones and cell meetings apart), how many of them online."""

    year: int
    called: int
    online: int
    limit: int | None
    online_percent: int
    clause: str

    @property
    def is_over(self) -> bool:
        """More were called than the quota of the year."""
        return self.limit is not None and self.called > self.limit

    @property
    def left(self) -> int | None:
        """How many may still be called; ``None`` without a limit."""
        return None if self.limit is None else max(0, self.limit - self.called)

    @property
    def is_short_of_online(self) -> bool:
        """The share held online lies below what is asked."""
        return self.online * 100 < self.online_percent * self.called

    @property
    def online_missing(self) -> int | None:
        """How many more, all online, lift the share to what is asked; ``None`` where no number does."""
        lacking = self.online_percent * self.called - 100 * self.online
        if lacking <= 0:
            return 0
        return None if self.online_percent == 100 else -(-lacking // (100 - self.online_percent))

    def with_one_more(self, *, is_online: bool) -> "Meter":
        """The year with the conference that is about to be called."""
        return replace(self, called=self.called + 1, online=self.online + is_online)


@dataclass(frozen=True)
class Intended:
    """A conference about to be called: from whose year it takes, what it teaches, to whom (empty: to everybody)."""

    year: int
    is_online: bool
    documents: frozenset[int] = frozenset()
    classes: frozenset[int] = frozenset()

    def is_for_people_of(self, classes: Iterable[int]) -> bool:
        """Whether somebody called with these classes (none: everybody) is called again."""
        theirs = set(classes)
        return not self.classes or not theirs or bool(self.classes & theirs)


class Worry(StrEnum):
    """What is told before a conference is called."""

    OVER = "over"
    SHORT_OF_ONLINE = "online"
    REPEATED = "repeated"


@dataclass(frozen=True)
class Warned:
    """One warning: its code and the sentence of it."""

    worry: Worry
    sentence: str


def warnings(after: Meter) -> list[Warned]:
    """What is to be told of a year as it would be with one conference more."""
    told = []
    if after.is_over:
        told.append(
            Warned(
                Worry.OVER,
                _(
                    "Hội nghị này là hội nghị thứ %(number)s trong năm %(year)s, định mức là %(limit)s (%(clause)s)."
                )
                % {"number": after.called, "year": after.year, "limit": after.limit, "clause": after.clause},
            )
        )
    if after.is_short_of_online:
        told.append(Warned(Worry.SHORT_OF_ONLINE, _short(after)))
    return told


def _short(after: Meter) -> str:
    sentence = _(
        "Tính cả hội nghị này, năm %(year)s có %(online)s/%(called)s hội nghị trực tuyến, dưới mức %(percent)s %% "
        "(%(clause)s)."
    ) % {
        "year": after.year,
        "online": after.online,
        "called": after.called,
        "percent": after.online_percent,
        "clause": after.clause,
    }
    if after.online_missing is None:
        return sentence
    return f"{sentence} " + _("Cần thêm %(count)s hội nghị trực tuyến mới đủ mức.") % {
        "count": after.online_missing
    }
