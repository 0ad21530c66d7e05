"""What acts on the tree and transfers do to the roll, to obligations and to who owns a campaign."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quantriet.campaigns.commands import campaigns, credits, declarations, moves, obligations, roll
from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.commands.moves import Wish
from quantriet.campaigns.commands.obligations import Decision, Done
from quantriet.campaigns.models import Campaign, Obligation, RollLine, RollMove
from quantriet.core.errors import DomainError
from quantriet.documents.models import Document
from quantriet.ledger import figures
from quantriet.ledger.measures import Grade, Measure
from quantriet.ledger.rollup import Amount
from quantriet.org import access, consequences
from quantriet.org.commands import acts
from quantriet.org.consequences import TRANSFER, Change, Crossing, Weight
from quantriet.org.models import Act, ActKind, Person, Unit
from quantriet.org.proposals import REST, NewUnit, Proposal
from quantriet.org.queries.foresight import foresee
from tests import factories
from tests import factories_campaigns as made
from tests.factories import operator

pytestmark = pytest.mark.django_db

DAY = date(2026, 2, 7)


@dataclass
class Town:
    """A commune with two cells of three people each, and a campaign of the province that runs."""

    top: Unit
    commune: Unit
    one: Unit
    two: Unit
    people: list[Person]
    document: Document
    campaign: Campaign

    def line(self, person: Person) -> RollLine:
        with factories.looking_everywhere():
            return RollLine.objects.select_related("unit").get(campaign=self.campaign, person=person)

    def count(self, unit: Unit, measure: Measure) -> int:
        """The unit's own count."""
        assert self.campaign.book_id is not None
        read = figures.read(self.campaign.book_id, on=timezone.localdate())
        return read.own(unit.pk).get(measure, Amount()).total

    def duty(self, unit: Unit, kind: str = "conference") -> Obligation:
        return Obligation.objects.get(campaign=self.campaign, unit=unit, kind=kind)


@pytest.fixture
def town() -> Town:
    top = factories.province()
    commune = factories.commune(top)
    one, two = factories.cell(commune, "Chi bộ 1"), factories.cell(commune, "Chi bộ 2")
    people = [factories.person(one if at < 3 else two, f"Nguyễn Văn {'ABCDEF'[at]}") for at in range(6)]
    document = made.document(top)
    return Town(top, commune, one, two, people, document, made.started(top, [document]))


def merging(source: Unit, target: Unit | NewUnit, **told: Any) -> Proposal:
    day = timezone.localdate()
    into = target if isinstance(target, NewUnit) else target.pk
    facts: dict[str, Any] = {"decision": "12-QĐ/TU", "decided_on": day, "effective_on": day} | told
    return Proposal(kind=ActKind.MERGE, units=(source.pk,), into=(into,), **facts)


def do(proposal: Proposal) -> Act:
    with access.acting(operator()):
        return acts.carry_out(proposal, by=operator())


def undo(act: Act) -> Act:
    with access.acting(operator()):
        return acts.undo(act, reason="Nhập nhầm", by=operator())


def refused(act: Callable[[], object]) -> DomainError:
    with access.acting(operator()), pytest.raises(DomainError) as error:
        act()
    return error.value


def declare(town: Town, unit: Unit, **figures_: int) -> None:
    with access.acting(operator()):
        totals = Totals(figures_, DAY)
        declarations.declare(town.campaign, unit, kind="presence", totals=totals, by=operator())


# ---- the roll ------------------------------------------------------------------------------------------------


def test_a_merger_moves_who_has_not_studied_and_leaves_who_has(town: Town) -> None:
    made.study(town.campaign, town.people[:1], [town.document], key="a")

    do(merging(town.one, town.two))

    assert [town.line(person).unit for person in town.people[:3]] == [town.one, town.two, town.two]
    assert [town.count(unit, Measure.SUMMONED) for unit in (town.one, town.two)] == [1, 5]
    assert [town.count(unit, Measure.PRESENT) for unit in (town.one, town.two)] == [1, 0]
    assert [town.count(unit, Measure.ESSAYS_DUE) for unit in (town.one, town.two)] == [1, 5]


