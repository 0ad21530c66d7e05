"""The figures of a board: a unit, those recorded at the unit itself, one row a child. Rows always add up."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from quantriet.campaigns.models import Campaign
from quantriet.campaigns.queries.obligations import units_below_on
from quantriet.ledger import figures
from quantriet.ledger.figures import Figures
from quantriet.ledger.measures import Measure
from quantriet.ledger.rollup import NOTHING, Amount
from quantriet.org.models import Act, Placement, Unit
from quantriet.org.queries.names import names_at

ATTACHED = ("body", "press")
SIGNS_OF_LIFE = (Measure.PRESENT, Measure.EXCUSED, Measure.ATTENDANCES, Measure.CONFERENCES_HELD)
"""With no word of these nothing is known of presence: a dash, never a zero."""


@dataclass(frozen=True)
class Lens:
    """How a board is looked at: what had happened by a day (``on``), as it was known by a day (``known``), over
    the tree of that day (``as_then``) or of today; ``None`` is now. For which class of people (0: all), and whether
    of a unit only what is recorded at itself (``alone``).
    """

    on: date | None = None
    as_then: bool = False
    person_class: int = 0
    known: date | None = None
    alone: bool = False

    @property
    def is_past(self) -> bool:
        """Whether anything but the present is shown."""
        return self.on is not None or self.known is not None

    @property
    def day(self) -> date:
        """The day until which it is counted."""
        return self.on or timezone.localdate()

    @property
    def tree_on(self) -> date:
        """The date whose tree is shown."""
        return self.day if self.as_then else timezone.localdate()

    @property
    def slices(self) -> frozenset[int] | None:
        """The cuts of the chosen class; ``None`` for everybody."""
        if not self.person_class:
            return None
        return frozenset(range(self.person_class * 100, self.person_class * 100 + 100))

    def units(self, top: Unit) -> QuerySet[Unit]:
        """The units whose facts make the figures of ``top``, over the tree that is shown."""
        return Unit.objects.filter(pk=top.pk) if self.alone else units_below_on(top, self.tree_on)

    def read(self, book_id: int, *, whole: bool = False) -> Figures:
        """The book through this lens; ``whole`` leaves the class of people out (counts of units)."""
        slices = None if whole else self.slices
        if not self.is_past:
            return figures.read(book_id, on=timezone.localdate(), slices=slices)
        known = self.known or timezone.localdate()
        return figures.as_of(book_id, on=self.day, known=known, tree_on=self.tree_on, slices=slices)


NOW = Lens()


@dataclass(frozen=True)
class BoardRow:
    """One unit of a board with the counts of its subtree. A measure that was never posted is absent: a dash,
    never a zero. ``unit`` is ``None`` for what belongs to no row shown.
    """

    unit: Unit | None
    counts: dict[Measure, Amount]

    @property
    def key(self) -> tuple[object, ...]:
        """Everything said here, hashable."""
        told = tuple((int(measure), amount.by_grade) for measure, amount in self.counts.items())
        return (self.unit.pk, self.unit.name, told) if self.unit else (None, "", told)

    def amount(self, measure: Measure) -> Amount:
        """The count of a measure, nothing if none was posted."""
        return self.counts.get(measure, NOTHING)


@dataclass(frozen=True)
class Board:
    """The whole of a board: the top unit's counts, those recorded at the top itself, one row a child."""

    top: BoardRow
    own: BoardRow
    rows: tuple[BoardRow, ...]


def board_units(top: Unit, on: date) -> tuple[list[Unit], list[Unit]]:
    """The direct children of ``top`` on a date by name: those always shown, and those shown only when they hold
    figures (bodies, former units, units of other trees). Each by the name it had then; nothing else of the units
    is of that day.
    """
    usual, seldom = _children(top, on)
    _name([*usual, *seldom], on)
    return usual, seldom


def _children(top: Unit, on: date) -> tuple[list[Unit], list[Unit]]:
    """``board_units`` by the names of today."""
    placed = Placement.objects.filter(parent=top, valid__contains=on).select_related("unit")
    usual: list[Unit] = []
    seldom: list[Unit] = []
    for one in placed.order_by("unit__sort_key", "unit_id"):
        unit = one.unit
        is_usual = unit.tree == top.tree and unit.kind not in ATTACHED and not one.former
        (usual if is_usual else seldom).append(unit)
    return usual, seldom


def _name(units: Sequence[Unit], on: date) -> None:
    """Give units the names they had on a past date."""
    if on == timezone.localdate():
        return
    names = names_at([unit.pk for unit in units], on)
    for unit in units:
        unit.name, unit.short_name = names[unit.pk].name, names[unit.pk].short_name


def place_codes(units: Sequence[Unit]) -> dict[int, str]:
    """The administrative code of each unit's place; an organisation stands where its committee stands."""
    committees = [unit.committee_id for unit in units if unit.committee_id and not unit.admin_code]
    of_committee = dict(Unit.objects.filter(pk__in=committees).values_list("pk", "admin_code"))
    return {unit.pk: unit.admin_code or of_committee.get(unit.committee_id or 0, "") for unit in units}


def board(campaign: Campaign, top: Unit, *, lens: Lens = NOW) -> Board:
    """The figures of a campaign below ``top``: exact, a fixed number of queries whatever the size."""
    usual, seldom = _children(top, lens.tree_on)
    top = copy(top)  # by the name of the day on the board, by that of today on the rest of the page
    _name([top, *usual, *seldom], lens.tree_on)
    if campaign.book_id is None:
        empty: dict[Measure, Amount] = {}
        return Board(BoardRow(top, empty), BoardRow(top, empty), tuple(BoardRow(unit, {}) for unit in usual))
    read = lens.read(campaign.book_id)
    counts = read.table([top.pk, *(unit.pk for unit in usual), *(unit.pk for unit in seldom)])
    shown = [*usual, *(unit for unit in seldom if counts[unit.pk])]
    rows = tuple(BoardRow(unit, counts[unit.pk]) for unit in shown)
    return Board(BoardRow(top, counts[top.pk]), BoardRow(top, read.own(top.pk)), rows)


def acts_told_since(top: Unit, lens: Lens) -> QuerySet[Act]:
    """The acts that make the tree of the day shown another one than was known on the lens's day of knowledge: entered
    (or taken back) after it, in force by the day. Facts are shown as they were known; trees keep no such history.
    """
    if lens.on is None or lens.known is None or not lens.as_then:
        return Act.objects.none()
    told = Q(state=Act.State.DONE, done_at__date__gt=lens.known)
    taken_back = Q(state=Act.State.UNDONE, done_at__date__lte=lens.known, undone_at__date__gt=lens.known)
    tops = Placement.objects.filter(unit=top).values_list("path", flat=True)
    ever_below = Placement.objects.filter(path__descendant_of=list(tops)).values("unit")
    found = Act.objects.filter(told | taken_back, effective_on__lte=lens.on, units__unit__in=ever_below)
    return found.order_by("id").distinct()
