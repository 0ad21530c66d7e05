"""Entering, editing, publishing, withdrawing: each once, each refused with a sentence."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from quantriet.core.errors import ConflictError, DomainError, ForbiddenError
from quantriet.documents.choices import Secrecy, State
from quantriet.documents.commands import papers
from quantriet.documents.commands.papers import SECRET, Source
from quantriet.documents.files import KeptFile
from quantriet.documents.models import Document
from quantriet.org import access
from quantriet.org.models import AuditEvent, Notice
from tests import factories
from tests.documents.conftest import CLAUSES, ENTRY, Place

FILE = KeptFile("a" * 64, "nghi-quyet.docx", "application/msword", 1200)


def test_enter_keeps_number_parts_clauses_and_file(place: Place) -> None:
    with access.acting(place.officer):
        document = papers.enter(
            place.province,
            replace(ENTRY, number="Số: 05 - NQ/TU"),
            by=place.officer,
            source=Source(FILE, "toàn văn", (("cites", "57-NQ/TW"),)),
            read_clauses=CLAUSES,
        )

        assert (document.number, document.serial, document.kind, document.issuer_symbol, document.term) == (
            "05-NQ/TU", 5, "NQ", "TU", "2025-2030",
        )  # fmt: skip
        assert document.state == State.DRAFT
        assert list(document.clauses.values_list("position", "path")) == [(1, "I"), (2, "I.1"), (3, "I.2")]
        assert list(document.versions.values_list("ordinal", "file_hash", "text")) == [
            (1, "a" * 64, "toàn văn")
        ]
        assert list(document.relations.values_list("kind", "other_number")) == [("cites", "57-NQ/TW")]


def test_enter_retried_makes_one_document(place: Place) -> None:
    with access.acting(place.officer):
        first = papers.enter(
            place.province, ENTRY, by=place.officer, source=Source(FILE), read_clauses=CLAUSES
        )
        again = papers.enter(
            place.province, ENTRY, by=place.officer, source=Source(FILE), read_clauses=CLAUSES
        )

        assert again.pk == first.pk
        assert (Document.objects.count(), first.clauses.count(), first.versions.count()) == (1, 3, 1)
    assert AuditEvent.objects.filter(action="document.enter").count() == 1


def test_same_number_with_other_words_is_refused(place: Place, draft: Document) -> None:
    with access.acting(place.officer):
        with pytest.raises(DomainError) as refused:
            papers.enter(place.province, replace(ENTRY, abstract="về việc khác"), by=place.officer)

        assert refused.value.code == "document.exists"
        next_term = papers.enter(place.province, replace(ENTRY, term="2030-2035"), by=place.officer)
        assert next_term.pk != draft.pk


@pytest.mark.parametrize("same", ["file", "summary"])
def test_the_same_paper_under_another_issuer_is_told(place: Place, same: str) -> None:
    """The name of the issuer is read from the file and may be corrected: the paper is the same all the same."""
    other = replace(ENTRY, issuer_name="Ban Chấp hành")
    if same == "file":
        other = replace(other, abstract="về một việc khác")
    with access.acting(place.officer):
        first = papers.enter(place.province, ENTRY, by=place.officer, source=Source(FILE))
        file = FILE if same == "file" else None
        with pytest.raises(DomainError) as refused:
            papers.enter(place.province, other, by=place.officer, source=Source(file))

        assert (refused.value.code, refused.value.context["document"]) == ("document.exists", first.pk)
        assert Document.objects.count() == 1


def test_another_paper_with_that_number_and_day_is_another_paper(place: Place, draft: Document) -> None:
    with access.acting(place.officer):
        other = replace(ENTRY, issuer_name="Đảng ủy phường Khác", abstract="về một việc khác")
        entered = papers.enter(place.province, other, by=place.officer, source=Source())

    assert entered.pk != draft.pk


def test_number_once_is_held_by_the_database(place: Place, draft: Document) -> None:
    draft.pk = None
    with access.acting(place.officer), pytest.raises(IntegrityError), transaction.atomic():
        draft.save(force_insert=True)


def test_paper_published_above_is_not_entered_again(place: Place, published: Document) -> None:
    below = factories.actor("officer", place.commune)

    with access.acting(below), pytest.raises(DomainError) as refused:
        papers.enter(place.commune, ENTRY, by=below)

    assert (refused.value.code, refused.value.context) == (
        "document.published_above", {"document": published.pk},
    )  # fmt: skip


def test_draft_above_does_not_show_through_a_refusal(place: Place, draft: Document) -> None:
    below = factories.actor("officer", place.commune)

    with access.acting(below):
        own = papers.enter(place.commune, ENTRY, by=below)

    assert own.pk != draft.pk


@pytest.mark.parametrize("word", [SECRET, "MẬT", "Tối mật", "tuyet_mat"])
def test_secret_is_refused_and_never_stored(place: Place, word: str) -> None:
    with access.acting(place.officer):
        with pytest.raises(DomainError) as refused:
            papers.enter(place.province, replace(ENTRY, secrecy=word), by=place.officer)

        assert refused.value.code == "document.secret"
        assert not Document.objects.exists()


def test_database_itself_refuses_a_secret_document(draft: Document, place: Place) -> None:
    with access.acting(place.officer), pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=draft.pk).update(secrecy="mat")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": "Chỉ thị số 01"}, "document.number"),
        ({"issuer_name": "  "}, "document.issuer"),
        ({"abstract": ""}, "document.abstract"),
        ({"secrecy": "x"}, "document.field"),
        ({"down_to": 17}, "document.field"),
        ({"issued_on": date(2099, 1, 1)}, "document.date"),
    ],
)
def test_faults_are_refused(place: Place, change: dict[str, object], code: str) -> None:
    with access.acting(place.officer):
        with pytest.raises(DomainError) as refused:
            papers.enter(place.province, replace(ENTRY, **change), by=place.officer)  # type: ignore[arg-type]

        assert refused.value.code == code
        assert not Document.objects.exists()


def test_only_who_manages_documents_there_may_enter(place: Place) -> None:
    secretary = factories.actor("secretary", place.province)

    with access.acting(secretary), pytest.raises(ForbiddenError):
        papers.enter(place.province, ENTRY, by=secretary)
    with access.acting(place.officer), pytest.raises(ForbiddenError):
        papers.enter(place.foreign, ENTRY, by=place.officer)


def test_officer_of_a_board_enters_for_its_committee(place: Place) -> None:
    board = factories.body(place.province)
    officer = factories.actor("officer", board)

    with access.acting(officer):
        document = papers.enter(board, ENTRY, by=officer)

    assert document.owner_id == place.province.pk


def test_second_editor_is_told_with_both_texts(place: Place, draft: Document) -> None:
    with access.acting(place.officer):
        papers.edit(draft, replace(ENTRY, abstract="bản của người thứ nhất"), version=1, by=place.officer)
        with pytest.raises(ConflictError) as refused:
            papers.edit(draft, replace(ENTRY, abstract="bản của người thứ hai"), version=1, by=place.officer)

    assert refused.value.code == "document.changed"
    assert (refused.value.context["yours"]["abstract"], refused.value.context["theirs"]["abstract"]) == (
        "bản của người thứ hai",
        "bản của người thứ nhất",
    )


def test_edit_retried_is_taken_once(place: Place, draft: Document) -> None:
    changed = replace(ENTRY, abstract="về chuyển đổi số", secrecy=Secrecy.INTERNAL.value)
    with access.acting(place.officer):
        papers.edit(draft, changed, version=1, by=place.officer)
        kept = papers.edit(draft, changed, version=1, by=place.officer)

    assert (kept.version, kept.abstract, kept.secrecy) == (2, "về chuyển đổi số", "internal")
    assert AuditEvent.objects.filter(action="document.edit").count() == 1


def test_publish_twice_is_once_and_tells_the_units_directly_below(place: Place, draft: Document) -> None:
    with access.acting(place.officer):
        first = papers.publish(draft, by=place.officer)
        again = papers.publish(draft, by=place.officer)

    assert (again.published_at, again.version) == (first.published_at, first.version)
    assert list(Notice.objects.order_by("unit_id").values_list("unit_id", "title")) == [
        (place.commune.pk, "Văn bản mới: 05-NQ/TU"),
        (place.sibling.pk, "Văn bản mới: 05-NQ/TU"),
    ]


def test_nothing_to_read_is_not_published(place: Place) -> None:
    with access.acting(place.officer):
        empty = papers.enter(place.province, ENTRY, by=place.officer)
        with pytest.raises(DomainError) as refused:
            papers.publish(empty, by=place.officer)

    assert refused.value.code == "document.nothing_to_read"


def test_withdraw_wants_a_reason_and_ends_editing(place: Place, published: Document) -> None:
    with access.acting(place.officer):
        with pytest.raises(DomainError) as refused:
            papers.withdraw(published, reason=" ", by=place.officer)
        assert refused.value.code == "document.reason"
        papers.withdraw(published, reason="nhầm bản", by=place.officer)
        kept = papers.withdraw(published, reason="lý do khác", by=place.officer)
        assert (kept.state, kept.withdrawn_reason) == (State.WITHDRAWN, "nhầm bản")
        with pytest.raises(DomainError) as refused:
            papers.publish(published, by=place.officer)
        assert refused.value.code == "document.withdrawn"
        with pytest.raises(DomainError) as refused:
            papers.edit(published, replace(ENTRY, abstract="x"), version=kept.version, by=place.officer)
        assert refused.value.code == "document.withdrawn"
        assert papers.enter(place.province, ENTRY, by=place.officer).pk != published.pk


def test_date_of_today_is_taken(place: Place) -> None:
    today = timezone.localdate()
    with access.acting(place.officer):
        assert (
            papers.enter(place.province, replace(ENTRY, issued_on=today), by=place.officer).issued_on == today
        )
        with pytest.raises(DomainError):
            papers.enter(
                place.province,
                replace(ENTRY, number="06-NQ/TU", issued_on=today + timedelta(days=1)),
                by=place.officer,
            )
