"""Before a conference: halls that lack something, a request and its answer, the checklist with a measured line."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from quantriet.conferences.commands import costs, sent_papers
from quantriet.conferences.commands.costs import Cost, Purse
from quantriet.conferences.models import AgendaItem, SentPaper, SiteCheck
from quantriet.documents.models import Material
from quantriet.org import access
from quantriet.org.commands import facilities, facility_requests
from quantriet.org.commands.facilities import FacilityFacts
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests.conferences.test_readiness import Planned
from tests.factories import operator
from tests.journeys.looking import faults, picture
from tests.journeys.test_conference import WIDTHS, sign_in


@pytest.fixture
def planned(transactional_db: None) -> Planned:
    planned = Planned()
    by = operator()
    hall = FacilityFacts("Hội trường A", "12 Trần Phú", 120, line="cáp quang", line_mbits=100)
    document = campaigns_made.document(planned.province)
    with access.acting(by):
        told = {"kind": "outline", "title": "Đề cương", "link": "https://vi-du.invalid/a"}
        outline = Material.objects.create(document=document, unit=planned.province, **told)
        AgendaItem.objects.create(
            conference=planned.conference, position=1, document=document, title="Truyền đạt"
        )
        ids = [site.pk for site in planned.sites]
        sent_papers.send(planned.conference, [outline.pk], site_ids=ids, by=by)
        lines = [
            Cost("hall", "Trang trí", "party", 18_000_000, 17_400_000),
            Cost("papers", "", "unit", 2_000_000),
        ]
        costs.keep(Purse(planned.conference), lines, seen=costs.version([]), by=by)
        facilities.add(planned.communes[0], hall, by=by)
        facility_requests.ask(planned.communes[0], "screen", text="1 màn hình cho hội trường A", by=by)
    return planned


def test_halls_and_a_site_are_got_ready(page: Page, live_site: str, planned: Planned) -> None:
    site = planned.sites[0]
    sign_in(page, factories.signed_in(factories.account("secretary", planned.province)), live_site)
    unit, conference = planned.communes[0], planned.conference
    paper = SentPaper.objects.get().pk
    addresses = {
        "halls": reverse("conference-halls"),
        "facilities": reverse("facilities", args=[unit.pk]),
        "requests": reverse("facility-requests"),
        "ask": reverse("facility-ask", args=[unit.pk]),
        "readiness": reverse("site-readiness", args=[site.pk]),
        "site": reverse("site", args=[site.pk]),
        "papers": reverse("conference-sent-papers", args=[conference.pk]) + f"?tai_lieu={paper}",
        "costs": reverse("conference-costs", args=[conference.pk]),
        "costs-year": reverse("costs"),
        "wall": reverse("conference-wall", args=[conference.pk]),
    }
    for language in ("en", "vi"):
        page.context.add_cookies([{"name": "language", "value": language, "url": live_site}])
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for name, address in addresses.items():
                page.goto(address)
                picture(page, f"before-{name}-{language}-{width}")
                assert faults(page) == [], (name, language, width)

    page.goto(addresses["requests"])
    page.get_by_role("link", name="Màn hình, máy chiếu").click()
    page.get_by_role("button", name="Đồng ý").click()
    expect(page.locator("main")).to_contain_text("Đồng ý")

    page.goto(addresses["readiness"])
    page.get_by_role("button", name="Đo đường truyền").click()
    expect(page.locator("[data-line-words]")).to_contain_text("Đã đo")
    page.get_by_label("Âm thanh, micro", exact=True).select_option("good")
    page.get_by_role("button", name="Tất cả đạt").click()
    expect(page.locator("main")).to_contain_text("Đã chuẩn bị xong")
    expect(page.locator("main")).to_contain_text("Đo trên trang")
    assert SiteCheck.objects.get(site=site, item="line").figures_are == "measured"
