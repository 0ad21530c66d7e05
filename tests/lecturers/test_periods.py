"""Periods of a bulletin: each day lies in one, they follow without a gap, they are named as an office names them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.lecturers import periods
from quantriet.lecturers.choices import Rhythm

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@given(DAYS, st.sampled_from(Rhythm))
def test_each_day_lies_in_one_period_and_they_follow_without_a_gap(day: date, rhythm: Rhythm) -> None:
    first, last = periods.first_day(day, rhythm), periods.last_day(periods.first_day(day, rhythm), rhythm)

    assert first <= day <= last
    assert (periods.first_day(first, rhythm), periods.first_day(last, rhythm)) == (first, first)
    assert periods.after(first, rhythm) == last + timedelta(days=1)
    assert periods.first_day(last + timedelta(days=1), rhythm) == last + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "rhythm", "first", "words"),
    [
        (date(2026, 11, 22), Rhythm.WEEKLY, date(2026, 11, 16), "tuần 47/2026"),
        (date(2027, 1, 1), Rhythm.WEEKLY, date(2026, 12, 28), "tuần 53/2026"),
        (date(2026, 2, 28), Rhythm.MONTHLY, date(2026, 2, 1), "tháng 2/2026"),
        (date(2026, 12, 31), Rhythm.QUARTERLY, date(2026, 10, 1), "quý IV/2026"),
        (date(2026, 2, 7), Rhythm.ONCE, date(2026, 2, 7), "07/02/2026"),
    ],
)
def test_words_of_a_period(day: date, rhythm: Rhythm, first: date, words: str) -> None:
    found = periods.first_day(day, rhythm)

    assert (found, periods.words(found, rhythm)) == (first, words)
