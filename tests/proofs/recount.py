"""What the figures must be, counted again from the rows of work alone: no line of the product's counting is used.

Rows → cells: each person, declaration, duty and attendance is told apart by unit, measure, slice and grade, as
design 2 says. The tree is walked from each unit to its parent, not by paths or numberings.
"""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from django.db import connection

from quantriet.ledger.measures import Measure

Cell = tuple[int, int, int, int]
"""Unit, measure, slice, grade."""

ON_SPOT, AFTERWARDS, DOCUMENTED, DECLARED = 1, 2, 3, 4

DUE = {
    "conference": Measure.CONFERENCES_DUE,
    "materials": Measure.MATERIALS_DUE,
    "programme": Measure.PROGRAMMES_DUE,
    "report": Measure.REPORTS_DUE,
}
DONE = {
    "conference": Measure.CONFERENCES_HELD,
    "materials": Measure.MATERIALS_SUPPLIED,
    "programme": Measure.PROGRAMMES_ISSUED,
    "report": Measure.REPORTS_SENT,
}
IN_TIME = {"programme": Measure.PROGRAMMES_ON_TIME, "report": Measure.REPORTS_ON_TIME}
TOLD = {
    ("presence", "present"): Measure.PRESENT,
    ("presence", "excused"): Measure.EXCUSED,
    ("presence", "guests"): Measure.GUESTS,
    ("essays", "handed_in"): Measure.ESSAYS_HANDED_IN,
    ("essays", "accepted"): Measure.ESSAYS_ACCEPTED,
    ("outreach", "due"): Measure.OUTREACH_DUE,
    ("outreach", "reached"): Measure.OUTREACH_REACHED,
}


def rows(question: str, *values: Any) -> list[tuple[Any, ...]]:
    """The answer to a question in SQL."""
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return list(cursor.fetchall())


def cells(campaign_id: int, *, essays: bool) -> dict[Cell, int]:
    """The own counts of every unit, from the rows of one campaign."""
    found: Counter[Cell] = Counter()
    _people(found, campaign_id, essays=essays)
    _declared(found, campaign_id)
    _duties(found, campaign_id)
    _sessions(found, campaign_id)
    return {cell: amount for cell, amount in found.items() if amount}


def _people(found: Counter[Cell], campaign_id: int, *, essays: bool) -> None:
    lines = rows(
        "SELECT person_id, unit_id, person_class, excuse, fulfilled_on, means, level, form, grade "
        "FROM campaigns_rollline WHERE campaign_id = %s AND state = 'summoned'",
        campaign_id,
    )
    assert len({line[0] for line in lines}) == len(lines), "a person stands on one roll"
    for _person, unit, person_class, excuse, fulfilled, means, level, form, grade in lines:
        found[unit, Measure.SUMMONED, person_class * 100, ON_SPOT] += 1
        if essays:
            found[unit, Measure.ESSAYS_DUE, person_class * 100, ON_SPOT] += 1
        if fulfilled is None:
            if excuse:
                found[unit, Measure.EXCUSED, person_class * 100, AFTERWARDS] += 1
            continue
        cut = person_class * 100 + (level + 1) * 10 + form
        found[unit, Measure.PRESENT, cut, grade] += 1
        if means == "made_up":
            found[unit, Measure.MADE_UP, cut, grade] += 1
        if means == "superior":
            found[unit, Measure.CREDITED, cut, grade] += 1


def _declared(found: Counter[Cell], campaign_id: int) -> None:
    named = dict(
        rows(
            "SELECT unit_id, count(*) FROM campaigns_rollline "
            "WHERE campaign_id = %s AND state = 'summoned' AND fulfilled_on IS NOT NULL GROUP BY unit_id",
            campaign_id,
        )
    )
    told = rows(
        "SELECT unit_id, kind, figures->>'present', figures->>'excused', figures->>'guests', "
        "figures->>'handed_in', figures->>'accepted', figures->>'due', figures->>'reached', paper, level, form "
        "FROM campaigns_declaration WHERE campaign_id = %s",
        campaign_id,
    )
    names = ("present", "excused", "guests", "handed_in", "accepted", "due", "reached")
    for unit, kind, *rest in told:
        figures, (paper, level, form) = dict(zip(names, rest[:7], strict=True)), rest[7:]
        for name, figure in figures.items():
            measure = TOLD.get((kind, name))
            if measure is None or figure is None:
                continue
            amount = int(figure)
            if measure is Measure.PRESENT:  # whoever is known by name is not counted a second time
                amount = max(0, amount - named.get(unit, 0))
            cut = (level + 1) * 10 + form if kind == "presence" else 0
            found[unit, measure, cut, DOCUMENTED if paper else DECLARED] += amount


