"""What the figures must be, counted again from the rows of work alone: no line of the product's counting is used.

Rows → cells: each person, declaration, duty and attendance is told apart by unit, measure, slice and grade, as
design 2 says. The tree is walked from each unit to its parent, not by paths or numberings. All rows come by one
statement, planned once: one look a step, and what is compared is of one instant.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from django.db import connection

from quantriet.ledger.measures import Measure

Cell = tuple[int, int, int, int]
"""Unit, measure, slice, grade."""

Day = str
"""A day as the database tells it, ``2026-02-07``: these words compare as the days do."""

Rows = list[list[Any]]

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


@dataclass(frozen=True)
class Seen:
    """The rows of one campaign, its book and its province at one instant; days are words (``Day``)."""

    lines: Rows
    moves: Rows
    told: Rows
    owed: Rows
    here: Rows
    entries: Rows
    units: Rows
    placed: Rows


_COLUMNS = {
    "lines": (
        "person_id, unit_id, person_class, excuse, excused_on, fulfilled_on, means, level, form, grade",
        "FROM campaigns_rollline WHERE campaign_id = %(campaign)s AND state = 'summoned'",
    ),
    "moves": (
        "move.unit_id, line.person_class, move.excused_on_before, move.moved_on",
        (
            "FROM campaigns_rollmove AS move JOIN campaigns_rollline AS line ON line.id = move.line_id "
            "WHERE line.campaign_id = %(campaign)s AND move.excuse_before <> ''"
        ),
    ),
    "told": (
        "unit_id, kind, figures, paper, level, form",
        "FROM campaigns_declaration WHERE campaign_id = %(campaign)s",
    ),
    "owed": (
        "id, unit_id, kind, state, grade, done_on, (due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date",
        "FROM campaigns_obligation WHERE campaign_id = %(campaign)s",
    ),
    "here": (
        "a.unit_id, a.line_id, a.person_class, a.state, a.left_early, a.form, a.grade, a.source, c.level",
        (
            "FROM conferences_attendance AS a JOIN conferences_conference AS c ON c.id = a.conference_id "
            "WHERE c.campaign_id = %(campaign)s AND a.state IN ('present', 'late')"
        ),
    ),
    "entries": (
        "unit_id, measure, slice, grade, occurred_on, amount",
        (
            "FROM (SELECT unit_id, measure, slice, grade, occurred_on, sum(amount) AS amount FROM ledger_entry "
            "WHERE book_id = %(book)s GROUP BY 1, 2, 3, 4, 5) AS entry"
        ),
    ),
    "units": ("id, kind, closed_on", "FROM org_unit WHERE starts_with(code, %(mark)s)"),
    "placed": (
        "unit.id, placed.parent_id, lower(placed.valid), upper(placed.valid), placed.former",
        (
            "FROM org_placement AS placed JOIN org_unit AS unit ON unit.id = placed.unit_id "
            "WHERE starts_with(unit.code, %(mark)s)"
        ),
    ),
}
_LOOK = "SELECT " + ", ".join(
    f"(SELECT coalesce(json_agg(json_build_array({columns})), '[]') {rest})"
    for columns, rest in _COLUMNS.values()
)


def look(campaign_id: int, book_id: int, mark: str) -> Seen:
    """Everything there is to see now; ``mark`` is what the codes of the province's units begin with."""
    return Seen(*asked(_LOOK, campaign=campaign_id, book=book_id, mark=mark))


