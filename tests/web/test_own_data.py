"""A person takes along what every floor keeps about him, whatever his roles, and nothing about anybody else."""

import json
import re
import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quantriet.conferences.models import AttendanceConflict, Remark
from quantriet.conferences.verdicts import Act
from quantriet.org import access
from quantriet.org.models import Person
from quantriet.org.queries import own_data as queries
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town
from tests.factories import operator

pytestmark = pytest.mark.django_db


def live(town: Town, person: Person, *, words: str) -> None:
    """Excused from one session, absent from another, corrected to present; claimed at a second site; a signed word."""
    made.mark(made.hub(made.called(town.commune, town.campaign)), [person], Act.EXCUSED, excuse=words)
    made.mark(town.site, [person], Act.ABSENT)
    made.mark(town.site, [person], version=1)
    by = operator()
    with access.acting(by):
        other = made.site(town.conference, town.other_cell)
        AttendanceConflict.objects.create(
            conference=town.conference,
            site=other,
            unit=town.other_cell,
            person=person,
            state="present",
            at=timezone.now() - timedelta(minutes=1),
            source="list",
            actor=words,
        )
        Remark.objects.create(
            conference=town.conference, unit=town.province, text=f"Ý kiến {words}", author=person
        )


def export(client: Client) -> dict[str, list[dict[str, str]]]:
    answer = client.get(reverse("my-export", args=["json"]))
    assert answer.status_code == 200
    found: dict[str, list[dict[str, str]]] = json.loads(answer.content)
    return found


@pytest.fixture
def town(db: None) -> Town:
    found = Town()
    live(found, found.an, words="ốm")
    live(found, found.binh, words="bận việc riêng")
    return found


def browser(person: Person) -> Client:
    account = factories.account("member", person.home_unit, of=person)
    return factories.signed_in(account)


def test_every_floor_tells_what_it_keeps(town: Town) -> None:
    told = export(browser(town.an))

    assert [(row["Đợt"], row["Lý do vắng"]) for row in told["Danh sách triệu tập"]] == [
        (town.campaign.title, "ốm")
    ]
    assert [row["Cách học"] for row in told["Văn bản đã học"]] == ["Dự hội nghị"]
    assert sorted((row["Tình trạng"], row["Lý do vắng"]) for row in told["Điểm danh"]) == [
        ("Có mặt", ""),
        ("Vắng có lý do", "ốm"),
    ]
    assert [(row["Hội nghị"], row["Trước khi sửa"]) for row in told["Sửa điểm danh"]] == [
        (town.conference.title, "Vắng")
    ]
    assert [row["Người ghi"] for row in told["Lượt phải quyết định"]] == ["ốm"]
    assert [row["Nội dung"] for row in told["Ý kiến có ký tên"]] == ["Ý kiến ốm"]
    assert [row["Vai trò"] for row in told["Vai trò"]] == ["Đảng viên"]
    assert len(told["Tài khoản"]) == 1


def test_nothing_about_anybody_else_is_in_it(town: Town) -> None:
    told = json.dumps(export(browser(town.an)), ensure_ascii=False)

    assert ("ốm" in told, "bận việc riêng" in told, town.binh.full_name in told) == (True, False, False)


def test_the_workbook_has_a_sheet_for_each_part(town: Town) -> None:
    answer = browser(town.an).get(reverse("my-export", args=["xlsx"]))
    with zipfile.ZipFile(BytesIO(answer.content)) as book:
        names = re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode())
    with access.acting(factories.actor("member", town.chi.home_unit, of=town.chi)):
        parts = queries.sections(town.chi)

    assert len(names) == len(parts)
    assert "Điểm danh" in names


def test_the_page_says_how_much_there_is(town: Town) -> None:
    shown = browser(town.an).get(reverse("my-data")).content.decode()

    assert "Hệ thống còn giữ" in shown
    assert "Sửa điểm danh" in shown


def test_queries_do_not_grow_with_what_is_kept(town: Town) -> None:
    client = browser(town.an)
    counts = []
    for more in (0, 2):
        for _number in range(more):
            second = made.hub(made.called(town.commune, town.campaign))
            made.mark(second, [town.an], Act.EXCUSED, excuse="công tác")
        export(client)
        with CaptureQueriesContext(connection) as captured:
            export(client)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_control_without_the_own_rows_policy_a_claim_elsewhere_stays_hidden(town: Town) -> None:
    """The member's own scope holds no unit: what he reads of himself, he reads as the person."""
    by = factories.actor("member", town.an.home_unit, of=town.an)
    seen: list[Any] = []
    with access.acting(by), connection.cursor() as cursor:
        seen.append(AttendanceConflict.objects.count())
        cursor.execute("SELECT set_config('quantriet.person', '0', true)")
        seen.append(AttendanceConflict.objects.count())

    assert seen == [1, 0]
