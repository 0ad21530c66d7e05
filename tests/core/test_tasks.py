"""Lines of "Việc hôm nay": what their words say of the hour."""

from datetime import datetime, timedelta

import pytest

from quantriet.core import tasks
from quantriet.core.tasks import Task
from quantriet.core.text import VIETNAM

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("starts_in", "state", "words"),
    [
        (timedelta(minutes=-50), "doing", "Đang họp từ 11:10"),
        (timedelta(0), "doing", "Đang họp từ 12:00"),
        (timedelta(minutes=90), "due_soon", "Hôm nay 13:30"),
        (timedelta(hours=31, minutes=30), "due_soon", "Ngày mai 19:30"),
        (timedelta(days=6), "not_due", "12:00 ngày 28/11"),
    ],
)
def test_a_meeting_says_when_it_begins_or_since_when_it_goes_on(
    starts_in: timedelta, state: str, words: str
) -> None:
    line = tasks.meeting(text="Họp", href="/", act="Xem", starts_at=NOON + starts_in, now=NOON)

    assert (line.state, line.when, line.due_at) == (state, words, NOON + starts_in)


def test_what_others_wait_for_stands_above_what_is_far_and_news_last() -> None:
    """Three lines are shown: a review that waits is not pushed out by a deadline in 18 days or a notice."""
    news = Task("doing", "Thông báo", "Mới", "/", "Xem")
    far = tasks.due(text="Báo cáo", href="/", act="Soạn", due_at=NOON + timedelta(days=18), now=NOON)
    review = tasks.waiting(text="16 báo cáo", when="Chờ duyệt", href="/", act="Duyệt")
    near = tasks.due(text="Bài thu hoạch", href="/", act="Mở", due_at=NOON + timedelta(days=2), now=NOON)
    late = tasks.due(text="Chương trình", href="/", act="Mở", due_at=NOON - timedelta(days=2), now=NOON)
    on = tasks.meeting(text="Họp", href="/", act="Điểm danh", starts_at=NOON - timedelta(hours=1), now=NOON)

    ordered = tasks.in_order([news, far, review, near, on, late])

    assert [one.text for one in ordered] == [late.text, on.text, near.text, review.text, far.text, news.text]
