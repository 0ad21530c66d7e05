"""Everybody summoned is in exactly one outcome; the outcomes add up, and people and attendances are told apart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.conferences import settlement
from quantriet.conferences.settlement import SUMMONED, WORDS, Outcome, Said
from quantriet.conferences.verdicts import Meeting

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MEETING = Meeting(START, START + timedelta(hours=3), "closed")
HALF = replace(MEETING, minimum_share=50)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (Said("present", "scan"), Outcome.PRESENT),
        (Said("late", "scan"), Outcome.LATE),
        (Said("present", "scan", left_early=True), Outcome.LEFT_EARLY),
        (Said("late", "scan", left_early=True), Outcome.LEFT_EARLY),
        (Said("present", "make_up"), Outcome.MADE_UP),
        (Said("present", "superior"), Outcome.SUPERIOR),
        (Said("excused", "list"), Outcome.EXCUSED),
        (Said("absent", "list"), Outcome.ABSENT),
        (Said(), Outcome.UNSAID),
        (Said(is_summoned=False, is_exempt=True), Outcome.EXEMPT),
        (Said("present", "list", is_summoned=False), Outcome.BESIDE),
    ],
)
def test_what_is_said_of_a_person_is_one_outcome(said: Said, outcome: Outcome) -> None:
    assert settlement.outcome(said, MEETING) == outcome


@pytest.mark.parametrize(("minutes", "outcome"), [(89, Outcome.TOO_SHORT), (90, Outcome.LEFT_EARLY)])
def test_who_stayed_shorter_than_the_policy_asks_has_not_studied(minutes: int, outcome: Outcome) -> None:
    said = Said("present", "scan", left_early=True, in_at=START, out_at=START + timedelta(minutes=minutes))

    assert settlement.outcome(said, HALF) == outcome
    assert settlement.outcome(said, MEETING) == Outcome.LEFT_EARLY


def test_whom_nobody_said_anything_of_is_told_from_the_absent() -> None:
    found = settlement.sums(
        [(Said("absent", "list"), 2), (Said("present", "scan"), 5)], MEETING, summoned=10, guests=1
    )

    assert (found.of[Outcome.ABSENT], found.of[Outcome.UNSAID], found.people, found.missed) == (2, 3, 5, 5)
    assert (found.turns, found.guests) == (5, 1)


def test_without_a_list_nobody_is_missing() -> None:
    found = settlement.sums([(Said("present", "list"), 4)], MEETING, summoned=None, guests=0)

    assert (found.summoned, found.missed, found.people) == (None, 0, 4)


said_of_people = st.builds(
    Said,
    state=st.sampled_from(["", "present", "late", "excused", "absent"]),
    source=st.sampled_from(["list", "scan", "make_up", "superior"]),
    left_early=st.booleans(),
    is_summoned=st.booleans(),
)


@given(st.lists(st.tuples(said_of_people, st.integers(1, 50)), max_size=20), st.integers(0, 30))
def test_outcomes_of_the_summoned_add_up_to_the_summons(groups: list[tuple[Said, int]], more: int) -> None:
    groups = [(one, count) for one, count in groups if one.state or one.is_summoned]
    listed = sum(count for one, count in groups if one.is_summoned or one.state in ("excused", "absent"))

    found = settlement.sums(groups, MEETING, summoned=listed + more, guests=0)

    assert sum(found.of[one] for one in SUMMONED) == listed + more
    assert found.people + found.missed == listed + more
    assert set(found.of) == set(WORDS)
