"""Credit: nobody counts twice, a correction counts out exactly what was counted in."""

from datetime import date

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from quantriet.campaigns import queries
from quantriet.campaigns.commands import credits, declarations, roll
from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.models import Campaign, Declaration, RollLine
from quantriet.core.errors import ConflictError, DomainError
from quantriet.ledger.measures import Grade, Measure
from quantriet.org import access
from quantriet.org.models import Unit
from tests import factories
from tests import factories_campaigns as made
from tests.factories import operator

DAY = date(2026, 2, 7)


@pytest.fixture
def top(db: None) -> Unit:
    return factories.province()


def count(campaign: Campaign, unit: Unit, measure: Measure) -> int:
    with access.acting(operator()):
        return queries.board(campaign, unit).top.amount(measure).total


def test_a_person_counts_when_every_document_is_studied(top: Unit) -> None:
    cell = factories.cell(factories.commune(top))
    person = factories.person(cell)
    first, second = made.document(top), made.document(top)
    campaign = made.started(top, [first, second])

    after_one = made.study(campaign, [person], [first], key="a")
    half = count(campaign, top, Measure.PRESENT)
    after_both = made.study(campaign, [person], [second], key="b")

    assert (after_one, half) == ([], 0)
    assert after_both == [cell.pk]
    assert count(campaign, top, Measure.PRESENT) == 1


def test_a_second_session_gives_no_second_person(top: Unit) -> None:
    person = factories.person(factories.cell(factories.commune(top)))
    document = made.document(top)
    campaign = made.started(top, [document])

    made.study(campaign, [person], [document], key="a")
    again = made.study(campaign, [person], [document], key="b")

    assert again == []
    assert count(campaign, top, Measure.PRESENT) == 1


def test_whoever_is_not_on_the_roll_is_passed_over(top: Unit) -> None:
    factories.person(factories.cell(factories.commune(top)))
    document = made.document(top)
    campaign = made.started(top, [document])
    guest = factories.person(factories.cell(factories.commune(top, "Xã Khác")), "Đỗ Thị Hoa")

    assert made.study(campaign, [guest], [document], key="a") == []


def test_a_correction_counts_out_and_a_retry_of_it_does_nothing(top: Unit) -> None:
    person = factories.person(factories.cell(factories.commune(top)))
    document = made.document(top)
    campaign = made.started(top, [document])
    made.study(campaign, [person], [document], key="a")

    with access.acting(operator()):
        for _ in range(2):
            credits.withdraw(campaign, [f"a:{person.pk}"], reason="Ghi nhầm", key="undo-a", by=operator())
        line = RollLine.objects.get(campaign=campaign)

    assert (line.fulfilled_on, line.grade) == (None, None)
    assert count(campaign, top, Measure.PRESENT) == 0


def test_an_excused_person_who_makes_up_is_no_longer_excused(top: Unit) -> None:
    person = factories.person(factories.cell(factories.commune(top)))
    document = made.document(top)
    campaign = made.started(top, [document])
    with access.acting(operator()):
        for _ in range(2):
            roll.excuse(campaign, {person.pk: "Ốm"}, key="ốm", on=DAY, by=operator())
    excused = count(campaign, top, Measure.EXCUSED)

    made.study(campaign, [person], [document], key="a")

    assert (excused, count(campaign, top, Measure.EXCUSED)) == (1, 0)


def declare(
    campaign: Campaign, unit: Unit, present: int, *, version: int = 0, paper: str = ""
) -> Declaration:
    with access.acting(operator()):
        totals = Totals({"present": present}, DAY, paper=paper, version=version)
        return declarations.declare(campaign, unit, kind="presence", totals=totals, by=operator())


def test_named_people_push_a_declared_total_back(top: Unit) -> None:
    cell = factories.cell(factories.commune(top))
    people = [factories.person(cell, name) for name in ("Trần Thị Bình", "Lê Văn Cường", "Phạm Thị Dung")]
    document = made.document(top)
    campaign = made.started(top, [document])

    declare(campaign, cell, 2)
    made.study(campaign, people[:1], [document], key="a")
    with access.acting(operator()):
        mix = queries.board(campaign, cell).top.amount(Measure.PRESENT).by_grade
    made.study(campaign, people[1:], [document], key="b")

    assert mix == (1, 0, 0, 1)
    assert count(campaign, cell, Measure.PRESENT) == 3


