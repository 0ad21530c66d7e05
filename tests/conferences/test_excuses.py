"""Excuses told by attendances stand on the roll from the day of their session, however and whenever he got there."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from quantriet.campaigns import summoned
from quantriet.campaigns.commands import roll
from quantriet.campaigns.models import RollLine
from quantriet.conferences.models import Site
from quantriet.conferences.verdicts import Act
from quantriet.ledger.measures import Measure
from quantriet.org import access
from quantriet.org.models import Person
from quantriet.web.proofs.recount import recount
from tests import factories
from tests import factories_conferences as made
from tests.campaigns.test_excuses import by_day
from tests.conferences.test_attendance import Town
from tests.factories import operator


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def held(town: Town, days_ago: int) -> tuple[Site, date]:
    """A session of the campaign some days ago, with its day."""
    begins = timezone.now() - timedelta(days=days_ago)
    found = made.called(town.commune, town.campaign, starts_at=begins, ends_at=begins + timedelta(hours=2))
    return made.hub(found), access.local_day(begins)


def line_of(person: Person) -> tuple[str, date | None]:
    with factories.looking_everywhere():
        row = RollLine.objects.get(person=person)
    return row.excuse, row.excused_on


def put_on_the_roll(town: Town, person: Person) -> None:
    by = operator()
    with access.acting(by):
        roll.add(town.campaign, person, town.cell, person_class=3, reason="Mới chuyển đến", by=by)


def test_an_excuse_of_an_earlier_session_counts_from_its_day(town: Town) -> None:
    (early, first), (late, second) = held(town, 6), held(town, 3)
    made.mark(late, [town.an], Act.EXCUSED, excuse="công tác")
    alone = line_of(town.an)

    made.mark(early, [town.an], Act.EXCUSED, excuse="ốm")
    both = line_of(town.an)
    made.mark(early, [town.an], Act.ABSENT)

    assert (alone, both) == (("công tác", second), ("ốm", first))
    assert line_of(town.an) == ("công tác", second)
    assert by_day(town.campaign) == {town.cell.pk: {second: 1}}


def test_an_excuse_lifted_leaves_no_day_behind(town: Town) -> None:
    site, _day = held(town, 6)
    made.mark(site, [town.an], Act.EXCUSED, excuse="ốm")

    made.mark(site, [town.an], Act.ABSENT)

    assert (line_of(town.an), by_day(town.campaign)) == (("", None), {})


def test_who_is_summoned_late_is_excused_as_he_was_before(town: Town) -> None:
    late = factories.person(town.cell, "Đỗ Đến Sau")
    site, day = held(town, 6)
    made.mark(site, [late], Act.EXCUSED, excuse="ốm")

    for _ in range(2):  # a retry finds the same line
        put_on_the_roll(town, late)

    assert line_of(late) == ("ốm", day)
    assert town.counts(Measure.SUMMONED, Measure.EXCUSED) == [4, 1]
    assert by_day(town.campaign) == {town.cell.pk: {day: 1}}
    with access.whole_house("test"):
        assert recount().differences == ()


def test_who_was_excused_and_came_later_is_excused_until_then_when_summoned(town: Town) -> None:
    late = factories.person(town.cell, "Đỗ Đến Sau")
    (first, excused_on), (second, came_on) = held(town, 6), held(town, 3)
    made.mark(first, [late], Act.EXCUSED, excuse="ốm")
    made.mark(second, [late])

    put_on_the_roll(town, late)

    assert by_day(town.campaign) == {town.cell.pk: {excused_on: 1, came_on: 0}}
    assert town.counts(Measure.PRESENT, Measure.EXCUSED) == [1, 0]


def test_control_without_the_claim_an_earlier_excuse_is_lost(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summoned, "_claims", {})
    late = factories.person(town.cell, "Đỗ Đến Sau")
    site, _day = held(town, 6)
    made.mark(site, [late], Act.EXCUSED, excuse="ốm")

    put_on_the_roll(town, late)

    assert line_of(late) == ("", None)
