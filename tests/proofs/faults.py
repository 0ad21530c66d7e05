"""Seeded faults: for each thing the machine watches over, the mistake somebody could make there, and the shortest
story in which it shows.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from quantriet.campaigns.commands import campaigns, counting, declarations, handovers, moves, roll
from quantriet.campaigns.consequences import Roll
from quantriet.conferences.consequences import OpenConferences
from quantriet.ledger import commands as ledger
from quantriet.ledger import queries
from quantriet.ledger.commands import Line
from quantriet.ledger.figures import Figures
from quantriet.ledger.measures import Grade, Measure, Slice
from quantriet.ledger.models import Freeze
from quantriet.ledger.rollup import NOTHING, Amount
from quantriet.org.models import Act, UnitKind
from tests.proofs.books import SESSIONS, Books

Patch = pytest.MonkeyPatch
Story = tuple[Callable[[Books], object], ...]


def reworded(patch: Patch, module: object, names: tuple[str, ...], old: str, new: str) -> None:
    """Other words in statements; a statement that does not hold the old ones any more is told."""
    for name in names:
        text = getattr(module, name)
        assert old in text, f"{name} reads otherwise now: the fault must be planted anew"
        patch.setattr(module, name, text.replace(old, new))


def own_rows_dropped(patch: Patch) -> None:
    """A total is the sum of the children; what was recorded at the unit itself is forgotten."""
    whole = Figures.table

    def children_only(self: Figures, unit_ids: Iterable[int]) -> dict[int, dict[Measure, Amount]]:
        found = {}
        for unit_id, counts in whole(self, unit_ids).items():
            own = self.own(unit_id)
            left = {m: amount + negative(own.get(m, NOTHING)) for m, amount in counts.items()}
            found[unit_id] = {m: amount for m, amount in left.items() if amount != NOTHING}
        return found

    patch.setattr(Figures, "table", children_only)


def negative(amount: Amount) -> Amount:
    a, b, c, d = amount.by_grade
    return Amount((-a, -b, -c, -d))


def folded_by_number(patch: Patch) -> None:
    """The fold takes everything up to the newest number instead of what lies below the horizon."""
    old, new = "pg_snapshot_xmin(pg_current_snapshot())", "pg_snapshot_xmax(pg_current_snapshot())"
    reworded(patch, ledger, ("_FOLD",), old, new)


def facts_moved(patch: Patch) -> None:
    """A merger takes along the lines of people who have studied, too."""
    names = ("_CAMPAIGNS", "_LOCK", "_LEAVING", "_SURVEY", "_MOVE")
    reworded(patch, moves, names, " AND line.fulfilled_on IS NULL", "")


def posts_counted(patch: Patch) -> None:
    """Drawing a roll counts the posts people hold, not the people."""
    reworded(patch, campaigns, ("_DRAW",), "RETURNING unit_id, person_class", "RETURNING *")
    reworded(
        patch,
        campaigns,
        ("_DRAW",),
        "SELECT unit_id, person_class, count(*) FROM drawn GROUP BY unit_id, person_class",
        "SELECT drawn.unit_id, person_class, count(*) FROM drawn LEFT JOIN org_post AS post "
        "ON post.person_id = drawn.person_id GROUP BY drawn.unit_id, person_class",
    )


def owed_twice(patch: Patch) -> None:
    """Handing an obligation over forgets that the closed unit owes it no more."""
    honest = counting.due_lines

    def due(kind: str, unit_id: int, day: date, amount: int) -> list[Line]:
        return honest(kind, unit_id, day, amount) if amount > 0 else []

    patch.setattr(handovers, "due_lines", due)


def lines_forgotten_by_undo(patch: Patch) -> None:
    """Undo restores the tree and forgets the roll."""
    patch.setattr(Roll, "take_back", lambda *_args, **_named: None)


def sites_forgotten_by_undo(patch: Patch) -> None:
    """Undo leaves conferences with the unit that had taken them over."""
    patch.setattr(OpenConferences, "take_back", lambda *_args, **_named: None)


def moved_in_the_past(patch: Patch) -> None:
    """A line moves as if it had always stood at the new unit: the boards of earlier days change."""
    old = "greatest(%(on)s::date, %(starts)s::date, line.moved_on) AS day"
    reworded(patch, moves, ("_SURVEY", "_MOVE"), old, "%(starts)s::date AS day")


def excuse_left_behind(patch: Patch) -> None:
    """A line moves; that its person is excused stays counted at the old unit."""

    def none(unit_id: int, person_class: int, on: date, amount: int) -> Line:
        del amount
        return Line(unit_id, Measure.EXCUSED, Grade.AFTERWARDS, on, 0, Slice(person_class=person_class))

    patch.setattr(moves, "excuse_line", none)


def excuse_reversed_on_the_wrong_day(patch: Patch) -> None:
    """Taking somebody off the roll takes his excuse back from the day he was summoned, not the day it holds from."""
    honest = roll._excused

    def excused(line: Any, count: int) -> list[Line]:
        day = line.campaign.starts_on
        return [replace(one, occurred_on=day) if count < 0 else one for one in honest(line, count)]

    patch.setattr(roll, "_excused", excused)


def total_left_without_people(patch: Patch) -> None:
    """Lines leave a unit whose declared total counts them."""
    patch.setattr(moves, "without_room", lambda *_, **_named: set())


def total_counted_before_its_people_came(patch: Patch) -> None:
    """A declared total counts on the day it tells of, though people of the unit came to it later."""
    patch.setattr(declarations, "_room_since", lambda *_: {})


def total_left_to_people_who_came_later(patch: Patch) -> None:
    """A line leaves a unit with a declared total because enough others stand there: today, not on that day."""
    old = (
        "AND coalesce(line.moved_on, %(starts)s) <= greatest(told.counted_on, %(on)s::date, %(starts)s::date)"
    )
    reworded(patch, moves, ("_WITHOUT_ROOM",), old, "")


def named_and_declared(patch: Patch) -> None:
    """Whoever is known by name is counted in the declared total as well."""
    patch.setattr(declarations, "_named", lambda *_: {})


def order_matters(patch: Patch) -> None:
    """A total is counted differently once some act on the tree was done."""
    honest = declarations._to_post

    def to_post(row: Any, name: str, named: int) -> int:
        return honest(row, name, named) + int(name == "guests" and Act.objects.exists())

    patch.setattr(declarations, "_to_post", to_post)


def frozen_recomputed(patch: Patch) -> None:
    """A freeze shows what the figures are today."""
    kept = Freeze.from_db.__func__  # type: ignore[attr-defined]

    def from_db(cls: type[Freeze], *told: Any) -> Freeze:
        row: Freeze = kept(cls, *told)
        row.figures = queries.slices_below(row.book_id, row.unit_id, on=row.on)
        return row

    patch.setattr(Freeze, "from_db", classmethod(from_db))


def merge(one: int, other: int) -> Callable[[Books], object]:
    """Cells by their order."""
    return lambda books: books.merge(kind=UnitKind.CELL, at=one, to=other)


def study(at: int) -> Callable[[Books], object]:
    return lambda books: books.study(at=at, both=True, day=SESSIONS[0])


def declare(at: int, present: int) -> Callable[[Books], object]:
    return lambda books: books.report_presence(at=at, present=present, excused=0, paper="")


def come(at: int, to: int) -> Callable[[Books], object]:
    return lambda books: books.transfer(at=at, to=to)


def excuse(books: Books) -> None:
    books.excuse(at=0, reason="Ốm")


def think_again(books: Books) -> None:
    books.merge_and_think_again(kind=UnitKind.CELL, at=0, to=1)


FAULTS: dict[Callable[[Patch], None], Story] = {
    own_rows_dropped: (),
    folded_by_number: (lambda books: books.commit_late(at=0, other=1),),
    facts_moved: (study(0), merge(0, 1)),
    posts_counted: (),
    owed_twice: (merge(0, 1),),
    lines_forgotten_by_undo: (think_again,),
    sites_forgotten_by_undo: (lambda books: books.merge_and_think_again(kind=UnitKind.COMMUNE, at=0, to=1),),
    moved_in_the_past: (merge(0, 1),),
    excuse_left_behind: (excuse, merge(0, 1)),
    excuse_reversed_on_the_wrong_day: (excuse, lambda books: books.take_off_or_put_back(at=0)),
    total_left_without_people: (declare(0, 2), merge(0, 1)),
    total_counted_before_its_people_came: (come(2, 0), declare(0, 3)),
    total_left_to_people_who_came_later: (
        declare(0, 2),
        come(2, 0),
        lambda books: books.take_off_or_put_back(at=0),
    ),
    named_and_declared: (declare(0, 2), study(0)),
    order_matters: (lambda books: books.in_either_order(at=0, to=1, other=3),),
    frozen_recomputed: (lambda books: books.freeze(at=0), study(0)),
}
"""Each fault with its story: what is done, step by step, in a machine that has just begun."""
