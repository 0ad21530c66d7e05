"""Entering documents by programs: read, enter once, correct clauses, publish, hand out; who may not."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from quantriet.documents.models import Clause, Document, Material
from quantriet.org import access
from tests import factories
from tests.documents import papers
from tests.documents.conftest import Place

BASE = "/api/v1/documents"
JSON = "application/json"
ENTRY = {
    "number": "06-NQ/TU",
    "issuer_name": "Tỉnh ủy Thử Nghiệm",
    "abstract": "về một việc khác",
    "issued_on": "2026-02-06",
}


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.FILES_ROOT = tmp_path / "files"


@pytest.fixture
def officer(place: Place) -> Client:
    return factories.signed_in(factories.account("officer", place.province))


def others(place: Place) -> list[Client]:
    """Who may not write here: below, beside in another house, without the permission."""
    return [
        factories.signed_in(factories.account("officer", place.commune)),
        factories.signed_in(factories.account("officer", place.foreign)),
        factories.signed_in(factories.account("member", place.cell)),
    ]


def post(client: Client, path: str, body: Any = None) -> tuple[int, Any]:
    answer = client.post(path, body or {}, content_type=JSON)
    return answer.status_code, answer.json() if answer.content else None


def paper(name: str = "nghi-quyet.docx", content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or papers.docx_bytes())


def documents() -> int:
    with access.whole_house("test"):
        return Document.objects.count()


def test_a_paper_is_read_entered_once_and_published(officer: Client) -> None:
    reading = officer.post("/api/v1/document-readings", {"file": paper()}).json()
    nothing_yet = documents()
    names = ("token", "number", "issuer_name", "abstract", "issued_on", "term", "secrecy", "relations")
    body = {name: reading[name] for name in names}

    entered = [post(officer, BASE, body) for _try in range(2)]
    number = entered[0][1]["id"]
    published = [post(officer, f"{BASE}/{number}/publish") for _try in range(2)]
    withdrawn = post(officer, f"{BASE}/{number}/withdraw", {"reason": "Nhầm bản"})

    assert (reading["number"], [one["path"] for one in reading["clauses"]], nothing_yet) == (
        "05-NQ/TU",
        papers.RESOLUTION_PATHS,
        0,
    )
    assert [(code, one["id"], one["state"]) for code, one in entered] == [(201, number, "draft")] * 2
    assert [one["path"] for one in entered[0][1]["clauses"]] == papers.RESOLUTION_PATHS
    assert [(code, one["state"]) for code, one in published] == [(200, "published")] * 2
    assert (withdrawn[0], withdrawn[1]["state"]) == (200, "withdrawn")


def test_a_token_is_for_who_sent_the_file(officer: Client, place: Place) -> None:
    token = officer.post("/api/v1/document-readings", {"file": paper()}).json()["token"]
    other = factories.signed_in(factories.account("officer", place.province))

    answers = [post(other, BASE, {**ENTRY, "token": one}) for one in (token, "giả")]

    assert [(code, one["code"]) for code, one in answers] == [(422, "document.drop_lost")] * 2
    assert documents() == 0


def test_a_text_is_read_as_a_file_is(officer: Client) -> None:
    text = "\n".join((*papers.LEFT, *papers.RIGHT, *papers.RESOLUTION))

    status, reading = post(officer, "/api/v1/document-readings/text", {"text": text})
    entered = post(officer, BASE, {**ENTRY, "text": text})

    assert (status, reading["token"], reading["number"]) == (200, "", "05-NQ/TU")
    assert [one["path"] for one in entered[1]["clauses"]] == papers.RESOLUTION_PATHS


def test_an_entry_is_corrected_and_a_second_editor_told(officer: Client, draft: Document) -> None:
    body = {**ENTRY, "number": "05-NQ/TU", "version": draft.version}

    first = officer.put(f"{BASE}/{draft.pk}", body, content_type=JSON)
    second = officer.put(f"{BASE}/{draft.pk}", {**body, "abstract": "khác nữa"}, content_type=JSON)

    assert (first.status_code, first.json()["abstract"]) == (200, "về một việc khác")
    assert (second.status_code, second.json()["code"]) == (409, "document.changed")


def test_clauses_are_added_split_joined_corrected_and_taken_out(officer: Client, draft: Document) -> None:
    kept = officer.get(f"{BASE}/{draft.pk}/clauses").json()
    first = next(one for one in kept if one["path"] == "I.1")

    cut = {"at": len("Câu thứ nhất."), "seen": first["seen"]}
    split = post(officer, f"/api/v1/clauses/{first['id']}/split", cut)
    retried = post(officer, f"/api/v1/clauses/{first['id']}/split", cut)
    merged = post(officer, f"/api/v1/clauses/{split[1]['id']}/merge", {"seen": split[1]["seen"]})
    words = {"path": "I.1", "label": "1", "heading": "Kết quả", "text": "Mới.", "seen": merged[1]["seen"]}
    written = officer.put(f"/api/v1/clauses/{first['id']}", words, content_type=JSON).json()
    added = post(
        officer,
        f"{BASE}/{draft.pk}/clauses",
        {"kind": "point", "path": "I.3", "label": "3", "text": "Thêm.", "after_id": first["id"]},
    )
    gone = post(officer, f"/api/v1/clauses/{added[1]['id']}/remove", {"seen": added[1]["seen"]})

    assert (split[0], split[1]["text"]) == (201, "Câu thứ hai.")
    assert (retried[0], retried[1]["code"]) == (409, "clause.changed")
    assert (merged[1]["id"], written["text"], added[0], gone) == (first["id"], "Mới.", 201, (204, None))
    paths = [one["path"] for one in officer.get(f"{BASE}/{draft.pk}/clauses").json()]
    assert paths == ["I", "I.1", "I.2"]


def test_a_material_is_handed_out_once_and_taken_away(officer: Client, published: Document) -> None:
    path = f"{BASE}/{published.pk}/materials"
    link = {"kind": "video", "title": "Bài giảng", "link": "https://vi-du.invalid/bai"}

    linked = [officer.post(path, link) for _try in range(2)]
    filed = officer.post(path, {"kind": "outline", "title": "Đề cương", "file": paper("de-cuong.docx")})
    neither = officer.post(path, {"kind": "outline", "title": "Trống"}).json()
    gone = officer.delete(f"/api/v1/materials/{filed.json()['id']}").status_code

    assert [(one.status_code, one.json()["id"]) for one in linked] == [(201, linked[0].json()["id"])] * 2
    assert (filed.status_code, filed.json()["file_name"], neither["code"]) == (
        201,
        "de-cuong.docx",
        "material.file_or_link",
    )
    with access.whole_house("test"):
        assert (gone, Material.objects.count()) == (204, 1)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"number": "linh tinh"}, "document.number"),
        ({"secrecy": "mật"}, "document.secret"),
        ({"abstract": ""}, "document.abstract"),
        ({"circulation": "lạ"}, "document.field"),
        ({"issued_on": "31/02/2026"}, "api.unfit"),
    ],
)
def test_a_wrong_entry_is_answered_with_its_code(officer: Client, more: dict[str, Any], code: str) -> None:
    status, problem = post(officer, BASE, ENTRY | more)

    assert (status, problem["code"], problem["detail"] != "", documents()) == (422, code, True, 0)


def test_a_paper_marked_secret_is_refused_and_not_kept(officer: Client, settings: Any) -> None:
    text = "MẬT\n" + "\n".join((*papers.LEFT, *papers.RIGHT, *papers.RESOLUTION))

    status, problem = post(officer, "/api/v1/document-readings/text", {"text": text})

    assert (status, problem["code"]) == (422, "document.secret")
    assert not settings.FILES_ROOT.exists() or list(settings.FILES_ROOT.rglob("*")) == []


def test_others_neither_write_publish_nor_hand_out(place: Place, published: Document) -> None:
    with access.whole_house("test"):
        clause = Clause.objects.filter(document=published).first()
        before = list(Clause.objects.values())
    assert clause is not None
    edit = {**ENTRY, "version": published.version}
    added = {"kind": "point", "path": "IX", "text": "x"}

    codes = set()
    for client in others(place):
        codes |= {
            client.put(f"{BASE}/{published.pk}", edit, content_type=JSON).status_code,
            post(client, f"{BASE}/{published.pk}/publish")[0],
            post(client, f"{BASE}/{published.pk}/withdraw", {"reason": "x"})[0],
            client.get(f"{BASE}/{published.pk}/clauses").status_code,
            post(client, f"{BASE}/{published.pk}/clauses", added)[0],
            post(client, f"/api/v1/clauses/{clause.pk}/split", {"at": 3, "seen": "x"})[0],
            post(client, f"/api/v1/clauses/{clause.pk}/merge", {"seen": "x"})[0],
            post(client, f"/api/v1/clauses/{clause.pk}/remove", {"seen": "x"})[0],
        }

    with access.whole_house("test"):
        after = list(Clause.objects.values())
        state = Document.objects.get(pk=published.pk).state
    assert (codes <= {403, 404}, after, state) == (True, before, "published")
