"""Ready policies against the days a campaign really has. Pure: values in, values out."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from quantriet.campaigns import policy
from quantriet.campaigns.policy import Duty
from quantriet.core.text import end_of_day

START = date(2026, 3, 2)
DUTIES = (Duty("conference", "party", {2: 10, 4: 30}), Duty("report", "party", {2: 35}))


def test_deadlines_behind_the_end_are_brought_forward_to_it_and_named() -> None:
    end = date(2026, 4, 1)

    dues = [policy.due_within(START, days, end) for days in (10, 30, 35)]

    assert dues == [end_of_day(date(2026, 3, 12)), end_of_day(end), end_of_day(end)]
    assert policy.cut_short(DUTIES, START, end) == [("report", "party", 2)]


@given(length=st.integers(0, 400), days=st.integers(0, 400))
def test_exactly_what_is_named_was_brought_forward(length: int, days: int) -> None:
    end = date.fromordinal(START.toordinal() + length)

    moved = policy.due_within(START, days, end) != policy.due_at(START, days)

    assert moved == bool(policy.cut_short([Duty("report", "party", {2: days})], START, end))
