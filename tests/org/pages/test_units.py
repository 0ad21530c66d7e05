"""The pages of a unit: its facts to correct, who is there and below."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quantriet.org.commands.units import UnitFacts
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_new_name_is_refused_beside_its_field_and_a_spelling_is_saved() -> None:
    top = factories.province()
    unit = factories.commune(top, "Đảng bộ xã Mot")
    factories.person(unit)
    client = factories.signed_in(factories.account("administrator", top))
    page = reverse("unit-edit", args=[unit.pk])
    told = {"short_name": "", "admin_code": "", "member_count": 7, "phone": "", "email": ""}
    told["seen"] = UnitFacts.of(unit).version

    refused = client.post(page, told | {"name": "Đảng bộ xã Khác"})
    unit.refresh_from_db()
    kept = (unit.name, unit.member_count)
    saved = client.post(page, told | {"name": "Đảng bộ xã Một"})

    assert (refused.status_code, kept) == (422, ("Đảng bộ xã Mot", 0))
    assert list(refused.context["form"].errors) == ["name"]
    assert "hãy đổi ở trang “Sắp xếp đơn vị”" in refused.content.decode()
    assert (saved.status_code, saved["Location"]) == (302, reverse("unit", args=[unit.pk]))
    unit.refresh_from_db()
    assert (unit.name, unit.member_count) == ("Đảng bộ xã Một", 7)


def test_the_people_of_a_commune_are_counted_where_they_are_and_lead_to_their_names() -> None:
    top = factories.province()
    commune = factories.commune(top)
    base = factories.base(commune)
    cells = [factories.cell(base, "Chi bộ 1"), factories.cell(commune, "Chi bộ 2")]
    factories.cell(commune, "Chi bộ 3")
    for at in (cells[0], cells[0], cells[1], commune):
        factories.person(at)
    client = factories.signed_in(factories.account("administrator", commune))

    shown = client.get(reverse("unit", args=[commune.pk]))
    people = client.get(reverse("unit-people", args=[commune.pk]))

    assert shown.context["people"] == 4
    counted = {child.unit.pk: child.members for child in people.context["below"]}
    assert counted == {base.pk: 2, cells[1].pk: 1}
    for unit_id in counted:
        assert f'href="{reverse("unit-people", args=[unit_id])}"' in people.content.decode()


def test_who_asks_for_the_names_of_a_province_is_led_to_its_units() -> None:
    top = factories.province()
    commune = factories.commune(top)
    factories.person(commune)
    client = factories.signed_in(factories.account("administrator", top))

    page = client.get(reverse("unit-people", args=[top.pk]))

    assert [child.unit.pk for child in page.context["below"]] == [commune.pk]
    assert "Chưa có người nào" not in page.content.decode()


def test_a_commune_costs_the_same_queries_with_one_unit_below_and_with_three() -> None:
    top = factories.province()
    one, three = factories.commune(top), factories.commune(top)
    for at in (one, three, three, three):
        factories.person(factories.cell(at))
    client = factories.signed_in(factories.account("administrator", top))
    client.get(reverse("unit", args=[one.pk]))
    asked = []
    for at in (one, three):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("unit", args=[at.pk]))
        asked.append(len(queries))

    assert asked[0] == asked[1]
