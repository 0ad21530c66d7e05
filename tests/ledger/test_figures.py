"""Figures in memory: exact beside writers and the fold, bounded, never built under a lock that readers take."""

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from quantriet.ledger import commands as ledger
from quantriet.ledger import figures
from quantriet.ledger.columns import Period
from quantriet.ledger.commands import Line
from quantriet.ledger.figures import FigureCache, View
from quantriet.ledger.measures import WHOLE, Grade, Measure, Slice
from quantriet.ledger.models import Book
from quantriet.ledger.queries import reading
from quantriet.org.models import Unit
from tests import factories

TODAY = timezone.localdate


def open_book(top: Unit) -> Book:
    return ledger.open_book(top, kind=Book.Kind.CAMPAIGN, title="Đợt thử", year=2026)


def post(
    book: Book, unit: Unit, amount: int, key: str, *, on: date | None = None, cut: Slice = WHOLE
) -> None:
    line = Line(unit.pk, Measure.PRESENT, Grade.ON_SPOT, on or TODAY(), amount, cut)
    ledger.post(book.pk, [line], by=factories.operator(), origin="test", key=key)


def seen(cache: FigureCache, book: Book, unit: Unit) -> int:
    found = cache.read(book.pk, on=TODAY()).below(unit.pk).get(Measure.PRESENT)
    return 0 if found is None else found.total


def beside(act: Callable[[], None]) -> threading.Thread:
    """Run an act in a thread with a connection of its own."""

    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_every_read_is_exact_while_others_write_and_fold() -> None:
    """Each batch adds 1 below one commune and takes 1 below the other: the whole is 0 at every instant."""
    top = factories.province()
    one, other = factories.commune(top), factories.commune(top)
    book, cache, over = open_book(top), FigureCache(), threading.Event()
    wrong: list[int] = []

    def write(name: str) -> None:
        for number in range(25):
            lines = [
                Line(unit.pk, Measure.PRESENT, Grade.ON_SPOT, TODAY(), amount)
                for unit, amount in ((one, 1), (other, -1))
            ]
            ledger.post(book.pk, lines, by=factories.operator(), origin="test", key=f"{name}{number}")

    def read() -> None:
        while not over.is_set():
            if (found := seen(cache, book, top)) != 0:
                wrong.append(found)

    def fold() -> None:
        while not over.is_set():
            ledger.fold()

    writers = [beside(lambda name=name: write(name)) for name in "ab"]  # type: ignore[misc]
    others = [beside(read), beside(read), beside(fold)]
    for thread in writers:
        thread.join(60)
    over.set()
    for thread in others:
        thread.join(60)

    assert wrong == []
    assert (seen(cache, book, one), seen(FigureCache(), book, one)) == (50, 50)


@pytest.mark.django_db(transaction=True)
def test_control_sums_kept_with_unfinished_entries_would_count_them_again() -> None:
    """The guard is the mark "finished": working in everything a read saw, and reading again what was not finished
    then, counts what was still in flight twice."""
    top = factories.province()
    book, cache = open_book(top), FigureCache()
    post(book, top, 1, "a")
    with transaction.atomic():
        post(book, top, 100, "own, in flight")
        first = cache.view(View(book.pk, TODAY()))
        kept = cache.memory.get(View(book.pk, TODAY()))
        assert isinstance(kept, figures._Kept)
        fresh = reading.since(book.pk, kept.moment).changes
        naive = first._prefix.plus(fresh)
        again = cache.view(View(book.pk, TODAY()))

    twice, once = (
        figures.Figures(one).below(top.pk)[Measure.PRESENT].total for one in (naive, again._prefix)
    )
    assert once == 101
    assert twice == 201


@pytest.mark.django_db(transaction=True)
def test_what_was_read_is_not_read_again_however_long_a_transaction_of_others_stays_open() -> None:
    top = factories.province()
    book, cache = open_book(top), FigureCache()
    seen(cache, book, top)
    begun, may_end = threading.Event(), threading.Event()

    def stay() -> None:
        with transaction.atomic():
            post(book, top, 7, "slow")
            begun.set()
            may_end.wait(60)

    slow = beside(stay)
    assert begun.wait(20)
    post(book, top, 1, "quick")
    during = seen(cache, book, top)
    kept = cache.memory.get(View(book.pk, TODAY()))
    assert isinstance(kept, figures._Kept)
    rest = len(reading.since(book.pk, kept.moment).changes)
    may_end.set()
    slow.join(20)

    assert (during, rest, seen(cache, book, top)) == (1, 0, 8)


@pytest.mark.django_db(transaction=True)
def test_an_older_snapshot_is_answered_from_its_own_rows() -> None:
    """Somebody began to read before a post was finished and goes on after others have it in memory."""
    top = factories.province()
    book, cache = open_book(top), FigureCache()
    beside_us: list[int] = []
    post(book, top, 1, "a")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        before = seen(FigureCache(), book, top)
        poster = beside(lambda: post(book, top, 10, "b"))
        poster.join(20)
        reader = beside(lambda: beside_us.append(seen(cache, book, top)))
        reader.join(20)
        after = seen(cache, book, top)

    assert (before, beside_us, after, seen(cache, book, top)) == (1, [11], 1, 11)


