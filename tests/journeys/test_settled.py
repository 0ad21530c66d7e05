"""After a session: a claim is looked at and settled, the result read and told, at both widths."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from quantriet.conferences.commands import conferences
from quantriet.conferences.models import Conference
from quantriet.org import access
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town
from tests.factories import operator
from tests.factories_devices import reader
from tests.journeys.looking import faults, picture
from tests.journeys.test_conference import WIDTHS, sign_in


class Afternoon(Town):
    """A session over, in which one was scanned after the end and one by two phones."""

    def __init__(self) -> None:
        super().__init__()
        starts = timezone.now() - timedelta(hours=2)
        Conference.objects.filter(pk=self.conference.pk).update(
            starts_at=starts, ends_at=starts + timedelta(hours=3)
        )
        self.conference = Conference.objects.get(pk=self.conference.pk)
        self.site = made.hub(self.conference)
        near, far = reader(self.site), reader(self.site)
        near.send(near.event(self.an, ago=timedelta(minutes=100)))
        far.send(far.event(self.an, ago=timedelta(minutes=30)))
        by = operator()
        with access.acting(by):
            conferences.close(self.conference, actual_minutes=[30], by=by)
        far.send(far.event(self.binh, ago=timedelta(minutes=110)))


@pytest.fixture
def town(transactional_db: None) -> Afternoon:
    return Afternoon()


def test_claims_are_settled_and_the_result_is_told(page: Page, live_site: str, town: Afternoon) -> None:
    sign_in(page, factories.signed_in(factories.account("secretary", town.commune)), live_site)
    queue = reverse("conference-conflicts", args=[town.conference.pk])
    result = reverse("conference-settled", args=[town.conference.pk])
    people = reverse("site-settled", args=[town.site.pk])
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for address in (queue, result, people):
            page.goto(address)
            picture(page, f"settled{address.replace('/', '-')}{width}")
            assert faults(page) == [], (address, width)

    page.goto(queue)
    late = page.locator("section.sheet", has_text="Trần Thị Bình")
    late.get_by_label("Lý do (nếu cần)").fill("Máy mất mạng")
    late.get_by_role("button", name="Ghi theo lượt này").click()
    expect(page.locator("main")).to_contain_text("Máy mất mạng")
    page.goto(result)
    expect(page.locator("main")).to_contain_text("66,7 % (2/3)")
    expect(page.locator("main")).to_contain_text("1 văn bản bị cắt giờ")
    page.get_by_role("button", name="Gửi cả ba").click()
    expect(page.locator("body")).to_contain_text("học bù 1")
