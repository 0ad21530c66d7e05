"""Some two million new entries are folded while a reader reads on: how long, and whether every read was exact."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from quantriet.ledger import commands as ledger
from quantriet.ledger import figures
from quantriet.ledger.measures import Measure
from quantriet.ledger.models import Book
from quantriet.org import access
from quantriet.org.models import Unit
from quantriet.web.bench.measured import Results, percentile
from quantriet.web.database import read_database_settings

ENTRIES = 1_900_000
A_BATCH = 10_000
_APPEND = """
INSERT INTO ledger_entry
    (book_id, batch_id, part, unit_id, measure, slice, grade, occurred_on, known_on, amount, epoch)
SELECT %(book)s, %(batch)s, number / (2 * %(units)s), (%(ids)s::bigint[])[1 + number / 2 %% %(units)s],
       CASE number %% 2 WHEN 0 THEN 2 ELSE 5 END, 312, 1, quantriet_today(), quantriet_today(), 1, clock.epoch
FROM generate_series(0, %(entries)s - 1) AS number CROSS JOIN ledger_clock AS clock
"""
_RECOUNT = """
SELECT count(*) FROM (
    SELECT unit_id, measure, slice, grade, sum(amount) FROM ledger_entry WHERE book_id = %s GROUP BY 1, 2, 3, 4
) AS counted
"""
_RECURSIVE = """
WITH RECURSIVE below AS (
    SELECT %(top)s::bigint AS unit_id
    UNION ALL
    SELECT placed.unit_id FROM below
    JOIN org_placement AS placed ON placed.parent_id = below.unit_id AND placed.valid @> quantriet_today()
)
SELECT entry.measure, sum(entry.amount) FROM below
JOIN ledger_entry AS entry ON entry.unit_id = below.unit_id AND entry.book_id = %(book)s GROUP BY 1
"""


def measure(top: Unit, found: Results, *, goal: float, entries: int = ENTRIES) -> None:
    """Append the entries in batches of ten thousand, fold them as the folder does, read all the while."""
    with _own_book(top) as book:
        begun = time.perf_counter()
        posted = _append(book, entries)
        beside = f"{posted} entries, {posted / (time.perf_counter() - begun):.0f} a second"
        found.add("append a burst of attendance", time.perf_counter() - begun, "s", beside=beside)
        with access.whole_house("bench"):
            figures.CACHE.forget()
            unfolded = _seconds(lambda: _read(book, top))
        seconds, reads, wrong = _fold_and_read(book, top, posted)
        with access.whole_house("bench"), connection.cursor() as cursor:
            recursive = _seconds(lambda: cursor.execute(_RECURSIVE, {"top": top.pk, "book": book.pk}))
            again = _seconds(lambda: cursor.execute(_RECOUNT, [book.pk]))
            warm = min(_seconds(lambda: _read(book, top)) for _time in range(20))
        found.add(
            f"fold of {posted} new entries",
            seconds,
            "s",
            goal=goal,
            beside=f"a full recount of them: {again:.1f} s; read with all of them unfolded: {unfolded:.1f} s",
        )
        found.add(
            "reads beside that fold that were not exact", wrong, "reads", goal=0, beside=f"of {len(reads)}"
        )
        beside = f"median {percentile(reads, 0.5):.1f} ms"
        found.add("longest read beside that fold", max(reads, default=0.0), "ms", beside=beside)
        beside = f"warm {warm * 1000:.2f} ms, recursive {recursive * 1000:.0f} ms"
        found.add(
            "recursive query against a read of that book", recursive / max(warm, 1e-6), "times", beside=beside
        )
        beside = f"warm {warm * 1000:.2f} ms, recount {again * 1000:.0f} ms"
        found.add("full recount against a read of that book", again / max(warm, 1e-6), "times", beside=beside)


def _append(book: Book, entries: int) -> int:
    by = access.operator("Đo tốc độ")
    with access.acting(by):
        units = list(Unit.objects.filter(tree="party").order_by("-pk").values_list("pk", flat=True)[:A_BATCH])
    posted = 0
    while posted < entries:
        size = min(A_BATCH, entries - posted)
        with access.acting(by), connection.cursor() as cursor:
            batch = ledger.begin(book.pk, by=by, origin="bench", key=f"burst:{posted}")
            words: dict[str, Any] = {
                "book": book.pk,
                "batch": batch.batch_id,
                "ids": units,
                "units": len(units),
                "entries": size,
            }
            cursor.execute(_APPEND, words)
        posted += size
    return posted


def _read(book: Book, top: Unit) -> int:
    """How many attendances and people the nation has in that book."""
    counts = figures.read(book.pk, on=access.local_day(book.created_at)).below(top.pk)
    return sum(counts[one].total for one in (Measure.PRESENT, Measure.ATTENDANCES) if one in counts)


def _fold_and_read(book: Book, top: Unit, posted: int) -> tuple[float, list[float], int]:
    """Seconds of the fold, milliseconds of each read beside it, how many reads were not exact."""
    taken: list[float] = []

    def fold() -> None:
        try:
            taken.append(_seconds(ledger.fold))  # no scope around it: each part is a transaction of its own
        finally:
            connection.close()

    folder = threading.Thread(target=fold)
    folder.start()
    reads: list[float] = []
    wrong = 0
    while folder.is_alive():
        begun = time.perf_counter()
        with access.whole_house("bench"):
            wrong += _read(book, top) != posted
        reads.append((time.perf_counter() - begun) * 1000)
    folder.join()
    with access.whole_house("bench"):
        wrong += _read(book, top) != posted
    return taken[0], reads, wrong


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


@contextmanager
def _own_book(top: Unit) -> Iterator[Book]:
    """A standing book of the measurement's own; thrown away with its entries, as their owner."""
    by = access.operator("Đo tốc độ")
    with access.acting(by):
        book = ledger.open_book(top, kind=Book.Kind.STANDING, title="Đo tốc độ", year=2026)
    try:
        yield book
    finally:
        _throw_away(book.pk)
        figures.CACHE.forget()


def _throw_away(book_id: int) -> None:
    owner = read_database_settings(settings.QUANTRIET.home, {**os.environ, "QUANTRIET_DB_ROLE": "owner"})
    with psycopg.connect(
        host=owner["HOST"],
        port=owner["PORT"],
        user=owner["USER"],
        password=owner["PASSWORD"],
        dbname=connection.settings_dict["NAME"],
    ) as server:
        server.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(f"ledger_entry_{book_id}")))
        for table in ("ledger_tally", "ledger_tally_day", "ledger_batch"):
            server.execute(
                sql.SQL("DELETE FROM {} WHERE book_id = %s").format(sql.Identifier(table)), [book_id]
            )
        server.execute("DELETE FROM ledger_book WHERE id = %s", [book_id])
