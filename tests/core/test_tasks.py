"""Lines of "Việc hôm nay": what their words say of the hour."""

from datetime import datetime, timedelta

import pytest

from quantriet.core import tasks
from quantriet.core.text import VIETNAM

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("starts_in", "state", "words"),
    [
        (timedelta(minutes=-50), "doing", "Đang họp từ 11:10"),
        (timedelta(0), "doing", "Đang họp từ 12:00"),
        (timedelta(minutes=90), "due_soon", "Hôm nay 13:30"),
        (timedelta(days=6), "not_due", "Còn 6 ngày"),
    ],
)
def test_a_meeting_says_when_it_begins_or_since_when_it_goes_on(
    starts_in: timedelta, state: str, words: str
) -> None:
    line = tasks.meeting(text="Họp", href="/", act="Xem", starts_at=NOON + starts_in, now=NOON)

    assert (line.state, line.when, line.due_at) == (state, words, NOON + starts_in)