@pytest.mark.django_db(transaction=True)
def test_what_another_transaction_rolls_back_was_never_kept() -> None:
    top = factories.province()
    book, cache = open_book(top), FigureCache()
    post(book, top, 1, "a")
    with transaction.atomic():
        post(book, top, 100, "b")
        during = seen(cache, book, top)
        transaction.set_rollback(True)

    assert (during, seen(cache, book, top)) == (101, 1)


@pytest.mark.django_db(transaction=True)
def test_a_warm_reader_does_not_wait_for_a_builder_of_another_view() -> None:
    top = factories.province()
    book, cache = open_book(top), FigureCache()
    post(book, top, 3, "a")
    seen(cache, book, top)
    building, may_end, answers = threading.Event(), threading.Event(), []

    def build() -> None:
        with (
            cache.memory.building(View(book.pk, TODAY() - timedelta(days=1))),
            cache.memory.building((figures.PLAIN, book.pk)),
        ):
            building.set()
            may_end.wait(60)

    builder = beside(build)
    assert building.wait(20)
    reader = beside(lambda: answers.append(seen(cache, book, top)))
    reader.join(20)
    is_waiting = reader.is_alive()
    may_end.set()
    builder.join(20)
    reader.join(20)

    assert (is_waiting, answers) == (False, [3])


@pytest.mark.django_db
def test_memory_is_bounded_by_bytes_and_the_newest_stays() -> None:
    top = factories.province()
    book, cache = open_book(top), FigureCache(limit=4_000)
    for number in range(40):
        post(book, top, 1, str(number))
        cache.view(View(book.pk, TODAY(), frozenset({number})))

    newest = View(book.pk, TODAY(), frozenset({39}))
    assert cache.memory.bytes <= 4_000
    assert cache.memory.get(newest) is not None


@pytest.mark.django_db
def test_dates_of_one_era_share_a_numbering_and_a_new_unit_makes_another() -> None:
    top = factories.province()
    book, cache = open_book(top), FigureCache()
    post(book, top, 1, "a")
    first = cache.view(View(book.pk, TODAY())).numbering
    later = cache.view(View(book.pk, TODAY() + timedelta(days=40))).numbering
    factories.commune(top)
    grown = cache.view(View(book.pk, TODAY())).numbering

    assert first is later
    assert len(grown) == len(first) + 1


@pytest.mark.django_db
def test_past_dates_of_then_and_as_known_then() -> None:
    top = factories.province()
    book, today = open_book(top), TODAY()
    post(book, top, 3, "a", on=today - timedelta(days=9))
    post(book, top, 4, "b", on=today - timedelta(days=2), cut=Slice(3, 2, 1))
    cache = FigureCache()

    def total(on: date, known: date, slices: frozenset[int] | None = None) -> int:
        view = View(book.pk, today, slices, Period.until(on, known))
        return sum(amount.total for amount in cache.view(view).below(top.pk).values())

    yesterday = today - timedelta(days=1)
    assert [total(today - timedelta(days=ago), today) for ago in (10, 9, 2)] == [0, 3, 7]
    assert (total(today, yesterday), total(today, today, frozenset({321}))) == (0, 4)


@pytest.mark.django_db
def test_a_trend_is_the_past_dates_in_one() -> None:
    top = factories.province()
    below = factories.commune(top)
    book, today = open_book(top), TODAY()
    days = [today - timedelta(days=ago) for ago in (9, 5, 1)]
    for number, (unit, ago) in enumerate(((top, 9), (below, 6), (below, 2))):
        post(book, unit, 10**number, str(number), on=today - timedelta(days=ago))

    found = figures.trend(book.pk, Measure.PRESENT, [top.pk, below.pk, 999_999], days, tree_on=today)
    dated = [
        figures.as_of(book.pk, on=day, known=today, tree_on=today).below(top.pk)[Measure.PRESENT].total
        for day in days
    ]

    assert found == {top.pk: [1, 11, 111], below.pk: [0, 10, 110], 999_999: [0, 0, 0]}
    assert found[top.pk] == dated


@pytest.mark.django_db(transaction=True)
def test_a_large_fold_goes_in_parts_and_a_transaction_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "A_FOLD", 3)
    top = factories.province()
    units = [factories.commune(top) for _number in range(5)]
    book = open_book(top)
    lines = [Line(unit.pk, Measure.PRESENT, Grade.ON_SPOT, TODAY(), 1) for unit in units]
    by = factories.operator()
    for key in "abc":
        ledger.post(book.pk, lines if key == "b" else lines[:2], by=by, origin="test", key=key)
    with connection.cursor() as cursor:
        cursor.execute("SELECT fold FROM ledger_clock")
        before = cursor.fetchone()[0]
        folded = ledger.fold()
        cursor.execute("SELECT fold FROM ledger_clock")
        folds = cursor.fetchone()[0] - before

    assert folded == 9
    assert folds >= 2
    assert seen(FigureCache(), book, top) == 9
