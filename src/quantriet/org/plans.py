"""What an act on the tree comes to, as values: which units end, begin, move and change their names."""

from dataclasses import dataclass, field
from datetime import date

from quantriet.core.text import fold, sort_key
from quantriet.org.models import Unit
from quantriet.org.proposals import NewUnit, Proposal


@dataclass(frozen=True)
class Move:
    """A unit with its subtree goes below ``parent_id`` (``None``: to the top).

    ``leaves``: only the time it stands below this parent moves (a child of a unit that is merged). ``former``: it
    is closed and hangs there as the former part of its successor.
    """

    unit_id: int
    parent_id: int | None
    former: bool = False
    leaves: int | None = None


@dataclass(frozen=True)
class Naming:
    """The facts a unit has from the day on."""

    name: str
    short_name: str
    code: str
    kind: str
    level: int

    @classmethod
    def of(cls, unit: Unit) -> "Naming":
        """The facts a unit has today."""
        return cls(unit.name, unit.short_name, unit.code, unit.kind, unit.level)

    @property
    def folded(self) -> str:
        """Its name without marks, as the unit's row keeps it."""
        return fold(self.name)

    @property
    def sort_key(self) -> str:
        """Its place among names, as the unit's row keeps it."""
        return sort_key(self.name)


def successor_ids(proposal: Proposal) -> list[int]:
    """``into`` as numbers; new units are -1, -2, … in their order."""
    found: list[int] = []
    for one in proposal.into:
        found.append(one if isinstance(one, int) else -1 - sum(number < 0 for number in found))
    return found


@dataclass
class Plan:
    """What floor 1 will write. Units still to be founded have negative numbers.

    ``closed``: unit → successors. ``rounds`` are moves that follow one another; those of one round do not build on
    each other. ``left``: live unit that moves → the parent it leaves. ``ties``: bodies and units of other trees →
    the committee they are tied to from now on. ``twins``: bodies that become one with a namesake. ``unassigned``:
    units that a division gives to no successor yet. ``namesakes``: names that will stand twice below the successor.
    ``staying``: names of units that a dissolution would leave without a superior.
    """

    proposal: Proposal
    units: dict[int, Unit] = field(default_factory=dict)
    founded: dict[int, NewUnit] = field(default_factory=dict)
    closed: dict[int, tuple[int, ...]] = field(default_factory=dict)
    rounds: list[list[Move]] = field(default_factory=list)
    left: dict[int, int | None] = field(default_factory=dict)
    namings: dict[int, Naming] = field(default_factory=dict)
    ties: dict[int, int] = field(default_factory=dict)
    reopened: set[int] = field(default_factory=set)
    twins: dict[int, int] = field(default_factory=dict)
    unassigned: list[int] = field(default_factory=list)
    namesakes: list[str] = field(default_factory=list)
    staying: list[str] = field(default_factory=list)

    @property
    def on(self) -> date:
        """The day of effect."""
        return self.proposal.effective_on

    @property
    def successors(self) -> list[int]:
        """The units that take over, in the order of the proposal."""
        return successor_ids(self.proposal)

    @property
    def levels(self) -> dict[int, tuple[int, int]]:
        """Units whose level changes: before and after."""
        return {
            pk: (self.units[pk].level, naming.level)
            for pk, naming in self.namings.items()
            if naming.level != self.units[pk].level
        }

    @property
    def changing(self) -> set[int]:
        """Units that live on and whose own rows, people or open work the act changes."""
        found = {*self.namings, *self.ties, *self.reopened, *self.twins.values(), *self.successors}
        return {pk for pk in {*self.proposal.units} | found if pk > 0} - set(self.closed)

    @property
    def bearing(self) -> set[int]:
        """Units that only must not end meanwhile: what moves, what it leaves, what is above, committees."""
        moves = [move for one in self.rounds for move in one]
        ends = {end for move in moves for end in (move.unit_id, move.parent_id)}
        ends |= {*self.left.values(), *self.ties.values(), self.proposal.parent_id}
        ends |= {end for new in self.founded.values() for end in (new.parent_id, new.committee_id)}
        return {pk for pk in ends if pk is not None and pk > 0} - set(self.closed) - self.changing

    def name(self, unit_id: int) -> str:
        """What a unit of the plan is called today, or will be."""
        return self.founded[unit_id].name if unit_id < 0 else self.units[unit_id].name
