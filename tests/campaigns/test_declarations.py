"""Declared totals meet obligations once, and can be opened again and declared anew."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quantriet.campaigns import queries
from quantriet.campaigns.commands import declarations, obligations, roll
from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.commands.obligations import Done
from quantriet.campaigns.models import Campaign, Declaration, Obligation, RollLine
from quantriet.core.errors import DomainError
from quantriet.ledger import figures
from quantriet.ledger.measures import Grade, Measure
from quantriet.org import access
from quantriet.org.commands import people
from quantriet.org.models import Unit
from tests import factories
from tests import factories_campaigns as made
from tests.factories import operator

DAY = date(2026, 2, 7)


@pytest.fixture
def commune(db: None) -> Unit:
    return factories.commune(factories.province())


@pytest.fixture
def campaign(commune: Unit) -> Campaign:
    return made.started(commune)


def declare(campaign: Campaign, unit: Unit, kind: str, version: int = 0, **figures: int) -> None:
    with access.acting(operator()):
        declarations.declare(
            campaign, unit, kind=kind, totals=Totals(figures, DAY, "12-CTr/ĐU", version), by=operator()
        )


def issued(campaign: Campaign, unit: Unit) -> int:
    with access.acting(operator()):
        return queries.board(campaign, unit).top.amount(Measure.PROGRAMMES_ISSUED).total


def test_a_programme_declared_after_it_was_recorded_counts_once(campaign: Campaign, commune: Unit) -> None:
    with access.acting(operator()):
        done = Done(DAY, Grade.ON_SPOT, "programme:1")
        obligations.fulfil(campaign, [commune.pk], kind="programme", done=done, by=operator())

    declare(campaign, commune, "programme", issued=1)

    assert issued(campaign, commune) == 1


def test_a_unit_issues_its_programme_once(campaign: Campaign, commune: Unit) -> None:
    with pytest.raises(DomainError) as refused:
        declare(campaign, commune, "programme", issued=2)
    assert (refused.value.code, issued(campaign, commune)) == ("declaration.once", 0)


def test_what_is_not_owed_is_not_declared(campaign: Campaign, commune: Unit) -> None:
    cell = factories.cell(commune)
    with pytest.raises(DomainError) as refused:
        declare(campaign, cell, "programme", issued=1)
    assert refused.value.code == "declaration.not_owed"


def test_opened_again_and_declared_anew(campaign: Campaign, commune: Unit) -> None:
    declare(campaign, commune, "programme", issued=1)
    with pytest.raises(DomainError) as refused:
        declare(campaign, commune, "programme", version=1, issued=0)
    with access.acting(operator()):
        owed = Obligation.objects.get(campaign=campaign, unit=commune, kind="programme")
        for _ in range(2):
            obligations.reopen(owed, reason="Khai nhầm", by=operator())
    after = issued(campaign, commune)

    declare(campaign, commune, "programme", version=2, issued=1)

    assert (refused.value.code, after, issued(campaign, commune)) == ("declaration.taken_back", 0, 1)


def test_presence_declared_says_that_a_conference_was_held(campaign: Campaign, commune: Unit) -> None:
    declare(campaign, commune, "presence", present=0, guests=3)
    declare(campaign, commune, "presence", version=1, present=0, guests=4)

    with access.acting(operator()):
        counts = queries.board(campaign, commune).top
    assert counts.amount(Measure.CONFERENCES_HELD).total == 1
    assert counts.amount(Measure.GUESTS).total == 4


def state_of(campaign: Campaign, unit: Unit, kind: str) -> str:
    with access.acting(operator()):
        return Obligation.objects.get(campaign=campaign, unit=unit, kind=kind).state


def test_excuses_alone_hold_no_conference(commune: Unit) -> None:
    cell = factories.cell(commune)
    for name in ("Trần Thị An", "Lê Văn Bình"):
        factories.person(cell, name)
    campaign = made.started(commune)

    states = []
    for version, figures_ in enumerate(({"present": 0, "excused": 2}, {"present": 1, "excused": 1})):
        declare(campaign, cell, "presence", version=version, **figures_)
        with access.acting(operator()):
            held = queries.board(campaign, cell).top.counts.get(Measure.CONFERENCES_HELD)
        states.append((state_of(campaign, cell, "conference"), held.total if held else 0))

    assert states == [("open", 0), ("done", 1)]


def test_outreach_is_done_when_somebody_was_reached(commune: Unit) -> None:
    front = factories.front(commune)
    campaign = made.started(commune)

    declare(campaign, front, "outreach", due=1000, reached=0)
    before = state_of(campaign, front, "outreach")
    declare(campaign, front, "outreach", version=1, due=1000, reached=900)

    assert (before, state_of(campaign, front, "outreach")) == ("open", "done")


def test_essays_are_in_when_as_many_are_in_as_are_owed(commune: Unit) -> None:
    cell = factories.cell(commune)
    members = [factories.person(cell, name) for name in ("Trần Thị An", "Lê Văn Bình", "Phạm Thị Chi")]
    campaign = made.started(commune)

    declare(campaign, cell, "essays", handed_in=1, accepted=1)
    declare(campaign, cell, "essays", version=1, handed_in=2, accepted=2)
    before = state_of(campaign, cell, "essays")
    with access.acting(operator()):
        line = RollLine.objects.get(campaign=campaign, person=members[0])
        roll.remove(line, reason="Ốm dài ngày", by=operator())
    for _ in range(2):  # the same figures again: now nothing is owed beyond them
        declare(campaign, cell, "essays", version=2, handed_in=2, accepted=2)

    with access.acting(operator()):
        handed_in = queries.board(campaign, cell).top.amount(Measure.ESSAYS_HANDED_IN).total
        versions = list(Declaration.objects.values_list("version", flat=True))
    assert (before, state_of(campaign, cell, "essays"), handed_in, versions) == ("open", "done", 2, [3])


def test_presence_said_again_meets_what_was_opened_again(campaign: Campaign, commune: Unit) -> None:
    declare(campaign, commune, "presence", present=0, guests=3)
    with access.acting(operator()):
        owed = Obligation.objects.get(campaign=campaign, unit=commune, kind="conference")
        obligations.reopen(owed, reason="Nhầm", by=operator())

    declare(campaign, commune, "presence", version=1, present=0, guests=3)

    with access.acting(operator()):
        held = queries.board(campaign, commune).top.amount(Measure.CONFERENCES_HELD).total
    assert (state_of(campaign, commune, "conference"), held) == ("done", 1)


def on_day(campaign: Campaign, unit: Unit, day: date) -> tuple[int, int]:
    """How many were summoned and present at the unit on a day."""
    assert campaign.book_id is not None
    with access.acting(operator()):
        read = figures.as_of(campaign.book_id, on=day, known=timezone.localdate(), tree_on=day).own(unit.pk)
    return tuple(read[one].total if one in read else 0 for one in (Measure.SUMMONED, Measure.PRESENT))  # type: ignore[return-value]


def test_a_total_counts_from_the_day_its_people_stood_there(commune: Unit) -> None:
    here, there = factories.cell(commune, "Chi bộ 1"), factories.cell(commune, "Chi bộ 2")
    one, other = factories.person(here, "Trần Thị An"), factories.person(there, "Lê Văn Bình")
    campaign, today = made.started(commune), timezone.localdate()
    with access.acting(operator()):
        people.transfer([other], to=here, on=today, by=operator())

    declare(campaign, here, "presence", present=1)
    assert on_day(campaign, here, DAY) == (1, 1)

    declare(campaign, here, "presence", version=1, present=2)
    assert (on_day(campaign, here, DAY), on_day(campaign, here, today)) == ((1, 0), (2, 2))

    declare(campaign, here, "presence", version=2, present=1)
    assert (on_day(campaign, here, DAY), on_day(campaign, here, today)) == ((1, 1), (2, 1))
    with access.acting(operator()):
        line = RollLine.objects.get(campaign=campaign, person=one)
        with pytest.raises(DomainError) as refused:
            roll.remove(line, reason="Chuyển đi", by=operator())
    assert refused.value.code == "roll.declared"


def test_the_day_people_came_is_asked_for_once_whatever_the_length_of_the_list(commune: Unit) -> None:
    cells = [factories.cell(commune, f"Chi bộ {at}") for at in range(3)]
    for cell in cells:
        factories.person(cell, "Trần Thị An")
    campaign = made.started(commune)
    counts = []
    for some in (cells[:1], cells[1:]):
        told = [(cell, Totals({"present": 1}, DAY)) for cell in some]
        with access.acting(operator()), CaptureQueriesContext(connection) as asked:
            declarations.declare_all(campaign, told, kind="presence", by=operator())
        counts.append(sum("AS since" in one["sql"] for one in asked))
    assert counts == [1, 1]
