"""Frozen figures never change; what comes later is told apart exactly, whatever was in flight at that instant.

What the freezing transaction writes itself amends nothing, so whatever is to come late is written in another one.
"""

import threading
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.db import InternalError, ProgrammingError, connection, connections, transaction
from django.utils import timezone

from quantriet.ledger import commands as ledger
from quantriet.ledger import queries
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade, Measure
from quantriet.ledger.models import Book, Freeze, FreezeUnit
from quantriet.org import access
from quantriet.org.commands import acts
from quantriet.org.models import ActKind, Unit
from quantriet.org.proposals import Proposal
from tests import factories


@pytest.fixture
def top(db: None) -> Unit:
    return factories.province()


@pytest.fixture
def book(top: Unit) -> Book:
    return open_book(top)


def open_book(top: Unit) -> Book:
    return ledger.open_book(top, kind=Book.Kind.CAMPAIGN, title="Đợt thử", year=2026)


def post(book: Book, unit: Unit, amount: int, key: str, *, on: date | None = None, reason: str = "") -> int:
    day = on or timezone.localdate() - timedelta(days=1)
    line = Line(unit.pk, Measure.PRESENT, Grade.ON_SPOT, day, amount)
    by = factories.operator()
    return ledger.post(book.pk, [line], by=by, origin="test", key=key, reason=reason).batch_id


def freeze(book: Book, unit: Unit) -> Freeze:
    parts = queries.parts_below(book.pk, unit.pk, on=timezone.localdate())
    whole = queries.slices_below(book.pk, unit.pk, on=timezone.localdate())
    return ledger.freeze(book, unit, label="Kỳ thử", figures=whole, by=factories.operator(), clock=parts.mark)


def late(frozen: Freeze) -> int:
    return sum(queries.moved_since(frozen).late.get(Measure.PRESENT, {}).values())


def kept(frozen: Freeze) -> int:
    return int(frozen.figures.get("2", {}).get("0", {}).get("1", 0))


def now(book: Book, unit: Unit) -> int:
    found = queries.slices_below(book.pk, unit.pk, on=timezone.localdate())
    return int(found.get("2", {}).get("0", {}).get("1", 0))


@pytest.mark.django_db(transaction=True)
def test_late_facts_stand_beside_the_frozen_figures_with_who_and_why(book: Book, top: Unit) -> None:
    below = factories.commune(top)
    post(book, below, 10, "a")
    frozen = freeze(book, top)
    sorry = post(book, below, -3, "b", reason="Ghi trùng ba người")
    post(book, below, 5, "c", on=timezone.localdate() + timedelta(days=1))

    moved = queries.moved_since(frozen)
    amendments = queries.amendments_since(frozen)

    assert (kept(Freeze.objects.get()), late(frozen)) == (10, -3)
    assert moved.newer == {Measure.PRESENT: {Grade.ON_SPOT: 5}}
    assert [(one.batch_id, one.measure, one.amount, one.reason, one.unit_ids) for one in amendments] == [
        (sorry, Measure.PRESENT, -3, "Ghi trùng ba người", (below.pk,))
    ]


@pytest.mark.django_db(transaction=True)
def test_a_reversal_names_the_batch_it_takes_back(book: Book, top: Unit) -> None:
    first = post(book, top, 10, "a")
    frozen = freeze(book, top)
    ledger.reverse(first, by=factories.operator(), reason="Nhầm đợt")

    assert [(one.amount, one.reverses) for one in queries.amendments_since(frozen)] == [(-10, first)]


def test_what_its_own_transaction_wrote_before_is_in_and_after_amends_nothing(book: Book, top: Unit) -> None:
    """A report is sent and met in one transaction: the test is one transaction, so all entries are its own."""
    post(book, top, 10, "before")
    frozen = freeze(book, top)
    post(book, top, 1, "after")

    assert frozen.writer is not None
    assert (kept(frozen), late(frozen)) == (10, 0)
    assert queries.moved_since(frozen).newer == {Measure.PRESENT: {Grade.ON_SPOT: 1}}
    assert (queries.amended([frozen]), queries.amendments_since(frozen)) == ({}, [])


@pytest.mark.django_db(transaction=True)
def test_units_outside_do_not_amend(book: Book, top: Unit) -> None:
    one, other = factories.commune(top), factories.commune(top)
    frozen = freeze(book, one)
    post(book, other, 4, "a")

    assert (queries.amendments_since(frozen), queries.amended([frozen])) == ([], {})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("days", [10, 0])
