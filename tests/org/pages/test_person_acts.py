"""Posts, transfers and halls through their pages: said once, refused beside the field, nobody else's."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quantriet.org.models import AuditEvent, Facility, Membership, Post, Unit
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate().strftime("%d/%m/%Y")


class Place:
    """A commune with two cells and a person of the first; the administrator of the province."""

    def __init__(self) -> None:
        self.province = factories.province()
        self.commune = factories.commune(self.province)
        self.cell = factories.cell(self.commune, "Chi bộ Ấp Một")
        self.other = factories.cell(self.commune, "Chi bộ Ấp Hai")
        self.person = factories.person(self.cell, "Trần Thị Chuyển")
        self.admin = factories.signed_in(factories.account("administrator", self.province))

    def post(self, route: str, *more: int, **fields: object) -> Any:
        return self.admin.post(reverse(route, args=[self.person.pk, *more]), fields)


@pytest.fixture
def place() -> Place:
    return Place()


def memberships(place: Place) -> list[tuple[int, bool]]:
    with factories.looking_everywhere():
        rows = Membership.objects.filter(person=place.person).order_by("id")
        return [(row.unit_id, row.to_on is None) for row in rows]


def test_a_post_is_given_once_and_ended_on_its_day(place: Place) -> None:
    told = {"unit": "chi bo ap hai", "title": "deputy", "label": "Phó Bí thư", "on": "01/02/2026"}
    codes = [place.post("post-give", **told).status_code for _ in range(2)]
    with factories.looking_everywhere():
        post = Post.objects.get(person=place.person)

    ended = [place.post("post-end", post.pk, on=TODAY).status_code for _ in range(2)]

    with factories.looking_everywhere():
        post.refresh_from_db()
    assert (codes, ended) == ([302, 302], [302, 302])
    assert (post.unit_id, post.title, post.to_on) == (place.other.pk, "deputy", timezone.localdate())


def test_a_transfer_keeps_its_decision_and_a_retry_moves_nobody(place: Place) -> None:
    told = {"unit": place.other.code, "decision": "15-QĐ/ĐU", "on": TODAY}

    codes = [place.post("person-transfer", **told).status_code for _ in range(2)]

    with factories.looking_everywhere():
        kept = [event.detail["decision"] for event in AuditEvent.objects.filter(action="person.transfer")]
    assert (codes, kept) == ([302, 302], ["15-QĐ/ĐU"])
    assert memberships(place) == [(place.cell.pk, False), (place.other.pk, True)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"unit": "không có"}, "Không có đơn vị nào mang mã hoặc tên"),
        ({"unit": "Chi bộ trùng"}, "Có nhiều đơn vị cùng tên"),
        ({"on": "32/01/2026"}, "Từ ngày"),
        ({"decision": ""}, "Số quyết định"),
        (
            {"on": (timezone.localdate() + timedelta(days=1)).strftime("%d/%m/%Y")},
            "Ngày chuyển ở sau hôm nay",
        ),
    ],
)
def test_a_fault_is_told_and_nobody_moves(place: Place, change: dict[str, str], sentence: str) -> None:
    for parent in (place.commune, factories.commune(place.province, "Đảng bộ xã Ba")):
        factories.cell(parent, "Chi bộ Trùng")
    told = {"unit": place.other.code, "decision": "15-QĐ/ĐU", "on": TODAY} | change

    answer = place.post("person-transfer", **told)

    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert memberships(place) == [(place.cell.pk, True)]


@pytest.mark.parametrize("route", ["post-give", "person-transfer"])
def test_who_does_not_keep_the_register_may_not(place: Place, route: str) -> None:
    secretary = factories.signed_in(factories.account("secretary", place.commune))
    foreign = factories.province("Đảng bộ tỉnh Khác")
    stranger = factories.signed_in(factories.account("administrator", foreign))
    address = reverse(route, args=[place.person.pk])

    assert (secretary.get(address).status_code, stranger.get(address).status_code) == (403, 404)


def halls(unit: Unit) -> list[tuple[str, int | None]]:
    with factories.looking_everywhere():
        return list(Facility.objects.filter(unit=unit).order_by("name").values_list("name", "seats"))


def test_a_secretary_enters_corrects_and_confirms_a_hall(place: Place) -> None:
    secretary = factories.signed_in(factories.account("secretary", place.commune))
    list_page = reverse("facilities", args=[place.commune.pk])
    secretary.post(list_page, {"name": "Hội trường A", "seats": "120"})
    with factories.looking_everywhere():
        hall = Facility.objects.get(unit=place.commune)
        Facility.objects.update(confirmed_on=None)
    before = secretary.get(list_page).content.decode()
    page = secretary.get(reverse("facility-edit", args=[hall.pk])).context["form"]

    told = {"name": "Hội trường A", "seats": "150", "seen": page.initial["seen"]}
    edited = secretary.post(reverse("facility-edit", args=[hall.pk]), told)
    stale = secretary.post(reverse("facility-edit", args=[hall.pk]), told | {"seats": "90"})
    confirmed = secretary.post(reverse("facilities-confirm", args=[place.commune.pk]))

    assert ("Cần xem lại" in before, edited.status_code, stale.status_code) == (True, 302, 409)
    assert "Bản người khác vừa lưu" in stale.content.decode()
    assert (confirmed.status_code, halls(place.commune)) == (302, [("Hội trường A", 150)])


def test_the_halls_ask_as_much_for_one_as_for_three(place: Place) -> None:
    secretary = factories.signed_in(factories.account("secretary", place.commune))
    address = reverse("facilities", args=[place.commune.pk])
    secretary.post(address, {"name": "Một"})

    def queries(client: Client) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        return len(found)

    one = queries(secretary)
    for name in ("Hai", "Ba"):
        secretary.post(address, {"name": name})

    assert queries(secretary) == one
