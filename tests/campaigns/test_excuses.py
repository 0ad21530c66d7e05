"""Excuses by day: whatever takes one back takes it back from the day it was counted from, so on every day the
figures are those of that day, and never below nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from importlib import import_module
from itertools import accumulate

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from quantriet.campaigns.commands import credits, moves, roll
from quantriet.campaigns.commands.moves import Wish
from quantriet.campaigns.models import Campaign, RollLine
from quantriet.core.errors import DomainError
from quantriet.ledger.measures import Measure
from quantriet.org import access
from quantriet.org.models import Person, Unit
from quantriet.web.postgres import EmbeddedPostgres
from tests import factories
from tests import factories_campaigns as made
from tests.factories import operator
from tests.factories_campaigns import STARTS

EARLY, MIDDLE, LATE = date(2026, 2, 7), date(2026, 2, 20), date(2026, 3, 3)
DAYS = (date(2026, 1, 20), STARTS, EARLY, date(2026, 2, 12), MIDDLE, LATE)


def by_day(campaign: Campaign) -> dict[int, dict[date, int]]:
    """How many people each unit counted as excused from each day on, by the entries of the ledger."""
    with access.acting(operator()), connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id, occurred_on, sum(amount) FROM ledger_entry WHERE book_id = %s AND measure = %s "
            "GROUP BY 1, 2 HAVING sum(amount) <> 0 ORDER BY 1, 2",
            [campaign.book_id, Measure.EXCUSED],
        )
        changes: dict[int, list[tuple[date, int]]] = defaultdict(list)
        for unit_id, day, amount in cursor.fetchall():
            changes[unit_id].append((day, int(amount)))
    return {
        unit_id: dict(zip((day for day, _ in told), accumulate(amount for _, amount in told), strict=True))
        for unit_id, told in changes.items()
    }


class Town:
    """A commune with two cells, two people each, a campaign of it, and a cell outside."""

    def __init__(self) -> None:
        self.top = factories.province()
        self.commune = factories.commune(self.top)
        self.cells = [factories.cell(self.commune, f"Chi bộ {number}") for number in (1, 2, 3)]
        self.outside = factories.cell(factories.commune(self.top, "Xã Khác"), "Chi bộ ngoài")
        self.people = [
            factories.person(self.cells[number % 2], f"Nguyễn Văn {name}")
            for number, name in enumerate("ABCD")
        ]
        self.document = made.document(self.top)
        self.campaign = made.started(self.commune, [self.document])

    def line(self, person: Person) -> RollLine:
        with factories.looking_everywhere():
            return RollLine.objects.select_related("unit", "campaign").get(person=person)

    def excuse(self, person: Person, reason: str, on: date, *, key: str) -> None:
        with access.acting(operator()):
            roll.excuse(self.campaign, {person.pk: reason}, key=key, on=on, by=operator())

    def move(self, wish: Wish, on: date, *, key: str) -> int | None:
        by = operator()
        with access.acting(by):
            return moves.move(self.campaign, wish, on=on, key=key, reason="Sắp xếp", by=by)

    def remove(self, person: Person) -> None:
        with access.acting(operator()):
            roll.remove(self.line(person), reason="Ghi nhầm", by=operator())

    def put_back(self, person: Person, unit: Unit) -> None:
        by = operator()
        with access.acting(by):
            roll.add(self.campaign, person, unit, person_class=3, reason="Bổ sung", by=by)


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def crossing(town: Town, who: int, to: Unit) -> Wish:
    person = town.people[who]
    return Wish(people={person.pk: (town.line(person).unit_id, to.pk)})


def test_an_excuse_noted_late_and_taken_back_was_on_no_day(town: Town) -> None:
    town.excuse(town.people[0], "Ốm", MIDDLE, key="a")
    noted = (town.line(town.people[0]).excused_on, by_day(town.campaign))

    town.excuse(town.people[0], "", EARLY, key="b")

    assert noted == (MIDDLE, {town.cells[0].pk: {MIDDLE: 1}})
    assert (town.line(town.people[0]).excused_on, by_day(town.campaign)) == (None, {})


def test_taking_somebody_off_the_roll_takes_his_excuse_from_its_own_day(town: Town) -> None:
    town.excuse(town.people[0], "Ốm", MIDDLE, key="a")

    town.remove(town.people[0])

    assert by_day(town.campaign) == {}


@pytest.mark.parametrize(
    ("moved", "there", "here"),
    [
        (LATE, {MIDDLE: 1, LATE: 0}, {LATE: 1}),
        (EARLY, {}, {MIDDLE: 1}),  # excused from a later day than he moved: never at the first unit
    ],
)
def test_who_moves_is_excused_at_each_unit_on_the_days_he_was_there(
    town: Town, moved: date, there: dict[date, int], here: dict[date, int]
) -> None:
    one, two = town.cells[:2]
    town.excuse(town.people[0], "Ốm", MIDDLE, key="a")

    batch_id = town.move(crossing(town, 0, two), moved, key="m")
    after = by_day(town.campaign)
    assert batch_id is not None
    with access.acting(operator()):
        moves.give_back(batch_id, reason="Nhập nhầm", by=operator())

    assert after == {unit.pk: days for unit, days in ((one, there), (two, here)) if days}
    assert by_day(town.campaign) == {one.pk: {MIDDLE: 1}}
    assert town.line(town.people[0]).excused_on == MIDDLE


@pytest.mark.parametrize(("studied", "days"), [(EARLY, {}), (LATE, {MIDDLE: 1, LATE: 0})])
@pytest.mark.parametrize("excused_first", [True, False])
def test_who_studies_is_excused_until_that_day_whichever_was_recorded_first(
    town: Town, studied: date, days: dict[date, int], *, excused_first: bool
) -> None:
    acts: list[Callable[[], object]] = [
        lambda: town.excuse(town.people[0], "Ốm", MIDDLE, key="e"),
        lambda: made.study(town.campaign, town.people[:1], [town.document], key="s", on=studied),
    ]
    for act in acts if excused_first else acts[::-1]:
        act()
    counted = by_day(town.campaign)

    with access.acting(operator()):
        credits.withdraw(town.campaign, [f"s:{town.people[0].pk}"], reason="Ghi nhầm", key="w", by=operator())

    assert counted == ({town.cells[0].pk: days} if days else {})
    assert by_day(town.campaign) == {town.cells[0].pk: {MIDDLE: 1}}


def test_an_excuse_taken_back_and_noted_anew_for_another_day_stands_against_undoing_the_move(
    town: Town,
) -> None:
    town.excuse(town.people[0], "Ốm", EARLY, key="a")
    batch_id = town.move(crossing(town, 0, town.cells[1]), MIDDLE, key="m")
    assert batch_id is not None
    town.excuse(town.people[0], "", MIDDLE, key="b")
    town.excuse(town.people[0], "Ốm", LATE, key="c")

    with factories.looking_everywhere():
        assert moves.touched_since([batch_id]) == [town.line(town.people[0])]


# ---- any sequence --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Soul:
    """What is true of one person, told without the product: where he stands since when, excused and studied since
    when (``None``: not), and the stretches in which he counted as excused at units he has left since.
    """

    unit: int
    since: date = STARTS
    is_on: bool = True
    excused: date | None = None
    studied: date | None = None
    source: str = ""
    past: tuple[tuple[int, date, date], ...] = ()

    def leaves(self, to: int, on: date) -> "Soul":
        """He goes to another unit from a day on, before he has studied."""
        day = max(on, self.since)
        if self.excused is None:
            return replace(self, unit=to, since=day)
        from_there = max(self.excused, day)
        past = (*self.past, (self.unit, self.excused, from_there))
        return replace(self, unit=to, since=day, excused=from_there, past=past)

    def counts(self, day: date) -> list[int]:
        """The units that count him as excused on a day."""
        units = [unit for unit, first, end in self.past if first <= day < end]
        if self.excused is not None and self.excused <= day and not (self.studied and self.studied <= day):
            units.append(self.unit)
        return units


@dataclass
class Moved:
    """One move, with the people as they were before it."""

    batch_id: int
    before: dict[int, Soul] = field(default_factory=dict)


who, cell, day_of = st.integers(0, 3), st.integers(0, 2), st.sampled_from(DAYS)


class Excusing(RuleBasedStateMachine):
    """Anybody excuses, studies, is corrected, taken off, put back, moved, merged, and acts are undone, on days in any
    order: on each day each unit counts as excused who was excused there on that day.
    """

    def __init__(self) -> None:
        super().__init__()
        self.town = Town()
        self.souls = [Soul(self.town.cells[number % 2].pk) for number in range(4)]
        self.moved: list[Moved] = []
        self.step = 0

    def key(self) -> str:
        self.step += 1
        return f"k{self.step}"

    @rule(at=who, day=day_of, reason=st.sampled_from(["Ốm", "Đi công tác", ""]))
    def excuse(self, at: int, day: date, reason: str) -> None:
        soul = self.souls[at]
        self.town.excuse(self.town.people[at], reason, day, key=self.key())
        if soul.is_on:
            since = max(day, soul.since)
            self.souls[at] = replace(soul, excused=min(since, soul.excused or since) if reason else None)

    @rule(at=who, day=day_of)
    def study(self, at: int, day: date) -> None:
        key, soul = self.key(), self.souls[at]
        made.study(self.town.campaign, [self.town.people[at]], [self.town.document], key=key, on=day)
        if soul.is_on and soul.studied is None:
            moved_on = self.town.line(self.town.people[at]).moved_on
            studied = max(day, moved_on or day)
            self.souls[at] = replace(soul, studied=studied, source=f"{key}:{self.town.people[at].pk}")

    @rule(at=who)
    def correct(self, at: int) -> None:
        by = operator()
        with access.acting(by):
            credits.withdraw(
                self.town.campaign, [self.souls[at].source], reason="Ghi nhầm", key=self.key(), by=by
            )
        self.souls[at] = replace(self.souls[at], studied=None, source="")

    @rule(at=who)
    def take_off(self, at: int) -> None:
        try:
            self.town.remove(self.town.people[at])
        except DomainError as refused:
            assert refused.code == "roll.fulfilled"  # noqa: PT017
            assert self.souls[at].studied is not None
        else:
            self.souls[at] = replace(self.souls[at], is_on=False, excused=None)

    @rule(at=who, to=cell)
    def put_back(self, at: int, to: int) -> None:
        if not self.souls[at].is_on:
            self.town.put_back(self.town.people[at], self.town.cells[to])
            self.souls[at] = replace(self.souls[at], unit=self.town.cells[to].pk, is_on=True)

    @rule(at=who, to=cell, day=day_of)
    def transfer(self, at: int, to: int, day: date) -> None:
        target = self.town.cells[to].pk
        if self.souls[at].unit != target:
            self._move(
                Wish(people={self.town.people[at].pk: (self.souls[at].unit, target)}), [at], target, day
            )

    @rule(source=cell, to=cell, day=day_of)
    def merge(self, source: int, to: int, day: date) -> None:
        ending, heir = self.town.cells[source].pk, self.town.cells[to].pk
        if ending != heir:
            everybody = [at for at, soul in enumerate(self.souls) if soul.unit == ending]
            self._move(Wish(heirs={ending: heir}), everybody, heir, day)

    def _move(self, wish: Wish, everybody: list[int], target: int, day: date) -> None:
        going = [at for at in everybody if self.souls[at].is_on and self.souls[at].studied is None]
        batch_id = self.town.move(wish, day, key=self.key())
        assert (batch_id is not None) == bool(going)
        if batch_id is not None:
            self.moved.append(Moved(batch_id, {at: self.souls[at] for at in going}))
            for at in going:
                self.souls[at] = self.souls[at].leaves(target, day)

    @rule(at=who, day=day_of)
    def leave_the_campaign(self, at: int, day: date) -> None:
        soul, person = self.souls[at], self.town.people[at]
        wish = Wish(people={person.pk: (soul.unit, self.town.outside.pk)})
        self._move(wish, [at], soul.unit, day)
        if soul.is_on and soul.studied is None:
            self.souls[at] = replace(self.souls[at], is_on=False, excused=None)

    @precondition(lambda self: self.moved)
    @rule(at=st.integers(0, 20))
    def undo(self, at: int) -> None:
        """Taken back when nothing rests on it; then everybody who went is as he was."""
        move, by = self.moved[at % len(self.moved)], operator()
        with access.acting(by):
            if moves.touched_since([move.batch_id]):
                return
            moves.give_back(move.batch_id, reason="Nhập nhầm", by=by)
        self.moved.remove(move)
        for who_, soul in move.before.items():
            self.souls[who_] = soul

    @invariant()
    def every_day_counts_who_was_excused_on_it(self) -> None:
        posted = by_day(self.town.campaign)
        for day in DAYS:
            told = Counter(unit for soul in self.souls for unit in soul.counts(day))
            found = {
                unit: next((sums[when] for when in reversed(sums) if when <= day), 0)
                for unit, sums in posted.items()
            }
            assert {unit: count for unit, count in found.items() if count} == told, f"as of {day}"
        assert all(count >= 0 for sums in posted.values() for count in sums.values())

    @invariant()
    def the_roll_says_since_when(self) -> None:
        with factories.looking_everywhere():
            rows = dict(RollLine.objects.values_list("person_id", "excused_on"))
        assert [rows[person.pk] for person in self.town.people] == [soul.excused for soul in self.souls]


class TestExcusing(HypothesisTestCase, Excusing.TestCase):  # type: ignore[misc, valid-type]
    settings = settings(  # type: ignore[assignment]
        max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )


# ---- excuses of before ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_migration_gives_excuses_of_before_the_days_that_are_counted(
    embedded_postgres: EmbeddedPostgres,
) -> None:
    """As the migration does it: by the owner, who has no scope of his own."""
    town = Town()
    town.excuse(town.people[0], "Ốm", MIDDLE, key="a")
    town.excuse(town.people[2], "Đi công tác", EARLY, key="b")
    town.excuse(town.people[1], "Ốm", EARLY, key="c")
    made.study(town.campaign, [town.people[1]], [town.document], key="s", on=LATE)
    since = import_module("quantriet.campaigns.migrations.0005_excuses_say_since").SINCE

    name = str(connection.settings_dict["NAME"])
    with psycopg.connect(embedded_postgres.dsn("owner", name)) as owner:
        owner.execute("SELECT set_config('quantriet.scope', '{*}', true)")
        owner.execute("ALTER TABLE campaigns_rollline DROP CONSTRAINT roll_excused_says_since")
        owner.execute("UPDATE campaigns_rollline SET excused_on = NULL")
        owner.execute("SELECT set_config('quantriet.scope', '', true)")
        owner.execute(since)
        owner.execute("SELECT set_config('quantriet.scope', '{*}', true)")
        rows = owner.execute("SELECT person_id, excused_on FROM campaigns_rollline").fetchall()
        owner.rollback()

    told: dict[int, date | None] = dict(rows)
    days = [told[person.pk] for person in town.people]
    assert (sorted(filter(None, (days[0], days[2]))), days[1], days[3]) == ([EARLY, MIDDLE], LATE, None)