def test_who_moved_is_counted_with_the_successor_from_then_on(town: Town) -> None:
    do(merging(town.one, town.two))

    made.study(town.campaign, town.people[:1], [town.document], key="a", on=DAY)

    line = town.line(town.people[0])
    assert (line.unit, line.fulfilled_on) == (town.two, timezone.localdate())
    assert [town.count(unit, Measure.PRESENT) for unit in (town.one, town.two)] == [0, 1]


def test_the_figures_of_the_days_before_do_not_move(town: Town) -> None:
    assert town.campaign.book_id is not None

    def before(day: date) -> int:
        assert town.campaign.book_id is not None
        read = figures.as_of(town.campaign.book_id, on=day, known=timezone.localdate(), tree_on=day)
        return read.own(town.one.pk)[Measure.SUMMONED].total

    seen = before(DAY)
    do(merging(town.one, town.two))

    assert (seen, before(DAY)) == (3, 3)


def test_excuses_move_with_their_people(town: Town) -> None:
    with access.acting(operator()):
        roll.excuse(town.campaign, {town.people[0].pk: "Ốm"}, key="e", on=DAY, by=operator())

    do(merging(town.one, town.two))

    assert [town.count(unit, Measure.EXCUSED) for unit in (town.one, town.two)] == [0, 1]


def test_the_roll_of_a_unit_that_declared_a_total_stays_with_it(town: Town) -> None:
    declare(town, town.one, present=2)

    with access.acting(operator()):
        seen = foresee(merging(town.one, town.two), by=operator())
    do(merging(town.one, town.two))

    assert [town.count(town.one, measure) for measure in (Measure.SUMMONED, Measure.PRESENT)] == [3, 2]
    assert town.count(town.two, Measure.SUMMONED) == 3
    assert [effect.count for effect in seen.effects if "khai tổng số" in effect.outcome] == [3]