def test_declaring_again_replaces_and_the_same_again_changes_nothing(top: Unit) -> None:
    cell = factories.cell(factories.commune(top))
    for name in ("Trần Thị Bình", "Lê Văn Cường"):
        factories.person(cell, name)
    campaign = made.started(top)

    first = declare(campaign, cell, 1)
    again = declare(campaign, cell, 1)
    better = declare(campaign, cell, 2, version=1, paper="Biên bản số 3")

    assert (first.version, again.version, better.version) == (1, 1, 2)
    with access.acting(operator()):
        assert queries.board(campaign, cell).top.amount(Measure.PRESENT).by_grade == (0, 0, 2, 0)


def test_present_above_summoned_is_refused_with_both_numbers(top: Unit) -> None:
    cell = factories.cell(factories.commune(top))
    factories.person(cell)
    campaign = made.started(top)

    with pytest.raises(DomainError) as refused:
        declare(campaign, cell, 65)

    assert refused.value.code == "declaration.above_summoned"
    assert "65" in refused.value.sentence
    assert "1." in refused.value.sentence


def test_the_second_declarer_is_told_and_shown_both(top: Unit) -> None:
    cell = factories.cell(factories.commune(top))
    for name in ("Trần Thị Bình", "Lê Văn Cường"):
        factories.person(cell, name)
    campaign = made.started(top)
    declare(campaign, cell, 1)

    with pytest.raises(ConflictError) as refused:
        declare(campaign, cell, 2)

    assert (refused.value.context["theirs"], refused.value.context["yours"]) == (
        {"present": 1},
        {"present": 2},
    )


def test_a_person_stands_on_one_roll(top: Unit) -> None:
    commune = factories.commune(top)
    here, there = factories.cell(commune, "Chi bộ 1"), factories.cell(commune, "Chi bộ 2")
    person = factories.person(here)
    campaign = made.started(top)

    with access.acting(operator()), pytest.raises(DomainError) as refused:
        roll.add(campaign, person, there, person_class=3, reason="Sinh hoạt tạm", by=operator())

    assert refused.value.code == "roll.person_twice"
    assert "Chi bộ 1" in refused.value.sentence


def test_a_transfer_moves_the_count_before_it_is_fulfilled_and_not_after(top: Unit) -> None:
    commune = factories.commune(top)
    here, there = factories.cell(commune, "Chi bộ 1"), factories.cell(commune, "Chi bộ 2")
    person = factories.person(here)
    document = made.document(top)
    campaign = made.started(top, [document])
    with access.acting(operator()):
        line = RollLine.objects.get(campaign=campaign)
        for _ in range(2):
            line = roll.transfer(line, there, reason="Chuyển sinh hoạt", by=operator())
    moved = [count(campaign, unit, Measure.SUMMONED) for unit in (here, there, top)]
    made.study(campaign, [person], [document], key="a")

    with access.acting(operator()), pytest.raises(DomainError) as refused:
        roll.transfer(line, here, reason="Chuyển về", by=operator())

    assert moved == [0, 1, 1]
    assert refused.value.code == "roll.fulfilled"


def test_taking_someone_off_the_roll_needs_a_reason_and_counts_once(top: Unit) -> None:
    factories.person(factories.cell(factories.commune(top)))
    campaign = made.started(top)
    with access.acting(operator()):
        line = RollLine.objects.get(campaign=campaign)
        with pytest.raises(DomainError):
            roll.remove(line, reason=" ", by=operator())
        for _ in range(2):
            roll.remove(line, reason="Chuyển đi", by=operator())
    assert count(campaign, top, Measure.SUMMONED) == 0
    assert count(campaign, top, Measure.ESSAYS_DUE) == 0


