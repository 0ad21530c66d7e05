"""What is said of two documents: once, linked where the reader knows the other, taken back."""

from dataclasses import replace

import pytest

from quantriet.core.errors import DomainError
from quantriet.documents.commands import papers, relations
from quantriet.documents.models import Document
from quantriet.org import access
from quantriet.org.models import AuditEvent
from tests import factories
from tests.documents.conftest import ENTRY, Place


def test_said_twice_it_stands_once_and_links_the_other(place: Place, draft: Document) -> None:
    with access.acting(place.officer):
        other = papers.enter(place.province, replace(ENTRY, number="04-NQ/TU"), by=place.officer)
        made = [
            relations.relate(draft, kind="supersedes", number="04 - nq/tu", by=place.officer) for _ in "ab"
        ]
        kept = draft.relations.get()

    assert (made[0].pk, made[1].pk) == (kept.pk, kept.pk)
    assert (kept.kind, kept.other_number, kept.other_id) == ("supersedes", "04-NQ/TU", other.pk)
    with factories.looking_everywhere():
        assert AuditEvent.objects.filter(action="document.relate").count() == 1


def test_a_paper_unknown_here_is_kept_as_its_number(place: Place, draft: Document) -> None:
    with access.acting(place.officer):
        relations.relate(draft, kind="cites", number="226-KL/TW", by=place.officer)

        kept = draft.relations.get()

    assert (kept.other_number, kept.other_id) == ("226-KL/TW", None)


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [
        ("cites", "không phải số", "document.number"),
        ("cites", "05-NQ/TU", "document.itself"),
        ("khác", "226-KL/TW", "document.field"),
    ],
)
def test_faults_are_refused(place: Place, draft: Document, kind: str, number: str, code: str) -> None:
    with access.acting(place.officer), pytest.raises(DomainError) as refused:
        relations.relate(draft, kind=kind, number=number, by=place.officer)

    assert refused.value.code == code
    with access.acting(place.officer):
        assert draft.relations.count() == 0


def test_taken_back_twice_is_once_and_only_by_who_manages_it(place: Place, draft: Document) -> None:
    below = factories.actor("officer", place.commune)
    with access.acting(place.officer):
        made = relations.relate(draft, kind="cites", number="226-KL/TW", by=place.officer)
    with access.acting(below), pytest.raises(DomainError):
        relations.unrelate(made, by=below)

    with access.acting(place.officer):
        for _ in "ab":
            relations.unrelate(made, by=place.officer)

        assert draft.relations.count() == 0
    with factories.looking_everywhere():
        assert AuditEvent.objects.filter(action="document.unrelate").count() == 1
