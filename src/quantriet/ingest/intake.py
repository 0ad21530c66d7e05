"""Group commit: requests wait for the next flush, one thread writes them in one transaction, then all are answered.

Under load the flushes are as large as what came during the last one; without load a request waits for nothing.
"""

import asyncio
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from django.db import Error, InterfaceError, OperationalError, connection
from psycopg import errors

from quantriet.conferences.commands.scans import Told
from quantriet.conferences.scanning import Answer
from quantriet.ingest import halving
from quantriet.ingest.halving import Unwritten

Record = Callable[[Sequence[Told]], list[list[Answer]]]

PACE_S = 0.020
"""From the start of one flush to the start of the next at least: a flush of two costs little more than one of one."""

MOST_A_FLUSH = 1_500
"""Events: so that a transaction stays short and what follows waits for a short one only."""

MOST_WAITING = 20_000
"""Events that may wait; whoever comes then is told to come again."""

MOST_OF_A_DEVICE = 4
"""Calls of one device that may wait: a device sends its next call when the last was answered."""

PATIENCE_MS, ALONE_MS = 1_000, 100
"""Whoever holds a row longer makes his own people wait: their calls are told to come again, all others go on.
Calls written one by one, after a flush that failed, wait much less: all others stand behind them.
"""

TRIES = 3

_log = structlog.get_logger("ingest")
_UNDONE = (errors.DeadlockDetected, errors.SerializationFailure)


def _is_away(error: Exception) -> bool:
    """Whether the server is away or has ended us, so that nothing else can be written either."""
    passing = (*_UNDONE, errors.LockNotAvailable)
    return isinstance(error, (OperationalError, InterfaceError)) and not isinstance(error.__cause__, passing)


class BusyError(Exception):
    """Too much waits already."""


class NotRecordedError(Exception):
    """Nothing of this call was written; it is worth sending again."""


def _is_passing(error: Exception) -> bool:
    """Whether the same call may be written when it comes again."""
    return isinstance(error, (OperationalError, InterfaceError))


@dataclass(frozen=True)
class _Waiting:
    told: Told
    answer: "asyncio.Future[list[Answer]]"


class Lane:
    """A queue and the one thread that empties it, with a connection of its own."""

    def __init__(self, name: str, record: Record) -> None:
        self._name = name
        self._record = record
        self._queue: deque[_Waiting] = deque()
        self._events = 0
        self._calls: Counter[int] = Counter()
        self._patience_ms = 0
        self._bell = threading.Event()
        self._ends = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to empty the queue; answers are given in ``loop``."""
        self._loop = loop
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, then end."""
        self._ends = True
        self._bell.set()
        self._thread.join()

    def put(self, told: Told) -> "asyncio.Future[list[Answer]]":
        """Wait for the next flush. Called in the loop; raises ``BusyError`` when too much waits."""
        too_much = self._events >= MOST_WAITING or self._calls[told.device_id] >= MOST_OF_A_DEVICE
        if self._loop is None or too_much:
            raise BusyError
        waiting = _Waiting(told, self._loop.create_future())
        self._calls[told.device_id] += 1
        self._events += len(told.call.events)
        self._queue.append(waiting)
        self._bell.set()
        return waiting.answer

    def _work(self) -> None:
        next_at = 0.0
        while True:
            self._bell.wait()
            self._bell.clear()
            while self._queue:
                time.sleep(max(0.0, next_at - time.monotonic()))
                next_at = time.monotonic() + PACE_S
                self._flush(self._taken())
            if self._ends:
                connection.close()
                return

    def _taken(self) -> list[_Waiting]:
        """What goes into the next flush: whole calls, in the order they came."""
        taken: list[_Waiting] = []
        events = 0
        while self._queue and events < MOST_A_FLUSH:
            taken.append(self._queue.popleft())
            events += len(taken[-1].told.call.events)
        return taken

    def _flush(self, taken: Sequence[_Waiting]) -> None:
        """Record calls and answer each. When one cannot be written the others are written without it."""
        outcomes: list[list[Answer] | Exception]
        try:
            outcomes = list(self._recorded([one.told for one in taken], PATIENCE_MS))
        except Exception as error:  # noqa: BLE001 - whatever it is, the calls of others are not lost with it
            if len(taken) > 1 and not _is_away(error):
                for one in taken:
                    self._tell([one], [self._alone(one.told)])
                return
            outcomes = [self._fault(error, one.told) for one in taken]
        self._tell(taken, outcomes)

    def _alone(self, told: Told) -> list[Answer] | Exception:
        """What becomes of one call in a transaction of its own."""
        try:
            return self._recorded([told], ALONE_MS)[0]
        except Exception as error:  # noqa: BLE001 - as above
            return self._fault(error, told)

    def _fault(self, error: Exception, told: Told) -> list[Answer] | Exception:
        """What is answered to a call that was not written: come again; or, where that is no use, what became of its
        events without the one that cannot be written.
        """
        self._note(error, told)
        return NotRecordedError() if _is_passing(error) else halving.answers(told, self._part)

    def _part(self, told: Told) -> list[Answer] | Unwritten:
        """What becomes of some events of a call that cannot be written as a whole."""
        try:
            return self._recorded([told], ALONE_MS)[0]
        except Exception as error:  # noqa: BLE001 - as above
            self._note(error, told)
            if _is_away(error):
                return Unwritten.AWAY
            return Unwritten.NOW if _is_passing(error) else Unwritten.EVER

    def _note(self, error: Exception, told: Told) -> None:
        if _is_away(error):
            connection.close()  # the next flush connects anew
        cause = type(error.__cause__ or error).__name__
        about = {"lane": self._name, "error": cause, "device": told.device_id}
        if _is_passing(error):
            _log.warning("ingest.not_recorded", **about)
        else:
            _log.error("ingest.unwritable", **about, exc_info=error)

    def _tell(self, taken: Sequence[_Waiting], outcomes: Sequence[list[Answer] | Exception]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._answer, taken, outcomes)

    def _recorded(self, told: Sequence[Told], patience_ms: int) -> list[list[Answer]]:
        """One transaction; what another writer undid is tried again. Locks are waited for so many milliseconds."""
        for left in reversed(range(TRIES)):
            try:
                self._set_patience(patience_ms)
                return self._record(told)
            except Error as error:
                if not left or not isinstance(error.__cause__, _UNDONE):
                    raise
        raise AssertionError

    def _set_patience(self, patience_ms: int) -> None:
        if connection.connection is None or self._patience_ms != patience_ms:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = {patience_ms}")
            self._patience_ms = patience_ms

    def _answer(self, taken: Sequence[_Waiting], outcomes: Sequence[list[Answer] | Exception]) -> None:
        for one, outcome in zip(taken, outcomes, strict=True):
            self._events -= len(one.told.call.events)
            self._calls[one.told.device_id] -= 1
            if not self._calls[one.told.device_id]:
                del self._calls[one.told.device_id]
            if one.answer.done():  # the client has gone
                continue
            if isinstance(outcome, Exception):
                one.answer.set_exception(outcome)
            else:
                one.answer.set_result(outcome)
