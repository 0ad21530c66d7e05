"""As was and as now: the same facts over the trees of two days, through a merger, a division and a new name."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from quantriet.campaigns.queries import board_units
from quantriet.ledger import commands as ledger
from quantriet.ledger import figures
from quantriet.ledger.commands import Line
from quantriet.ledger.figures import Figures
from quantriet.ledger.measures import Grade, Measure
from quantriet.ledger.models import Book
from quantriet.org import access
from quantriet.org.commands import acts
from quantriet.org.models import ActKind, Unit
from quantriet.org.proposals import REST, ROLES, NewUnit, Proposal
from tests import factories
from tests.factories import operator

pytestmark = pytest.mark.django_db

BEFORE = timezone.localdate() - timedelta(days=30)
EFFECT = timezone.localdate() - timedelta(days=10)


@pytest.fixture
def top() -> Unit:
    return factories.province()


def commune(top: Unit, name: str) -> Unit:
    return factories.commune(top, name)


def told(kind: ActKind, units: tuple[Unit, ...], into: tuple[NewUnit, ...], **more: object) -> None:
    proposal = Proposal(
        kind=kind,
        decision="01-QĐ/TU",
        decided_on=EFFECT - timedelta(days=5),
        effective_on=EFFECT,
        units=tuple(unit.pk for unit in units),
        into=into,
        **more,  # type: ignore[arg-type]
    )
    with access.acting(operator()):
        acts.carry_out(proposal, by=operator())


def facts(top: Unit, *amounts: tuple[Unit, int]) -> Book:
    book = ledger.open_book(top, kind=Book.Kind.CAMPAIGN, title="Đợt thử", year=2026)
    lines = [Line(unit.pk, Measure.PRESENT, Grade.ON_SPOT, BEFORE, amount) for unit, amount in amounts]
    ledger.post(book.pk, lines, by=operator(), origin="test", key="a")
    return book


def read(book: Book, tree_on: date) -> Figures:
    today = timezone.localdate()
    return figures.as_of(book.pk, on=today, known=today, tree_on=tree_on)


def present(found: Figures, unit: Unit) -> int:
    amount = found.below(unit.pk).get(Measure.PRESENT)
    return 0 if amount is None else amount.total


def test_merged_units_stand_below_their_successor_now_and_beside_each_other_then(top: Unit) -> None:
    one, two = commune(top, "Đảng bộ xã Một"), commune(top, "Đảng bộ xã Hai")
    cell = factories.cell(one)
    book = facts(top, (one, 1), (cell, 10), (two, 100))
    told(ActKind.MERGE, (one, two), (NewUnit("MOI", "Đảng bộ xã Mới"),))
    new = Unit.objects.get(code="MOI")

    was, now = read(book, BEFORE), read(book, timezone.localdate())

    assert [present(was, unit) for unit in (top, one, two, new)] == [111, 11, 100, 0]
    assert [present(now, unit) for unit in (top, new, one, two, cell)] == [111, 111, 1, 100, 10]
    assert now.own(new.pk) == {}


def test_a_divided_unit_stands_below_the_common_ancestor_and_its_successors_begin_with_nothing(
    top: Unit,
) -> None:
    one = commune(top, "Đảng bộ xã Một")
    cell = factories.cell(one)
    book = facts(top, (one, 1), (cell, 10))
    told(
        ActKind.SPLIT,
        (one,),
        (NewUnit("MOI1", "Đảng bộ xã Mới Một"), NewUnit("MOI2", "Đảng bộ xã Mới Hai")),
        shares={cell.pk: 1},
        answers={REST: "0", ROLES: "move"},
    )
    first, second = Unit.objects.get(code="MOI1"), Unit.objects.get(code="MOI2")

    was, now = read(book, BEFORE), read(book, timezone.localdate())
    usual, seldom = board_units(top, timezone.localdate())

    assert [present(was, unit) for unit in (top, one)] == [11, 11]
    assert [present(now, unit) for unit in (top, one, first, second)] == [11, 1, 0, 10]
    assert ([unit.pk for unit in usual], [unit.pk for unit in seldom]) == (
        [second.pk, first.pk],
        [one.pk],
    )


def test_rows_of_a_board_bear_the_names_of_that_day(top: Unit) -> None:
    one = commune(top, "Đảng bộ xã Tên Cũ")
    told(ActKind.RENAME, (one,), (), name="Đảng bộ xã Tên Mới")

    then, now = board_units(top, BEFORE)[0], board_units(top, timezone.localdate())[0]

    assert ([unit.name for unit in then], [unit.name for unit in now]) == (
        ["Đảng bộ xã Tên Cũ"],
        ["Đảng bộ xã Tên Mới"],
    )
