"""The gallery in a real browser: accessible, within its width, and silent towards the world."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser

AXE = (Path(__file__).resolve().parents[1] / "assets" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


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
    page.evaluate(AXE)
    violations = page.evaluate("rules => axe.run(document, {runOnly: rules}).then(r => r.violations)", RULES)
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    charts = page.evaluate("document.querySelectorAll('[data-chart] svg').length")
    context.close()

    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in violations] == []
    assert widths[0] == widths[1]
    assert charts == 4
    assert faults == []


def test_axe_finds_what_is_wrong(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content('<html lang="vi"><title>x</title><img src="data:,"><a href="/"></a>')
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules}).then(r => r.violations)", RULES)
    page.close()

    assert sorted(violation["id"] for violation in found) == ["image-alt", "link-name"]


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
