"""Assigning lecturers: what a plan never does, that no better one was missed, that every gap is accounted for."""

import subprocess
import sys
from collections.abc import Mapping
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.core.errors import DomainError
from quantriet.lecturers import solver, solving
from quantriet.lecturers.assignment import (
    Choice,
    Gap,
    Problem,
    Slot,
    Spot,
    Teacher,
    Why,
    clash,
    completed,
    cost,
    explained,
    given_by,
    held_up,
    load_cost,
    unfit,
)

HOUR = 60
TOWN, NEXT_TOWN, FAR_TOWN = Spot((1, 11), 1, 11), Spot((1, 12), 1, 12), Spot((2, 21), 2, 21)
SPOTS = (TOWN, NEXT_TOWN, FAR_TOWN, Spot((1, 11, 111), 1, 11))
SUBJECTS = ("party", "law")


def slot(at: int, starts: int, *, hours: int = 2, spot: Spot = TOWN, **told: object) -> Slot:
    facts: dict[str, object] = {"month": 1, "weekday": 0, "subject": "party", **told}
    return Slot(id=at, starts=starts * HOUR, ends=(starts + hours) * HOUR, spot=spot, **facts)  # type: ignore[arg-type]


def teacher(at: int, *, spot: Spot = TOWN, most: int = 4, **told: object) -> Teacher:
    facts: dict[str, object] = {"subjects": frozenset(SUBJECTS), **told}
    return Teacher(id=at, spot=spot, most=most, **facts)  # type: ignore[arg-type]


def solved(problem: Problem) -> list[Choice]:
    """As ``solving.solve``, without a process for each example."""
    return explained(problem, completed(problem, solver.search(problem)))


def sent(choices: list[Choice]) -> dict[int, int]:
    return {one.slot_id: one.teacher_id for one in choices if one.teacher_id}


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    hours = st.integers(0, 30)
    slots = tuple(
        slot(
            at,
            draw(hours),
            hours=draw(st.integers(1, 4)),
            spot=draw(st.sampled_from(SPOTS)),
            month=draw(st.integers(1, 2)),
            weekday=draw(st.integers(0, 1)),
            subject=draw(st.sampled_from(SUBJECTS)),
            language=draw(st.sampled_from(("", "", "khmer"))),
            wished=draw(st.integers(0, 2)),
        )
        for at in range(1, draw(st.integers(1, 5)) + 1)
    )
    teachers = tuple(
        teacher(
            at,
            spot=draw(st.sampled_from(SPOTS)),
            most=draw(st.integers(0, 2)),
            subjects=frozenset(draw(st.sets(st.sampled_from(SUBJECTS)))),
            languages=frozenset(draw(st.sets(st.just("khmer")))),
            area=draw(st.sampled_from((0, 11, 1, 2))),
            days_off=frozenset(draw(st.sets(st.integers(0, 1)))),
            absences=tuple((begin * HOUR, (begin + 6) * HOUR) for begin in draw(st.lists(hours, max_size=1))),
        )
        for at in range(1, draw(st.integers(1, 3)) + 1)
    )
    fixed = draw(st.dictionaries(st.integers(1, len(slots)), st.integers(1, len(teachers)), max_size=2))
    return Problem(slots, teachers, fixed)


def broken(problem: Problem, pairs: Mapping[int, int]) -> list[str]:
    """Every rule that a plan breaks beyond what persons fixed."""
    faults = []
    slots = {one.id: one for one in problem.slots}
    teachers = {one.id: one for one in problem.teachers}
    faults += [f"fixed {one}" for one in pairs if one in problem.fixed]
    faults += [f"unfit {one}" for one, who in pairs.items() if unfit(teachers[who], slots[one])]
    for who, given_slots in given_by(problem, pairs).items():
        new = [one for one in given_slots if one.id in pairs]
        faults += [f"two places {who}" for one, other in combinations(given_slots, 2)
                   if clash(one, other) and (one in new or other in new)]  # fmt: skip
        for month in {one.month for one in new}:
            count = sum(one.month == month for one in given_slots)
            faults += [f"too many {who}"] if count > teachers[who].most else []
    return faults


def value(problem: Problem, pairs: Mapping[int, int]) -> tuple[int, int]:
    """How good a plan is: lectures given (negative), then its cost."""
    slots = {one.id: one for one in problem.slots}
    teachers = {one.id: one for one in problem.teachers}
    total = sum(cost(teachers[who], slots[one]) for one, who in pairs.items())
    for given_slots in given_by(problem, pairs).values():
        for month in {one.month for one in given_slots}:
            fixed = sum(one.month == month and one.id not in pairs for one in given_slots)
            new = sum(one.month == month and one.id in pairs for one in given_slots)
            total += sum(load_cost(fixed + step) for step in range(new))
    return -len(pairs), total


def best(problem: Problem) -> tuple[int, int]:
    """The value of the best of all plans, by trying every one."""
    open_ids = [one.id for one in problem.open_slots]
    everybody = [0, *(one.id for one in problem.teachers)]
    plans = (
        {one: who for one, who in zip(open_ids, chosen, strict=True) if who}
        for chosen in product(everybody, repeat=len(open_ids))
    )
    return min(value(problem, plan) for plan in plans if not broken(problem, plan))


@given(problems())
def test_a_plan_breaks_no_rule_and_is_the_best_of_all(problem: Problem) -> None:
    pairs = sent(solved(problem))

    assert broken(problem, pairs) == []
    assert value(problem, pairs) == best(problem)


