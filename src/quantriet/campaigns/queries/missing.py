"""Who still has to do something below a unit: people who have not studied, and units that owe a kind of thing."""

from collections.abc import Sequence

from django.utils import timezone

from quantriet.campaigns.models import Campaign, Declaration, Requirement
from quantriet.campaigns.queries.obligations import declarations_below, owing_units
from quantriet.campaigns.queries.people import missing_people
from quantriet.ledger import figures
from quantriet.ledger.measures import Measure
from quantriet.org.models import Unit

PEOPLE = "people"
"""What is missing are people; any other kind is that of a requirement."""


def kinds_owed(campaign: Campaign) -> list[str]:
    """The kinds of things a campaign asks of anybody."""
    owed = set(Requirement.objects.filter(campaign=campaign).values_list("kind", flat=True))
    return [kind for kind in Requirement.Kind.values if kind in owed]


def declaring(campaign: Campaign, below: Unit) -> list[Unit]:
    """Units below that declared how many were present."""
    declared = declarations_below(campaign, below).filter(
        kind=Declaration.Kind.PRESENCE, posted__present__gt=0
    )
    return [row.unit for row in declared]


def unnamed(campaign: Campaign, units: Sequence[Unit]) -> list[tuple[Unit, int]]:
    """Of units that declared a total: how many are missing there is known, who is not."""
    if campaign.book_id is None or not units:
        return []
    read = figures.read(campaign.book_id, on=timezone.localdate())
    found = []
    for unit in units:
        own = read.own(unit.pk)
        summoned, present = own.get(Measure.SUMMONED), own.get(Measure.PRESENT)
        left = (summoned.total if summoned else 0) - (present.total if present else 0)
        if left > 0:
            found.append((unit, left))
    return found


def whom(campaign: Campaign, below: Unit, kind: str) -> list[Unit]:
    """The units a reminder of a kind goes to: those that owe it, or where people are missing."""
    if kind == PEOPLE:
        lines = missing_people(campaign, below).order_by()
        without_names = {unit.pk for unit, _left in unnamed(campaign, declaring(campaign, below))}
        ids = set(lines.values_list("unit_id", flat=True).distinct()) | without_names
    else:
        ids = set(owing_units(campaign, below, kind).order_by().values_list("unit_id", flat=True))
    return list(Unit.objects.filter(pk__in=ids).order_by("sort_key", "id"))
