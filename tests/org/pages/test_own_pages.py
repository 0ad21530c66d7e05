"""What a person sees of himself, and what a unit's page says of numbers nobody declared."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

import quantriet
from quantriet.org import access
from quantriet.org.models import Unit
from quantriet.org.reading_words import PAGES, page_words
from tests import factories
from tests.factories import operator

pytestmark = pytest.mark.django_db


def test_on_the_phone_each_value_of_ones_own_data_stands_under_its_name() -> None:
    cell = factories.cell(factories.commune(factories.province()))
    person = factories.person(cell, "Trần Thị Bình")
    client = factories.signed_in(factories.account("member", cell, of=person))

    body = client.get(reverse("my-data")).content.decode()

    assert "<dt>Họ và tên</dt><dd>Trần Thị Bình</dd>" in body
    assert '<td data-label="Từ ngày">' in body
    assert "<td>" not in body


def test_ones_own_data_is_named_in_the_language_of_the_page() -> None:
    cell = factories.cell(factories.commune(factories.province()))
    person = factories.person(cell, "Trần Thị Bình")
    client = factories.signed_in(factories.account("member", cell, of=person))
    client.cookies["language"] = "en"

    body = client.get(reverse("my-data")).content.decode()

    assert "<dt>Full name</dt><dd>Trần Thị Bình</dd>" in body
    assert '<td data-label="From">' in body
    shown = set(re.findall(r'(?:>|data-label=")([^<>"]+)', body))
    assert shown & {"Họ và tên", "Từ ngày", "Sinh hoạt"} == set()


def test_members_that_nobody_declared_are_a_dash_and_never_a_zero() -> None:
    province = factories.province()
    commune, other = (
        factories.commune(province, "Đảng bộ xã Gần"),
        factories.commune(province, "Đảng bộ xã Xa"),
    )
    with access.acting(operator()):
        Unit.objects.filter(pk=other.pk).update(member_count=1356)
    client = factories.signed_in(factories.account("officer", province))

    above = client.get(reverse("unit", args=[province.pk])).content.decode()
    own = client.get(reverse("unit", args=[commune.pk])).content.decode()

    cells = [
        row.split("</tr>")[0].count('<td data-label="Số thành viên">–</td>') for row in above.split("<tr>")
    ]
    assert sum(cells) == 1
    assert '<td data-label="Số thành viên">1.356</td>' in above
    assert "<dt>Số thành viên</dt>" not in own


def test_whatever_shows_somebodys_data_has_a_name_for_him() -> None:
    kept = re.compile(r'(?:audit\.opened\(.*?|readings\.note\(.*?page=)f?"([\w.-]+)(?::[^"]*)?"')
    source = Path(quantriet.__file__).parent
    named = {
        name for path in source.rglob("pages/*.py") for name in kept.findall(path.read_text(encoding="utf-8"))
    }

    assert "campaigns.figure" in named
    assert "unit-people" in named
    assert named - PAGES.keys() == set()
    assert page_words("campaigns.figure:present") == "Đợt triển khai: các dòng của một con số"
