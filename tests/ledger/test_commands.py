"""Posting, folding, reversing, rebuilding: exact at every instant, once under every retry."""

import threading
from datetime import date

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.utils import timezone

from quantriet.core.errors import DomainError
from quantriet.ledger import commands as ledger
from quantriet.ledger import figures, queries
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade, Measure, Slice
from quantriet.ledger.models import Book, Entry, Tally
from quantriet.ledger.queries import reading
from quantriet.ledger.rollup import Amount
from quantriet.org.models import Unit
from tests import factories
from tests.folding import fold_all

DAY = date(2026, 2, 7)


@pytest.fixture
def top(db: None) -> Unit:
    return factories.province()


@pytest.fixture
def book(top: Unit) -> Book:
    return ledger.open_book(top, kind=Book.Kind.CAMPAIGN, title="Đợt thử", year=2026)


def present(unit: Unit, amount: int, *, grade: Grade = Grade.ON_SPOT, cut: Slice = Slice()) -> Line:  # noqa: B008
    return Line(unit.pk, Measure.PRESENT, grade, DAY, amount, cut)


def post(book: Book, lines: list[Line], key: str) -> ledger.Posted:
    return ledger.post(book.pk, lines, by=factories.operator(), origin="test", key=key)


def shown(book: Book, unit: Unit) -> int:
    return (
        figures.FigureCache()
        .read(book.pk, on=timezone.localdate())
        .below(unit.pk)
        .get(Measure.PRESENT, Amount())
        .total
    )


def test_a_posting_is_seen_before_it_is_folded(book: Book, top: Unit) -> None:
    post(book, [present(top, 60)], "a")

    assert shown(book, top) == 60
    assert Tally.objects.count() == 0


def test_lines_of_one_key_are_one_entry_and_zero_is_none(book: Book, top: Unit) -> None:
    post(
        book,
        [
            present(top, 5),
            present(top, 3),
            present(top, 2, grade=Grade.DECLARED),
            present(top, -2, grade=Grade.DECLARED),
        ],
        "a",
    )

    assert list(Entry.objects.values_list("amount", "grade")) == [(8, Grade.ON_SPOT)]


def test_a_retry_posts_nothing_and_gets_the_first_batch(book: Book, top: Unit) -> None:
    first = post(book, [present(top, 5)], "a")
    again = post(book, [present(top, 5)], "a")

    assert again == ledger.Posted(first.batch_id, is_new=False)
    assert shown(book, top) == 5


def test_a_reversal_takes_a_batch_back_once_and_says_why(book: Book, top: Unit) -> None:
    posted = post(book, [present(top, 5), present(top, 2, grade=Grade.DECLARED)], "a")
    for _ in range(2):
        ledger.reverse(posted.batch_id, by=factories.operator(), reason="Ghi nhầm đơn vị")

    assert shown(book, top) == 0
    assert Entry.objects.count() == 4


def test_a_sealed_book_refuses_and_keeps_nothing(book: Book, top: Unit) -> None:
    Book.objects.update(sealed_at=timezone.now())

    with pytest.raises(DomainError) as refused:
        post(book, [present(top, 5)], "a")

    assert refused.value.code == "ledger.sealed"
    assert Entry.objects.count() == 0


@pytest.mark.parametrize("change", ["UPDATE ledger_entry SET amount = 1", "DELETE FROM ledger_entry"])
def test_nobody_changes_an_entry(book: Book, top: Unit, change: str) -> None:
    post(book, [present(top, 5)], "a")

    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)

    assert shown(book, top) == 5


def test_the_partition_cannot_be_reached_around_the_table(book: Book) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM ledger_entry_{book.pk}")


@pytest.mark.django_db(transaction=True)
def test_fold_moves_finished_entries_once_and_reads_stay_exact() -> None:
    top = factories.province()
    below = factories.commune(top)
    book = ledger.open_book(top, kind=Book.Kind.CAMPAIGN, title="Đợt thử", year=2026)
    post(book, [present(top, 5), present(below, 7)], "a")
    before = shown(book, top)

    folded = [fold_all(book.pk), ledger.fold()]
    post(book, [present(below, 1)], "b")

    assert before == 12
    assert folded == [2, 0]
    assert shown(book, top) == 13
    assert queries.verify().equal


