"""Halls: entered once, corrected by one at a time, confirmed once a year."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from quantriet.core.errors import ConflictError, DomainError
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands import facilities
from quantriet.org.commands.facilities import FacilityFacts
from quantriet.org.models import AuditEvent, Facility, Unit
from tests import factories

pytestmark = pytest.mark.django_db

HALL = FacilityFacts("Hội trường A", "12 Trần Phú", 120, has_screen=True, line="cáp quang")


@pytest.fixture
def commune() -> Unit:
    return factories.commune(factories.province())


@pytest.fixture
def head(commune: Unit) -> Actor:
    return factories.actor("secretary", commune)


def added(commune: Unit, by: Actor, facts: FacilityFacts = HALL) -> Facility:
    with access.acting(by):
        return facilities.add(commune, facts, by=by)


def test_entered_twice_it_is_one_confirmed_today(commune: Unit, head: Actor) -> None:
    first, second = added(commune, head), added(commune, head)

    assert (first.pk, first.confirmed_on) == (second.pk, timezone.localdate())
    with factories.looking_everywhere():
        assert AuditEvent.objects.filter(action="facility.add").count() == 1


@pytest.mark.parametrize(
    ("facts", "code"),
    [(replace(HALL, seats=9), "facility.name_taken"), (replace(HALL, name=" "), "facility.no_name")],
)
def test_another_hall_of_the_name_and_none_at_all_are_refused(
    commune: Unit, head: Actor, facts: FacilityFacts, code: str
) -> None:
    added(commune, head)

    with pytest.raises(DomainError) as refused:
        added(commune, head, facts)

    assert refused.value.code == code


def test_who_comes_second_sees_both_and_a_retry_is_done(commune: Unit, head: Actor) -> None:
    hall = added(commune, head)
    seen = HALL.version
    with access.acting(head):
        for _ in range(2):
            facilities.change(hall, replace(HALL, seats=150), seen=seen, by=head)
        with pytest.raises(ConflictError) as conflict:
            facilities.change(hall, replace(HALL, seats=90), seen=seen, by=head)
        hall.refresh_from_db()

    assert (hall.seats, conflict.value.context["theirs"]["seats"]) == (150, 150)
    assert conflict.value.context["yours"]["seats"] == 90


def test_a_year_later_it_wants_to_be_looked_at_and_one_word_confirms_all(commune: Unit, head: Actor) -> None:
    halls = [added(commune, head), added(commune, head, replace(HALL, name="Phòng họp 2"))]
    with access.acting(head):
        Facility.objects.update(confirmed_on=timezone.localdate() - timedelta(days=365))
        before = [facilities.is_confirmed(hall) for hall in Facility.objects.all()]
        counts = [facilities.confirm(list(Facility.objects.all()), by=head) for _ in range(2)]
        after = [facilities.is_confirmed(hall) for hall in Facility.objects.all()]

    assert (len(halls), before, counts, after) == (2, [False, False], [2, 0], [True, True])


def test_a_neighbour_keeps_no_halls_here(commune: Unit, head: Actor) -> None:
    hall = added(commune, head)
    stranger = factories.actor("secretary", factories.commune(factories.province("Đảng bộ tỉnh Khác")))

    with access.acting(stranger):
        with pytest.raises(DomainError):
            facilities.add(commune, replace(HALL, name="B"), by=stranger)
        with pytest.raises(DomainError):
            facilities.change(hall, replace(HALL, seats=1), seen=HALL.version, by=stranger)
