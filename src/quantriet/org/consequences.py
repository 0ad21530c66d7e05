"""What an act on the tree, or a transfer of people, brings about on the floors above: an explicit registry.

Floor 1 changes units, placements, memberships, posts and roles itself. What stands above (obligations, rolls,
conferences, reports, books) registers a ``Consequence`` in its ``AppConfig.ready``; imports keep pointing down.
The order of one act:

1. ``foresee`` of each, for the dry run and once more just before the act. Nothing is written. An effect that
   ``STOPS`` refuses the act; one that ``ASKS`` needs its answer in ``Change.answers``. What would stop an act of a
   later day only ``WARNS`` (floor 1 says so, no package does): it may be settled by then, and is asked anew.
2. Floor 1 writes: the tree, memberships and roles stand as they will.
3. ``carry_out`` of each by key, in the transaction of the act. What it returns is kept with the act as JSON: only
   numbers and codes, never names or texts of people.

And of its undoing, which is asked for at any later time:

1. ``hindrances`` of each: one sentence for every new fact that depends on the act. A single one refuses.
2. ``take_back`` of each in the opposite order, while the tree still stands as the act left it.
3. Floor 1 restores its own rows.

An act that takes effect on a later day is only foreseen when it is decided; ``carry_out`` runs on the day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from quantriet.org.access import Actor

TRANSFER = "transfer"
"""``Change.kind`` of people who change their unit without an act on the tree."""

Kept = Mapping[str, Any]


@dataclass(frozen=True)
class Crossing:
    """From one unit to another: a live unit's parents (``None``: it stood, or stands, at the top), or a person's
    homes (never ``None``).
    """

    source: int | None
    target: int | None


@dataclass(frozen=True)
class Change:
    """What floor 1 changes, told by the numbers of units and people.

    ``closed``: each unit that ends → its successors (one: merged into it; several: divided among them; none:
    dissolved). Former units take no new facts. ``moved``: live units that get another parent, each with its whole
    subtree; the units below are not listed. ``levels``: units whose level changes → (before, after). ``people``:
    who gets another home unit; the numerator and denominator of a person stand at his home until he is fulfilled.
    ``founded`` and ``reopened`` come into being, ``named`` get another name, code or kind and nothing more.

    Successors may be among ``founded``. While a change is only foreseen, a unit still to be founded has a negative
    number: no row refers to it; ``name_of`` knows its name.
    """

    kind: str
    on: date
    decision: str = ""
    act_id: int = 0
    closed: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    moved: Mapping[int, Crossing] = field(default_factory=dict)
    levels: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    people: Mapping[int, Crossing] = field(default_factory=dict)
    founded: frozenset[int] = frozenset()
    reopened: frozenset[int] = frozenset()
    named: frozenset[int] = frozenset()
    names: Mapping[int, str] = field(default_factory=dict, compare=False)
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def touched(self) -> frozenset[int]:
        """Every unit the change names; negative numbers are units still to be founded."""
        crossings = {*self.moved.values(), *self.people.values()}
        return frozenset(
            {*self.closed, *self.moved, *self.levels, *self.founded, *self.reopened, *self.named}
            | {successor for successors in self.closed.values() for successor in successors}
            | {end for crossing in crossings for end in (crossing.source, crossing.target) if end is not None}
        )

    def successor(self, unit_id: int) -> int | None:
        """The one unit that takes over from a merged unit; ``None`` when it is divided, dissolved or not closed."""
        successors = self.closed.get(unit_id, ())
        return successors[0] if len(successors) == 1 else None

    def name_of(self, unit_id: int) -> str:
        """The name of a unit the change names, as it is today (or will be, when it is still to be founded)."""
        return self.names.get(unit_id, "")


class Weight(StrEnum):
    """What an effect wants of whoever looks at the dry run."""

    TELLS = "tells"
    ASKS = "asks"
    WARNS = "warns"
    STOPS = "stops"


@dataclass(frozen=True)
class Option:
    """One answer to a question."""

    value: str
    words: str


@dataclass(frozen=True)
class Effect:
    """One line of the dry run, in Vietnamese: how many of what, and where they go.

    ``subject`` is short and in the plural sense ("Việc phải làm đang mở"), ``outcome`` a sentence. ``question``
    names an effect that ``ASKS`` (``campaigns.obligations``); ``default`` is its answer when none is given, empty
    when it must be chosen. An effect that ``STOPS`` says in ``outcome`` what to do first; ``code`` is the code
    of the refusal.
    """

    subject: str
    count: int
    outcome: str
    weight: Weight = Weight.TELLS
    unit_id: int | None = None
    code: str = ""
    question: str = ""
    options: tuple[Option, ...] = ()
    default: str = ""


class Consequence(Protocol):
    """What one package does when the tree or people's homes change. Set-based: a province may be behind one unit."""

    key: str
    """``<package>.<noun>``, stable: what is kept with an act is found by it. Also the order of carrying out."""

    def foresee(self, change: Change) -> Sequence[Effect]:
        """What would happen, read only; nothing for a change that does not concern the package."""
        ...

    def carry_out(self, change: Change, *, by: Actor) -> Kept:
        """Do it, in the running transaction; return what ``take_back`` needs. An empty mapping: nothing was done."""
        ...

    def hindrances(self, change: Change, kept: Kept) -> Sequence[str]:
        """Facts since the act that an undo would leave without ground, one Vietnamese sentence each, naming them."""
        ...

    def take_back(self, change: Change, kept: Kept, *, by: Actor) -> None:
        """Reverse what ``carry_out`` did (the ledger by reversals). Called only without hindrances."""
        ...


_registry: dict[str, Consequence] = {}


def register(consequence: Consequence) -> None:
    """Let a package's consequence take part in every change from now on; again under the same key replaces it."""
    _registry[consequence.key] = consequence


def registered() -> list[Consequence]:
    """All of them, in the order they are carried out."""
    return [_registry[key] for key in sorted(_registry)]


def foresee(change: Change) -> list[Effect]:
    """What all packages would do."""
    return [effect for one in registered() for effect in one.foresee(change)]


def carry_out(change: Change, *, by: Actor) -> dict[str, Kept]:
    """Let all packages do their part; what each keeps, by key."""
    kept = {one.key: one.carry_out(change, by=by) for one in registered()}
    return {key: value for key, value in kept.items() if value}


def hindrances(change: Change, kept: Mapping[str, Kept]) -> list[str]:
    """What stands against undoing, from all packages."""
    return [sentence for one in registered() for sentence in one.hindrances(change, kept.get(one.key, {}))]


def take_back(change: Change, kept: Mapping[str, Kept], *, by: Actor) -> None:
    """Let all packages reverse their part, last first."""
    for one in reversed(registered()):
        if one.key in kept:
            one.take_back(change, kept[one.key], by=by)


def transfer(crossings: Mapping[int, Crossing], *, on: date, by: Actor) -> None:
    """People (person → from, to) have changed their home unit from a day on, outside any act."""
    if crossings:
        carry_out(Change(kind=TRANSFER, on=on, people=crossings), by=by)


_lasting = {"org_auditevent", "org_accessevent"}


def register_lasting(*tables: str) -> None:
    """Tables whose rows outlive every undo (the append-only ledger, the audit): a unit that an act founded and that
    they name is withdrawn when the act is undone, not erased.
    """
    _lasting.update(tables)


def lasting_tables() -> frozenset[str]:
    """The tables registered as lasting."""
    return frozenset(_lasting)
