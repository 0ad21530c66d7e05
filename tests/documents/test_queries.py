"""Who reads which document, and how documents are found."""

from dataclasses import replace

import pytest

from quantriet.core.scope import ScopeMissingError
from quantriet.documents import queries
from quantriet.documents.commands import papers, receipts
from quantriet.documents.models import Document
from quantriet.org import access
from quantriet.org.access import Actor
from tests import factories
from tests.documents.conftest import CLAUSES, ENTRY, Place


def seen_by(actor: Actor) -> list[str]:
    with access.acting(actor):
        return sorted(queries.visible_documents(actor).values_list("abstract", flat=True))


@pytest.fixture
def everywhere(place: Place) -> dict[str, Document]:
    """A published paper of each unit, and a draft of the commune."""
    made: dict[str, Document] = {}
    by = access.operator("x")
    with access.acting(by):
        for name in ("province", "commune", "sibling", "base", "foreign", "foreign_commune"):
            entry = replace(ENTRY, abstract=name, issuer_name=name)
            made[name] = papers.enter(getattr(place, name), entry, by=by, read_clauses=CLAUSES)
            papers.publish(made[name], by=by)
        made["draft"] = papers.enter(
            place.commune, replace(ENTRY, abstract="draft", issuer_name="draft"), by=by
        )
    return made


def test_each_role_reads_its_own_line_of_units_only(place: Place, everywhere: dict[str, Document]) -> None:
    member = factories.actor("member", place.cell, of=factories.person(place.cell))

    assert seen_by(place.officer) == ["base", "commune", "draft", "province", "sibling"]
    assert seen_by(factories.actor("officer", place.commune)) == ["base", "commune", "draft", "province"]
    assert seen_by(factories.actor("secretary", place.commune)) == ["base", "commune", "province"]
    assert seen_by(factories.actor("lecturer", place.commune)) == ["commune", "province"]
    assert seen_by(factories.actor("clerk", place.sibling)) == ["province", "sibling"]
    assert seen_by(member) == ["base", "commune", "province"]
    assert seen_by(factories.actor("officer", place.foreign_commune)) == ["foreign", "foreign_commune"]


def test_withdrawn_is_read_by_its_managers_only(place: Place, everywhere: dict[str, Document]) -> None:
    with access.acting(place.officer):
        papers.withdraw(everywhere["province"], reason="nhầm", by=place.officer)

    assert seen_by(factories.actor("secretary", place.commune)) == ["base", "commune"]
    assert seen_by(place.officer) == ["base", "commune", "draft", "province", "sibling"]


def test_a_paper_goes_no_further_down_than_it_may(place: Place, published: Document) -> None:
    member = factories.actor("member", place.cell, of=factories.person(place.cell))
    with access.acting(place.officer):
        Document.objects.filter(pk=published.pk).update(down_to=2)

    assert seen_by(member) == []
    assert seen_by(factories.actor("clerk", place.commune)) == [ENTRY.abstract]


def test_documents_are_never_read_outside_a_scope(draft: Document) -> None:
    with pytest.raises(ScopeMissingError):
        Document.objects.count()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("chuyen doi so", True),
        ("CHUYỂN ĐỔI", True),
        ("05 - nq/tu", True),
        ("thieu can bo", True),
        ("Nghị quyết", True),
        ("số chuyển", True),
        ("nông nghiệp", False),
        ("%", False),
        ("", True),
    ],
)
def test_search_without_marks_in_head_and_clauses(
    place: Place, draft: Document, text: str, *, found: bool
) -> None:
    with access.acting(place.officer):
        assert queries.search(queries.visible_documents(place.officer), text).exists() is found


def test_unread_leads_to_what_a_unit_has_not_acknowledged(place: Place, published: Document) -> None:
    with access.acting(place.officer):
        assert list(queries.unread_by(place.commune)) == [published]
        assert list(queries.unread_by(place.province)) == []
        assert list(queries.unread_by(place.foreign_commune)) == []


def test_lines_of_the_day_tell_what_the_unit_has_not_acknowledged(place: Place, published: Document) -> None:
    clerk = factories.actor("clerk", place.commune)
    member = factories.actor("member", place.cell, of=factories.person(place.cell))
    with access.acting(clerk):
        assert [task.text for task in queries.tasks(clerk)] == ["Văn bản 05-NQ/TU: về đẩy mạnh chuyển đổi số"]
        receipts.acknowledge([published], unit=place.commune, by=clerk)
        assert queries.tasks(clerk) == []
    with access.acting(member):
        assert queries.tasks(member) == []
