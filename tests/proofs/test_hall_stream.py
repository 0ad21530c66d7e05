"""The stream of a hall, end to end: ffmpeg pushes to nginx, Chromium plays it on the live page, a cut heals."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route, expect

from quantriet.conferences.commands import conferences
from quantriet.conferences.commands.conferences import AgendaLine
from quantriet.conferences.models import Attendance, Conference
from quantriet.org import access
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.journeys.conftest import browser  # noqa: F401 - the fixture
from tests.journeys.test_conference import WIDTHS, faults, sign_in
from tests.proofs.hall import NAME, MediaServer, media_server, needs_media_server

pytestmark = [pytest.mark.prove, pytest.mark.journey, needs_media_server]

SOON = 120_000
"""Milliseconds after which a loaded machine is no excuse any more."""
PICTURES = Path(settings.QUANTRIET.home) / "test" / "pictures"


@dataclass
class Seat:
    """Somebody in front of the live page, and whom his browser asked meanwhile."""

    page: Page
    server: MediaServer
    conference: Conference
    asked: list[str] = field(default_factory=list)

    def expect_state(self, words: str) -> None:
        """The large words say so, and no others are shown."""
        shown = self.page.locator("[data-live-state]:visible")
        expect(shown).to_have_text(words, timeout=SOON)

    def expect_moving(self) -> None:
        """The picture or sound goes on for two seconds more."""
        at = self.page.evaluate("document.querySelector('video').currentTime")
        self.page.wait_for_function(
            "at => document.querySelector('video').currentTime > at + 2", arg=at, timeout=SOON
        )

    def wait_for_looks(self, count: int) -> None:
        """The page has asked the media server so many times more."""
        for _look in range(count):
            with self.page.expect_request(f"{self.server.origin}/**", timeout=SOON):
                pass


@pytest.fixture
def seat(
    browser: Browser,  # noqa: F811 - the fixture
    live_site: str,
    transactional_db: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Seat]:
    """A clerk at a site of a conference that streams; a request to anything but house and media server fails."""
    with media_server(tmp_path / "media", live_site) as server:
        allowed = replace(settings.QUANTRIET, streams=(server.origin,))
        monkeypatch.setattr(settings, "QUANTRIET", allowed)
        province = factories.province("Đảng bộ tỉnh An Giang")
        commune = factories.commune(province, "Đảng bộ xã Vĩnh Thạnh Trung")
        document = campaigns_made.document(province)
        agenda = (
            AgendaLine("Khai mạc", planned_minutes=5),
            AgendaLine("Giới thiệu nghị quyết", document.pk, 100, presenter="Đồng chí Trần Thị Bình"),
            AgendaLine("Thảo luận", planned_minutes=40),
        )
        one = made.called(
            province,
            agenda=agenda,
            deputy_reason="Bí thư họp Trung ương",
            stream=server.address,
            join_link="https://vi-du.invalid/a",
        )
        made.site(one, commune)
        context = browser.new_context(
            base_url=live_site, locale="vi-VN", viewport={"width": 390, "height": 844}
        )
        sitting = Seat(context.new_page(), server, one)
        strayed: list[str] = []
        faulty: list[str] = []

        def note(route: Route) -> None:
            url = route.request.url
            sitting.asked.append(url)
            if url.startswith((live_site, server.origin, "data:", "blob:")):
                route.continue_()
            else:
                strayed.append(url)
                route.abort()

        context.route("**/*", note)
        sitting.page.on("pageerror", lambda error: faulty.append(str(error)))
        sign_in(sitting.page, factories.signed_in(factories.account("clerk", commune)), live_site)
        yield sitting
        context.close()
        assert (strayed, faulty) == ([], [])


def test_the_hall_is_seen_heard_lost_and_found_again(seat: Seat) -> None:
    page = seat.page
    page.goto(reverse("conference-live", args=[seat.conference.pk]))
    seat.expect_state("Chưa phát")
    with seat.server.encoder():
        seat.expect_state("Đang phát")
        _looks_right(seat, "live")
        del seat.asked[:]
        page.get_by_role("button", name="Xem trực tiếp").press("Enter")
        seat.expect_state("Đang xem trực tiếp")
        seat.expect_moving()
        _looks_right(seat, "playing")
        first = next(url for url in seat.asked if url.endswith(".ts"))
    seat.expect_state("Mất luồng: đang nối lại")
    with seat.server.encoder():
        seat.expect_state("Đang xem trực tiếp")
        seat.expect_moving()
        page.get_by_role("button", name="Chỉ nghe").press("Space")
        seat.expect_state("Đang xem trực tiếp")
        seat.expect_moving()
        sound = page.evaluate("document.querySelector('video').videoWidth")
    seat.expect_state("Mất luồng: đang nối lại")
    _close(seat.conference)
    page.evaluate(
        "document.querySelector('[data-live]').dispatchEvent(new Event('silence', {bubbles: true}))"
    )
    seat.expect_state("Đã kết thúc")

    house = {url for url in seat.asked if not url.startswith((seat.server.origin, "blob:", "data:"))}
    assert f"/{NAME}_low-" in first
    assert sound == 0
    assert {url.split("?")[0].rsplit(":", 1)[-1].partition("/")[2].split("/")[0] for url in house} <= {
        "static",
        "healthz",
        "hoi-nghi",
    }
    with factories.looking_everywhere():
        assert Attendance.objects.count() == 0


def test_control_without_a_stream_nothing_plays_and_the_page_says_so(seat: Seat) -> None:
    page = seat.page
    page.goto(reverse("conference-live", args=[seat.conference.pk]))
    page.get_by_role("button", name="Xem trực tiếp").click()

    seat.wait_for_looks(3)

    seat.expect_state("Chưa phát")
    assert page.evaluate("document.querySelector('video').currentTime") == 0


def test_control_a_page_without_the_right_policy_does_not_play(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "quantriet.web.middleware.POLICY", "default-src 'self'{script}; media-src 'self' blob:{stream}"
    )
    with seat.server.encoder():
        while not (seat.server.folder / "hls" / f"{NAME}.m3u8").exists():
            seat.page.wait_for_timeout(100)
        seat.page.goto(reverse("conference-live", args=[seat.conference.pk]))

        seat.expect_state("Chưa phát")
        assert [url for url in seat.asked if url.startswith(seat.server.origin)] == []


def _close(one: Conference) -> None:
    by = factories.operator()
    with access.acting(by):
        conferences.close(one, by=by)


def _looks_right(seat: Seat, name: str) -> None:
    """Accessible and within its width on the phone and on the desk; pictures are kept for the eye."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        seat.page.set_viewport_size({"width": width, "height": 900})
        seat.page.screenshot(path=PICTURES / f"live-{name}-{width}.png", full_page=True)
        assert faults(seat.page) == [], (name, width)
