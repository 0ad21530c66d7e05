"""The pages: from a dropped file to a published document, and what each role finds in the answers."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from quantriet.documents import files
from quantriet.documents.commands import clauses, materials, receipts
from quantriet.documents.commands import papers as commands
from quantriet.documents.commands.materials import Handout
from quantriet.documents.commands.papers import Source
from quantriet.documents.models import Clause, Document
from quantriet.documents.pages.clauses import pieces
from quantriet.org import access
from quantriet.org.models import Unit
from tests import factories
from tests.documents import papers
from tests.documents.conftest import CLAUSES, ENTRY, Place

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "FILES_ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def officer(place: Place) -> Client:
    return factories.signed_in(factories.account("officer", place.province))


def signed_in(role: str, at: Unit) -> Client:
    return factories.signed_in(factories.account(role, at))


def drop(client: Client, content: bytes, name: str = "nghi-quyet.docx") -> Any:
    return client.post(reverse("document-drop"), {"file": SimpleUploadedFile(name, content)})


def text_of(response: Any) -> str:
    if getattr(response, "streaming", False):
        return b"".join(response.streaming_content).decode("utf-8", "replace")
    return str(response.content.decode())


def close_files(response: Any) -> None:
    """Close what is streamed; ``response.close()`` would close the test's connection too."""
    for close in response._resource_closers:
        close()


def form_values(body: str) -> dict[str, str]:
    """What a browser would send back from the review: the fields as they were filled in."""
    values = dict(re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*value="([^"]*)"', body))
    values |= dict(re.findall(r'<textarea[^>]*name="([a-z_]+)"[^>]*>\s*([^<]*)</textarea>', body))
    chosen = re.findall(r'<select[^>]*name="([a-z_]+)".*?<option value="([^"]*)" selected', body, re.DOTALL)
    return {
        name: value for name, value in {**values, **dict(chosen)}.items() if name != "csrfmiddlewaretoken"
    }


def test_a_dropped_file_becomes_a_draft_with_its_clauses(officer: Client) -> None:
    review = drop(officer, papers.docx_bytes())
    values = form_values(text_of(review))

    assert (review.status_code, values["number"], values["issued_on"]) == (200, "05-NQ/TU", "05/02/2026")
    kept = officer.post(reverse("document-enter"), {**values, "relation": "cites:57-NQ/TW"})
    again = officer.post(reverse("document-enter"), {**values, "relation": "cites:57-NQ/TW"})

    with access.whole_house("test"):
        document = Document.objects.get()
        assert list(document.clauses.values_list("path", flat=True)) == papers.RESOLUTION_PATHS
        assert [version.file_name for version in document.versions.all()] == ["nghi-quyet.docx"]
        assert list(document.relations.values_list("other_number", flat=True)) == ["57-NQ/TW"]
    assert (
        kept.headers["Location"] == again.headers["Location"] == reverse("document-edit", args=(document.pk,))
    )


def test_pasted_text_and_pdf_lead_to_the_same_review(officer: Client) -> None:
    pasted = officer.post(
        reverse("document-drop"), {"text": "\n".join((*papers.LEFT, *papers.RIGHT, *papers.RESOLUTION))}
    )
    printed = drop(officer, papers.pdf_bytes(), "nghi-quyet.pdf")

    for review in (pasted, printed):
        assert form_values(text_of(review))["abstract"] == papers_abstract()
    entered = officer.post(reverse("document-enter"), form_values(text_of(pasted)))
    assert entered.status_code == 302
    with access.whole_house("test"):
        assert list(Clause.objects.values_list("path", flat=True)) == papers.RESOLUTION_PATHS