def asked(statement: str, **values: Any) -> tuple[Rows, ...]:
    """The one row of a statement that the server plans once a connection."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        found: tuple[Rows, ...] = cursor.fetchone() or ()
        return found


def cells(seen: Seen, *, essays: bool) -> dict[Cell, int]:
    """The own counts of every unit, from the rows of one campaign."""
    found: Counter[Cell] = Counter()
    _people(found, seen, essays=essays)
    _declared(found, seen)
    _duties(found, seen)
    _sessions(found, seen)
    return {cell: amount for cell, amount in found.items() if amount}


def _people(found: Counter[Cell], seen: Seen, *, essays: bool) -> None:
    assert len({line[0] for line in seen.lines}) == len(seen.lines), "a person stands on one roll"
    for _person, unit, person_class, excuse, _day, fulfilled, means, level, form, grade in seen.lines:
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


def _declared(found: Counter[Cell], seen: Seen) -> None:
    named = Counter(line[1] for line in seen.lines if line[5] is not None)
    for unit, kind, figures, paper, level, form in seen.told:
        for name, figure in figures.items():
            measure = TOLD.get((kind, name))
            if measure is None or figure is None:
                continue
            amount = int(figure)
            if measure is Measure.PRESENT:  # whoever is known by name is not counted a second time
                amount = max(0, amount - named[unit])
            cut = (level + 1) * 10 + form if kind == "presence" else 0
            found[unit, measure, cut, DOCUMENTED if paper else DECLARED] += amount


def _duties(found: Counter[Cell], seen: Seen) -> None:
    for _id, unit, kind, state, grade, done_on, due in seen.owed:
        if state in ("open", "done") and kind in DUE:
            found[unit, DUE[kind], 0, ON_SPOT] += 1
        if state == "done" and kind in DONE:
            found[unit, DONE[kind], 0, grade] += 1
        if state == "done" and kind in IN_TIME and done_on <= due:
            found[unit, IN_TIME[kind], 0, grade] += 1


def _sessions(found: Counter[Cell], seen: Seen) -> None:
    for unit, line, person_class, state, early, form, grade, source, level in seen.here:
        if source == "superior":
            continue
        cut = person_class * 100 + (level + 1) * 10 + form
        found[unit, Measure.ATTENDANCES if line else Measure.GUESTS, cut, grade] += 1
        if state == "late":
            found[unit, Measure.LATE, cut, grade] += 1
        if early:
            found[unit, Measure.LEFT_EARLY, cut, grade] += 1


Change = tuple[int, int, Day]
"""Unit, slice, the day from which a count is another."""


def excused(seen: Seen) -> dict[Change, int]:
    """How the counts of who is excused by name change from day to day: each is excused from his day until he has
    studied, where he stands; and until he moved, where he stood before.
    """
    stretches = [
        (unit, person_class, since, until)
        for _person, unit, person_class, excuse, since, until, *_rest in seen.lines
        if excuse
    ]
    found: Counter[Change] = Counter()
    for unit, person_class, since, until in (*stretches, *seen.moves):
        if until is None or since < until:
            found[unit, person_class * 100, since] += 1
            if until is not None:
                found[unit, person_class * 100, until] -= 1
    return {change: amount for change, amount in found.items() if amount}


def posted_excused(seen: Seen) -> dict[Change, int]:
    """The same as the ledger's entries say; declared totals name nobody and have slices of their own."""
    found: Counter[Change] = Counter()
    for unit, measure, cut, _grade, day, amount in seen.entries:
        if measure == Measure.EXCUSED and cut >= 100:
            found[unit, cut, day] += amount
    return {change: amount for change, amount in found.items() if amount}


def posted(seen: Seen, *, on: date | None = None) -> dict[Cell, int]:
    """What the ledger's entries say, added up; ``on``: what had happened by that day."""
    until = on.isoformat() if on else None
    found: Counter[Cell] = Counter()
    for unit, measure, cut, grade, day, amount in seen.entries:
        if until is None or day <= until:
            found[unit, measure, cut, grade] += amount
    return {cell: amount for cell, amount in found.items() if amount}


class Tree:
    """Who stands below whom on a day, from each unit's own parent."""

    def __init__(self, seen: Seen, on: date) -> None:
        day = on.isoformat()
        self.children: dict[int | None, list[int]] = defaultdict(list)
        self.former: set[int] = set()
        for unit, parent, since, until, former in seen.placed:
            if (since is None or since <= day) and (until is None or day < until):
                self.children[parent].append(unit)
                if former:
                    self.former.add(unit)

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


def totals(own_counts: dict[int, Sums], tree: Tree, top: int) -> dict[int, Sums]:
    """What each unit from ``top`` down counts as a whole: its own and what its children count."""
    found: dict[int, Sums] = {}

    def count(unit: int) -> Sums:
        summed: Counter[tuple[int, int]] = Counter(own_counts.get(unit, {}))
        for child in tree.children[unit]:
            for key, amount in count(child).items():
                summed[key] += amount
        found[unit] = {key: amount for key, amount in summed.items() if amount}
        return found[unit]

    count(top)
    return found
