"""The answers when no view could answer: a page for people, problem details for programs."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

API = "/api/"


def _answer(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if request.path.startswith(API):
        body = {
            "type": "about:blank",
            "title": sentence,
            "status": status,
            "detail": sentence,
            "code": f"http.{status}",
        }
        return JsonResponse(body, status=status, content_type="application/problem+json")
    if status == 500:  # nothing may fail here: no context processors, no database
        return HttpResponse(render_to_string("500.html"), status=500)
    return render(request, f"{status}.html", status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """400: the request could not be read."""
    return _answer(request, 400, _("Máy chủ không đọc được yêu cầu."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """403: refused before any door."""
    return _answer(request, 403, _("Không được mở nội dung này."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """404: nothing at this address."""
    return _answer(request, 404, _("Không có nội dung này, hoặc đơn vị của bạn không được xem."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours."""
    return _answer(request, 500, _("Máy chủ gặp lỗi; việc vừa rồi chưa được ghi."))
