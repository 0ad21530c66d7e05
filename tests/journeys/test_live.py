"""The live page says how the hall's stream stands, at both widths, in both languages and without a script.

Here the media server is a stand-in that answers playlists; ``tests/proofs/test_hall_stream.py`` plays a real one.
"""

from dataclasses import replace

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route, expect

from quantriet.conferences.commands.conferences import AgendaLine
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.journeys.looking import faults
from tests.journeys.test_conference import WIDTHS, sign_in

MEDIA = "https://phat.vi-du.invalid"
MASTER = (
    "#EXTM3U\n"
    "#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=426x240\nhall_low.m3u8\n"
    '#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2"\nhall_sound.m3u8\n'
)
PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\nhall_low-1.ts\n"


class Hall:
    """A media server whose stream is what a test says; ``asked`` are the files asked for."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.asked: list[str] = []

    def answer(self, route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        self.asked.append(name)
        status = 200 if name in self.files else 404
        headers = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(status=status, body=self.files.get(name, ""), headers=headers)


@pytest.mark.usefixtures("transactional_db")
def test_the_words_follow_the_stream(
    page: Page,
    browser: Browser,
    live_site: str,
    stand_ins: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stand_ins.append(MEDIA)
    monkeypatch.setattr(settings, "QUANTRIET", replace(settings.QUANTRIET, streams=(MEDIA,)))
    province = factories.province("Đảng bộ tỉnh An Giang")
    commune = factories.commune(province, "Đảng bộ xã Vĩnh Thạnh Trung")
    document = campaigns_made.document(province)
    agenda = (AgendaLine("Giới thiệu nghị quyết", document.pk, 100), AgendaLine("Thảo luận"))
    one = made.called(province, agenda=agenda, stream=f"{MEDIA}/hls/hall.m3u8")
    made.site(one, commune)
    clerk = factories.signed_in(factories.account("clerk", commune))
    address = reverse("conference-live", args=[one.pk])
    hall = Hall()
    page.context.route(f"{MEDIA}/**", hall.answer)
    sign_in(page, clerk, live_site)
    state = page.locator("[data-live-state]:visible")
    sound = page.get_by_role("button", name="Chỉ nghe")

    page.goto(address)
    expect(state).to_have_text("Chưa phát")
    expect(sound).to_be_hidden()
    for language in ("en", "vi"):
        page.context.add_cookies([{"name": "language", "value": language, "url": live_site}])
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address)
            expect(state).to_be_visible()
            assert faults(page) == [], (language, width)
    hall.files = {"hall.m3u8": MASTER, "hall_low.m3u8": PLAYLIST}
    expect(state).to_have_text("Đang phát")
    expect(sound).to_be_visible()
    hall.files["hall_low.m3u8"] = f"{PLAYLIST}#EXT-X-ENDLIST\n"
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(state).to_have_text("Đã kết thúc")

    plain = browser.new_context(base_url=live_site, java_script_enabled=False)
    simple = plain.new_page()
    sign_in(simple, clerk, live_site)
    simple.goto(address)
    expect(simple.get_by_role("link", name="Mở luồng phát")).to_have_attribute("href", one.stream)
    expect(simple.get_by_role("link", name=document.number)).to_be_visible()
    expect(simple.get_by_role("button", name="Xem trực tiếp")).to_be_hidden()
    plain.close()

    assert set(hall.asked) == {"hall.m3u8", "hall_low.m3u8"}