def papers_abstract() -> str:
    return "về đẩy mạnh chuyển đổi số trong các cơ quan đảng giai đoạn 2026 - 2030"


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (papers.bomb, "bom.docx", "nén"),
        (lambda: papers.with_doctype(papers.docx_bytes()), "a.docx", ""),
        (lambda: b"PK\x03\x04 rac", "a.docx", ""),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "cu.doc", "lưu thành .docx"),
        (lambda: b"%PDF-1.4 hong", "a.pdf", "Không đọc được tệp"),
        (lambda: b"van ban thuong", "a.txt", "cần tệp docx, pdf"),
        (lambda: b"x" * (25 * 2**20 + 1), "to.docx", "lớn hơn 25 MB"),
        (lambda: b"", "rong.docx", ""),
        (papers.scanned_pdf, "quet.pdf", "ảnh quét"),
        (lambda: papers.docx_bytes(before=("MẬT",)), "mat.docx", "không nhận văn bản từ MẬT trở lên"),
        (lambda: papers.docx_bytes(boxed="TỐI MẬT"), "mat.docx", "không nhận văn bản từ MẬT trở lên"),
    ],
)
def test_bad_files_are_refused_beside_the_field_and_leave_nothing(
    officer: Client, own_store: Path, content: Callable[[], bytes], name: str, sentence: str
) -> None:
    response = drop(officer, content(), name)

    body = text_of(response)
    assert response.status_code == 422
    assert 'class="field-error"' in body
    assert escape(sentence) in body
    assert [path for path in own_store.rglob("*") if path.is_file()] == []


def test_a_good_file_is_taken_where_the_bad_ones_were_refused(officer: Client, own_store: Path) -> None:
    assert drop(officer, papers.docx_bytes()).status_code == 200
    assert len([path for path in own_store.rglob("*") if path.is_file()]) == 1


def test_secret_chosen_in_the_form_is_refused(officer: Client) -> None:
    values = form_values(text_of(drop(officer, papers.docx_bytes())))
    response = officer.post(reverse("document-enter"), {**values, "secrecy": "secret"})

    assert response.status_code == 422
    assert "không nhận văn bản từ MẬT trở lên" in text_of(response)
    with access.whole_house("test"):
        assert not Document.objects.exists()


def test_the_token_of_another_account_opens_no_file(officer: Client, place: Place) -> None:
    values = form_values(text_of(drop(officer, papers.docx_bytes())))
    stranger = signed_in("officer", place.foreign)

    assert stranger.post(reverse("document-enter"), values).status_code == 422
    assert (
        officer.post(reverse("document-enter"), {**values, "token": values["token"] + "x"}).status_code == 422
    )


def test_second_editor_sees_both_texts(officer: Client, place: Place, draft: Document) -> None:
    href = reverse("document-edit", args=(draft.pk,))
    values = form_values(text_of(officer.get(href)))
    other = signed_in("officer", place.province)

    assert other.post(href, {**values, "abstract": "bản của người trước"}).status_code == 302
    conflict = officer.post(href, {**values, "abstract": "bản của tôi"})

    body = text_of(conflict)
    assert conflict.status_code == 409
    assert "bản của người trước" in body
    assert "bản của tôi" in body
    assert officer.post(href, {**form_values(body), "abstract": "bản của tôi"}).status_code == 302


def test_the_tree_of_clauses_is_edited_in_place(officer: Client, place: Place, draft: Document) -> None:
    with access.whole_house("test"):
        first, second = Clause.objects.filter(document=draft, path__startswith="I.").order_by("position")
        seen = {clause.pk: clauses.fingerprint(clause) for clause in (first, second)}

    form = officer.get(reverse("clause-edit", args=(first.pk,)), headers=HTMX)
    written = officer.post(
        reverse("clause-edit", args=(first.pk,)),
        {**form_values(text_of(form)), "heading": "Kết quả chính"},
        headers=HTMX,
    )
    assert "Kết quả chính" in text_of(written)
    stale = officer.post(
        reverse("clause-edit", args=(first.pk,)),
        {"path": "I.1", "label": "1", "heading": "Chữ của tôi", "text": "x", "seen": seen[first.pk]},
        headers=HTMX,
    )
    assert stale.status_code == 422
    assert "Kết quả chính" in text_of(stale)
    assert "Chữ của tôi" in text_of(stale)
    split = officer.get(reverse("clause-split", args=(first.pk,)), headers=HTMX)
    at = re.findall(r'name="at" value="(\d+)"', text_of(split))
    cut = officer.post(
        reverse("clause-split", args=(first.pk,)),
        {"at": at[0], "seen": form_values(text_of(split))["seen"]},
        headers=HTMX,
    )
    assert "I.1-2" in text_of(cut)
    merged = officer.post(reverse("clause-merge", args=(second.pk,)), {"seen": seen[second.pk]}, headers=HTMX)
    assert "I.2<" not in text_of(merged)
    added = officer.post(
        reverse("clause-add", args=(draft.pk,)),
        {"path": "II", "label": "II", "heading": "NHIỆM VỤ", "text": "", "kind": "roman", "after": first.pk},
        headers=HTMX,
    )
    assert "NHIỆM VỤ" in text_of(added)
    refused = officer.post(reverse("clause-remove", args=(first.pk,)), {"seen": "cu"}, headers=HTMX)
    assert refused.status_code == 409


