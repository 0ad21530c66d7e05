"""The page that corrects a unit's facts."""

import pytest
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