def _duties(found: Counter[Cell], campaign_id: int) -> None:
    owed = rows(
        "SELECT unit_id, kind, state, grade, done_on, (due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date "
        "FROM campaigns_obligation WHERE campaign_id = %s",
        campaign_id,
    )
    for unit, kind, state, grade, done_on, due in owed:
        if state in ("open", "done") and kind in DUE:
            found[unit, DUE[kind], 0, ON_SPOT] += 1
        if state == "done" and kind in DONE:
            found[unit, DONE[kind], 0, grade] += 1
        if state == "done" and kind in IN_TIME and done_on <= due:
            found[unit, IN_TIME[kind], 0, grade] += 1


def _sessions(found: Counter[Cell], campaign_id: int) -> None:
    here = rows(
        "SELECT a.unit_id, a.line_id, a.person_class, a.state, a.left_early, a.form, a.grade, a.source, c.level "
        "FROM conferences_attendance a JOIN conferences_conference c ON c.id = a.conference_id "
        "WHERE c.campaign_id = %s AND a.state IN ('present', 'late')",
        campaign_id,
    )
    for unit, line, person_class, state, early, form, grade, source, level in here:
        if source == "superior":
            continue
        cut = person_class * 100 + (level + 1) * 10 + form
        found[unit, Measure.ATTENDANCES if line else Measure.GUESTS, cut, grade] += 1
        if state == "late":
            found[unit, Measure.LATE, cut, grade] += 1
        if early:
            found[unit, Measure.LEFT_EARLY, cut, grade] += 1


Change = tuple[int, int, date]
"""Unit, slice, the day from which a count is another."""


def excused(campaign_id: int) -> dict[Change, int]:
    """How the counts of who is excused by name change from day to day: each is excused from his day until he has
    studied, where he stands; and until he moved, where he stood before.
    """
    stretches = rows(
        "SELECT unit_id, person_class, excused_on, fulfilled_on FROM campaigns_rollline "
        "WHERE campaign_id = %s AND state = 'summoned' AND excuse <> '' "
        "UNION ALL SELECT move.unit_id, line.person_class, move.excused_on_before, move.moved_on "
        "FROM campaigns_rollmove AS move JOIN campaigns_rollline AS line ON line.id = move.line_id "
        "WHERE line.campaign_id = %s AND move.excuse_before <> ''",
        campaign_id,
        campaign_id,
    )
    found: Counter[Change] = Counter()
    for unit, person_class, since, until in stretches:
        if until is None or since < until:
            found[unit, person_class * 100, since] += 1
            if until is not None:
                found[unit, person_class * 100, until] -= 1
    return {change: amount for change, amount in found.items() if amount}


def posted_excused(book_id: int) -> dict[Change, int]:
    """The same as the ledger's entries say; declared totals name nobody and have slices of their own."""
    found: Counter[Change] = Counter()
    question = (
        "SELECT unit_id, slice, occurred_on, amount FROM ledger_entry "
        "WHERE book_id = %s AND measure = %s AND slice >= 100"
    )
    for unit, cut, day, amount in rows(question, book_id, Measure.EXCUSED):
        found[unit, cut, day] += amount
    return {change: amount for change, amount in found.items() if amount}


def posted(book_id: int, *, on: date | None = None) -> dict[Cell, int]:
    """What the ledger's entries say, added up one by one; ``on``: what had happened by that day."""
    found: Counter[Cell] = Counter()
    until = "AND occurred_on <= %s" if on else ""
    values = (book_id, on) if on else (book_id,)
    for unit, measure, cut, grade, amount in rows(
        f"SELECT unit_id, measure, slice, grade, amount FROM ledger_entry WHERE book_id = %s {until}", *values
    ):
        found[unit, measure, cut, grade] += amount
    return {cell: amount for cell, amount in found.items() if amount}


class Tree:
    """Who stands below whom on a day, from each unit's own parent."""

    def __init__(self, on: date) -> None:
        self.parent: dict[int, int | None] = dict(
            rows("SELECT unit_id, parent_id FROM org_placement WHERE valid @> %s::date", on)
        )
        self.children: dict[int, list[int]] = defaultdict(list)
        for unit, parent in self.parent.items():
            if parent is not None:
                self.children[parent].append(unit)

    def below(self, top: int) -> set[int]:
        """The unit and everything below it."""
        found, waiting = set(), [top]
        while waiting:
            unit = waiting.pop()
            found.add(unit)
            waiting += self.children[unit]
        return found


Sums = dict[tuple[int, int], int]
"""(Measure, grade) → amount."""


def own(told: dict[Cell, int]) -> dict[int, Sums]:
    """Each unit's own counts, slices together."""
    found: dict[int, Sums] = defaultdict(lambda: defaultdict(int))
    for (unit, measure, _cut, grade), amount in told.items():
        found[unit][measure, grade] += amount
    return found


def totals(told: dict[Cell, int], tree: Tree, tops: list[int]) -> dict[int, Sums]:
    """For each top the counts of everything below it, added up unit by unit."""
    each = own(told)
    found: dict[int, Sums] = {}
    for top in tops:
        summed: Counter[tuple[int, int]] = Counter()
        for unit in tree.below(top):
            for key, amount in each.get(unit, {}).items():
                summed[key] += amount
        found[top] = {key: amount for key, amount in summed.items() if amount}
    return found