def test_pieces_of_a_clause_are_its_sentences_and_lines() -> None:
    assert [piece["text"] for piece in pieces("Câu một. Câu hai; còn.\n- gạch")] == [
        "Câu một.", "Câu hai;", "còn.", "- gạch",
    ]  # fmt: skip


def test_original_file_is_sent_to_be_saved_only(officer: Client, place: Place) -> None:
    values = form_values(text_of(drop(officer, papers.docx_bytes())))
    officer.post(reverse("document-enter"), values)
    with access.whole_house("test"):
        document = Document.objects.get()
        version = document.versions.get()
    href = reverse("document-file", args=(document.pk, version.pk))

    sent = officer.get(href)
    assert b"".join(sent.streaming_content) == papers_content(version.file_hash)  # type: ignore[attr-defined]
    close_files(sent)
    assert sent.headers["Content-Disposition"] == 'attachment; filename="nghi-quyet.docx"'
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert signed_in("clerk", place.commune).get(href).status_code == 404
    assert signed_in("officer", place.foreign).get(href).status_code == 404


def papers_content(sha256: str) -> bytes:
    with files.open_kept(sha256) as kept:
        return kept.read()


def test_a_unit_acknowledges_once_and_the_publisher_sees_it(
    officer: Client, place: Place, published: Document
) -> None:
    clerk = signed_in("clerk", place.commune)
    page = reverse("document", args=(published.pk,))

    assert "Xác nhận đã nhận" in text_of(clerk.get(page))
    for _again in range(2):
        assert clerk.post(reverse("document-acknowledge", args=(published.pk,))).status_code == 302
    assert "Đã nhận" in text_of(clerk.get(page))
    body = text_of(officer.get(reverse("document-receipts", args=(published.pk,))))
    assert place.sibling.name in body
    assert place.commune.name not in re.sub(r"<progress.*?>", "", body.partition("<tbody>")[2])


def test_materials_by_page(officer: Client, place: Place, published: Document) -> None:
    upload = SimpleUploadedFile("de-cuong.docx", papers.docx_bytes(("Đề cương",), left=(), right=(), tail=()))
    href = reverse("material-attach", args=(published.pk,))
    sent = officer.post(href, {"kind": "outline", "title": "Đề cương", "file": upload, "audiences": ["1"]})
    assert sent.status_code == 302
    with access.whole_house("test"):
        material = published.materials.get()
    file = reverse("material-file", args=(published.pk, material.pk))
    person = factories.person(place.cell)
    member = factories.signed_in(factories.account("member", place.cell, of=person))

    sent = signed_in("secretary", place.commune).get(file)
    assert sent.status_code == 200
    close_files(sent)
    assert member.get(file).status_code == 404
    assert "Đề cương" not in text_of(member.get(reverse("document", args=(published.pk,))))
    gone = reverse("material-detach", args=(material.pk,))
    assert signed_in("officer", place.commune).post(gone).status_code == 404
    assert officer.post(gone).status_code == 302


