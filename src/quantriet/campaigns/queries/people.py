"""People of a campaign: the roll, who is missing, and pages of names that cost the same at any size."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from quantriet.campaigns.models import Campaign, Credit, Declaration, RollLine
from quantriet.campaigns.queries.obligations import units_below
from quantriet.ledger import figures
from quantriet.ledger.measures import Measure
from quantriet.org.models import Person, Unit
from quantriet.org.queries import people

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


# ---- pages of names --------------------------------------------------------------------------------------

# What a line of a list shows; a province has too many names to read more of each.
_SHOWN = (
    "person_class",
    "state",
    "reason",
    "excuse",
    "fulfilled_on",
    "unit__name",
    "person__full_name",
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


def counted(lines: QuerySet[RollLine]) -> Mapping[int, int]:
    """How many of ``lines`` each unit has, by counting them: for lists whose size no figure tells."""
    return dict(lines.order_by().values_list("unit_id").annotate(how_many=Count("id")))


def summoned_counts(campaign: Campaign) -> Mapping[int, int]:
    """How many people each unit has on its roll: the figure is the number of its lines."""
    if campaign.book_id is None:
        return {}
    return figures.read(campaign.book_id, on=timezone.localdate()).held(Measure.SUMMONED)


def missing_counts(campaign: Campaign, declaring: Collection[int]) -> Mapping[int, int]:
    """How many lines of ``missing_people`` each unit has; units ``declaring`` their presence have none."""
    if campaign.book_id is None:
        return {}
    read = figures.read(campaign.book_id, on=timezone.localdate())
    present = read.held(Measure.PRESENT)
    return {
        unit_id: summoned - present.get(unit_id, 0)
        for unit_id, summoned in read.held(Measure.SUMMONED).items()
        if unit_id not in declaring
    }


def page_by_unit(
    lines: QuerySet[RollLine],
    held: Mapping[int, int],
    number: str | int | None,
    *,
    units: QuerySet[Unit],
    size: int = 100,
) -> ByUnit:
    """One page of ``lines`` below ``units``: only the units of the page are read and sorted.

    ``held`` is how many lines each unit has. Figures tell it for the long lists (each figure is the number of
    its rows); sorting or counting a province of 256,000 names for each page would be the slowest thing on it.
    """
    ids = units.order_by("sort_key", "id").values_list("pk", flat=True)
    ordered = [(unit_id, held[unit_id]) for unit_id in ids if held.get(unit_id, 0) > 0]
    page = Paginator(range(sum(count for _unit, count in ordered)), size).get_page(number)
    if not ordered:
        return ByUnit((), page, 0)
    first, last = page.start_index() - 1, page.end_index()
    wanted: list[int] = []
    skipped = before = 0
    for unit_id, count in ordered:
        after = before + count
        if after <= first:
            skipped = after
        elif before < last:
            wanted.append(unit_id)
        before = after
    found = (
        lines.filter(unit_id__in=wanted).order_by(*LIST_ORDER).only(*_SHOWN)[first - skipped : last - skipped]
    )
    return ByUnit(tuple(found), page, len(ordered))


@dataclass(frozen=True)
class Named:
    """People found by name: their lines on the roll below a unit, and who of them is on no roll."""

    lines: QuerySet[RollLine]
    held: Mapping[int, int]
    others: Sequence[Person]


def named(campaign: Campaign, below: Unit, text: str, *, state: str, most_others: int) -> Named:
    """Who is called ``text`` (parts of words, without marks): the names are gone through once for both lists."""
    ids = people.named(text)
    theirs = RollLine.objects.filter(campaign=campaign, person__in=people.among(ids))
    rows = list(theirs.values_list("pk", "unit_id", "person_id", "state"))
    on_roll = {person_id for _pk, _unit, person_id, standing in rows if standing == RollLine.State.SUMMONED}
    wanted = [(pk, unit_id) for pk, unit_id, _person, standing in rows if standing == state]
    held: dict[int, int] = {}
    for _pk, unit_id in wanted:
        held[unit_id] = held.get(unit_id, 0) + 1
    rest = [person_id for person_id in ids if person_id not in on_roll]
    others = (
        Person.objects.filter(pk__in=people.among(rest), home_unit__in=units_below(below))
        .select_related("home_unit")
        .order_by("sort_key", "id")
    )
    return Named(
        roll(campaign, below).filter(pk__in=people.among([pk for pk, _unit in wanted])),
        held,
        list(others[:most_others]) if rest else [],
    )