@given(problems())
def test_every_gap_accounts_for_the_whole_corps_and_every_choice_says_why(problem: Problem) -> None:
    for choice in solved(problem):
        if choice.teacher_id:
            assert {code for code, _numbers in choice.reasons} >= {Why.SUBJECT, Why.LOAD, Why.OTHERS}
        else:
            assert sum(numbers[0] for _code, numbers in choice.reasons) == len(problem.teachers)


@given(problems())
def test_the_problem_comes_back_from_plain_values_as_it_was(problem: Problem) -> None:
    assert solving.problem_of(solving.told(problem)) == problem


@given(problems(), st.data())
def test_completing_a_plan_cut_short_breaks_no_rule_and_leaves_nobody_idle(
    problem: Problem, data: st.DataObject
) -> None:
    found = sent(solved(problem))
    part = {one: found[one] for one in data.draw(st.sets(st.sampled_from(sorted(found))))} if found else {}

    done = completed(problem, part)

    assert broken(problem, done) == []
    explained(problem, done)  # refuses a gap for which somebody is free


def test_control_sending_each_lecture_its_nearest_breaks_the_rules() -> None:
    problem = Problem(
        (slot(1, 8), slot(2, 9), slot(3, 14)), (teacher(1, most=1), teacher(2, spot=FAR_TOWN)), {}
    )
    nearest = {one.id: min(problem.teachers, key=lambda who: cost(who, one)).id for one in problem.slots}

    assert sorted(set(broken(problem, nearest))) == ["too many 1", "two places 1"]


def test_control_a_gap_while_somebody_is_free_is_refused() -> None:
    problem = Problem((slot(1, 8),), (teacher(1),), {})

    with pytest.raises(ValueError, match="is free"):
        explained(problem, {})


def test_what_a_person_fixed_stands_even_against_the_rules_and_is_reckoned_with() -> None:
    stranger = teacher(1, subjects=frozenset(), most=1)
    problem = Problem((slot(1, 8), slot(2, 8), slot(3, 20)), (stranger, teacher(2)), {1: 1})

    choices = solved(problem)

    assert sent(choices) == {2: 2, 3: 2}
    assert [one.slot_id for one in choices] == [2, 3]


@pytest.mark.parametrize(
    ("first", "second", "clashes"),
    [
        (slot(1, 8), slot(2, 9), True),
        (slot(1, 8), slot(2, 10), False),
        (slot(1, 8), slot(2, 10, spot=Spot((1, 11, 111), 1, 11)), True),
        (slot(1, 8), slot(2, 11, spot=NEXT_TOWN), True),
        (slot(1, 8), slot(2, 12, spot=NEXT_TOWN), False),
        (slot(1, 8), slot(2, 15, spot=FAR_TOWN), True),
        (slot(1, 8), slot(2, 16, spot=FAR_TOWN), False),
    ],
)
def test_the_way_between_two_places_takes_its_time(first: Slot, second: Slot, clashes: bool) -> None:  # noqa: FBT001
    assert (clash(first, second), clash(second, first)) == (clashes, clashes)


@pytest.mark.parametrize(
    ("who", "gap"),
    [
        (teacher(1, subjects=frozenset({"law"})), Gap.SUBJECT),
        (teacher(1), Gap.LANGUAGE),
        (teacher(1, languages=frozenset({"khmer"}), absences=((9 * HOUR, 11 * HOUR),)), Gap.ABSENT),
        (teacher(1, languages=frozenset({"khmer"}), absences=((10 * HOUR, 11 * HOUR),)), None),
    ],
)
def test_who_cannot_give_a_lecture_and_why(who: Teacher, gap: Gap | None) -> None:
    assert unfit(who, slot(1, 8, language="khmer")) == gap


def test_busy_comes_before_full() -> None:
    assert held_up(teacher(1, most=1), slot(1, 8), [slot(2, 9)]) is Gap.BUSY
    assert held_up(teacher(1, most=1), slot(1, 8), [slot(2, 20)]) is Gap.FULL
    assert held_up(teacher(1, most=1), slot(1, 8), [slot(2, 20, month=2)]) is None


def test_an_even_load_goes_before_a_shorter_way_within_the_province() -> None:
    slots = tuple(slot(at, 8 + 24 * at) for at in range(1, 5))
    problem = Problem(slots, (teacher(1), teacher(2, spot=NEXT_TOWN)), {})

    counts = sorted(list(sent(solved(problem)).values()).count(who) for who in (1, 2))

    assert counts == [1, 3]  # the third near lecture costs 4, the way 3; the second far one 3 + 2


def test_cliques_cover_every_clash_and_hold_nothing_else() -> None:
    slots = [slot(at, start) for at, start in enumerate((0, 1, 3, 4, 9, 10), 1)]

    found = solver.cliques(slots)

    pairs = {(a.id, b.id) for a, b in combinations(slots, 2) if clash(a, b)}
    assert {tuple(sorted((a.id, b.id))) for group in found for a, b in combinations(group, 2)} == pairs


def test_the_search_runs_in_a_process_of_its_own_and_pages_never_load_it() -> None:
    problem = Problem((slot(1, 8), slot(2, 8)), (teacher(1), teacher(2, spot=NEXT_TOWN)), {})

    choices = solving.solve(problem)
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, quantriet.lecturers.solving; print('ortools' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert choices == solved(problem)
    assert loaded.stdout == "False\n"


def test_a_search_that_dies_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(DomainError) as refusal:
        solving.solve(Problem((slot(1, 8),), (teacher(1),), {}))

    assert refusal.value.code == "assignment.failed"
