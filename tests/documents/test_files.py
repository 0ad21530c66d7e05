"""Further files of a document, and the second wall before files and receipts."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from quantriet.core import scope
from quantriet.core.errors import DomainError
from quantriet.documents.commands import papers as commands
from quantriet.documents.commands import receipts
from quantriet.documents.commands.papers import Source
from quantriet.documents.files import KeptFile
from quantriet.documents.models import Document
from quantriet.org import access
from quantriet.org.access import Actor
from tests import factories
from tests.documents import papers
from tests.documents.conftest import ENTRY, Place


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "FILES_ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def officer(place: Place) -> Client:
    return factories.signed_in(factories.account("officer", place.province))


def send(client: Client, document: Document, content: bytes, *, role: str = "annex") -> Any:
    file = SimpleUploadedFile("phu-luc.docx", content)
    return client.post(reverse("document-files", args=[document.pk]), {"role": role, "file": file})


def kept(document: Document) -> list[tuple[int, str]]:
    with factories.looking_everywhere():
        return list(document.versions.order_by("ordinal").values_list("ordinal", "role"))


def test_an_annex_is_kept_once_and_taken_out_once(officer: Client, draft: Document) -> None:
    content = papers.docx_bytes()
    codes = [send(officer, draft, content).status_code for _ in range(2)]
    before = kept(draft)
    with factories.looking_everywhere():
        version = draft.versions.get()
    address = reverse("document-file-remove", args=[draft.pk, version.pk])

    removed = [officer.post(address).status_code for _ in range(2)]

    assert (codes, before, removed, kept(draft)) == ([302, 302], [(1, "annex")], [302, 404], [])


def test_a_refused_file_is_told_beside_the_field_and_leaves_nothing(officer: Client, draft: Document) -> None:
    broken = send(officer, draft, b"not a paper")
    none = officer.post(reverse("document-files", args=[draft.pk]), {"role": "annex"})

    assert (broken.status_code, none.status_code, kept(draft)) == (422, 422, [])


def test_a_scan_of_pictures_is_kept_as_a_scan_only(officer: Client, draft: Document) -> None:
    pictures = papers.scanned_pdf()

    refused = send(officer, draft, pictures, role="annex")
    for _ in range(2):
        sent = send(officer, draft, pictures, role="scan")

    with factories.looking_everywhere():
        texts = list(draft.versions.values_list("role", "text"))
    assert (refused.status_code, "ảnh quét" in refused.content.decode()) == (422, True)
    assert (sent.status_code, texts) == (302, [("scan", "")])


def test_a_scan_that_bears_a_secret_mark_is_refused(
    officer: Client, draft: Document, own_store: Path
) -> None:
    stamped = papers.pdf_bytes((), left=("MẬT",), right=(), tail=())

    refused = send(officer, draft, stamped, role="scan")

    told = "không nhận văn bản từ MẬT" in refused.content.decode()
    assert (refused.status_code, told, [path for path in own_store.rglob("*") if path.is_file()]) == (
        422,
        True,
        [],
    )


def test_the_last_thing_to_read_of_a_published_paper_stays(place: Place) -> None:
    with access.acting(place.officer):
        entered = commands.enter(
            place.province,
            commands.Entry("09-CT/TU", "Tỉnh ủy Thử Nghiệm", "về một việc", ENTRY.issued_on),
            by=place.officer,
            source=Source(_file("a")),
        )
        commands.publish(entered, by=place.officer)
        version = entered.versions.get()
        with pytest.raises(DomainError) as refused:
            commands.remove_version(version, by=place.officer)

    assert (refused.value.code, kept(entered)) == ("document.nothing_to_read", [(1, "text")])


def _file(letter: str) -> KeptFile:
    return KeptFile(letter * 64, f"{letter}.pdf", "application/pdf", 1)


def rows(by: Actor, table: str) -> int:
    """How many rows the database itself shows, whatever a query forgets."""
    with access.acting(by), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


@pytest.fixture
def with_file(place: Place, draft: Document) -> Document:
    with access.acting(place.officer):
        commands.add_version(draft, Source(_file("b")), by=place.officer)
    return draft


def test_a_draft_is_its_owners_and_a_published_paper_is_read_from_below(
    place: Place, with_file: Document
) -> None:
    person = factories.person(place.cell, "Trần Thị Đọc")
    readers = {
        "own": place.officer,
        "below": factories.actor("clerk", place.commune),
        "front": factories.actor("front_officer", factories.front(place.commune)),
        "member": factories.actor("member", place.cell, of=person),
        "foreign": factories.actor("officer", place.foreign),
        "foreign below": factories.actor("clerk", place.foreign_commune),
    }
    table = "documents_documentversion"
    before = {name: rows(by, table) for name, by in readers.items()}
    with access.acting(place.officer):
        commands.publish(with_file, by=place.officer)

    after = {name: rows(by, table) for name, by in readers.items()}

    assert before == dict.fromkeys(readers, 0) | {"own": 1}
    assert after == dict.fromkeys(readers, 1) | {"foreign": 0, "foreign below": 0}


def test_who_reads_from_below_cannot_write(place: Place, with_file: Document) -> None:
    with access.acting(place.officer):
        commands.publish(with_file, by=place.officer)
    below = factories.actor("officer", place.commune)

    with access.acting(below), connection.cursor() as cursor:
        cursor.execute("UPDATE documents_documentversion SET file_name = 'x'")
        changed = cursor.rowcount
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(
                "INSERT INTO documents_documentversion (document_id, ordinal, role, file_hash, file_name,"
                " media_type, size, text, made_at) VALUES (%s, 9, 'text', 'c', 'c', 'c', 1, '', now())",
                [with_file.pk],
            )

    assert changed == 0


def test_a_receipt_is_seen_by_its_unit_and_above_only(place: Place, published: Document) -> None:
    clerk = factories.actor("clerk", place.commune)
    with access.acting(clerk):
        receipts.acknowledge([published], unit=place.commune, by=clerk)
    readers = (
        place.officer,
        clerk,
        factories.actor("clerk", place.sibling),
        factories.actor("officer", place.foreign),
    )

    assert [rows(by, "documents_receipt") for by in readers] == [1, 1, 0, 0]


@pytest.mark.parametrize("table", ["documents_documentversion", "documents_receipt"])
def test_without_a_scope_there_is_no_row(published: Document, place: Place, table: str) -> None:
    with access.acting(place.officer):
        commands.add_version(published, Source(_file("d")), by=place.officer)
        receipts.acknowledge([], unit=place.province, by=place.officer)

    with scope.use(scope.NOBODY), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (0,)
