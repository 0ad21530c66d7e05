"""Documents for programs."""

from django.test import Client

from quantriet.documents.models import Document
from tests import factories
from tests.documents.conftest import Place


def client(role: str, place: Place, unit: str = "commune") -> Client:
    return factories.signed_in(factories.account(role, getattr(place, unit)))


def test_list_and_detail_of_what_i_read(place: Place, published: Document) -> None:
    clerk = client("clerk", place)

    listed = clerk.get("/api/v1/documents").json()
    assert [(row["number"], row["state"]) for row in listed["items"]] == [("05-NQ/TU", "published")]
    assert clerk.get("/api/v1/documents", {"q": "nong nghiep"}).json()["items"] == []
    detail = clerk.get(f"/api/v1/documents/{published.pk}").json()
    assert [(one["path"], one["heading"]) for one in detail["clauses"]] == [
        ("I", "TÌNH HÌNH"), ("I.1", "Kết quả"), ("I.2", "Hạn chế"),
    ]  # fmt: skip


def test_foreign_and_missing_answer_alike(place: Place, draft: Document) -> None:
    clerk = client("clerk", place)
    stranger = client("officer", place, "foreign")

    answers = [
        clerk.get(f"/api/v1/documents/{draft.pk}"),
        stranger.get(f"/api/v1/documents/{draft.pk}"),
        stranger.get("/api/v1/documents/999999"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.content for answer in answers}) == 1
    assert stranger.get("/api/v1/documents").json() == {"items": [], "next": None}
