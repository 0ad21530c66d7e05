"""The gallery in a real browser: accessible, within its width, and silent towards the world."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser

from tests.journeys.conftest import strays
from tests.journeys.looking import faults as faults_of


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    before = settings.QUANTRIET
    settings.QUANTRIET = replace(before, demo=True)
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    settings.QUANTRIET = before


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("type_size", ["normal", "large"])
def test_the_gallery_has_no_faults(
    address: str, browser: Browser, width: int, language: str, type_size: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    context.add_cookies(
        [
            {"name": "language", "value": language, "url": address},
            {"name": "type_size", "value": type_size, "url": address},
        ]
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: None if asked.url.startswith(address) else faults.append(asked.url))

    page.goto(f"{address}/design/")
    page.wait_for_selector("[data-chart=line] svg")
    seen = faults_of(page)
    charts = page.evaluate("document.querySelectorAll('[data-chart] svg').length")
    context.close()

    assert seen == []
    assert charts == 4
    assert faults == []


def test_axe_finds_what_is_wrong(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content('<html lang="vi"><title>x</title><img src="data:,"><a href="/"></a>')
    found = faults_of(page)
    page.close()

    assert sorted(found) == ['image-alt: <img src="data:,">', 'link-name: <a href="/"></a>']


def test_a_page_wider_than_its_window_is_a_fault(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.set_content('<html lang="vi"><title>x</title><main><h1 style="width: 400px">x</h1></main>')
    found = faults_of(page)
    page.close()

    assert [fault.partition(":")[0] for fault in found] == ["wider than 360"]


def test_what_a_page_wants_of_elsewhere_is_seen_and_not_had(browser: Browser) -> None:
    context = browser.new_context()
    strayed = strays(context, ("data:",), ["https://phat.vi-du.invalid"])
    page = context.new_page()
    refused: dict[str, str | None] = {}
    page.on("requestfailed", lambda asked: refused.update({asked.url: asked.failure}))
    wanted = ["http://192.0.2.1/a.png", "https://vi-du.invalid/b.png", "https://phat.vi-du.invalid/c.png"]
    page.set_content("".join(f'<img src="{address}">' for address in wanted))
    context.close()

    assert sorted(strayed) == wanted[:2]
    assert refused == dict.fromkeys(wanted, "net::ERR_NAME_NOT_RESOLVED")


def test_dialogs_undo_filter_and_large_type_work(address: str, browser: Browser) -> None:
    page = browser.new_page(locale="vi-VN")
    page.goto(f"{address}/design/")

    page.fill("#filter-board", "my hoa")
    rows = page.locator("#board tbody tr:visible").count()
    page.click("button[data-opens=give-back]")
    opened = page.evaluate("document.getElementById('give-back').open")
    page.keyboard.press("Escape")
    closed = page.evaluate("document.getElementById('give-back').open")
    page.click("details.menu summary")
    page.click("[data-large-type]")
    large = page.evaluate("document.documentElement.classList.contains('large-type')")
    kept = {cookie.get("name"): cookie.get("value") for cookie in page.context.cookies()}
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('toast', {detail: {text: 'Đã gửi.', undo: '/u/'}}))"
    )
    toast = page.locator("#toasts [data-toast]").inner_text()
    page.close()

    assert rows == 2  # "Xã Mỹ Hoà Hưng" and the long cell that ends in it
    assert (opened, closed) == (True, False)
    assert large
    assert kept["type_size"] == "large"
    assert "Đã gửi." in toast
    assert "Hoàn tác (10)" in toast


def test_the_line_is_told_when_it_breaks(address: str, browser: Browser) -> None:
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()
    page.goto(f"{address}/design/")
    before = page.locator("[data-line-bar]").is_visible()
    context.set_offline(True)
    page.wait_for_selector("[data-line-bar]:visible")
    words = page.locator("[data-line-bar]").inner_text()
    context.set_offline(False)
    page.wait_for_selector("[data-line-bar]", state="hidden")
    context.close()

    assert not before
    assert "Mất mạng." in words
