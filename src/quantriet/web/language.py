"""The language of an answer: Vietnamese, unless the reader chose another with the switch on the page.

Django's own middleware also asks the browser. Most browsers bought here say English first without anybody
having chosen it, and a secretary would then meet an English page on the day of a conference.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers


class CookieLanguage:
    """Answers in the language of the cookie the switch sets; what the browser prefers is not asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Speak one language for this answer only: the next one on this thread begins anew."""
        language = chosen(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Cookie",))
        return response


def chosen(request: HttpRequest) -> str:
    """The language the reader chose, ``vi`` where nothing or nothing we speak was chosen."""
    wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
