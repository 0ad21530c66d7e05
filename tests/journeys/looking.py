"""How a page looks to who sees little and to who holds a phone: one way of looking for all journeys.

Pictures are for people, nothing is decided by them: they are kept where ``QUANTRIET_PICTURES`` is set (make pictures).
"""

import os
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Page, ViewportSize

AXE = (Path(__file__).resolve().parents[1] / "assets" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PICTURES = Path(settings.QUANTRIET.home) / "pictures"
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}

# What a new width moves (a chart is drawn anew in the frame after) stands when two frames have passed; a page behind
# another one may draw none.
SETTLED = """Promise.race([
    new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    new Promise((done) => setTimeout(done, 200)),
])"""
FIND = """async (rules) => {
    const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
    const page = document.documentElement;
    const wide = page.scrollWidth > page.clientWidth ? [`wider than ${page.clientWidth}: ${page.scrollWidth}`] : [];
    return [...found.violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.html}`)), ...wide];
}"""


def faults(page: Page) -> list[str]:
    """What axe finds wrong with what shows now, each with its element; and that the page is wider than its window."""
    if not page.evaluate("'axe' in window"):  # half a megabyte, and it stays as long as the document
        page.evaluate(AXE)
    found: list[str] = page.evaluate(FIND, RULES)
    return found


def look(page: Page, name: str, *, sizes: tuple[ViewportSize, ...]) -> None:
    """There is no fault at any of the sizes; the window keeps the last of them."""
    for size in sizes:
        page.set_viewport_size(size)
        page.evaluate(SETTLED)
        picture(page, f"{name}-{size['width']}")
        assert faults(page) == [], (name, size["width"])


def picture(page: Page, name: str) -> None:
    """The whole page as a picture, for whoever asked for pictures."""
    if os.environ.get("QUANTRIET_PICTURES"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