@pytest.mark.django_db(transaction=True)
def test_an_entry_of_an_unfinished_transaction_is_neither_lost_nor_folded_twice() -> None:
    top = factories.province()
    book = ledger.open_book(top, kind=Book.Kind.CAMPAIGN, title="Đợt thử", year=2026)
    posted, may_commit = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            post(book, [present(top, 100)], "slow")
            posted.set()
            may_commit.wait(20)
        connections.close_all()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    assert posted.wait(20)
    post(book, [present(top, 1)], "quick")
    ledger.fold()
    during = shown(book, top)
    may_commit.set()
    writer.join(20)
    after = shown(book, top)
    ledger.fold()

    assert (during, after, shown(book, top)) == (1, 101, 101)
    assert queries.verify().equal


@pytest.mark.django_db(transaction=True)
def test_control_folding_by_number_instead_of_horizon_would_lose_the_unfinished_entry() -> None:
    """The guard is the horizon: a fold that takes "everything up to the newest number" skips for ever what
    was numbered earlier and committed later."""
    top = factories.province()
    book = ledger.open_book(top, kind=Book.Kind.CAMPAIGN, title="Đợt thử", year=2026)
    posted, may_commit = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            post(book, [present(top, 100)], "slow")
            posted.set()
            may_commit.wait(20)
        connections.close_all()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    assert posted.wait(20)
    post(book, [present(top, 1)], "quick")
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id), sum(amount) FROM ledger_entry")
        newest, naive = cursor.fetchone()
        may_commit.set()
        writer.join(20)
        cursor.execute("SELECT coalesce(sum(amount), 0) FROM ledger_entry WHERE id > %s", [newest])
        naive += cursor.fetchone()[0]

    assert naive == 1  # the naive fold has lost 100 of 101
    assert shown(book, top) == 101


