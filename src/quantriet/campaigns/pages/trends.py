"""The course of an indicator: a line a unit, drawn as a picture without script, and what it was a week ago."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from quantriet.campaigns import queries
from quantriet.campaigns.pages.board_cells import Shown, shown
from quantriet.campaigns.queries.trends import MONTH, WEEK, Line, Trends
from quantriet.core.components import number_style
from quantriet.core.text import format_decimal, format_percent, format_share, percent_value
from quantriet.ledger.indicators import INDICATORS
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

WIDTH, HEIGHT = 120, 28


@dataclass(frozen=True)
class Course:
    """One unit's line. ``points`` are those of a polyline within 120 × 28; empty where nothing is known. ``href`` is
    empty where the unit is not the reader's to look at; ``is_divided``: its counts are not in the total.
    """

    name: str
    href: str
    is_divided: bool
    points: str
    last: tuple[float, float] | None
    words: str
    week: str
    month: str
    gain: str


def course(view: Shown, line: Line, found: Trends) -> Course:
    """The line of a unit as the page shows it."""
    style = number_style()
    points = _points(found, line)
    return Course(
        line.unit.name,
        view.href("campaign-trends", line.unit),
        line.unit.pk in found.divided,
        " ".join(f"{x:.0f},{y:.0f}" for x, y in points),
        points[-1] if points else None,
        format_share(line.parts[-1], line.wholes[-1], style=style) if line.heard[-1] else _("chưa báo cáo"),
        _past(line, found, WEEK),
        _past(line, found, MONTH),
        _gain(line, found),
    )


def _former(view: Shown, found: Trends) -> list[Course]:
    """The lines of former parts; one that was divided hangs above the unit, where its reader may not look."""
    ids = [line.unit.pk for line in found.former]
    seen = access.units(view.looking.actor, Can.CAMPAIGN_READ).filter(pk__in=ids)
    his = set(seen.values_list("pk", flat=True))
    courses = [(line.unit.pk, course(view, line, found)) for line in found.former]
    return [one if pk in his else replace(one, href="") for pk, one in courses]


def _place(found: Trends, ago: timedelta) -> int | None:
    """Where the day that lies so far back stands; ``None`` before the campaign."""
    day = found.days[-1] - ago
    return found.days.index(day) if day in found.days else None


def _past(line: Line, found: Trends, ago: timedelta) -> str:
    at = _place(found, ago)
    return (
        ""
        if at is None or not line.heard[at]
        else format_percent(line.parts[at], line.wholes[at], style=number_style())
    )


def _gain(line: Line, found: Trends) -> str:
    """By how many points of percent the share rose within a week."""
    at = _place(found, WEEK)
    if at is None or not line.heard[at]:
        return ""
    before = percent_value(line.parts[at], line.wholes[at])
    now = percent_value(line.parts[-1], line.wholes[-1])
    if before is None or now is None:
        return ""
    sign = "+" if now > before else ""
    return sign + format_decimal(now - before, 1, number_style())


def _points(found: Trends, line: Line) -> list[tuple[float, float]]:
    """Days to the right, percent upwards from 0 to 100, as points of the picture."""
    first, length = found.days[0], max(1, (found.days[-1] - found.days[0]).days)
    return [
        ((day - first).days * WIDTH / length, HEIGHT * (1 - min(1.0, max(0.0, part / whole))))
        for day, part, whole, heard in zip(found.days, line.parts, line.wholes, line.heard, strict=True)
        if whole and heard
    ]


@page(Can.CAMPAIGN_READ)
def trends(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """The course of the chosen indicator for a unit, its former parts and the units below."""
    view, _form = shown(request, campaign_id)
    one = INDICATORS[view.step]
    found = queries.trends(view.looking.campaign, view.looking.unit, one)
    words = view.looking.context(
        "campaign-trends",
        view=view,
        step_title=one.title,
        first=found.days[0],
        last=found.days[-1],
        top=course(view, found.top, found),
        former=_former(view, found),
        rows=[course(view, line, found) for line in found.rows],
        back_href=view.href("campaign", view.looking.unit),
    )
    return render(request, "campaigns/trends.html", words)
