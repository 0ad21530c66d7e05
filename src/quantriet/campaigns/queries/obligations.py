"""What units owe, and what they declared."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from quantriet.campaigns.models import Campaign, Declaration, Obligation, Requirement
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Placement, Unit
from quantriet.org.permissions import Can


def units_below(unit: Unit) -> QuerySet[Unit]:
    """The unit and everything below it today, former units included, as a query."""
    return units_below_on(unit, timezone.localdate())


def units_below_on(unit: Unit, day: date) -> QuerySet[Unit]:
    """The unit and everything that stood below it on a day; nothing where it did not stand itself."""
    # Today is asked for by the server's own day: a day told as a value is planned for as if few stood then.
    is_today = day == timezone.localdate()
    placed = access.today_placements() if is_today else Placement.objects.filter(valid__contains=day)
    top = placed.filter(unit=unit).values_list("path", flat=True)
    inside = placed.filter(path__descendant_of=list(top))
    return Unit.objects.filter(pk__in=inside.values("unit"))


def declarations_below(campaign: Campaign, below: Unit) -> QuerySet[Declaration]:
    """The declared totals below a unit."""
    return (
        Declaration.objects.filter(campaign=campaign, unit__in=units_below(below))
        .select_related("unit")
        .order_by("unit__sort_key", "kind", "id")
    )


def owed(campaign: Campaign, below: Unit, kind: str) -> QuerySet[Obligation]:
    """What the units below a unit owe of a kind, by name."""
    return (
        Obligation.objects.filter(campaign=campaign, kind=kind, unit__in=units_below(below))
        .select_related("unit", "requirement")
        .order_by("unit__sort_key", "id")
    )


def obligation_states(campaign: Campaign, unit_ids: Sequence[int]) -> Mapping[int, Mapping[str, Obligation]]:
    """What given units themselves owe: unit → kind → obligation. One query."""
    found: dict[int, dict[str, Obligation]] = defaultdict(dict)
    for one in Obligation.objects.filter(campaign=campaign, unit_id__in=unit_ids):
        found[one.unit_id][one.kind] = one
    return found


def duty_states(campaign: Campaign, unit_ids: Sequence[int]) -> Mapping[int, Mapping[str, Obligation]]:
    """``obligation_states`` for a board: of each only its state and its days are read."""
    rows = Obligation.objects.filter(campaign=campaign, unit_id__in=unit_ids)
    found: dict[int, dict[str, Obligation]] = defaultdict(dict)
    for one in rows.only("unit_id", "kind", "state", "due_at", "done_on"):
        found[one.unit_id][one.kind] = one
    return found


def open_obligations(by: Actor, unit_ids: Iterable[int]) -> QuerySet[Obligation]:
    """What given units still owe in running campaigns, earliest deadline first."""
    return (
        Obligation.objects.filter(
            unit__in=access.units(by, Can.CAMPAIGN_READ).filter(pk__in=list(unit_ids)),
            state=Obligation.State.OPEN,
            campaign__state=Campaign.State.ACTIVE,
        )
        .select_related("campaign", "unit", "requirement")
        .order_by("due_at", "id")
    )


def study_due(campaign: Campaign, below: Unit) -> datetime | None:
    """Until when people below a unit are to have studied: the earliest day a unit there holds its conference by."""
    held = Obligation.objects.filter(
        campaign=campaign, kind=Requirement.Kind.CONFERENCE, unit__in=units_below(below)
    ).exclude(state__in=(Obligation.State.WAIVED, Obligation.State.HANDED))
    return held.order_by("due_at").values_list("due_at", flat=True).first()


def overdue_units(campaign: Campaign, below: Unit, kind: str, now: datetime) -> QuerySet[Unit]:
    """Units below a unit whose obligation of a kind is past its deadline."""
    late = Obligation.objects.filter(
        campaign=campaign, kind=kind, state=Obligation.State.OPEN, due_at__lt=now
    )
    return units_below(below).filter(pk__in=late.values("unit")).order_by("sort_key", "id")


def owing_units(campaign: Campaign, below: Unit, kind: str) -> QuerySet[Obligation]:
    """What is still open of a kind below a unit, the longest overdue first: whom to remind."""
    return (
        Obligation.objects.filter(
            campaign=campaign, kind=kind, state=Obligation.State.OPEN, unit__in=units_below(below)
        )
        .select_related("unit")
        .order_by("due_at", "unit__sort_key", "id")
    )
