"""When declared figures meet what a unit owes: each kind by its own figure (docs/adr/0006)."""

from collections.abc import Iterable, Mapping

from django.db.models import Count

from quantriet.campaigns.models import Campaign, Declaration, RollLine
from quantriet.campaigns.policy import from_data


def meets(kind: str, figures: Mapping[str, int], essays_due: int) -> bool:
    """Whether figures of a kind meet the obligation of their unit.

    A conference was held where somebody was in the room, a member or a guest: excuses alone hold none. People
    are reached by being reached, not by being meant. Essays are in when as many are in as the unit owes
    (``essays_due``, 0 for the other kinds). Materials and programmes: done, or not.
    """
    if kind == Declaration.Kind.PRESENCE:
        return figures.get("present", 0) + figures.get("guests", 0) > 0
    if kind == Declaration.Kind.OUTREACH:
        return figures.get("reached", 0) > 0
    if kind == Declaration.Kind.ESSAYS:
        return figures.get("handed_in", 0) >= essays_due
    return any(figures.values())


def essays_due(campaign: Campaign, unit_ids: Iterable[int]) -> dict[int, int]:
    """How many people on the roll of each unit owe an essay; units without any are left out."""
    owing = RollLine.objects.filter(
        campaign=campaign,
        unit__in=list(unit_ids),
        state=RollLine.State.SUMMONED,
        person_class__in=from_data(campaign.policy).essays_of,
    )
    return dict(owing.order_by().values_list("unit_id").annotate(how_many=Count("id")))


def met_units(campaign: Campaign, rows: Mapping[int, Declaration], kind: str) -> list[int]:
    """The units whose declared figures meet what they owe of the kind."""
    due = essays_due(campaign, rows) if kind == Declaration.Kind.ESSAYS else {}
    return [unit_id for unit_id, row in rows.items() if meets(kind, row.figures, due.get(unit_id, 0))]
