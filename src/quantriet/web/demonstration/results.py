"""What units did with a campaign besides meeting: materials, essays, action programmes, carrying it to the people.

The shares follow what such reports really print: materials 96 %, essays 85–98 %, programmes issued 90–92 % and in
time 67–76 %, people reached 30–95 %.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from quantriet.campaigns.commands import declarations, obligations
from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.commands.obligations import Done
from quantriet.campaigns.models import Campaign, Declaration, Obligation, Requirement
from quantriet.ledger.measures import Form, Grade
from quantriet.org.models import Tree, Unit, UnitKind
from quantriet.org.models.units import Level
from quantriet.web.demonstration.ground import Ground

Told = list[tuple[Unit, Totals]]


@dataclass(frozen=True)
class Pace:
    """How a campaign went: shares of units, and the days (back from today) between which they did it."""

    began: int
    ended: int
    share: float
    paper: float = 0.6


def presence(campaign: Campaign, units: Sequence[Unit], pace: Pace, *, ground: Ground) -> None:
    """Totals of presence for units without rows: present, excused, guests."""
    chance = ground.chance(f"presence:{campaign.title}:{units[0].code}")
    told: Told = []
    for unit in units:
        summoned = ground.summoned(unit)
        if not summoned or chance.random() >= pace.share:
            continue
        present = _share_of(chance, summoned, attendance(chance))
        excused = chance.randint(0, summoned - present)
        figures = {"present": present, "excused": excused, "guests": len(ground.souls[unit.pk]) - summoned}
        told.append((unit, _totals(chance, figures, pace, ground)))
    _declare(campaign, told, Declaration.Kind.PRESENCE, ground)


def attendance(chance: Random) -> float:
    """A unit's share of presence: 92 to 100 %, 98.5 % on average."""
    return min(1.0, max(0.92, chance.gauss(0.987, 0.016)))


def materials(campaign: Campaign, pace: Pace, *, ground: Ground) -> None:
    """Materials arrived: by hand-over lists mostly."""
    fulfil(campaign, Requirement.Kind.MATERIALS, pace, ground)


def programmes(campaign: Campaign, pace: Pace, *, late: float, ground: Ground) -> None:
    """Action programmes were issued, ``late`` of them in the days after the deadline."""

    def day(chance: Random, owed: Obligation) -> int:
        in_time = (ground.today - owed.due_at.date()).days
        after = chance.randint(pace.ended, max(pace.ended, in_time - 1))
        return after if chance.random() < late else chance.randint(in_time, pace.began)

    fulfil(campaign, Requirement.Kind.PROGRAMME, pace, ground, day)


def essays(campaign: Campaign, pace: Pace, *, ground: Ground) -> None:
    """Cells say how many handed in and how many were accepted."""
    chance = ground.chance(f"essays:{campaign.title}")
    told: Told = []
    for unit in ground.of_kinds(UnitKind.BASE_COMMITTEE, UnitKind.BASE_CELL, UnitKind.CELL):
        summoned = ground.summoned(unit)
        if not summoned or chance.random() >= pace.share:
            continue
        handed_in = _share_of(chance, summoned, chance.uniform(0.85, 0.98))
        accepted = handed_in - (chance.random() < 0.3 and handed_in > 1)
        told.append((unit, _totals(chance, {"handed_in": handed_in, "accepted": accepted}, pace, ground)))
    _declare(campaign, told, Declaration.Kind.ESSAYS, ground)


def outreach(campaign: Campaign, pace: Pace, *, ground: Ground) -> None:
    """The Front of the communes says how many people it wanted to reach and how many it did."""
    chance = ground.chance(f"outreach:{campaign.title}")
    told: Told = []
    for unit in ground.of_kinds(UnitKind.MASS, tree=Tree.FRONT):
        if unit.level != Level.COMMUNE or chance.random() >= pace.share:
            continue
        due = chance.randint(4_000, 19_000)
        figures = {"due": due, "reached": round(due * chance.uniform(0.30, 0.95))}
        told.append((unit, _totals(chance, figures, pace, ground)))
    _declare(campaign, told, Declaration.Kind.OUTREACH, ground)


def _totals(chance: Random, figures: dict[str, int], pace: Pace, ground: Ground) -> Totals:
    on = ground.day(chance.randint(pace.ended, pace.began))
    paper = f"{chance.randint(1, 60):02d}-BC/CB" if chance.random() < pace.paper else ""
    return Totals(figures, on, paper, form=Form.IN_PERSON)


def _share_of(chance: Random, whole: int, share: float) -> int:
    """A share of few people, so that many small units together come near it."""
    exact = whole * share
    return min(whole, int(exact) + (chance.random() < exact - int(exact)))


def _declare(campaign: Campaign, told: Told, kind: str, ground: Ground) -> None:
    """By committee, under the name of its head: that is who answers for what its cells say."""
    by_top: dict[str, Told] = {}
    for unit, totals in told:
        by_top.setdefault(top_code(unit), []).append((unit, totals))
    for code, some in sorted(by_top.items()):
        declarations.declare_all(campaign, some, kind=kind, by=ground.acting_for(ground.units[code]))


def top_code(unit: Unit) -> str:
    """The code of the commune, or of the committee of its level, above a unit of the demonstration."""
    parts = unit.code.split("-")
    return "-".join(parts[:3] if parts[1] == "MT" else parts[:2])


def fulfil(
    campaign: Campaign,
    kind: str,
    pace: Pace,
    ground: Ground,
    day: Callable[[Random, Obligation], int] | None = None,
) -> None:
    """Meet open obligations of a kind, in one list for each day and grade."""
    chance = ground.chance(f"{kind}:{campaign.title}")
    owed = Obligation.objects.filter(campaign=campaign, kind=kind, state=Obligation.State.OPEN)
    lists: dict[tuple[int, int], list[int]] = {}
    for one in owed.select_related("unit").order_by("unit__code", "pk"):
        if chance.random() >= pace.share:
            continue
        ago = chance.randint(pace.ended, pace.began) if day is None else day(chance, one)
        grade = grade_of(chance, pace)
        lists.setdefault((ago, int(grade)), []).append(one.unit_id)
    for (ago, grade_code), unit_ids in sorted(lists.items()):
        done = Done(ground.day(ago), Grade(grade_code), f"danh sách {kind} {ago}")
        obligations.fulfil(campaign, unit_ids, kind=kind, done=done, by=ground.by)


def grade_of(chance: Random, pace: Pace) -> Grade:
    """How well something done is evidenced: with a paper, entered afterwards, or said alone."""
    choice: Sequence[Grade] = (Grade.DOCUMENTED, Grade.AFTERWARDS, Grade.DECLARED)
    return chance.choices(choice, [pace.paper, 0.2, max(0.0, 0.8 - pace.paper)])[0]
