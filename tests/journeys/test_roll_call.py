"""Roll-call by list on a phone of 360 px: everyone but one, a tap to correct, undo, search without marks."""

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, ViewportSize, expect

from quantriet.conferences.models import Attendance
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made

PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
def site(transactional_db: None) -> tuple[int, Client]:
    province = factories.province()
    commune = factories.commune(province, "Đảng bộ phường Rạch Giá")
    cell = factories.cell(commune, "Chi bộ khu phố 3")
    for name in ("Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng Dũng", "Phạm Đức"):
        factories.person(cell, name)
    conference = made.called(commune, campaigns_made.started(province))
    return made.hub(conference).pk, factories.signed_in(factories.account("secretary", commune))


def states() -> dict[str, str]:
    with factories.looking_everywhere():
        return {row.person.full_name: row.state for row in Attendance.objects.select_related("person")}


def sign_in(page: Page, client: Client, live_site: str) -> None:
    page.context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_site} for name, morsel in client.cookies.items()]
    )


def test_roll_call_by_list_on_a_phone(page: Page, live_site: str, site: tuple[int, Client]) -> None:
    site_id, client = site
    sign_in(page, client, live_site)
    page.set_viewport_size(PHONE)
    page.goto(reverse("site-roll-call", args=[site_id]))

    page.get_by_role("link", name="Có mặt cả, trừ …").click()
    page.get_by_label("Vắng: Phạm Đức").check()
    page.get_by_role("button", name="Ghi điểm danh").click()
    expect(page.locator("#tally")).to_contain_text("3/4")
    everyone = states()

    page.get_by_label("Tìm theo tên").fill("dung")
    expect(page.get_by_role("row", name="Lê Hoàng Dũng")).to_be_visible()
    expect(page.get_by_role("row", name="Nguyễn Văn An")).to_be_hidden()
    page.get_by_role("button", name="Lê Hoàng Dũng").click()
    expect(page.locator("#roll")).to_contain_text("Đến muộn")
    late = states()
    page.locator("#toasts").get_by_role("button", name="Hoàn tác").last.click()
    expect(page.locator("#roll")).not_to_contain_text("Đến muộn")

    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    assert everyone == {
        "Nguyễn Văn An": "present",
        "Trần Thị Bình": "present",
        "Lê Hoàng Dũng": "present",
        "Phạm Đức": "absent",
    }
    assert (late["Lê Hoàng Dũng"], states()) == ("late", everyone)
