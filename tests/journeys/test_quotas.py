"""The meter of the year's conferences and its warning before a call, at both widths and in both languages."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from quantriet.conferences.models import Conference
from quantriet.ledger.measures import Form
from quantriet.org.models import Unit
from tests import factories
from tests import factories_conferences as made
from tests.journeys.looking import faults, picture
from tests.journeys.test_conference import WIDTHS, sign_in


@pytest.fixture
def commune(transactional_db: None) -> Unit:
    """A commune that has used up its year."""
    commune = factories.commune(factories.province(), "Đảng bộ xã Một")
    for _one in range(2):
        made.called(commune)
    made.called(commune, form=Form.ONLINE)
    return commune


def test_the_quota_is_seen_and_warns_before_the_call(page: Page, live_site: str, commune: Unit) -> None:
    sign_in(page, factories.signed_in(factories.account("secretary", commune)), live_site)
    addresses = [reverse(name) for name in ("conferences", "conference-quotas", "conference-call")]
    for language in ("en", "vi"):
        page.context.add_cookies([{"name": "language", "value": language, "url": live_site}])
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for address in addresses:
                page.goto(address)
                picture(page, f"quota{address.replace('/', '-')}{language}-{width}")
                assert faults(page) == [], (address, language, width)

    page.get_by_label("Tên hội nghị").fill("Hội nghị thứ tư")
    page.get_by_label("Hình thức", exact=True).select_option(label="Trực tuyến")
    page.get_by_role("button", name="Triệu tập", exact=True).click()
    expect(page.locator("main")).to_contain_text("hội nghị thứ 4 trong năm")
    expect(page.locator("main")).to_contain_text("có 2/4 hội nghị trực tuyến")
    assert Conference.objects.count() == 3
    page.get_by_role("button", name="Vẫn triệu tập").click()
    expect(page.locator("h1")).to_contain_text("Hội nghị thứ tư")
