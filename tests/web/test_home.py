"""The first page, the bell, the pulse: what each sees of what waits for him."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quantriet.core import tasks
from quantriet.org import access, notices
from quantriet.org.notices import NoticeText
from tests import factories
from tests import factories_lecturers as lecturing

pytestmark = pytest.mark.django_db


def test_lines_come_in_the_order_of_their_deadlines() -> None:
    now = timezone.localtime().replace(hour=12, minute=0)
    made = [
        tasks.due(text=text, href="/", act="Mở", due_at=now + timedelta(hours=hours), now=now)
        for text, hours in (("sau", 24 * 6), ("hôm nay", 7), ("trễ", -50), ("sát", 30))
    ]
    without = tasks.Task("doing", "không hạn", "", "/", "Xem")

    lines = [(task.text, task.state, task.when) for task in tasks.in_order([without, *made])]

    assert lines == [
        ("trễ", "overdue", "Quá hạn 2 ngày"),
        ("hôm nay", "due_soon", "Hôm nay 19:00"),
        ("sát", "due_soon", "Còn 1 ngày"),
        ("sau", "not_due", "Còn 6 ngày"),
        ("không hạn", "doing", ""),
    ]


def test_a_stranger_is_led_to_sign_in(client: Client) -> None:
    answer = client.get("/")

    assert (answer.status_code, answer.headers["Location"].partition("?")[2]) == (302, "next=%2F")


def test_a_notice_waits_on_the_first_page_until_it_is_read(client: Client) -> None:
    unit = factories.province()
    clerk = factories.account("clerk", unit)
    notices.notify([unit.pk], NoticeText("Họp giao ban lúc 14 giờ", "", "", "a"))
    client.force_login(clerk)

    before = client.get("/").content.decode()
    client.post("/thong-bao/", {})
    after = client.get("/").content.decode()

    assert ("1 thông báo chưa đọc" in before, "1 thông báo chưa đọc" in after) == (True, False)


def test_notices_of_another_unit_are_neither_shown_nor_marked(client: Client) -> None:
    unit = factories.province()
    other = factories.commune(unit)
    clerk = factories.account("clerk", other)
    notices.notify([unit.pk], NoticeText("CHIM HOÀNG YẾN", "", "", "a"))
    officer = access.actor(factories.account("officer", unit))
    assert officer is not None
    client.force_login(clerk)

    shown = client.get("/thong-bao/").content.decode()
    client.post("/thong-bao/", {"notice": str(notices.of(officer).get().pk)})

    assert "CHIM HOÀNG YẾN" not in shown
    assert notices.unread_count(officer) == 1


def test_the_number_of_queries_does_not_grow_with_the_notices(client: Client) -> None:
    unit = factories.province()
    client.force_login(factories.account("clerk", unit))
    counts = []
    for key in ("một", "hai", "ba"):
        notices.notify([unit.pk], NoticeText(f"Tin {key}", "", "", key))
        with CaptureQueriesContext(connection) as queries:
            client.get("/thong-bao/")
        counts.append(len(queries))

    assert counts[0] == counts[2]


def test_the_pulse_speaks_when_figures_were_folded(client: Client) -> None:
    client.force_login(factories.account("clerk", factories.province()))
    first = client.get("/nhip/")
    number = first.content.decode().partition("so=")[2].partition('"')[0]

    quiet = client.get(f"/nhip/?so={number}")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_clock SET fold = fold + 1")
    loud = client.get(f"/nhip/?so={number}")

    assert (first.status_code, "HX-Trigger" in first.headers) == (200, False)
    assert quiet.status_code == 204
    assert (loud.status_code, loud.headers["HX-Trigger"]) == (200, "fold")


def test_who_has_no_place_of_lecturers_finds_the_bulletins_in_the_menu() -> None:
    commune = factories.commune(factories.province())
    issue = lecturing.issue(lecturing.bulletin(commune), title="Định hướng tháng này")
    cell = factories.cell(commune)
    member = factories.signed_in(factories.account("member", cell, of=factories.person(cell)))

    def menu(client: Client) -> list[str]:
        return [place.href for place in client.get("/").context["places"]]

    front = reverse("bulletins")
    assert (front in menu(member), reverse("lecturers") in menu(member)) == (True, False)
    assert issue.title in member.get(front).content.decode()
    for role, places in (("lecturer", [True, False]), ("clerk", [False, True])):
        told = menu(factories.signed_in(factories.account(role, cell)))
        assert [front in told, reverse("lecturers") in told] == places


def test_the_day_is_told_as_the_office_writes_it() -> None:
    client = factories.signed_in(factories.account("officer", factories.province()))

    page = client.get(reverse("today")).content.decode()

    today = timezone.localdate()
    names = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
    assert f"{names[today.weekday()]}, {today:%d/%m/%Y}" in page