def test_an_act_entered_after_a_freeze_neither_takes_a_unit_out_nor_brings_one_in(
    book: Book, top: Unit, days: int
) -> None:
    """Dated back or of the same day: on the day of the freeze the cell then stands elsewhere, and amends all the
    same what it was part of.
    """
    here, there = factories.commune(top), factories.commune(top)
    cell = factories.cell(here)
    frozen, other, above = freeze(book, here), freeze(book, there), freeze(book, top)
    move(cell, there, on=timezone.localdate() - timedelta(days=days))
    post(book, cell, 5, "late")

    assert [late(one) for one in (frozen, other, above)] == [5, 0, 5]
    assert queries.amended([frozen, other, above]) == {frozen.pk: 1, above.pk: 1}
    assert [one.unit_ids for one in queries.amendments_since(frozen)] == [(cell.pk,)]


@pytest.mark.django_db(transaction=True)
def test_a_superior_of_then_is_touched_and_one_of_now_is_not(book: Book, top: Unit) -> None:
    here, there = factories.commune(top), factories.commune(top)
    cell = factories.cell(here)
    above = [freeze(book, unit) for unit in (here, there, top)]
    frozen = freeze(book, cell)
    move(cell, there, on=timezone.localdate() - timedelta(days=10))

    assert list(queries.freezes_above(frozen)) == [above[0], above[2]]


def move(unit: Unit, parent: Unit, *, on: date) -> None:
    proposal = Proposal(
        kind=ActKind.MOVE,
        decision="01-QĐ/TU",
        decided_on=on,
        effective_on=on,
        units=(unit.pk,),
        parent_id=parent.pk,
    )
    with access.acting(factories.operator()):
        acts.carry_out(proposal, by=factories.operator())


def test_a_freeze_keeps_the_units_it_added_up(book: Book, top: Unit) -> None:
    here = factories.commune(top)
    factories.commune(top)
    cell = factories.cell(here)
    parts = queries.parts_below(book.pk, here.pk, on=timezone.localdate())
    by = factories.operator()

    told = ledger.freeze(book, here, label="Kỳ", figures=parts.whole, by=by, clock=parts.mark)
    untold = ledger.freeze(book, here, label="Kỳ", figures=parts.whole, by=by)

    for one in (told, untold):
        inside = FreezeUnit.objects.filter(freeze=one).order_by("unit_id").values_list("unit_id", flat=True)
        assert list(inside) == sorted([here.pk, cell.pk])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_freeze SET label = 'x'",
        "DELETE FROM ledger_freeze",
        "UPDATE ledger_freezeunit SET unit_id = 0",
        "DELETE FROM ledger_freezeunit",
    ],
)
def test_nobody_changes_what_is_frozen(book: Book, top: Unit, change: str) -> None:
    frozen = freeze(book, top)

    with (
        pytest.raises((ProgrammingError, InternalError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)

    assert (Freeze.objects.get().label, FreezeUnit.objects.count()) == (frozen.label, 1)


@pytest.mark.django_db(transaction=True)
def test_an_entry_in_flight_at_the_freeze_amends_it_and_folding_changes_nothing() -> None:
    top = factories.province()
    book = open_book(top)
    post(book, top, 10, "a")
    posted, may_commit = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            post(book, top, 100, "slow")
            posted.set()
            may_commit.wait(20)
        connections.close_all()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    assert posted.wait(20)
    post(book, top, 1, "quick")
    frozen = freeze(book, top)
    before = late(frozen)
    may_commit.set()
    writer.join(20)
    after = late(frozen)
    ledger.fold()
    folded = late(frozen)
    ledger.rebuild()
    post(book, top, 7, "in the next epoch")

    assert (kept(frozen), before, after, folded, late(frozen)) == (11, 0, 100, 100, 107)
    assert kept(frozen) + late(frozen) == now(book, top)


@pytest.mark.django_db(transaction=True)
def test_control_a_freeze_known_by_its_time_alone_would_lose_what_was_in_flight() -> None:
    """The guard is the snapshot: the batch in flight began before the freeze, so by the clock it is inside."""
    top = factories.province()
    book = open_book(top)
    posted, may_commit = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            post(book, top, 100, "slow")
            posted.set()
            may_commit.wait(20)
        connections.close_all()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    assert posted.wait(20)
    frozen = freeze(book, top)
    may_commit.set()
    writer.join(20)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(entry.amount), 0) FROM ledger_entry AS entry "
            "JOIN ledger_batch AS batch ON batch.id = entry.batch_id WHERE batch.created_at > %s",
            [frozen.created_at],
        )
        by_time = cursor.fetchone()[0]

    assert (kept(frozen), by_time, late(frozen)) == (0, 0, 100)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("label", "actor"),
    [
        ("Báo cáo (quý I) (Nguyễn Văn An)", "Nguyễn Văn An"),
        ("Báo cáo quý I", ""),
        (f"Báo cáo ({'a' * 130})", "a" * 120),
    ],
)
def test_who_froze_before_is_read_from_the_last_brackets_of_the_label(label: str, actor: str) -> None:
    migration = import_module("quantriet.ledger.migrations.0003_large_folds_and_frozen_figures")

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {migration.ACTOR} FROM (SELECT %s::text AS label) AS frozen", [label])

        assert cursor.fetchone() == (actor,)