@pytest.mark.django_db(transaction=True)
def test_two_folders_at_once_fold_once() -> None:
    top = factories.province()
    book = ledger.open_book(top, kind=Book.Kind.CAMPAIGN, title="Đợt thử", year=2026)
    for number in range(50):
        post(book, [present(top, 1)], str(number))
    folded: list[int] = []

    def folder() -> None:
        folded.append(fold_all(book.pk))
        connections.close_all()

    threads = [threading.Thread(target=folder) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sum(folded) == 50
    assert shown(book, top) == 50
    assert queries.verify().equal


@pytest.mark.django_db(transaction=True)
def test_rebuild_gives_the_same_figures_in_a_new_epoch() -> None:
    top = factories.province()
    book = ledger.open_book(top, kind=Book.Kind.CAMPAIGN, title="Đợt thử", year=2026)
    post(book, [present(top, 5)], "a")
    fold_all(book.pk)
    post(book, [present(top, 2)], "b")
    before = reading.whole(book.pk).moment

    ledger.rebuild()
    rebuilt = shown(book, top)
    post(book, [present(top, 1)], "c")
    ledger.fold()

    assert reading.whole(book.pk).moment.epoch == before.epoch + 1
    assert (rebuilt, shown(book, top)) == (7, 8)
    assert queries.verify().equal


@pytest.mark.django_db(transaction=True)
def test_verify_names_a_tally_that_is_not_the_sum_of_its_entries() -> None:
    top = factories.province()
    book = ledger.open_book(top, kind=Book.Kind.CAMPAIGN, title="Đợt thử", year=2026)
    post(book, [present(top, 5)], "a")
    fold_all(book.pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_tally SET amount = 6")

    found = queries.verify()

    assert not found.equal
    assert [(one.unit_id, one.tally, one.counted) for one in found.differences] == [(top.pk, 6, 5)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("column", ["occurred_on", "known_on"])
def test_verify_finds_a_tally_that_stands_on_another_day(column: str) -> None:
    top = factories.province()
    book = ledger.open_book(top, kind=Book.Kind.CAMPAIGN, title="Đợt thử", year=2026)
    post(book, [present(top, 5)], "a")
    fold_all(book.pk)
    before = queries.verify()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE ledger_tally_day SET {column} = {column} - 1")

    found = queries.verify()

    assert (before.equal, before.days_differing) == (True, 0)
    # the right day lacks it, the wrong one has it
    assert (found.equal, found.differences, found.days_differing) == (False, (), 2)


@pytest.mark.django_db(transaction=True)
def test_a_cache_ahead_of_an_older_snapshot_does_not_count_twice() -> None:
    """One process, two threads: the cache has seen a fold that the reader's snapshot has not."""
    top = factories.province()
    book = ledger.open_book(top, kind=Book.Kind.CAMPAIGN, title="Đợt thử", year=2026)
    cache = figures.FigureCache()
    day = timezone.localdate()
    post(book, [present(top, 10)], "a")
    cache.read(book.pk, on=day)
    seen: list[int] = []
    ready, go = threading.Event(), threading.Event()

    def reader() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM ledger_clock")
            ready.set()
            go.wait(20)
            seen.append(cache.read(book.pk, on=day).below(top.pk)[Measure.PRESENT].total)
        connections.close_all()

    thread = threading.Thread(target=reader)
    thread.start()
    assert ready.wait(20)
    ledger.fold()
    newest = cache.read(book.pk, on=day).below(top.pk)[Measure.PRESENT].total
    go.set()
    thread.join(20)

    assert (newest, seen) == (10, [10])


def test_figures_in_memory_and_by_sql_agree(book: Book, top: Unit) -> None:
    below = factories.commune(top)
    cell = factories.cell(below)
    post(
        book,
        [present(top, 3), present(below, 4, grade=Grade.DECLARED), present(cell, 5, cut=Slice(3, 5, 1))],
        "a",
    )
    today = timezone.localdate()

    by_sql = queries.slices_below(book.pk, below.pk, on=today)
    in_memory = figures.FigureCache().read(book.pk, on=today)

    assert by_sql == {"2": {"0": {"4": 4}, "351": {"1": 5}}}
    assert in_memory.below(below.pk) == {Measure.PRESENT: Amount((5, 0, 0, 4))}
    assert in_memory.own(top.pk) == {Measure.PRESENT: Amount((3, 0, 0, 0))}


def test_a_chosen_slice_counts_alone(book: Book, top: Unit) -> None:
    key_cadres = Slice(2, 2, 1)
    post(book, [present(top, 3, cut=key_cadres), present(top, 4, cut=Slice(3, 2, 1))], "a")

    chosen = figures.FigureCache().read(book.pk, on=timezone.localdate(), slices=frozenset({key_cadres.code}))

    assert chosen.below(top.pk)[Measure.PRESENT].total == 3


def test_a_past_date_shows_what_had_happened_and_was_known(book: Book, top: Unit) -> None:
    post(book, [present(top, 3)], "a")
    ledger.post(
        book.pk,
        [Line(top.pk, Measure.PRESENT, Grade.AFTERWARDS, date(2026, 3, 1), 4)],
        by=factories.operator(),
        origin="test",
        key="b",
    )
    today = timezone.localdate()

    early = figures.as_of(book.pk, on=date(2026, 2, 10), known=today, tree_on=today)
    unknown = figures.as_of(book.pk, on=today, known=date(2026, 2, 10), tree_on=today)

    assert early.below(top.pk)[Measure.PRESENT].total == 3
    assert unknown.below(top.pk) == {}


def test_two_steps_of_one_command_append_to_its_batch(book: Book, top: Unit) -> None:
    by = factories.operator()
    posted = ledger.begin(book.pk, by=by, origin="test", key="a")

    ledger.append(book.pk, posted.batch_id, [present(top, 1)])
    ledger.append(book.pk, posted.batch_id, [present(top, 2)])
    ledger.reverse(posted.batch_id, by=by, reason="Ghi nhầm")

    assert sorted(Entry.objects.values_list("amount", flat=True)) == [-2, -1, 1, 2]
