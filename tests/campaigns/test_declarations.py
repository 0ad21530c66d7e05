"""Declared totals meet obligations once, and can be opened again and declared anew."""

from datetime import date

import pytest

from quantriet.campaigns import queries
from quantriet.campaigns.commands import declarations, obligations
from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.commands.obligations import Done
from quantriet.campaigns.models import Campaign, Obligation
from quantriet.core.errors import DomainError
from quantriet.ledger.measures import Grade, Measure
from quantriet.org import access
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
