"""Receipts: once a unit, only for what the unit reads; who has not said so is counted by level."""

import pytest

from quantriet.core.errors import ForbiddenError, NotFoundError
from quantriet.documents import queries
from quantriet.documents.commands import papers, receipts
from quantriet.documents.models import Document, Receipt
from quantriet.org import access
from tests import factories
from tests.documents.conftest import Place


def test_acknowledge_retried_is_once_and_the_first_word_stands(place: Place, published: Document) -> None:
    clerk = factories.actor("clerk", place.commune)
    with access.acting(clerk):
        assert receipts.acknowledge([published], unit=place.commune, by=clerk) == 1
        first = Receipt.objects.get()
        assert receipts.acknowledge([published], unit=place.commune, by=clerk) == 0

        assert list(Receipt.objects.values_list("pk", "receiver", "received_at")) == [
            (first.pk, clerk.name, first.received_at)
        ]


def test_what_a_unit_does_not_read_answers_like_nothing(place: Place, draft: Document) -> None:
    clerk = factories.actor("clerk", place.commune)
    with access.acting(clerk):
        with pytest.raises(NotFoundError):
            receipts.acknowledge([draft], unit=place.commune, by=clerk)

        assert not Receipt.objects.exists()


def test_only_who_acts_for_the_unit_may_say_so(place: Place, published: Document) -> None:
    clerk = factories.actor("clerk", place.commune)
    member = factories.actor("member", place.cell, of=factories.person(place.cell))
    with access.acting(clerk), pytest.raises(ForbiddenError):
        receipts.acknowledge([published], unit=place.sibling, by=clerk)
    with access.acting(member), pytest.raises(ForbiddenError):
        receipts.acknowledge([published], unit=place.cell, by=member)


def test_delivery_by_level_and_missing_units(place: Place, published: Document) -> None:
    clerk = factories.actor("clerk", place.commune)
    factories.body(place.commune)
    with access.acting(clerk):
        receipts.acknowledge([published], unit=place.commune, by=clerk)
    with access.acting(place.officer):
        rows = queries.delivery(published, place.officer)
        assert [(row.level.value, row.due, row.received, row.missing) for row in rows] == [
            (2, 2, 1, 1), (3, 1, 0, 1), (4, 1, 0, 1),
        ]  # fmt: skip
        assert list(queries.missing(published, place.officer)) == [place.sibling, place.base, place.cell]
    with access.acting(clerk):
        assert list(queries.missing(published, clerk)) == [place.base, place.cell]


def test_front_units_count_unless_the_paper_stays_in_the_party(place: Place, draft: Document) -> None:
    province_front = factories.front(place.province)
    commune_front = factories.front(place.commune, parent=province_front)
    officer = factories.actor("officer", place.province)
    with access.acting(officer):
        document = papers.publish(draft, by=officer)
        assert {province_front, commune_front} <= set(queries.missing(document, officer))
        Document.objects.filter(pk=document.pk).update(circulation="party")
        document.refresh_from_db()
        assert not {province_front, commune_front} & set(queries.missing(document, officer))
    reader = factories.actor("front_officer", commune_front)
    with access.acting(reader):
        assert list(queries.visible_documents(reader)) == []
        Document.objects.filter(pk=document.pk).update(circulation="all")
        assert list(queries.visible_documents(reader)) == [document]
