"""Totals declared in lists: the same as one by one, in a fixed number of queries, all or none."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quantriet.campaigns import queries
from quantriet.campaigns.commands import declarations
from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.models import Campaign, Declaration, Obligation
from quantriet.core.errors import DomainError
from quantriet.ledger.measures import Measure
from quantriet.org import access
from quantriet.org.models import Unit
from tests import factories
from tests import factories_campaigns as made
from tests.factories import operator

DAY = date(2026, 2, 7)


@pytest.fixture
def commune(db: None) -> Unit:
    return factories.commune(factories.province())


def cells(commune: Unit, count: int) -> list[Unit]:
    found = [factories.cell(commune, f"Chi bộ {number}") for number in range(count)]
    for cell in found:
        for name in ("Nguyễn Văn An", "Trần Thị Bé"):
            factories.person(cell, name)
    return found


def declare(campaign: Campaign, told: list[tuple[Unit, int]]) -> list[Declaration]:
    with access.acting(operator()):
        wanted = [(unit, Totals({"present": present}, DAY, "03-BC/CB")) for unit, present in told]
        return declarations.declare_all(campaign, wanted, kind="presence", by=operator())


def present(campaign: Campaign, unit: Unit) -> int:
    with access.acting(operator()):
        return queries.board(campaign, unit).top.amount(Measure.PRESENT).total


def test_a_list_is_declared_in_its_order_and_meets_what_is_owed(commune: Unit) -> None:
    one, two = cells(commune, 2)
    campaign = made.started(commune)

    rows = declare(campaign, [(two, 1), (one, 2)])

    assert [(row.unit_id, row.posted) for row in rows] == [(two.pk, {"present": 1}), (one.pk, {"present": 2})]
    assert present(campaign, commune) == 3
    met = Obligation.objects.filter(campaign=campaign, kind="conference", unit__in=(one, two))
    assert set(met.values_list("state", "done_on")) == {("done", DAY)}


def test_the_same_list_again_changes_nothing(commune: Unit) -> None:
    told = [(cell, 1) for cell in cells(commune, 2)]
    campaign = made.started(commune)
    first = declare(campaign, told)

    again = declare(campaign, told)

    assert [(row.pk, row.version) for row in again] == [(row.pk, 1) for row in first]
    assert present(campaign, commune) == 2


def test_one_false_total_refuses_the_list(commune: Unit) -> None:
    one, two = cells(commune, 2)
    campaign = made.started(commune)

    with pytest.raises(DomainError) as refused:
        declare(campaign, [(one, 2), (two, 3)])

    assert (refused.value.code, Declaration.objects.count()) == ("declaration.above_summoned", 0)
    assert present(campaign, commune) == 0


def test_three_cost_as_many_queries_as_two(commune: Unit) -> None:
    found = cells(commune, 5)
    campaign = made.started(commune)
    counts = []
    for some in (found[:2], found[2:]):
        with CaptureQueriesContext(connection) as captured:
            declare(campaign, [(cell, 1) for cell in some])
        counts.append(len(captured))

    assert counts[0] == counts[1]
