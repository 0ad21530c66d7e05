"""The check-in page of devices: the same for everybody, holds no data, and is kept on the phone by its own worker.

Who may do what is decided where a device proves itself (``conferences.api``). The page stands in each language under
an address of its own, so that a phone keeps them all.
"""

import functools
import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from quantriet.org.doors import public

LANGUAGE = "ngon-ngu"
_FOLDER = "quantriet"
_WORKER = "check_in_worker.js"
_NAMED = ("quantriet.css", "check_in.js", "zxing_reader.wasm", "mark.svg", "icons.svg", "mark-192.png")
_NEEDED_BY_STYLE = (".woff2", ".svg")


@public("the page holds no data; a device proves itself when it asks for some")
def check_in(request: HttpRequest) -> HttpResponse:
    """The page, in the language of its address, else in that of the reader."""
    language = request.GET.get(LANGUAGE, "")
    if language not in dict(settings.LANGUAGES):
        language = translation.get_language() or settings.LANGUAGE_CODE
    response = HttpResponse(_page(language))
    response["Content-Language"] = language
    response["Cache-Control"] = "no-cache"
    response.needs_wasm = True  # type: ignore[attr-defined]  # the reader of QR codes
    return response


@public("which files the page consists of")
def worker(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """The worker that keeps the page, for this folder of addresses only. Another version is another text."""
    kept = {
        "version": _version(),
        "page": reverse("check-in"),
        "pages": _addresses(),
        "files": [static(f"{_FOLDER}/{name}") for name in _files()],
    }
    text = f"self.KEPT = {json.dumps(kept)};\n{_asset(_WORKER).read_text(encoding='utf-8')}"
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@public("name, icon and colours of the page when it is installed")
def manifest(request: HttpRequest, language: str) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """What a phone needs to install the page in one language; Vietnamese for one that is not spoken here."""
    spoken = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(spoken):
        told = {
            "id": reverse("check-in"),
            "name": _("Quán Triệt: máy điểm danh"),
            "short_name": _("Điểm danh"),
            "lang": spoken,
            "start_url": _addresses()[spoken],
            "scope": reverse("check-in"),
            "display": "standalone",
            "background_color": "#F6F7F9",
            "theme_color": "#8E1616",
            "icons": [_icon("mark.svg", "any", "image/svg+xml"), *_pictures()],
        }
    response = JsonResponse(told, content_type="application/manifest+json")
    response["Cache-Control"] = "no-cache"
    return response


def _pictures() -> list[dict[str, str]]:
    return [_icon(f"mark-{size}.png", f"{size}x{size}", "image/png") for size in (192, 512)]


def _icon(name: str, sizes: str, kind: str) -> dict[str, str]:
    return {"src": static(f"{_FOLDER}/{name}"), "sizes": sizes, "type": kind, "purpose": "any"}


def _addresses() -> dict[str, str]:
    """Where the page stands in each language, and without one."""
    page = reverse("check-in")
    return {"": page} | {language: f"{page}?{LANGUAGE}={language}" for language, _name in settings.LANGUAGES}


def _page(language: str) -> str:
    with translation.override(language):
        return render_to_string(
            "conferences/check_in.html", {"language": language, "languages": _others(language)}
        )


def _others(language: str) -> list[tuple[str, str, str]]:
    """The other languages, each by its own name for itself."""
    return [
        (other, translation.get_language_info(other)["name_local"], _addresses()[other])
        for other, _name in settings.LANGUAGES
        if other != language
    ]


def _asset(name: str) -> Path:
    found = finders.find(f"{_FOLDER}/{name}")
    if found is None:
        raise FileNotFoundError(name)
    return Path(found)


@functools.cache
def _hashes() -> dict[str, str]:
    """The hashes of all committed assets, as their build wrote them down."""
    told: dict[str, Any] = json.loads(_asset("assets.json").read_text(encoding="utf-8"))
    return dict(told["files"])


def _files() -> list[str]:
    """What the page needs when there is no network."""
    return [*_NAMED, *(name for name in _hashes() if "/" in name and name.endswith(_NEEDED_BY_STYLE))]


def _version() -> str:
    """Changes whenever the page, in any language, or a file of it does."""
    hashes = _hashes()
    parts = [hashes[name] for name in (*_files(), _WORKER)]
    pages = [_page(language) for language, _name in settings.LANGUAGES]
    return hashlib.sha256("\n".join([*parts, *pages]).encode()).hexdigest()[:16]
