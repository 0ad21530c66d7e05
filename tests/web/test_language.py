"""Which language an answer speaks: the one chosen with the switch, else Vietnamese."""

from typing import cast

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.translation import gettext as _

from quantriet.web.language import CookieLanguage


def speak(request: HttpRequest) -> HttpResponse:
    """A page of one text."""
    return HttpResponse(_("Việc hôm nay"))


def paper(request: HttpRequest) -> HttpResponse:
    """A paper, which is Vietnamese for every reader."""
    return HttpResponse(headers={"Content-Language": "vi"})


@pytest.mark.parametrize(
    ("cookie", "browser", "language", "text"),
    [
        ("", "", "vi", "Việc hôm nay"),
        ("", "en-US,en;q=0.9", "vi", "Việc hôm nay"),
        ("vi", "en-US,en;q=0.9", "vi", "Việc hôm nay"),
        ("en", "vi", "en", "Today"),
        ("fr", "fr", "vi", "Việc hôm nay"),  # not spoken here
    ],
)
def test_only_the_choice_of_the_reader_decides(cookie: str, browser: str, language: str, text: str) -> None:
    request = RequestFactory(headers={"accept-language": browser}).get("/")
    request.COOKIES["language"] = cookie

    answer = CookieLanguage(speak)(request)

    assert (answer.content.decode(), answer.headers["Content-Language"], answer.headers["Vary"]) == (
        text,
        language,
        "Cookie",
    )


def test_without_it_the_browser_would_choose() -> None:
    request = RequestFactory(headers={"accept-language": "en-US,en;q=0.9"}).get("/")

    with translation.override("vi"):
        answer = cast("HttpResponse", LocaleMiddleware(speak)(request))

    assert answer.headers["Content-Language"] == "en"


def test_the_language_of_one_answer_does_not_stay_for_the_next() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["language"] = "en"

    CookieLanguage(speak)(request)

    assert translation.get_language() == settings.LANGUAGE_CODE


def test_a_page_that_names_its_own_language_keeps_it() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["language"] = "en"

    answer = CookieLanguage(paper)(request)

    assert answer.headers["Content-Language"] == "vi"


@pytest.mark.django_db
def test_a_browser_that_prefers_english_is_greeted_in_vietnamese() -> None:
    answer = Client(headers={"accept-language": "en"}).get("/khong-co/")

    assert (answer.headers["Content-Language"], '<html lang="vi"' in answer.content.decode()) == ("vi", True)
