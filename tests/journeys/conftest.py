"""A real browser for the journeys: the system's Chromium, driven by Playwright, offline by the rules of CSP.

Every test in this folder carries the marker ``journey``. ``QUANTRIET_CHROMIUM`` names another program.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

HERE = Path(__file__).resolve().parent
CHROMIUM = os.environ.get("QUANTRIET_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A page that wants something of elsewhere gets nothing; what it asked for, the fixture ``page`` sees.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
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


def strays(context: BrowserContext, home: Sequence[str], stand_ins: Sequence[str] = ()) -> list[str]:
    """Grows by the address of each request that goes elsewhere.

    Requests are watched, not held up: a page that is intercepted keeps nothing and fetches each script and font anew.
    """
    found: list[str] = []

    def watch(request: Request) -> None:
        if not request.url.startswith((*home, *stand_ins)):
            found.append(request.url)

    context.on("request", watch)
    return found


@pytest.fixture
def stand_ins() -> list[str]:
    """Addresses of elsewhere that a test answers itself (``context.route``): asking them is no straying."""
    return []


@pytest.fixture
def page(browser: Browser, live_site: str, stand_ins: list[str]) -> Iterator[Page]:
    """A phone-sized page on the live site; a request to elsewhere or a script error fails the test."""
    context = browser.new_context(
        base_url=live_site,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        viewport={"width": 390, "height": 844},
        reduced_motion="reduce",
    )
    strayed = strays(context, (live_site, "data:", "blob:"), stand_ins)
    errors: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert (strayed, errors) == ([], [])
