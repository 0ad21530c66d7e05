"""What units said they did: presence of those who studied with their cell, materials, essays, programmes, reports,
carrying it to the people. Shares as such reports print them (materials 96 %, essays 85–98 %, programmes 91 %, a
fifth of them late, reports 93 %, people reached 30–95 %), with the faults such reports have.
"""

from collections.abc import Callable, Sequence
from random import Random

from django.db.models import Count

from quantriet.campaigns.commands import declarations, obligations
from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.commands.obligations import Done
from quantriet.campaigns.models import Declaration, Obligation, Requirement, RollLine
from quantriet.ledger.measures import Form, Grade
from quantriet.org.access import Actor
from quantriet.org.models import Tree, Unit, UnitKind
from quantriet.web.demonstration import results
from quantriet.web.demonstration.results import Pace
from quantriet.web.generation import drive, folk, tree, turnout
from quantriet.web.generation.scales import Wanted

Told = list[tuple[Unit, Totals]]

STUDIED = Pace(began=27, ended=3, share=0.97)
ESSAYS = Pace(began=20, ended=1, share=0.72, paper=0.45)
MATERIALS = Pace(began=34, ended=27, share=0.96)
PROGRAMMES = Pace(began=16, ended=1, share=0.91)
LATE = 0.21
REPORTS = Pace(began=8, ended=1, share=0.93, paper=0.8)
OUTREACH = Pace(began=15, ended=1, share=0.40)
WRONG_SIGN = 0.03
"""The share of papers whose number is written "QD" for "QĐ"."""
TOO_EARLY = 0.01
"""The share of cells whose paper is dated before the session it tells of."""


def study(wanted: Wanted, province: tree.Province, codes: Sequence[str], *, by: Actor) -> int:
    """Cells declare who studied with them after the conference, and how many handed in an essay."""
    quiet = turnout.silent(wanted, province)
    units = [
        cell.unit
        for code, cells in folk.cells(codes).items()
        if code not in quiet
        for cell in cells
        if cell.souls
    ]
    summoned, named = _counted(units)
    studied: Told = []
    essays: Told = []
    for unit in units:
        whole = summoned.get(unit.pk, 0)
        chance = wanted.chance("study", unit.code)
        if whole and chance.random() < STUDIED.share:
            studied.append((unit, _presence(wanted, chance, whole, named.get(unit.pk, 0))))
        if whole and unit.kind != UnitKind.COMMUNE and chance.random() < ESSAYS.share:
            essays.append((unit, _essays(wanted, chance, whole)))
    running = drive.campaign()
    for kind, told in ((Declaration.Kind.PRESENCE, studied), (Declaration.Kind.ESSAYS, essays)):
        if told:
            declarations.declare_all(running, told, kind=kind, by=by)
    return len(studied) + len(essays)


def _counted(units: Sequence[Unit]) -> tuple[dict[int, int], dict[int, int]]:
    """Of each unit, how many people are summoned and how many of them have studied by name."""
    rows = (
        RollLine.objects.filter(unit__in=[unit.pk for unit in units], state=RollLine.State.SUMMONED)
        .order_by()
        .values_list("unit_id")
        .annotate(whole=Count("id"), named=Count("fulfilled_on"))
    )
    counted = list(rows)
    return {unit: whole for unit, whole, _named in counted}, {unit: named for unit, _whole, named in counted}


def _presence(wanted: Wanted, chance: Random, whole: int, named: int) -> Totals:
    """Never fewer than were recorded by name."""
    exact = whole * results.attendance(chance)
    present = max(named, min(whole, int(exact) + (chance.random() < exact - int(exact))))
    figures = {"present": present, "excused": chance.randint(0, whole - present)}
    pace = Pace(drive.MET + 3, drive.MET + 1, 1.0) if chance.random() < TOO_EARLY else STUDIED
    return _totals(wanted, chance, figures, pace)


def _essays(wanted: Wanted, chance: Random, whole: int) -> Totals:
    handed_in = round(whole * chance.uniform(0.85, 0.98))
    accepted = handed_in - (chance.random() < 0.3 and handed_in > 1)
    return _totals(wanted, chance, {"handed_in": handed_in, "accepted": accepted}, ESSAYS)


def _totals(wanted: Wanted, chance: Random, figures: dict[str, int], pace: Pace) -> Totals:
    on = wanted.day(chance.randint(pace.ended, pace.began))
    paper = ""
    if chance.random() < pace.paper:
        sign = "QD" if chance.random() < WRONG_SIGN else chance.choice(("BC", "BC", "BC", "QĐ"))
        paper = f"{chance.randint(1, 60):02d}-{sign}/ĐU"
    return Totals(figures, on, paper, form=Form.IN_PERSON)


def supply(wanted: Wanted, province: tree.Province, *, by: Actor) -> int:
    """Materials, action programmes, reports and outreach of a province."""

    def late(chance: Random, owed: Obligation) -> int:
        in_time = (wanted.today - owed.due_at.date()).days
        after = chance.randint(PROGRAMMES.ended, max(PROGRAMMES.ended, in_time - 1))
        return after if chance.random() < LATE else chance.randint(in_time, max(in_time, PROGRAMMES.began))

    rows = _fulfil(wanted, province, Requirement.Kind.MATERIALS, MATERIALS, by=by)
    rows += _fulfil(wanted, province, Requirement.Kind.PROGRAMME, PROGRAMMES, by=by, day=late)
    rows += _fulfil(wanted, province, Requirement.Kind.REPORT, REPORTS, by=by)
    return rows + _reach(wanted, province, by)


def _fulfil(
    wanted: Wanted,
    province: tree.Province,
    kind: Requirement.Kind,
    pace: Pace,
    *,
    by: Actor,
    day: Callable[[Random, Obligation], int] | None = None,
) -> int:
    """Meet open obligations of a kind in a province, in one list for each day and grade."""
    running = drive.campaign()
    chance = wanted.chance(kind, province.code)
    owed = Obligation.objects.filter(
        campaign=running, kind=kind, state=Obligation.State.OPEN, unit__tree=Tree.PARTY
    ).filter(unit__code__startswith=province.code)
    lists: dict[tuple[int, int], list[int]] = {}
    for one in owed.select_related("unit").order_by("unit__code"):
        if chance.random() >= pace.share:
            continue
        ago = chance.randint(pace.ended, pace.began) if day is None else day(chance, one)
        lists.setdefault((ago, int(results.grade_of(chance, pace))), []).append(one.unit_id)
    for (ago, grade), unit_ids in sorted(lists.items()):
        done = Done(wanted.day(ago), Grade(grade), f"danh sách {kind} {province.code} {ago} {grade}")
        obligations.fulfil(running, unit_ids, kind=kind, done=done, by=by)
    return sum(map(len, lists.values()))


def _reach(wanted: Wanted, province: tree.Province, by: Actor) -> int:
    """The Front of some communes says how many people it wanted to reach and how many it did."""
    told: Told = []
    for unit in Unit.objects.filter(tree=Tree.FRONT, code__startswith=f"{province.code}-MT-").order_by(
        "code"
    ):
        chance = wanted.chance("outreach", unit.code)
        if chance.random() < OUTREACH.share:
            due = chance.randint(4_000, 19_000)
            figures = {"due": due, "reached": round(due * chance.uniform(0.30, 0.95))}
            told.append((unit, _totals(wanted, chance, figures, OUTREACH)))
    if told:
        declarations.declare_all(drive.campaign(), told, kind=Declaration.Kind.OUTREACH, by=by)
    return len(told)