class Counting(RuleBasedStateMachine):
    """Any sequence of studying, correcting, excusing, declaring, removing and adding: the ledger always says
    what the rows say."""

    def __init__(self) -> None:
        super().__init__()
        self.top = factories.province()
        commune = factories.commune(self.top)
        self.cells = [factories.cell(commune, f"Chi bộ {number}") for number in (1, 2)]
        self.people = [
            factories.person(self.cells[number % 2], f"Nguyễn Văn {name}")
            for number, name in enumerate("ABCD")
        ]
        self.documents = [made.document(self.top), made.document(self.top)]
        self.campaign = made.started(self.top, self.documents)
        self.sources: list[str] = []
        self.step = 0
        self.versions: dict[int, int] = {}

    def key(self) -> str:
        self.step += 1
        return f"k{self.step}"

    @rule(who=st.integers(0, 3), which=st.sampled_from([(0,), (1,), (0, 1)]))
    def study(self, who: int, which: tuple[int, ...]) -> None:
        key = self.key()
        made.study(self.campaign, [self.people[who]], [self.documents[at] for at in which], key=key)
        self.sources.append(f"{key}:{self.people[who].pk}")

    @precondition(lambda self: bool(self.sources))
    @rule(at=st.integers(0, 50))
    def correct(self, at: int) -> None:
        source = self.sources[at % len(self.sources)]
        with access.acting(operator()):
            credits.withdraw(self.campaign, [source], reason="Ghi nhầm", key=self.key(), by=operator())

    @rule(who=st.integers(0, 3), reason=st.sampled_from(["Ốm", ""]))
    def excuse(self, who: int, reason: str) -> None:
        with access.acting(operator()):
            roll.excuse(self.campaign, {self.people[who].pk: reason}, key=self.key(), on=DAY, by=operator())

    @rule(at=st.integers(0, 1), present=st.integers(0, 2))
    def declare(self, at: int, present: int) -> None:
        cell = self.cells[at]
        try:
            row = declare(self.campaign, cell, present, version=self.versions.get(cell.pk, 0))
        except DomainError as refused:
            assert refused.code == "declaration.above_summoned"  # noqa: PT017
        else:
            self.versions[cell.pk] = row.version

    @rule(who=st.integers(0, 3))
    def take_off(self, who: int) -> None:
        with access.acting(operator()):
            line = RollLine.objects.get(campaign=self.campaign, person=self.people[who])
            try:
                roll.remove(line, reason="Chuyển đi", by=operator())
            except DomainError as refused:
                assert refused.code in ("roll.fulfilled", "roll.declared")  # noqa: PT017

    @rule(who=st.integers(0, 3))
    def put_back(self, who: int) -> None:
        with access.acting(operator()):
            line = RollLine.objects.get(campaign=self.campaign, person=self.people[who])
            if line.state == RollLine.State.REMOVED:
                roll.add(
                    self.campaign,
                    self.people[who],
                    line.unit,
                    person_class=3,
                    reason="Chuyển về",
                    by=operator(),
                )

    @rule(who=st.integers(0, 3), to=st.integers(0, 1))
    def move(self, who: int, to: int) -> None:
        with access.acting(operator()):
            line = RollLine.objects.get(campaign=self.campaign, person=self.people[who])
            try:
                roll.transfer(line, self.cells[to], reason="Chuyển sinh hoạt", by=operator())
            except DomainError as refused:
                assert refused.code in ("roll.fulfilled", "roll.declared")  # noqa: PT017

    @invariant()
    def the_ledger_says_what_the_rows_say(self) -> None:
        with access.acting(operator()):
            for unit in self.cells:
                board = queries.board(self.campaign, unit)
                lines = RollLine.objects.filter(campaign=self.campaign, unit=unit, state="summoned")
                named = lines.filter(fulfilled_on__isnull=False).count()
                declared = Declaration.objects.filter(
                    campaign=self.campaign, unit=unit, kind="presence"
                ).first()
                figures = declared.figures if declared else {}
                rest = max(0, figures.get("present", 0) - named)
                present = board.top.amount(Measure.PRESENT)
                assert present.total == named + rest
                assert present.by_grade[Grade.ON_SPOT - 1] == named
                assert board.top.amount(Measure.SUMMONED).total == lines.count()
                excused = lines.filter(fulfilled_on=None).exclude(excuse="").count()
                assert board.top.amount(Measure.EXCUSED).total == excused


class TestCounting(HypothesisTestCase, Counting.TestCase):  # type: ignore[misc, valid-type]
    settings = settings(  # type: ignore[assignment]
        max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
    )
