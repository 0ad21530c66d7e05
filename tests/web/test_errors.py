"""Answers when no view answers: a page for people, problem details for programs; the language switch."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from quantriet.org.doors import public
from quantriet.web import errors


@public("fails")
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


urlpatterns = [path("hong/", broken), path("api/v1/hong", broken)]
handler500 = "quantriet.web.errors.server_error"
handler404 = "quantriet.web.errors.not_found"

pytestmark = pytest.mark.django_db


def test_nothing_here_is_told_as_a_page_and_as_a_problem() -> None:
    page, problem = (Client().get(address) for address in ("/khong-co/", "/api/v1/khong-co"))

    assert (page.status_code, "Không có trang này" in page.content.decode()) == (404, True)
    assert (problem.status_code, problem.headers["Content-Type"], problem.json()["code"]) == (
        404,
        "application/problem+json",
        "http.404",
    )


@override_settings(ROOT_URLCONF="tests.web.test_errors")
def test_a_fault_of_ours_is_told_as_a_page_and_as_a_problem() -> None:
    client = Client(raise_request_exception=False)

    page, problem = (client.get(address) for address in ("/hong/", "/api/v1/hong"))

    assert (page.status_code, "Máy chủ gặp lỗi" in page.content.decode()) == (500, True)
    assert (problem.status_code, problem.json()["code"]) == (500, "http.500")


@pytest.mark.parametrize(("view", "status"), [(errors.bad_request, 400), (errors.forbidden, 403)])
def test_what_was_refused_before_any_door_is_told(view: object, status: int) -> None:
    answer = view(RequestFactory().get("/"), ValueError())  # type: ignore[operator]

    assert (answer.status_code, f"{status}</p>" in answer.content.decode()) == (status, True)


def test_the_language_is_switched_by_a_post_and_kept() -> None:
    client = Client()

    answer = client.post("/ngon-ngu/", {"language": "en", "next": "/khong-co/"})

    assert (answer.status_code, answer.headers["Location"], client.cookies["language"].value) == (
        302,
        "/khong-co/",
        "en",
    )
    assert '<html lang="en"' in client.get("/khong-co/").content.decode()
