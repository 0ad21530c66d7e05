"""During a conference: the wall and the questions change while they are open; pages are accessible at both widths."""

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from quantriet.conferences.commands import counts, questions, sites
from quantriet.conferences.models import Conference, Question, Site
from quantriet.org import access
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.factories import operator
from tests.journeys import looking

WIDTHS = (1440, 360)
faults = looking.faults


class Hall:
    """A conference of a province with sites of several states; the clerk of the hub is signed in."""

    def __init__(self) -> None:
        province = factories.province("Đảng bộ tỉnh An Giang")
        names = ("phường Rạch Giá", "đặc khu Phú Quốc", "xã Vĩnh Thạnh Trung", "xã Hòa Lạc")
        communes = [factories.commune(province, f"Đảng bộ {name}") for name in names]
        people = [factories.person(factories.cell(commune), "Nguyễn Văn An") for commune in communes]
        self.conference: Conference = made.called(province, campaigns_made.started(province))
        self.sites: list[Site] = [made.site(self.conference, commune) for commune in communes]
        made.mark(self.sites[0], people[:1])
        by = operator()
        with access.acting(by):
            sites.report(self.sites[1], state="ready", by=by)
            incident = sites.begin_incident(self.sites[1], kind="no_sound", by=by)
            sites.end_incident(incident, remedy="Thay dây tín hiệu", by=by)
        self.ask(2, "Bao giờ có hướng dẫn?")
        self.question = self.ask(
            0, "Khi nào có văn bản hướng dẫn cho chi bộ ghép?", speaker="Đồng chí Trần Thị Bình"
        )
        counts.fold()
        self.client: Client = factories.signed_in(factories.account("secretary", province))

    def ask(self, at: int, text: str, *, speaker: str = "") -> Question:
        by = operator()
        with access.acting(by):
            return questions.ask(self.sites[at], text=text, speaker=speaker, key=text, by=by)

    def fail(self, at: int) -> None:
        by = operator()
        with access.acting(by):
            sites.begin_incident(self.sites[at], kind="lost_line", by=by)
        counts.fold()


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    return Hall()


def sign_in(page: Page, client: Client, live_site: str) -> None:
    page.context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_site} for name, morsel in client.cookies.items()]
    )


def test_the_wall_and_the_questions_change_while_they_are_open(
    page: Page, live_site: str, hall: Hall
) -> None:
    sign_in(page, hall.client, live_site)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(reverse("conference-wall", args=[hall.conference.pk]))
    page.evaluate("window.sameDocument = true")
    troubled = page.locator(f"#wall-site-{hall.sites[2].pk}")
    expect(troubled).to_contain_text("Chưa báo cáo")

    hall.fail(2)
    expect(troubled).to_contain_text("Mất đường truyền")
    same_wall = page.evaluate("window.sameDocument")

    page.goto(reverse("conference-questions", args=[hall.conference.pk]))
    page.evaluate("window.sameDocument = true")
    hall.ask(1, "Có họp bù không?")
    expect(page.locator("#questions")).to_contain_text("Có họp bù không?")
    same_table = page.evaluate("window.sameDocument")
    asked = page.locator("section", has_text="Trần Thị Bình")
    asked.get_by_role("button", name="Vào danh sách phát biểu").click()
    page.get_by_role("button", name="Mời phát biểu").click()
    expect(page.get_by_role("heading", name="Đang phát biểu")).to_be_visible()
    page.get_by_role("button", name="Đã phát biểu xong").click()
    expect(page.get_by_role("row", name="phường Rạch Giá")).to_contain_text("Đã phát biểu")

    assert (same_wall, same_table) == (True, True)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_pages_of_a_conference_have_no_faults(
    page: Page, live_site: str, hall: Hall, language: str
) -> None:
    sign_in(page, hall.client, live_site)
    page.context.add_cookies([{"name": "language", "value": language, "url": live_site}])
    addresses = [
        reverse("conference", args=[hall.conference.pk]),
        reverse("conference-wall", args=[hall.conference.pk]),
        reverse("conference-questions", args=[hall.conference.pk]),
        f"{reverse('conference-questions', args=[hall.conference.pk])}?cau={hall.question.pk}",
        reverse("site-questions", args=[hall.sites[0].pk]),
        reverse("conference-incidents", args=[hall.conference.pk]),
        reverse("site", args=[hall.sites[1].pk]),
    ]

    found: dict[tuple[str, int], list[str]] = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for address in addresses:
            page.goto(address)
            found[address, width] = faults(page)

    assert {where: what for where, what in found.items() if what} == {}
