"""What a mark means, at every second and after every other mark."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.conferences import verdicts
from quantriet.conferences.verdicts import NOTHING, Act, Ask, Claimed, Code, Known, Meeting
from quantriet.ledger.measures import Grade

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
END = START + timedelta(hours=3)
MEETING = Meeting(START, END, "open")
SECOND = timedelta(seconds=1)

moments = st.integers(min_value=-90, max_value=300).map(lambda minutes: START + timedelta(minutes=minutes))
asks = st.builds(
    Ask,
    act=st.sampled_from(Act),
    at=st.none() | moments,
    out_at=st.none() | moments,
    excuse=st.sampled_from(["", "ốm"]),
    is_code=st.booleans(),
)


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (START - timedelta(minutes=60) - SECOND, Code.TOO_EARLY),
        (START - timedelta(minutes=60), Code.RECORDED),
        (END + timedelta(hours=5), Code.RECORDED),
    ],
)
def test_check_in_opens_an_hour_before_the_start(now: datetime, code: Code) -> None:
    assert verdicts.judge(Ask(Act.IN, is_code=True), NOTHING, MEETING, now=now).code == code


@pytest.mark.parametrize(
    ("after", "state"), [(timedelta(minutes=15), "present"), (timedelta(minutes=15) + SECOND, "late")]
)
def test_late_begins_after_the_minutes_of_the_policy(after: timedelta, state: str) -> None:
    verdict = verdicts.judge(Ask(Act.IN), NOTHING, MEETING, now=START + after)

    assert (verdict.code, verdict.after.state, verdict.after.in_at) == (Code.RECORDED, state, START + after)


@pytest.mark.parametrize(
    ("before", "early"), [(timedelta(minutes=15), False), (timedelta(minutes=15) + SECOND, True)]
)
def test_left_early_ends_with_the_minutes_of_the_policy(*, before: timedelta, early: bool) -> None:
    known = Known("present", START, version=1)

    verdict = verdicts.judge(Ask(Act.OUT), known, MEETING, now=END - before)

    assert (verdict.code, verdict.after.left_early) == (Code.CHANGED, early)


def test_a_code_is_refused_after_the_close_and_the_list_is_not() -> None:
    closed = replace(MEETING, state="closed")

    assert verdicts.judge(Ask(Act.IN, is_code=True), NOTHING, closed, now=END).code == Code.CLOSED
    assert verdicts.judge(Ask(Act.PRESENT), NOTHING, closed, now=END).code == Code.RECORDED


def test_a_cancelled_conference_takes_nothing() -> None:
    cancelled = replace(MEETING, state="cancelled")

    assert verdicts.judge(Ask(Act.EXCUSED), NOTHING, cancelled, now=START).code == Code.CANCELLED


def test_going_out_needs_coming_in_and_happens_once() -> None:
    there = Known("present", START, version=1)
    gone = Known("present", START, END, version=2)

    assert verdicts.judge(Ask(Act.OUT), NOTHING, MEETING, now=END).code == Code.NOT_IN
    assert verdicts.judge(Ask(Act.OUT, at=START - SECOND), there, MEETING, now=END).code == Code.OUT_BEFORE_IN
    assert verdicts.judge(Ask(Act.OUT), gone, MEETING, now=END).code == Code.ALREADY


def test_coming_back_takes_the_leaving_away() -> None:
    gone = Known("present", START, START + timedelta(hours=1), left_early=True, version=2)

    verdict = verdicts.judge(Ask(Act.IN), gone, MEETING, now=START + timedelta(hours=2))

    assert verdict.after == replace(gone, out_at=None, left_early=False, back_at=START + timedelta(hours=2))


def test_a_scan_that_comes_late_over_a_bad_line_does_not_undo_the_leaving() -> None:
    gone = Known("present", START, START + timedelta(hours=1), left_early=True, version=2)

    verdict = verdicts.judge(Ask(Act.IN, at=START, is_code=True), gone, MEETING, now=END)

    assert (verdict.code, verdict.after) == (Code.ALREADY, gone)


@given(events=st.lists(st.tuples(st.sampled_from([Act.IN, Act.OUT]), moments), max_size=6), data=st.data())
def test_in_whatever_order_scans_come_the_same_is_known(
    events: list[tuple[Act, datetime]], data: st.DataObject
) -> None:
    """Goings that found no coming are heard once more at the end, as the house does."""
    other = data.draw(st.permutations(events))

    assert _known_after(other) == _known_after(events)


def _known_after(events: list[tuple[Act, datetime]]) -> tuple[Known, bool]:
    """What is known, and whether a going waits for a person."""
    known, waiting = NOTHING, []
    for act, at in events:
        verdict = verdicts.judge(Ask(act, at, is_code=True), known, MEETING, now=END)
        if verdict.code in (Code.NOT_IN, Code.OUT_BEFORE_IN):
            waiting.append(at)
        known = replace(verdict.after, version=1 if verdict.after.state else 0)
    if waiting and known.state in verdicts.HERE:
        known = verdicts.judge(Ask(Act.OUT, max(waiting)), known, MEETING, now=END).after
    waits = any(known.state not in verdicts.HERE or (known.in_at and at < known.in_at) for at in waiting)
    return known, waits


def test_who_is_let_in_twice_without_having_gone_is_told_from_two_readers_at_one_door() -> None:
    known = Known("present", START, version=1)
    gone = replace(known, out_at=START + timedelta(minutes=30))

    assert [verdicts.is_twice(START + timedelta(minutes=late), known) for late in (5, 6)] == [False, True]
    assert not verdicts.is_twice(END, gone)
    assert not verdicts.is_twice(END, Known("present", version=1))


@pytest.mark.parametrize(
    ("known", "told", "after"),
    [
        (NOTHING, Claimed(START, START, None), Known("present", START)),
        (
            NOTHING,
            Claimed(START + timedelta(minutes=20), None, END),
            Known("late", START + timedelta(minutes=20), END),
        ),
        (NOTHING, Claimed(None, None, END), Known("present", None, END)),
        (Known("present", START), Claimed(None, None, START - SECOND), Known("present", back_at=START)),
        (
            Known("late", END, version=3),
            Claimed(START, START, None),
            Known("present", START, version=3, back_at=END),
        ),
    ],
)
def test_a_claim_that_holds_is_known_beside_what_was(known: Known, told: Claimed, after: Known) -> None:
    closed = replace(MEETING, state="closed")

    assert verdicts.claimed(known, told, closed) == after


def test_who_saw_an_older_version_is_told_unless_both_say_the_same() -> None:
    theirs = Known("excused", excuse="ốm", version=2)

    stale = verdicts.judge(Ask(Act.ABSENT, version=1), theirs, MEETING, now=START)
    same = verdicts.judge(Ask(Act.EXCUSED, excuse="ốm", version=1), theirs, MEETING, now=START)

    assert (stale.code, stale.after, same.code) == (Code.STALE, theirs, Code.ALREADY)


@given(st.lists(st.tuples(asks, moments), max_size=12))
def test_the_same_mark_again_never_writes(marks: list[tuple[Ask, datetime]]) -> None:
    known = NOTHING
    for ask, now in marks:
        first = verdicts.judge(ask, known, MEETING, now=now)
        known = replace(first.after, version=known.version + first.writes)

        again = verdicts.judge(ask, known, MEETING, now=now)

        assert not again.writes
        assert again.after == known


@given(st.lists(st.tuples(asks, moments), max_size=12))
def test_what_is_known_always_makes_sense(marks: list[tuple[Ask, datetime]]) -> None:
    known = NOTHING
    for ask, now in marks:
        verdict = verdicts.judge(ask, known, MEETING, now=now)
        known = replace(verdict.after, version=known.version + 1) if verdict.writes else known

        assert known.in_at is None or known.out_at is None or known.in_at <= known.out_at
        assert not known.excuse or known.state == "excused"
        assert not known.left_early or known.state in verdicts.HERE
        assert known.state in verdicts.HERE or (known.in_at, known.out_at) == (None, None)


@pytest.mark.parametrize(
    ("minutes", "earns"),
    [(89, False), (90, True), (180, True)],
)
def test_half_of_the_time_earns_credit_where_the_policy_asks_for_half(*, minutes: int, earns: bool) -> None:
    half = replace(MEETING, minimum_share=50)
    known = Known("present", START, START + timedelta(minutes=minutes))

    assert verdicts.earns_credit(known, half) is earns


def test_without_a_minimum_presence_earns_credit() -> None:
    assert verdicts.earns_credit(Known("late", END), MEETING)
    assert not verdicts.earns_credit(Known("excused"), MEETING)
    assert verdicts.earns_credit(Known("present"), replace(MEETING, minimum_share=100))


@pytest.mark.parametrize(
    ("state", "at_the_moment", "now", "grade"),
    [
        ("open", True, START, Grade.ON_SPOT),
        ("open", False, START, Grade.AFTERWARDS),
        ("closed", True, START, Grade.AFTERWARDS),
        ("open", True, END + timedelta(hours=2), Grade.AFTERWARDS),
    ],
)
def test_a_mark_is_at_the_moment_while_the_conference_runs(
    *, state: str, at_the_moment: bool, now: datetime, grade: Grade
) -> None:
    assert verdicts.grade(replace(MEETING, state=state), at_the_moment=at_the_moment, now=now) == grade