@pytest.mark.parametrize(
    ("paper", "name"),
    [
        (lambda: papers.docx_bytes(("Đề cương",), left=("MẬT",), right=(), tail=()), "de-cuong.docx"),
        (lambda: papers.pdf_bytes(running="TỐI MẬT"), "de-cuong.pdf"),
    ],
)
def test_a_marked_handout_is_refused_before_it_is_kept(
    officer: Client, published: Document, own_store: Path, paper: Callable[[], bytes], name: str
) -> None:
    given = {"kind": "outline", "title": "Đề cương", "file": SimpleUploadedFile(name, paper())}

    sent = officer.post(reverse("material-attach", args=(published.pk,)), given)

    told = "không nhận văn bản từ MẬT" in text_of(sent)
    kept = [path for path in own_store.rglob("*") if path.is_file()]
    assert (sent.status_code, told, kept) == (422, True, [])


def test_a_handout_of_pictures_is_kept(officer: Client, published: Document) -> None:
    given = {
        "kind": "outline",
        "title": "Ảnh",
        "file": SimpleUploadedFile("anh.pdf", papers.scanned_pdf()),
    }
    assert officer.post(reverse("material-attach", args=(published.pk,)), given).status_code == 302


def test_withdrawing_wants_a_reason(officer: Client, place: Place, published: Document) -> None:
    href = reverse("document-withdraw", args=(published.pk,))

    assert officer.post(href, {"reason": ""}).status_code == 422
    assert officer.post(href, {"reason": "nhầm bản"}).status_code == 302
    assert signed_in("clerk", place.commune).get(reverse("document", args=(published.pk,))).status_code == 404


# ---- scope: canaries in the body -----------------------------------------------------------------------

CANARIES = ("own", "parent", "child", "sibling", "foreign")


@pytest.fixture
def canaries(place: Place) -> dict[str, Document]:
    """As seen from the commune: a published document and a draft of its own, parent, child, sibling, foreign."""
    units = dict(
        zip(CANARIES, (place.commune, place.province, place.base, place.sibling, place.foreign), strict=True)
    )
    by = access.operator("x")
    made: dict[str, Document] = {}
    with access.acting(by):
        for at, (name, unit) in enumerate(units.items(), start=1):
            entry = replace(
                ENTRY, abstract=f"canary-{name}-published", issuer_name=f"{name} a", number=f"{at}-NQ/TU"
            )
            made[name] = commands.enter(unit, entry, by=by, read_clauses=CLAUSES)
            commands.publish(made[name], by=by)
            entry = replace(
                ENTRY, abstract=f"canary-{name}-draft", issuer_name=f"{name} b", number=f"{at}-CT/TU"
            )
            made[f"{name}-draft"] = commands.enter(unit, entry, by=by, read_clauses=CLAUSES)
    return made


def found_canaries(body: str) -> set[str]:
    return set(re.findall(r"canary-([a-z]+-(?:draft|published))", body))


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("officer", {"own-published", "own-draft", "parent-published", "child-published", "child-draft"}),
        ("secretary", {"own-published", "parent-published", "child-published"}),
        ("lecturer", {"own-published", "parent-published"}),
        ("member", {"own-published", "parent-published"}),
    ],
)
def test_list_and_pages_show_no_neighbours(
    place: Place, canaries: dict[str, Document], role: str, expected: set[str]
) -> None:
    person = factories.person(place.commune) if role == "member" else None
    client = factories.signed_in(factories.account(role, place.commune, of=person))

    assert found_canaries(text_of(client.get(reverse("documents")))) == expected
    assert found_canaries(text_of(client.get(reverse("documents"), {"q": "canary"}))) == expected
    opened: set[str] = set()
    for document in canaries.values():
        for route in ("document", "document-print"):
            answer = client.get(reverse(route, args=(document.pk,)))
            opened |= found_canaries(text_of(answer)) if answer.status_code == 200 else set()
            assert answer.status_code in {200, 404}
    assert opened == expected


WRITES = (
    "document-edit", "document-publish", "document-withdraw", "document-acknowledge", "material-attach", "clause-add",
)  # fmt: skip


