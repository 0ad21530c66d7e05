"""Reads of campaigns: which campaigns concern an actor, who is missing, what a figure rests on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from quantriet.campaigns.models import Campaign, Credit, Declaration, Lesson, Obligation, RollLine
from quantriet.ledger import figures
from quantriet.ledger.measures import Measure
from quantriet.ledger.rollup import NOTHING, Amount
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


def campaigns(by: Actor) -> QuerySet[Campaign]:
    """Campaigns the actor may read: his own units' (drafts for those who manage them) and those in which a
    unit of his owes something. Newest first.
    """
    mine = access.units(by, Can.CAMPAIGN_READ)
    managed = access.units(by, Can.CAMPAIGN_MANAGE)
    owed = Obligation.objects.filter(campaign=OuterRef("pk"), unit__in=mine)
    visible = (
        Q(unit__in=managed)
        | (~Q(state=Campaign.State.DRAFT) & Q(unit__in=mine))
        | (~Q(state=Campaign.State.DRAFT) & Exists(owed))
    )
    return Campaign.objects.filter(visible).select_related("unit", "lead").order_by("-starts_on", "-id")


def board_units(campaign: Campaign, top: Unit) -> list[Unit]:
    """The rows of a board: the live direct children of ``top`` (of its tree), by name."""
    placed = access.today_placements().filter(parent=top, former=False, unit__tree=top.tree)
    return list(
        Unit.objects.filter(pk__in=placed.values("unit")).exclude(kind__in=("body", "press")).order_by("sort_key")
    )


@dataclass(frozen=True)
class BoardRow:
    """One unit of a board with the counts of its subtree. ``reported`` is False where nothing is known yet:
    a dash, never a zero.
    """

    unit: Unit
    counts: dict[Measure, Amount]

    def amount(self, measure: Measure) -> Amount:
        """The count of a measure, nothing if none was posted."""
        return self.counts.get(measure, NOTHING)


@dataclass(frozen=True)
class Board:
    """The whole of a board: the top unit's counts, those recorded at the top itself, one row a child."""

    top: BoardRow
    own: BoardRow
    rows: tuple[BoardRow, ...]


def board(campaign: Campaign, top: Unit, *, slices: frozenset[int] | None = None) -> Board:
    """The figures of a campaign below ``top`` now: exact, a fixed number of queries whatever the size."""
    children = board_units(campaign, top)
    if campaign.book_id is None:
        empty: dict[Measure, Amount] = {}
        rows = tuple(BoardRow(unit, empty) for unit in children)
        return Board(BoardRow(top, empty), BoardRow(top, empty), rows)
    read = figures.read(campaign.book_id, on=timezone.localdate(), slices=slices)
    table = read.table(unit.pk for unit in children)
    return Board(
        BoardRow(top, read.below(top.pk)),
        BoardRow(top, read.own(top.pk)),
        tuple(BoardRow(unit, table[unit.pk]) for unit in children),
    )


def units_below(unit: Unit) -> QuerySet[Unit]:
    """The unit and everything below it today, former units included, as a query."""
    top = access.today_placements().filter(unit=unit).values_list("path", flat=True)
    inside = access.today_placements().filter(path__descendant_of=list(top))
    return Unit.objects.filter(pk__in=inside.values("unit"))


def missing_people(campaign: Campaign, below: Unit) -> QuerySet[RollLine]:
    """Who is summoned below a unit and has not studied: by unit, then by given name."""
    return (
        RollLine.objects.filter(
            campaign=campaign,
            unit__in=units_below(below),
            state=RollLine.State.SUMMONED,
            fulfilled_on=None,
        )
        .select_related("person", "unit")
        .order_by("unit__sort_key", "unit_id", "person__sort_key", "id")
    )


def roll(campaign: Campaign, below: Unit) -> QuerySet[RollLine]:
    """The roll below a unit, removed lines included, in the order of lists."""
    return (
        RollLine.objects.filter(campaign=campaign, unit__in=units_below(below))
        .select_related("person", "unit")
        .order_by("unit__sort_key", "unit_id", "person__sort_key", "id")
    )


def credits_below(campaign: Campaign, below: Unit) -> QuerySet[Credit]:
    """The rows behind "đã học" below a unit."""
    return (
        Credit.objects.filter(campaign=campaign, unit__in=units_below(below))
        .select_related("person", "unit", "document")
        .order_by("unit__sort_key", "unit_id", "person__sort_key", "id")
    )


def declarations_below(campaign: Campaign, below: Unit) -> QuerySet[Declaration]:
    """The declared totals below a unit."""
    return (
        Declaration.objects.filter(campaign=campaign, unit__in=units_below(below))
        .select_related("unit")
        .order_by("unit__sort_key", "kind", "id")
    )


def owed(campaign: Campaign, below: Unit, kind: str) -> QuerySet[Obligation]:
    """What the units below a unit owe of a kind, by deadline and name."""
    return (
        Obligation.objects.filter(campaign=campaign, kind=kind, unit__in=units_below(below))
        .select_related("unit", "requirement")
        .order_by("unit__sort_key", "id")
    )


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


def overdue_units(campaign: Campaign, below: Unit, kind: str, now: datetime) -> QuerySet[Unit]:
    """Units below a unit whose obligation of a kind is past its deadline: whom to remind."""
    late = Obligation.objects.filter(
        campaign=campaign, kind=kind, state=Obligation.State.OPEN, due_at__lt=now
    )
    return units_below(below).filter(pk__in=late.values("unit")).order_by("sort_key", "id")


def open_lessons(unit: Unit) -> Sequence[Lesson]:
    """Lessons of the unit's last closed campaign and every remedy still open: shown at the next start."""
    last = (
        Campaign.objects.filter(unit=unit, state=Campaign.State.CLOSED).order_by("-closed_at", "-id").first()
    )
    wanted = Q(is_remedy=True, settled_on=None, campaign__unit=unit)
    if last is not None:
        wanted |= Q(campaign=last)
    return list(Lesson.objects.filter(wanted).select_related("campaign").order_by("is_remedy", "id"))
