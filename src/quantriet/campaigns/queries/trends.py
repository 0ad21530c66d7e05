"""Units through time: each unit's share at some days, and the former parts of a unit beside it.

A share of a unit that no longer stands alone, or that began with people of another, tells a direction and nothing
else: facts stay with the unit they were recorded for, so it is never a figure of the successor.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from quantriet.campaigns.models import Campaign
from quantriet.campaigns.queries.boards import SIGNS_OF_LIFE, board_units
from quantriet.campaigns.queries.former import came_before
from quantriet.ledger import figures
from quantriet.ledger.indicators import Indicator
from quantriet.org import access
from quantriet.org.models import Unit

MOST_DAYS = 40
WEEK, MONTH = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True)
class Line:
    """One unit's counts at each of the days; ``heard`` says whether anything was reported by then."""

    unit: Unit
    parts: tuple[int, ...]
    wholes: tuple[int, ...]
    heard: tuple[bool, ...]


@dataclass(frozen=True)
class Trends:
    """A unit, its former parts and its children over the same days. ``divided``: former parts (by number) of which it
    is one successor among several, and what had ended in these: their counts stand whole above it, not in it.
    """

    days: tuple[date, ...]
    top: Line
    former: tuple[Line, ...]
    rows: tuple[Line, ...]
    divided: frozenset[int]


def days_of(campaign: Campaign, last: date) -> tuple[date, ...]:
    """At most forty days from the campaign's first to the last, evenly, with a week and a month before the last."""
    first = min(campaign.starts_on, last)
    length = (last - first).days
    step = max(1, -(-length // MOST_DAYS))
    found = {first + timedelta(days=at) for at in range(0, length, step)} | {last}
    return tuple(sorted(found | {day for day in (last - WEEK, last - MONTH) if day >= first}))


def trends(campaign: Campaign, top: Unit, one: Indicator) -> Trends:
    """The course of an indicator below ``top``, over today's tree and with today's knowledge."""
    today = timezone.localdate()
    days = days_of(campaign, today)
    usual, _seldom = board_units(top, today)
    former = list(Unit.objects.filter(pk__in=came_before([top.pk])[top.pk]).order_by("sort_key", "pk"))
    lines = _lines(campaign, one, [top, *former, *usual], days)
    parts = {unit.pk for unit in former}
    return Trends(
        days,
        lines[0],
        tuple(lines[1 : 1 + len(former)]),
        tuple(lines[1 + len(former) :]),
        frozenset(parts - _inside(top, parts)),
    )


def _inside(top: Unit, unit_ids: Iterable[int]) -> set[int]:
    """Those of the units that stand below ``top`` today, and so within its sums."""
    path = access.today_placements().filter(unit=top).values_list("path", flat=True)
    below = access.today_placements().filter(unit__in=list(unit_ids), path__descendant_of=list(path))
    return set(below.values_list("unit_id", flat=True))


def _lines(campaign: Campaign, one: Indicator, units: Sequence[Unit], days: tuple[date, ...]) -> list[Line]:
    if campaign.book_id is None:
        nothing, silence = (0,) * len(days), (False,) * len(days)
        return [Line(unit, nothing, nothing, silence) for unit in units]
    ids, today = [unit.pk for unit in units], timezone.localdate()
    parts = figures.trend(campaign.book_id, one.numerator, ids, days, tree_on=today)
    wholes = figures.trend(campaign.book_id, one.denominator, ids, days, tree_on=today)
    signs = [
        figures.trend(campaign.book_id, sign, ids, days, tree_on=today)
        for sign in dict.fromkeys((one.numerator, *SIGNS_OF_LIFE))
    ]
    return [
        Line(
            unit,
            tuple(parts[unit.pk]),
            tuple(wholes[unit.pk]),
            tuple(any(counts) for counts in zip(*(sign[unit.pk] for sign in signs), strict=True)),
        )
        for unit in units
    ]
