"""People of a campaign: the roll, who is missing, and pages of names that cost the same at any size."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet

from quantriet.campaigns.models import Campaign, Credit, Declaration, RollLine
from quantriet.campaigns.queries.obligations import units_below
from quantriet.org.models import Unit

LIST_ORDER = ("unit__sort_key", "unit_id", "person__sort_key", "id")


def roll(campaign: Campaign, below: Unit) -> QuerySet[RollLine]:
    """The roll below a unit, removed lines included, in the order of lists."""
    return (
        RollLine.objects.filter(campaign=campaign, unit__in=units_below(below))
        .select_related("person", "unit")
        .order_by(*LIST_ORDER)
    )


def missing_people(campaign: Campaign, below: Unit) -> QuerySet[RollLine]:
    """Who is summoned below a unit and has not studied: by unit, then by given name.

    Units that declared a total of presence are left out: their missing are a number without names.
    """
    declared = Declaration.objects.filter(
        campaign=campaign, kind=Declaration.Kind.PRESENCE, posted__present__gt=0
    )
    return (
        roll(campaign, below)
        .filter(state=RollLine.State.SUMMONED, fulfilled_on=None)
        .filter(~Exists(declared.filter(unit_id=OuterRef("unit_id"))))
    )


def credits_below(campaign: Campaign, below: Unit) -> QuerySet[Credit]:
    """The credits per document below a unit."""
    return (
        Credit.objects.filter(campaign=campaign, unit__in=units_below(below))
        .select_related("person", "unit", "document")
        .order_by(*LIST_ORDER)
    )


@dataclass(frozen=True)
class ByUnit:
    """A page of names by unit, then given name; ``page`` is for the pager, ``units`` how many units hold any."""

    lines: Sequence[RollLine]
    page: Page[int]
    units: int

    @property
    def total(self) -> int:
        """How many names there are in all."""
        return self.page.paginator.count


def page_by_unit(lines: QuerySet[RollLine], number: str | int | None, *, size: int = 100) -> ByUnit:
    """One page of ``lines``: names are counted by unit, then only the units of the page are read and sorted.

    Sorting a province of 256,000 names for each page would be the slowest thing on it.
    """
    counted = dict(lines.order_by().values_list("unit_id").annotate(how_many=Count("id")))
    units = Unit.objects.filter(pk__in=counted).order_by("sort_key", "id").values_list("pk", flat=True)
    page = Paginator(range(sum(counted.values())), size).get_page(number)
    if not counted:
        return ByUnit((), page, 0)
    first, last = page.start_index() - 1, page.end_index()
    wanted: list[int] = []
    skipped = before = 0
    for unit_id in units:
        after = before + counted[unit_id]
        if after <= first:
            skipped = after
        elif before < last:
            wanted.append(unit_id)
        before = after
    found = lines.filter(unit_id__in=wanted).order_by(*LIST_ORDER)[first - skipped : last - skipped]
    return ByUnit(tuple(found), page, len(counted))
