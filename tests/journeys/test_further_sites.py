"""Sites after the call, a conflict of two editors, my own code: on a phone and on a desk, accessible at both widths."""

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from quantriet.conferences.commands import conferences
from quantriet.org import access
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_changes import as_told
from tests.factories import operator
from tests.journeys.looking import faults
from tests.journeys.test_conference import WIDTHS, Hall, sign_in


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    return Hall()


def both_widths(page: Page) -> list[str]:
    """What is wrong with the page that is open."""
    found: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += faults(page)
    return found


def test_a_site_is_added_by_name_and_a_conflict_is_chosen(page: Page, live_site: str, hall: Hall) -> None:
    factories.cell(hall.sites[0].unit, "Chi bộ Khu phố Sáu")
    one = hall.conference
    sign_in(page, hall.client, live_site)

    page.goto(reverse("conference-further-sites", args=[one.pk]))
    page.get_by_label("Tên hoặc mã đơn vị").fill("khu pho sau")
    page.get_by_role("button", name="Tìm", exact=True).click()
    looked = both_widths(page)
    page.get_by_label("Chi bộ Khu phố Sáu").check()
    page.get_by_role("button", name="Thêm điểm cầu").click()
    expect(page.get_by_text("Đã thêm 1 điểm cầu")).to_be_visible()
    looked += both_widths(page)

    page.goto(reverse("conference-change", args=[one.pk]))
    one.refresh_from_db()
    by = operator()
    with access.acting(by):
        conferences.change(one, as_told(one, chair="Đồng chí Trần Thị Bình"), version=one.version, by=by)
    page.locator("[name=chair]").fill("Đồng chí Lê Văn Chín")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_role("cell", name="Đồng chí Trần Thị Bình")).to_be_visible()
    looked += both_widths(page)
    page.get_by_role("button", name="Lưu bản của tôi đè lên").click()
    expect(page.get_by_text("Đồng chí Lê Văn Chín")).to_be_visible()

    assert looked == []


def test_a_member_opens_his_code_on_the_phone(page: Page, live_site: str, hall: Hall) -> None:
    cell = factories.cell(hall.sites[1].unit)
    person = factories.person(cell, "Trần Thị Hoa")
    made.called(cell)
    member: Client = factories.signed_in(factories.account("member", cell, of=person))
    sign_in(page, member, live_site)

    page.goto(reverse("my-sessions"))
    page.get_by_text("Mã điểm danh", exact=True).first.click()
    expect(page.get_by_role("img", name="Mã QR của tôi")).to_be_visible()

    assert both_widths(page) == []
