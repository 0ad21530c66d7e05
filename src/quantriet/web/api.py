"""The API at ``/api/v1``: who asks, how errors are told, and the one list of routers.

Errors are problem details (RFC 9457): ``type``, ``title``, ``status``, ``detail`` (a sentence for people),
``code`` (for programs) and what the error tells besides. A program signs in with ``Authorization: Bearer``;
a page of ours with its session and the CSRF token.
"""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import APIKeyCookie, HttpBearer

from quantriet.campaigns import api as campaigns_api
from quantriet.campaigns import missing_api, rows_api, starting_api
from quantriet.conferences import api as conferences_api
from quantriet.conferences import (
    calls_api,
    claims_api,
    costs_api,
    further_sites_api,
    incidents_api,
    makeups_api,
    preparation_api,
    settled_api,
    shifts_api,
)
from quantriet.core.errors import DomainError
from quantriet.documents import api as documents_api
from quantriet.documents import writing_api as documents_writing_api
from quantriet.lecturers import api as lecturers_api
from quantriet.org import access, doors, facilities_api, imports_api, works_api
from quantriet.org import api as org_api
from quantriet.org.access import Actor
from quantriet.org.doors import public
from quantriet.reports import api as reports_api
from quantriet.reports import writing_api as reports_writing_api
from quantriet.web import tokens

# Every package's operations, mounted by hand: (prefix, router).
ROUTERS: tuple[tuple[str, Router], ...] = (
    ("", org_api.router),
    ("", facilities_api.router),
    ("", works_api.router),
    ("", imports_api.router),
    ("", documents_api.router),
    ("", documents_writing_api.router),
    ("", campaigns_api.router),
    ("", starting_api.router),
    ("", rows_api.router),
    ("", missing_api.router),
    ("", lecturers_api.router),
    ("", conferences_api.router),
    ("", preparation_api.router),
    ("", costs_api.router),
    ("", claims_api.router),
    ("", further_sites_api.router),
    ("", shifts_api.router),
    ("", calls_api.router),
    ("", incidents_api.router),
    ("", makeups_api.router),
    ("", settled_api.router),
    ("", reports_api.router),
    ("", reports_writing_api.router),
)

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
        "context": {"type": "object"},
    },
}


class TokenAuth(HttpBearer):
    """A program with its key."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The actor of the key, put where the doors look for it."""
        found = tokens.actor_of(token)
        if found is not None:
            request.actor = found  # type: ignore[attr-defined]
        return found


class SessionAuth(APIKeyCookie):
    """A page of ours: the session cookie, with the CSRF token for writes."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Actor | None:
        """Only when no key was sent: a wrong key is never helped out by a cookie."""
        if "Authorization" in request.headers:
            return None
        found: Actor | None = super().__call__(request)
        return found

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:  # noqa: ARG002 - Django read it
        """The signed-in account in the unit it acts in."""
        if getattr(request.user, "must_change_password", False):
            return None
        found = doors.find_actor(request)
        if found is not None:
            request.actor = found  # type: ignore[attr-defined]
        return found


class HouseAPI(NinjaAPI):
    """Tells in its description how every operation refuses."""

    def get_openapi_schema(self, **words: Any) -> OpenAPISchema:
        """The OpenAPI document with problem details as the answer of last resort."""
        schema = super().get_openapi_schema(**words)
        schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
        reference = {"$ref": "#/components/schemas/Problem"}
        for address in schema["paths"].values():
            for operation in address.values():
                operation["responses"]["default"] = {
                    "description": "Refused",
                    "content": {"application/problem+json": {"schema": reference}},
                }
        return schema


api = HouseAPI(
    title="Quán Triệt",
    version="1",
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    auth=[TokenAuth(), SessionAuth()],
)
for _prefix, _router in ROUTERS:
    api.add_router(_prefix, _router)


def problem(status: int, code: str, sentence: str, **more: Any) -> HttpResponse:
    """An error as problem details."""
    body = {"type": f"urn:quantriet:{code}", "title": _TITLES.get(status, "Error"), "status": status}
    body |= {"detail": sentence, "code": code, **more}
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    response["Cache-Control"] = "no-store"
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


_TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Forbidden",
    404: "Not found",
    409: "Conflict",
    422: "Refused by a rule",
    429: "Too many requests",
}


@api.exception_handler(DomainError)
def refused(request: HttpRequest, error: DomainError) -> HttpResponse:  # noqa: ARG001 - ninja's signature
    """A rule said no."""
    return problem(error.status, error.code, error.sentence, context=error.context)


@api.exception_handler(ValidationError)
def unfit(request: HttpRequest, error: ValidationError) -> HttpResponse:  # noqa: ARG001 - ninja's signature
    """What was sent does not have the described shape; every fault with its place."""
    faults = [
        {"loc": list(map(str, each["loc"])), "msg": each["msg"], "type": each["type"]}
        for each in error.errors
    ]
    return problem(
        422, "api.unfit", _("Dữ liệu gửi lên không đúng mẫu; xem từng chỗ sai. Chưa ghi gì."), errors=faults
    )


@api.exception_handler(Http404)
def nothing_here(request: HttpRequest, error: Http404) -> HttpResponse:  # noqa: ARG001 - ninja's signature
    """No such row."""
    missing = access.not_found()
    return problem(404, missing.code, missing.sentence)


@api.exception_handler(HttpError)
def by_the_framework(request: HttpRequest, error: HttpError) -> HttpResponse:  # noqa: ARG001 - ninja's signature
    """Not signed in, unreadable body, CSRF."""
    sentences = {
        401: ("api.sign_in", _("Chưa đăng nhập: khóa truy cập thiếu, sai hoặc đã hết hạn.")),
        403: ("api.csrf", _("Mã bảo vệ của trang thiếu hoặc cũ. Hãy tải lại trang; chưa ghi gì.")),
    }
    unreadable = ("api.unreadable", _("Nội dung gửi lên không đọc được. Chưa ghi gì."))
    code, sentence = sentences.get(error.status_code, unreadable)
    return problem(error.status_code, code, sentence)


@public("the description of the API holds no data")
def openapi(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """The OpenAPI 3.1 document."""
    return JsonResponse(api.get_openapi_schema(path_prefix="/api/v1/"))
