"""Guests and remarks: none of a cancelled conference; who was written by mistake is counted out again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.urls import reverse

from quantriet.campaigns.commands.declarations import Totals
from quantriet.conferences.commands import conferences, guests, meetings, sites
from quantriet.conferences.models import Conference, Guest, Site
from quantriet.core.errors import DomainError
from quantriet.ledger.measures import Form, Measure
from quantriet.ledger.models import Entry
from quantriet.org import access
from quantriet.org.models import AuditEvent
from tests import factories
from tests.conferences.test_attendance import Town
from tests.factories import operator
from tests.racing import PATIENCE_S, acted, until_waiting


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def add(site: Site, *names: str, key: str = "k") -> int:
    by = operator()
    with access.acting(by):
        return guests.add(site, [(name, "Hội") for name in names], key=key, by=by)


def remove(site: Site, guest_id: int) -> bool:
    by = operator()
    with access.acting(by):
        return guests.remove(site, guest_id, by=by)


def cancel(town: Town) -> Conference:
    by = operator()
    with access.acting(by):
        return conferences.cancel(town.conference, reason="Bão", by=by)


def kept() -> dict[str, int]:
    with factories.looking_everywhere():
        return dict(Guest.objects.values_list("name", "pk"))


def add_guest(town: Town) -> object:
    return guests.add(town.site, [("Võ Dân", "Hội")], key="g", by=operator())


def remark(town: Town) -> object:
    return meetings.remark(
        town.conference, town.cell, text="Cần tài liệu", author_id=None, key="r", by=operator()
    )


def declare(town: Town) -> object:
    day = access.local_day(town.conference.starts_at)
    totals = Totals({"present": 1}, day, "", 0, town.conference.level, Form.IN_PERSON)
    Site.objects.filter(pk=town.site.pk).update(state=Site.State.CONNECTED)
    town.site.refresh_from_db()
    return sites.declare_totals(town.site, {town.cell.pk: totals}, by=operator())


@pytest.mark.parametrize("tell", [add_guest, remark, declare])
def test_nothing_is_told_to_a_cancelled_conference(town: Town, tell: Callable[[Town], object]) -> None:
    cancel(town)

    with pytest.raises(DomainError) as refused, access.acting(operator()):
        tell(town)

    assert refused.value.code == "conference.over"
    assert town.counts(Measure.GUESTS, Measure.REMARKS, Measure.PRESENT) == [0, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_a_guest_waits_for_a_cancellation_and_then_is_refused() -> None:
    town = Town()

    def refused() -> Any:
        with pytest.raises(DomainError) as error:
            guests.add(town.site, [("Võ Dân", "Hội")], key="g", by=operator())
        return error.value.code

    with ThreadPoolExecutor(1) as pool:
        with access.acting(operator()):
            conferences.cancel(town.conference, reason="Bão", by=operator())
            adding = pool.submit(acted, refused)
            until_waiting(1, adding)
        assert adding.result(timeout=PATIENCE_S) == "conference.over"

    assert kept() == {}


def test_a_guest_written_by_mistake_is_counted_out_once(town: Town) -> None:
    add(town.site, "Võ Dân", "Lê Nhầm")
    wrong = kept()["Lê Nhầm"]

    removed = [remove(town.site, wrong), remove(town.site, wrong)]

    assert (removed, [*kept()], town.counts(Measure.GUESTS)) == ([True, False], ["Võ Dân"], [1])
    assert AuditEvent.objects.filter(action="guest.remove").count() == 1


def test_a_guest_is_counted_out_as_he_was_counted_in(town: Town) -> None:
    """In the form and the grade of then, whatever the site has become since."""
    add(town.site, "Võ Dân")
    Site.objects.filter(pk=town.site.pk).update(form=Form.ONLINE)
    town.site.refresh_from_db()

    remove(town.site, kept()["Võ Dân"])

    with access.acting(operator()):
        rows = [
            (entry.slice, entry.grade, entry.amount)
            for entry in Entry.objects.filter(book=town.campaign.book_id, measure=Measure.GUESTS).order_by(
                "id"
            )
        ]
    assert [amount for _cut, _grade, amount in rows] == [1, -1]
    assert rows[0][:2] == rows[1][:2]


def test_who_was_taken_back_can_be_written_again(town: Town) -> None:
    add(town.site, "Võ Dân")
    remove(town.site, kept()["Võ Dân"])

    again = add(town.site, "Võ Dân", key="again")

    assert (again, town.counts(Measure.GUESTS)) == (1, [1])


def test_a_guest_is_taken_back_on_the_page_and_only_at_his_site(town: Town) -> None:
    add(town.site, "Võ Dân")
    guest = kept()["Võ Dân"]
    elsewhere = factories.signed_in(factories.account("clerk", factories.commune(town.province, "Xã Khác")))
    clerk = factories.signed_in(factories.account("clerk", town.commune))
    address = reverse("site-guests", args=[town.site.pk])

    refused = elsewhere.post(address, {"remove": guest})
    before = kept()
    done = clerk.post(address, {"remove": guest})

    assert (refused.status_code, before, done.status_code, kept()) == (404, {"Võ Dân": guest}, 302, {})
