"""Figures in memory at the size the book has: cold, warm, at the worst of moments, of past dates; and their memory.

``measure`` runs on whatever database is connected and leaves the book's figures as it found them: what it posts it
takes back. Processor times are of this process and of the server's process behind its connection.
"""

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db import connection, connections, transaction
from django.utils import timezone

from quantriet.ledger import commands
from quantriet.ledger.columns import Period
from quantriet.ledger.figures import FigureCache, View
from quantriet.ledger.measures import Grade, Measure, Slice
from quantriet.ledger.queries import reading
from quantriet.org import access
from quantriet.web.bench.measured import Results, peak_mib, percentile

TAIL = 5_000
WARM_READS = 300
PAST_READS = 40
WARM_MS = 5.0
PAST_MS = 300.0
TICKS = 100  # of the kernel's processor clock, a second
_CLASS_ONE = frozenset(range(Slice(person_class=1).code, Slice(person_class=2).code))


@dataclass(frozen=True)
class _Taken:
    """Times of runs in ms of the clock, and the mean processor time of a run here and at the server."""

    ms: Sequence[float]
    here: float
    server: float

    @property
    def beside(self) -> str:
        """The median and the processor times, as text."""
        middle = statistics.median(self.ms)
        return f"median {middle:.1f}; processor: here {self.here:.1f}, server {self.server:.1f} ms"


def measure(book_id: int, found: Results) -> None:
    """Everything, into ``found``."""
    units = _units()
    _now(book_id, units, found)
    _worst(book_id, units, found)
    _past(book_id, units, found)


def _units() -> list[int]:
    """Every unit of today, the root of the largest tree first."""
    numbering = reading.numbering(timezone.localdate())
    largest = int((numbering.end - range(len(numbering))).argmax())
    ids: list[int] = numbering.unit_ids.tolist()
    return [ids[largest], *ids[:largest], *ids[largest + 1 :]]


def _server_seconds() -> float:
    """Processor time of the server's process behind this connection; 0 where it runs on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not stat.exists():
        return 0.0
    words = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS


def _timed(act: Callable[[], object], times: int) -> _Taken:
    here, server = time.process_time(), _server_seconds()
    taken = []
    for _time in range(times):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1000)
    here, server = time.process_time() - here, _server_seconds() - server
    return _Taken(taken, here * 1000 / times, server * 1000 / times)


def _held(cache: FigureCache) -> str:
    return f"kept {cache.memory.bytes / 2**20:.0f} MiB, most of the process {peak_mib():.0f} MiB"


def _now(book_id: int, units: list[int], found: Results) -> None:
    cache, today = FigureCache(), timezone.localdate()
    cold = _timed(lambda: cache.read(book_id, on=today).below(units[0]), 1)
    found.add("figures: first read of a process", cold.ms[0], "ms", beside=f"{cold.beside}; {_held(cache)}")
    other = _timed(lambda: cache.read(book_id, on=today, slices=_CLASS_ONE).below(units[0]), 1)
    found.add("figures: first read of one class beside it", other.ms[0], "ms", beside=other.beside)
    turns = iter(units * (1 + WARM_READS // len(units)))
    warm = _timed(lambda: cache.read(book_id, on=today).below(next(turns)), WARM_READS)
    found.add("figures: warm read, p99", percentile(warm.ms, 0.99), "ms", goal=WARM_MS, beside=warm.beside)


def _worst(book_id: int, units: list[int], found: Results) -> None:
    """A transaction that stays open keeps 5,000 entries from being worked in: every read adds them again."""
    by, cache, today = access.operator("Đo tốc độ"), FigureCache(), timezone.localdate()
    lines = commands.unit_lines(units[:TAIL], Measure.ORAL_SESSIONS, grade=Grade.DECLARED, on=today)
    with _open_transaction():
        key = f"bench:{time.time_ns()}"
        posted = commands.post(book_id, lines, by=by, origin="bench", key=key)
        cache.read(book_id, on=today)
        taken = _timed(lambda: cache.read(book_id, on=today).below(units[0]), WARM_READS)
    commands.reverse(posted.batch_id, by=by, reason="Đo tốc độ")
    name = f"figures: warm read, {len(lines):,} entries held back by an open transaction, p99"
    found.add(name, percentile(taken.ms, 0.99), "ms", goal=WARM_MS, beside=taken.beside)


@contextmanager
def _open_transaction() -> Iterator[None]:
    """Somebody else's transaction that has written and does not end."""
    begun, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")
            begun.set()
            may_end.wait()
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    begun.wait()
    try:
        yield
    finally:
        may_end.set()
        holder.join()


def _past(book_id: int, units: list[int], found: Results) -> None:
    """Each read another day, with the tree and the knowledge of that day: nothing of it was kept before."""
    cache, today = FigureCache(), timezone.localdate()
    days = iter([today - timedelta(days=at) for at in range(1, PAST_READS + 2)])

    def read() -> None:
        day = next(days)
        cache.view(View(book_id, day, period=Period.until(day, day))).below(units[0])

    cold = _timed(read, 1)
    found.add("figures: first past date of a process", cold.ms[0], "ms", beside=cold.beside)
    warm = _timed(read, PAST_READS)
    beside = f"{warm.beside}; {_held(cache)}"
    found.add("figures: another past date, p95", percentile(warm.ms, 0.95), "ms", goal=PAST_MS, beside=beside)
