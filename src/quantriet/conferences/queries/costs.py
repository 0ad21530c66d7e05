"""What conferences cost, added up the tree of today."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from quantriet.conferences.models import Conference, CostLine
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

_BEARER = Coalesce("site__unit", "conference__unit")
"""Who runs the site, or called the conference."""


@dataclass(frozen=True)
class Sums:
    """Whole đồng planned and spent; ``open_lines``: so many lines do not tell yet what was spent."""

    planned: int = 0
    actual: int = 0
    lines: int = 0
    open_lines: int = 0

    def plus(self, other: "Sums") -> "Sums":
        """Both together."""
        return Sums(
            self.planned + other.planned,
            self.actual + other.actual,
            self.lines + other.lines,
            self.open_lines + other.open_lines,
        )


@dataclass(frozen=True)
class Below:
    """A unit and everything below it."""

    unit: Unit
    sums: Sums


@dataclass(frozen=True)
class Year:
    """What a unit bears itself in a year, and what the units directly below bear with everything below them."""

    mine: Sums
    below: tuple[Below, ...]

    @property
    def whole(self) -> Sums:
        """All together."""
        return total([self.mine, *(one.sums for one in self.below)])


def lines(by: Actor, year: int) -> QuerySet[CostLine]:
    """The lines of a year that units of the actor bear."""
    rows = CostLine.objects.filter(conference__starts_at__year=year)
    mine = access.units(by, Can.CONFERENCE_READ)
    seen = Q(site__unit__in=mine) | Q(site=None, conference__unit__in=mine)
    return rows.filter(seen).order_by("conference__starts_at", "conference_id", "site_id", "position", "id")


def borne_by(unit: Unit, by: Actor, year: int) -> QuerySet[CostLine]:
    """The lines of a year that one unit bears."""
    own_lines = Q(site__unit=unit) | Q(site=None, conference__unit=unit)
    return lines(by, year).filter(own_lines).select_related("conference", "site")


def own(by: Actor, year: int) -> dict[int, Sums]:
    """What each unit bears itself."""
    grouped = lines(by, year).order_by().values_list(_BEARER)
    counted = grouped.annotate(
        planned_sum=Sum("planned"),
        actual_sum=Coalesce(Sum("actual"), 0),
        lines=Count("id"),
        told=Count("actual"),
    )
    return {row[0]: Sums(int(row[1]), int(row[2]), row[3], row[3] - row[4]) for row in counted}


def added_up(own_sums: dict[int, Sums]) -> dict[int, Sums]:
    """Each unit with everything below it, by today's tree; units that are in no tree today stand for themselves."""
    paths = access.today_placements().filter(unit__in=own_sums).values_list("unit_id", "path")
    above = {unit_id: [int(label) for label in str(path).split(".")] for unit_id, path in paths}
    found: dict[int, Sums] = {}
    for unit_id, sums in own_sums.items():
        for one in above.get(unit_id, [unit_id]):
            found[one] = found.get(one, Sums()).plus(sums)
    return found


def below(unit: Unit, sums: dict[int, Sums]) -> list[Below]:
    """The units directly below one that bear anything, or have units below that do."""
    children = access.today_placements().filter(parent=unit, unit__in=sums).values("unit")
    tied = Unit.objects.filter(committee=unit, pk__in=sums).exclude(tree=unit.tree)
    rows = Unit.objects.filter(pk__in=children) | tied
    return [Below(one, sums[one.pk]) for one in rows.order_by("level", "sort_key", "id").distinct()]


def year_of(unit: Unit, by: Actor, year: int) -> Year:
    """A year of a unit, as far as the actor may know it."""
    own_sums = own(by, year)
    return Year(own_sums.get(unit.pk, Sums()), tuple(below(unit, added_up(own_sums))))


def of_conference(conference: Conference, by: Actor) -> Sums:
    """A conference with those of its sites whose costs the actor may know."""
    rows = lines(by, conference.starts_at.year).filter(conference=conference)
    return total(of_line(row.planned, row.actual) for row in rows)


def of_line(planned: int, actual: int | None) -> Sums:
    """One line alone."""
    return Sums(planned, actual or 0, 1, int(actual is None))


def total(several: Iterable[Sums]) -> Sums:
    """All together."""
    whole = Sums()
    for sums in several:
        whole = whole.plus(sums)
    return whole
