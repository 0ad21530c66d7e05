"""A real browser for the journeys: the system's Chromium, driven by Playwright, offline by the rules of CSP.

Every test in this folder carries the marker ``journey``. ``QUANTRIET_CHROMIUM`` names another program.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

HERE = Path(__file__).resolve().parent
CHROMIUM = os.environ.get("QUANTRIET_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# Playwright keeps an event loop running in this thread; Django would take every query for one inside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


# A busy machine draws a page slowly; what is on it counts, not how soon.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies in this folder needs a browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("journey")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a file; each test gets its own profile by ``page``.

    No longer than the file: its event loop would run on in this thread under every test that follows.
    """
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()
    # Under the loop this thread used another connection; the one from before went with its database.
    connections.close_all()


@pytest.fixture
def page(browser: Browser, live_site: str) -> Iterator[Page]:
    """A phone-sized page on the live site; a request to elsewhere or a script error fails the test."""
    context = browser.new_context(
        base_url=live_site,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        viewport={"width": 390, "height": 844},
    )
    strayed: list[str] = []
    errors: list[str] = []

    def stay_home(route: Route) -> None:
        if route.request.url.startswith((live_site, "data:", "blob:")):
            route.continue_()
        else:
            strayed.append(route.request.url)
            route.abort()

    context.route("**/*", stay_home)
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert (strayed, errors) == ([], [])