def test_control_moving_the_roll_away_from_a_total_would_count_more_present_than_summoned(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(town, town.one, present=2)
    monkeypatch.setattr(moves, "without_room", lambda *_, **_named: set())

    do(merging(town.one, town.two))

    assert [town.count(town.one, measure) for measure in (Measure.SUMMONED, Measure.PRESENT)] == [0, 2]


def test_undo_puts_every_line_back_where_it_stood(town: Town) -> None:
    before = [(line.unit_id, line.moved_on, line.batch_id) for line in map(town.line, town.people)]

    undo(do(merging(town.one, town.two)))

    assert [(line.unit_id, line.moved_on, line.batch_id) for line in map(town.line, town.people)] == before
    assert [town.count(unit, Measure.SUMMONED) for unit in (town.one, town.two)] == [3, 3]
    with factories.looking_everywhere():
        assert not RollMove.objects.exists()


def test_the_same_act_again_posts_nothing_more(town: Town) -> None:
    told = merging(town.one, town.two)

    assert do(told) == do(told)

    assert [town.count(unit, Measure.SUMMONED) for unit in (town.one, town.two)] == [0, 6]


def test_undo_is_refused_once_somebody_who_moved_has_studied(town: Town) -> None:
    act = do(merging(town.one, town.two))
    made.study(town.campaign, town.people[:1], [town.document], key="a")

    error = refused(lambda: acts.undo(act, reason="Nhầm", by=operator()))

    assert error.code == "act.depended_on"
    assert "Nguyễn Văn A" in error.sentence
    assert town.count(town.two, Measure.SUMMONED) == 6


def test_undo_is_possible_again_when_what_rested_on_it_is_taken_back(town: Town) -> None:
    act = do(merging(town.one, town.two))
    made.study(town.campaign, town.people[:1], [town.document], key="a")
    with access.acting(operator()):
        source = f"a:{town.people[0].pk}"
        credits.withdraw(town.campaign, [source], reason="Nhầm", key="w", by=operator())

    undo(act)

    assert [town.count(unit, Measure.SUMMONED) for unit in (town.one, town.two)] == [3, 3]


def test_undo_is_refused_once_somebody_who_moved_has_been_elsewhere_and_back(town: Town) -> None:
    third = factories.cell(town.commune, "Chi bộ 3")
    act = do(merging(town.one, town.two))
    with access.acting(operator()):
        for unit in (third, town.two):
            roll.transfer(town.line(town.people[0]), unit, reason="Sinh hoạt tạm", by=operator())

    assert refused(lambda: acts.undo(act, reason="Nhầm", by=operator())).code == "act.depended_on"


def test_undo_is_refused_when_a_total_was_declared_with_who_came(town: Town) -> None:
    act = do(merging(town.one, town.two))
    declare(town, town.two, present=5)

    error = refused(lambda: acts.undo(act, reason="Nhầm", by=operator()))

    assert error.code == "act.depended_on"
    assert "Chi bộ 2" in error.sentence


def test_a_credit_taken_back_at_a_former_unit_sends_the_line_after_its_person(town: Town) -> None:
    made.study(town.campaign, town.people[:1], [town.document], key="a")
    do(merging(town.one, town.two))

    with access.acting(operator()):
        source = f"a:{town.people[0].pk}"
        credits.withdraw(town.campaign, [source], reason="Nhầm", key="w", by=operator())

    assert town.line(town.people[0]).unit == town.two
    assert [town.count(unit, Measure.SUMMONED) for unit in (town.one, town.two)] == [0, 6]


def test_moving_costs_the_same_for_one_and_for_many(town: Town) -> None:
    def statements(people: list[Person]) -> int:
        wish = Wish({person.pk: (town.one.pk, town.two.pk) for person in people})
        with (
            access.acting(operator()),
            CaptureQueriesContext(
                connection,
            ) as asked,
        ):
            moves.move(town.campaign, wish, on=DAY, key=f"m{len(people)}", reason="Thử", by=operator())
        return len(asked)

    assert statements(town.people[:1]) == statements(town.people[1:3])


def test_a_roll_drawn_after_a_merger_summons_everybody_where_he_is(town: Town) -> None:
    do(merging(town.one, town.two))

    later = made.started_titled(town.top, [town.document], "Đợt sau")

    with factories.looking_everywhere():
        lines = RollLine.objects.filter(campaign=later).values_list("unit", flat=True)
        assert list(lines) == [town.two.pk] * 6


# ---- transfers -----------------------------------------------------------------------------------------------


def cross(person: Person, source: Unit, target: Unit) -> None:
    with access.acting(operator()):
        crossing = {person.pk: Crossing(source.pk, target.pk)}
        consequences.transfer(crossing, on=timezone.localdate(), by=operator())


def test_a_transfer_takes_the_open_line_along(town: Town) -> None:
    cross(town.people[0], town.one, town.two)

    assert town.line(town.people[0]).unit == town.two
    assert [town.count(unit, Measure.SUMMONED) for unit in (town.one, town.two)] == [2, 4]


def test_a_transfer_leaves_a_fulfilled_line(town: Town) -> None:
    made.study(town.campaign, town.people[:1], [town.document], key="a")

    cross(town.people[0], town.one, town.two)

    assert town.line(town.people[0]).unit == town.one
    assert town.count(town.one, Measure.SUMMONED) == 3


def test_whoever_leaves_the_scope_of_a_campaign_leaves_its_roll(town: Town) -> None:
    abroad = factories.cell(factories.commune(factories.province("Đảng bộ tỉnh Khác")))

    cross(town.people[0], town.one, abroad)

    line = town.line(town.people[0])
    assert (line.state, line.unit) == (RollLine.State.REMOVED, town.one)
    assert line.reason != ""
    assert town.count(town.one, Measure.SUMMONED) == 2


def test_a_line_that_was_put_elsewhere_by_hand_stays_there(town: Town) -> None:
    third = factories.cell(town.commune, "Chi bộ 3")
    with access.acting(operator()):
        roll.transfer(town.line(town.people[0]), third, reason="Sinh hoạt tạm", by=operator())

    cross(town.people[0], town.one, town.two)

    assert town.line(town.people[0]).unit == third


def test_a_closed_campaign_keeps_its_roll(town: Town) -> None:
    with access.acting(operator()):
        campaigns.close(town.campaign, lessons=[], by=operator())

    cross(town.people[0], town.one, town.two)

    assert town.line(town.people[0]).unit == town.one


def test_nothing_is_foreseen_for_a_transfer_of_nobody(town: Town) -> None:
    with access.acting(operator()):
        assert consequences.foresee(Change(kind=TRANSFER, on=DAY)) == []


# ---- corrections that would leave a declared total without people ------------------------------------------------


@pytest.mark.parametrize("act", ["remove", "transfer"])
def test_a_line_does_not_leave_a_total_that_counts_it(town: Town, act: str) -> None:
    declare(town, town.one, present=3)
    line = town.line(town.people[0])

    error = refused(
        lambda: (
            roll.remove(line, reason="Chuyển đi", by=operator())
            if act == "remove"
            else roll.transfer(line, town.two, reason="Chuyển đi", by=operator())
        )
    )

    assert error.code == "roll.declared"
    assert town.count(town.one, Measure.SUMMONED) == 3


def test_a_line_that_no_total_needs_may_leave(town: Town) -> None:
    declare(town, town.one, present=2)

    with access.acting(operator()):
        roll.remove(town.line(town.people[0]), reason="Chuyển đi", by=operator())

    assert [town.count(town.one, measure) for measure in (Measure.SUMMONED, Measure.PRESENT)] == [2, 2]


# ---- obligations ---------------------------------------------------------------------------------------------


def test_what_the_successor_owes_already_is_owed_once(town: Town) -> None:
    do(merging(town.one, town.two))

    handed = town.duty(town.one)
    assert (handed.state, handed.successor) == (Obligation.State.HANDED, town.duty(town.two))
    assert [town.count(unit, Measure.CONFERENCES_DUE) for unit in (town.one, town.two)] == [0, 1]


def test_what_was_done_stays_with_the_unit_that_did_it(town: Town) -> None:
    done = Done(DAY, Grade.ON_SPOT, "conferences_conference:1")
    with access.acting(operator()):
        obligations.fulfil(town.campaign, [town.one.pk], kind="conference", done=done, by=operator())

    do(merging(town.one, town.two))

    assert town.duty(town.one).state == Obligation.State.DONE
    assert town.count(town.one, Measure.CONFERENCES_HELD) == 1
    assert town.duty(town.two).state == Obligation.State.OPEN


def test_a_new_unit_takes_over_with_the_strictest_deadline(town: Town) -> None:
    strict = town.duty(town.two).due_at - timedelta(days=5)
    with access.acting(operator()):
        obligations.tighten(town.campaign, town.two, kind="conference", due_at=strict, by=operator())
    day = timezone.localdate()
    new = NewUnit(code="MOI-1", name="Chi bộ mới")
    told = Proposal(ActKind.MERGE, "12-QĐ/TU", day, day, units=(town.one.pk, town.two.pk), into=(new,))

    do(told)

    founded = Unit.objects.get(code="MOI-1")
    taken = town.duty(founded)
    assert (taken.state, taken.due_at) == (Obligation.State.OPEN, strict)
    assert [town.count(unit, Measure.CONFERENCES_DUE) for unit in (town.one, town.two, founded)] == [0, 0, 1]
    assert town.count(founded, Measure.SUMMONED) == 6


def test_undo_gives_obligations_back(town: Town) -> None:
    day = timezone.localdate()
    new = NewUnit(code="MOI-2", name="Chi bộ mới")
    act = do(Proposal(ActKind.MERGE, "12-QĐ/TU", day, day, units=(town.one.pk, town.two.pk), into=(new,)))

    undo(act)

    assert [town.duty(unit).state for unit in (town.one, town.two)] == ["open", "open"]
    assert [town.count(unit, Measure.CONFERENCES_DUE) for unit in (town.one, town.two)] == [1, 1]
    assert Obligation.objects.filter(unit__code="MOI-2").count() == 0


def test_undo_is_refused_once_the_new_unit_has_done_what_it_took_over(town: Town) -> None:
    day = timezone.localdate()
    new = NewUnit(code="MOI-3", name="Chi bộ mới")
    act = do(Proposal(ActKind.MERGE, "12-QĐ/TU", day, day, units=(town.one.pk, town.two.pk), into=(new,)))
    founded = Unit.objects.get(code="MOI-3")
    done = Done(DAY, Grade.ON_SPOT, "conferences_conference:1")
    with access.acting(operator()):
        obligations.fulfil(town.campaign, [founded.pk], kind="conference", done=done, by=operator())

    error = refused(lambda: acts.undo(act, reason="Nhầm", by=operator()))

    assert "Chi bộ mới" in error.sentence
    assert town.duty(founded).state == Obligation.State.DONE


def test_extending_what_was_taken_over_stands_against_undo(town: Town) -> None:
    day = timezone.localdate()
    new = NewUnit(code="MOI-4", name="Chi bộ mới")
    act = do(Proposal(ActKind.MERGE, "12-QĐ/TU", day, day, units=(town.one.pk, town.two.pk), into=(new,)))
    founded = Unit.objects.get(code="MOI-4")
    decision = Decision("15-QĐ/TU", "Bão lụt", town.duty(founded).due_at + timedelta(days=9))
    with access.acting(operator()):
        obligations.extend(town.campaign, [founded.pk], kind="conference", decision=decision, by=operator())

    assert refused(lambda: acts.undo(act, reason="Nhầm", by=operator())).code == "act.depended_on"


def test_a_dissolved_unit_owes_nothing(town: Town) -> None:
    empty = factories.cell(town.commune, "Chi bộ trống")
    second = made.started_titled(town.top, [made.document(town.top)], "Đợt hai")
    day = timezone.localdate()

    act = do(Proposal(ActKind.CLOSE, "13-QĐ/TU", day, day, units=(empty.pk,)))

    duty = Obligation.objects.get(campaign=second, unit=empty, kind="conference")
    assert (duty.state, duty.reason) == (Obligation.State.WAIVED, "Theo quyết định 13-QĐ/TU")
    undo(act)
    duty.refresh_from_db()
    assert (duty.state, duty.reason) == (Obligation.State.OPEN, "")


# ---- divisions and owners --------------------------------------------------------------------------------------


def dividing(unit: Unit, **answers: str) -> Proposal:
    day = timezone.localdate()
    halves = tuple(NewUnit(code=f"NUA-{at}", name=f"Nửa {at}") for at in (1, 2))
    return Proposal(
        ActKind.SPLIT, "14-QĐ/TU", day, day, units=(unit.pk,), into=halves, answers={REST: "0", **answers}
    )


def test_a_division_asks_who_takes_the_open_work_over(town: Town) -> None:
    with access.acting(operator()):
        seen = foresee(dividing(town.one), by=operator())
    asked = [
        one for one in seen.effects if one.weight is Weight.ASKS and one.question.startswith("campaigns.")
    ]

    assert [(one.unit_id, one.count, [o.words for o in one.options]) for one in asked] == [
        (town.one.pk, 2, ["Nửa 1", "Nửa 2"])
    ]
    assert refused(lambda: acts.carry_out(dividing(town.one), by=operator())).code == "act.needs_choice"


def test_the_chosen_part_takes_the_open_work_over(town: Town) -> None:
    do(dividing(town.one, **{f"campaigns.successor.{town.one.pk}": "1"}))

    halves = [Unit.objects.get(code=f"NUA-{at}") for at in (1, 2)]
    assert [town.count(half, Measure.CONFERENCES_DUE) for half in halves] == [0, 1]
    assert [town.count(half, Measure.SUMMONED) for half in halves] == [3, 0]


def test_a_campaign_goes_on_with_the_successor_of_its_owner(town: Town) -> None:
    other = factories.commune(town.top, "Đảng bộ xã Khác")
    campaign = made.started_titled(town.commune, [town.document], "Đợt của xã")

    act = do(merging(town.commune, other))
    moved = Campaign.objects.get(pk=campaign.pk)
    undo(act)

    assert (moved.unit, moved.lead, moved.book) == (other, other, campaign.book)
    assert Campaign.objects.get(pk=campaign.pk).unit == town.commune


# ---- former units take nothing new -----------------------------------------------------------------------------


def test_former_units_take_nothing_new(town: Town) -> None:
    done = Done(DAY, Grade.ON_SPOT, "conferences_conference:1")
    with access.acting(operator()):
        obligations.fulfil(town.campaign, [town.one.pk], kind="conference", done=done, by=operator())
    do(merging(town.one, town.two))
    stranger = factories.person(town.two, "Lê Văn Mới")

    def declaring() -> object:
        totals = Totals({"present": 0}, DAY)
        return declarations.declare(town.campaign, town.one, kind="presence", totals=totals, by=operator())

    doings: list[Callable[[], object]] = [
        declaring,
        lambda: roll.add(town.campaign, stranger, town.one, person_class=3, reason="Bổ sung", by=operator()),
        lambda: roll.transfer(town.line(town.people[3]), town.one, reason="Chuyển", by=operator()),
        lambda: obligations.reopen(town.duty(town.one), reason="Chưa xong", by=operator()),
    ]
    assert [refused(doing).code for doing in doings] == ["unit.former"] * 4
