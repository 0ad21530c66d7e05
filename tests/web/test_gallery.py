"""The gallery is there where it should be, complete, and without inline code."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import Client

from quantriet.core.templatetags.ui import register

STATIC = Path(__file__).resolve().parents[2] / "src" / "quantriet" / "web" / "static" / "quantriet"
TEMPLATES = Path(__file__).resolve().parents[2] / "src" / "quantriet"


@pytest.fixture
def demonstration() -> Iterator[None]:
    before = settings.QUANTRIET
    settings.QUANTRIET = replace(before, demo=True)
    yield
    settings.QUANTRIET = before


class Inline(HTMLParser):
    """Collects what a policy without inline code would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found += [
            f"{tag} {name}" for name in given if name == "style" or re.fullmatch(r"on[a-z]+", name)
        ]
        if tag == "style" or (
            tag == "script" and "src" not in given and given.get("type") != "application/json"
        ):
            self.found.append(tag)
        self.found += [
            f"{tag} {name}={value}"
            for name, value in attrs
            if name in ("src", "href", "action") and re.match(r"(https?:)?//|javascript:", value or "")
        ]


def test_the_gallery_is_closed_outside_the_demonstration(client: Client) -> None:
    assert client.get("/design/").status_code == 404


@pytest.mark.usefixtures("demonstration")
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_gallery_shows_everything_without_inline_code(client: Client, language: str) -> None:
    client.cookies["language"] = language

    response = client.get("/design/")

    inline = Inline()
    inline.feed(response.text)
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.text
    assert inline.found == []


def test_the_search_for_inline_code_finds_it() -> None:
    inline = Inline()
    inline.feed('<p style="x" onclick="y"><script>z</script><img src="//far.example/x.png">')
    assert inline.found == ["p style", "p onclick", "script", "img src=//far.example/x.png"]


def test_the_gallery_uses_every_component() -> None:
    elsewhere = {"ui_breadcrumbs", "ui_line", "ui_line_bar"}  # the frame around every page shows them
    used = set(re.findall(r"{% (ui_\w+)", (TEMPLATES / "web/templates/gallery.html").read_text()))
    assert set(register.tags) - used - elsewhere == {"ui_icon"}


@pytest.mark.usefixtures("demonstration")
def test_large_type_comes_with_the_page(client: Client) -> None:
    client.cookies["type_size"] = "large"
    assert 'class="large-type"' in client.get("/design/").text


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "500", "503"])
def test_error_pages_need_nothing_but_themselves(name: str) -> None:
    html = get_template(f"{name}.html").render()

    assert html.count("<h1>") == 1
    assert 'href="/"' in html


def test_a_committed_asset_is_what_the_build_made() -> None:
    manifest: dict[str, Any] = json.loads((STATIC / "assets.json").read_text())

    found = {
        str(path.relative_to(STATIC)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(STATIC.rglob("*"))
        if path.is_file() and path.name != "assets.json"
    }

    assert found == manifest["files"]


def test_no_asset_asks_another_machine() -> None:
    css = (STATIC / "quantriet.css").read_text()
    assert re.findall(r"url\((?![\"']?(?:\./|#))[^)]*\)", css) == []
    assert "@import" not in css


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    named = set()
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        named |= set(re.findall(r'{% ui_icon "([^"]+)"', text)) | set(re.findall(r'\bicon="([^"]+)"', text))

    assert named - sprite == set()
