"""Reads of the yearly oral programme (seen from below once published) and of the sessions behind a year's counts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.urls import reverse

from quantriet.documents import queries as document_queries
from quantriet.lecturers.choices import BulletinKind
from quantriet.lecturers.models import Issue, LectureResult, OralProgramme, OralTalk
from quantriet.lecturers.queries import corps
from quantriet.lecturers.queries.bulletins import PUBLISHED
from quantriet.org import access
from quantriet.org.access import HOUSE, Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

MONTHS = range(1, 13)


def programmes(by: Actor) -> QuerySet[OralProgramme]:
    """Programmes published at and above the actor's unit or below it, and drafts where he manages lecturers."""
    rows = OralProgramme.objects.filter(version__gt=0).select_related("unit").order_by("unit__level", "id")
    if by.roots == HOUSE:
        return rows
    unit = Unit.objects.select_related("committee").get(pk=by.unit_id)
    above = access.today_placements().filter(path__ancestor_of=document_queries.standing(unit)).values("unit")
    below = access.units(by, Can.LECTURER_READ).values("pk")
    bounds = Q(published_at__isnull=False) & (Q(unit__in=above) | Q(unit__in=below))
    if by.can(Can.LECTURER_MANAGE):
        bounds |= Q(unit__in=access.units(by, Can.LECTURER_MANAGE).values("pk"))
    return rows.filter(bounds)


@dataclass(frozen=True)
class MonthRow:
    """A month of a programme: theme, planned sessions, sessions held by its unit and all below, the orientation."""

    month: int
    theme: str
    planned: int
    held: int
    orientation: Issue | None


def months(programme: OralProgramme, held: dict[int, int]) -> list[MonthRow]:
    """The twelve months; ``held``: month → sessions that were held."""
    themes = {row.month: row for row in programme.months.order_by("month")}
    issues = Issue.objects.filter(
        PUBLISHED,
        bulletin__unit=programme.unit_id,
        bulletin__kind=BulletinKind.ORIENTATION,
        period_on__year=programme.year,
    )
    told = {issue.period_on.month: issue for issue in issues.order_by("period_on", "id")}
    return [
        MonthRow(
            month,
            themes[month].theme if month in themes else "",
            themes[month].sessions if month in themes else 0,
            held.get(month, 0),
            told.get(month),
        )
        for month in MONTHS
    ]


def held_by_month(unit: Unit, year: int, by: Actor) -> dict[int, int]:
    """Month → sessions recorded in a year by the unit and those below it, as far as the actor may look."""
    counts: dict[int, int] = {}
    for rows in (_talks(unit, year, by), _results(unit, year, by)):
        by_month = rows.order_by("held_on__month").values_list("held_on__month").annotate(count=Count("pk"))
        for month, count in by_month:
            counts[month] = counts.get(month, 0) + count
    return counts


# ---- the rows behind the counts of a year ---------------------------------------------------------------


def _mine_below(unit: Unit, by: Actor) -> QuerySet[Unit]:
    return corps.below(unit.pk).filter(pk__in=access.units(by, Can.LECTURER_READ).values("pk"))


def _talks(unit: Unit, year: int, by: Actor) -> QuerySet[OralTalk]:
    rows = OralTalk.objects.filter(unit__in=_mine_below(unit, by).values("pk"), held_on__year=year)
    return rows.filter(struck_why="")


def _results(unit: Unit, year: int, by: Actor) -> QuerySet[LectureResult]:
    return LectureResult.objects.filter(unit__in=_mine_below(unit, by).values("pk"), held_on__year=year)


@dataclass(frozen=True)
class Held:
    """A session that counts: when, what, where, before how many; ``href`` opens its row."""

    on: date
    title: str
    unit_name: str
    speaker: str
    members: int
    others: int
    paper: str
    href: str


def sessions(unit: Unit, year: int, by: Actor, *, months: Collection[int] = MONTHS) -> QuerySet[Any]:
    """The rows that the year's counts of a unit are made of (or those of some months), the latest first: lectures
    asked for, and sessions held of itself. ``shown`` turns those of a page into values.
    """
    held = Q(held_on__month__in=list(months))
    lectures = (
        _results(unit, year, by)
        .filter(held)
        .annotate(
            source=Value("lecture"),
            row=F("lecture_id"),
            what=F("lecture__title"),
            who=F("lecture__lecturer_name"),
        )
        .values_list("source", "row", "held_on", "what", "unit__name", "who", "members", "others", "paper")
    )
    talks = (
        _talks(unit, year, by)
        .filter(held)
        .annotate(source=Value("talk"), row=F("pk"), what=F("title"), who=F("speaker"))
        .values_list("source", "row", "held_on", "what", "unit__name", "who", "members", "others", "paper")
    )
    return lectures.order_by().union(talks.order_by(), all=True).order_by("-held_on", "source", "-row")


def shown(rows: Sequence[tuple[Any, ...]]) -> list[Held]:
    """The rows of a page as values."""
    pages = {"lecture": "lecture", "talk": "oral-talk"}
    return [
        Held(on, title, unit_name, speaker, members, others, paper, reverse(pages[source], args=[row_id]))
        for source, row_id, on, title, unit_name, speaker, members, others, paper in rows
    ]


def talks(by: Actor) -> QuerySet[OralTalk]:
    """Sessions held by the units the actor looks into, struck ones among them, the latest first."""
    mine = access.units(by, Can.LECTURER_READ).values("pk")
    return OralTalk.objects.filter(unit__in=mine).select_related("unit").order_by("-held_on", "-id")