def test_writes_on_foreign_documents_answer_like_nothing(place: Place, canaries: dict[str, Document]) -> None:
    client = signed_in("officer", place.commune)
    with access.whole_house("test"):
        before = sorted(Document.objects.values_list("pk", "version", "state"))
    for name in ("foreign", "sibling", "foreign-draft", "sibling-draft"):
        for route in WRITES:
            foreign = client.post(reverse(route, args=(canaries[name].pk,)), {"reason": "x"})
            missing = client.post(reverse(route, args=(999_999,)), {"reason": "x"})
            assert (foreign.status_code, text_of(foreign)) == (
                404, text_of(missing).replace("999999", str(canaries[name].pk)),
            ) or same_but_tokens(foreign, missing)  # fmt: skip
    with access.whole_house("test"):
        assert sorted(Document.objects.values_list("pk", "version", "state")) == before


def same_but_tokens(one: HttpResponse | Any, other: HttpResponse | Any) -> bool:
    """Equal answers apart from the tokens of forms and the address asked for."""

    def plain(response: Any) -> str:
        return re.sub(r'(value|content)="[A-Za-z0-9]{64}"|van-ban/\d+', "", text_of(response))

    return one.status_code == other.status_code == 404 and plain(one) == plain(other)


def test_roles_without_the_permission_get_no_page(place: Place, draft: Document) -> None:
    client = signed_in("secretary", place.province)
    for route in ("document-drop", "document-enter"):
        assert client.get(reverse(route)).status_code == 403
    assert client.post(reverse("document-publish", args=(draft.pk,))).status_code == 403
    assert Client().get(reverse("documents")).status_code == 302


# ---- as many queries for one row as for three ----------------------------------------------------------


def queries_of(client: Client, href: str) -> int:
    client.get(href)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(href).status_code == 200
    return len(asked)


def enter_many(place: Place, numbers: range) -> list[Document]:
    by = access.operator("x")
    made = []
    with access.acting(by):
        for number in numbers:
            entry = replace(ENTRY, number=f"{number}-KH/TU", abstract=f"kế hoạch {number}")
            made.append(commands.enter(place.province, entry, by=by, read_clauses=CLAUSES[:number]))
    return made


def test_queries_of_the_list_do_not_grow(officer: Client, place: Place) -> None:
    enter_many(place, range(1, 2))
    one = queries_of(officer, reverse("documents"))
    enter_many(place, range(2, 4))

    assert queries_of(officer, reverse("documents")) == one


def test_queries_of_a_document_do_not_grow(officer: Client, place: Place, published: Document) -> None:
    href = reverse("document", args=(published.pk,))
    by = access.operator("x")

    def fill(numbers: range) -> None:
        with access.acting(by):
            for at in numbers:
                link = Handout("video", f"Video {at}", (), link=f"https://vi-du.vn/{at}")
                materials.attach(published, link, unit=place.province, by=by)
                file = files.KeptFile(str(at) * 64, f"{at}.docx", "application/msword", at)
                commands.add_version(published, Source(file), by=by)
                said = clauses.ClauseText(f"V.{at}", str(at), "", "Nội dung.")
                clauses.add(published, said, kind="point", after=None, by=by)

    fill(range(1, 2))
    one = queries_of(officer, href)
    edit_one = queries_of(officer, reverse("document-edit", args=(published.pk,)))
    fill(range(2, 4))

    assert queries_of(officer, href) == one
    assert queries_of(officer, reverse("document-edit", args=(published.pk,))) == edit_one


def test_queries_of_receipts_do_not_grow(officer: Client, place: Place, published: Document) -> None:
    href = reverse("document-receipts", args=(published.pk,))
    one = queries_of(officer, href)
    clerk = factories.actor("clerk", place.sibling)
    for _number in range(3):
        factories.cell(place.base)
    with access.acting(clerk):
        receipts.acknowledge([published], unit=place.sibling, by=clerk)

    assert queries_of(officer, href) == one


def test_kinds_of_documents_are_named_in_the_language_of_the_page(officer: Client) -> None:
    officer.cookies["language"] = "en"

    body = officer.get(reverse("documents")).content.decode()

    assert '<option value="NQ">Resolution</option>' in body
    assert "Nghị quyết" not in body
