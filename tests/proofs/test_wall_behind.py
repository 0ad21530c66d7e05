"""From the commit of a check-in to the changed figure in a browser: pages, live events, folder, proxy, Chromium.

The longest allowed is two seconds (``wall_behind_s`` of the bench, which measures without a browser on a machine with
nothing else to do). Here the event is what is proven, and the time is told: ``pytest -s``.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route, expect

from quantriet.conferences.models import Conference, Site
from quantriet.org.models import Person
from quantriet.web.bench import behind
from quantriet.web.postgres import EmbeddedPostgres
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.conftest import DATABASE
from tests.journeys.conftest import browser  # noqa: F401 - the fixture
from tests.journeys.test_conference import sign_in
from tests.proofs.hall import joined, needs_media_server

pytestmark = [pytest.mark.prove, pytest.mark.journey, needs_media_server]

PEOPLE = 12
NEVER_S = 20.0


class Hall:
    """A conference of a province with one site and people who come one by one."""

    def __init__(self) -> None:
        province = factories.province()
        commune = factories.commune(province, "Đảng bộ xã Một")
        cell = factories.cell(commune)
        self.people: list[Person] = [factories.person(cell) for _one in range(PEOPLE)]
        self.conference: Conference = made.called(province, campaigns_made.started(province))
        self.site: Site = made.site(self.conference, commune)
        self.client = factories.signed_in(factories.account("secretary", province))


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    return Hall()


@pytest.fixture
def wall(  # noqa: PLR0917 - fixtures
    browser: Browser,  # noqa: F811 - the fixture
    live_site: str,
    hall: Hall,
    embedded_postgres: EmbeddedPostgres,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Page]:
    """The wall in a browser that hears of changes by events alone: what a page asks by itself is taken out."""
    monkeypatch.setattr(settings, "QUANTRIET", replace(settings.QUANTRIET, live_url="/live/folds"))
    for role, name in (("app", "DATABASE_URL"), ("worker", "QUANTRIET_WORKER_DATABASE_URL")):
        monkeypatch.setitem(os.environ, name, embedded_postgres.dsn(role, DATABASE))
    with ExitStack() as running:
        events = running.enter_context(behind.live())
        running.enter_context(behind.folder())
        address = running.enter_context(joined(tmp_path / "joined", live_site, events.port))
        context = browser.new_context(base_url=address, locale="vi-VN")
        running.callback(context.close)
        context.route("**/diem-cau/**", _without_asking)
        page = context.new_page()
        sign_in(page, hall.client, address)
        with page.expect_request("**/live/folds"):
            page.goto(reverse("conference-wall", args=[hall.conference.pk]))
        yield page


def _without_asking(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("every 5s, sse:fold", "sse:fold"))


def test_a_check_in_is_on_the_wall_by_the_next_event(wall: Page, hall: Hall) -> None:
    cell = wall.locator(f"#wall-site-{hall.site.pk}")
    taken = []
    for count, person in enumerate(hall.people, start=1):
        made.mark(hall.site, [person])
        begun = time.monotonic()
        expect(cell).to_contain_text(f"{count}/{PEOPLE}", timeout=NEVER_S * 1000)
        taken.append(time.monotonic() - begun)

    sys.stdout.write(
        f"wall behind in the browser: longest {max(taken):.2f} s, median {median(taken):.2f} s\n"
    )
    assert len(taken) == PEOPLE
