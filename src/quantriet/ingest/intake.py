"""Group commit: requests wait for the next flush, one thread writes them in one transaction, then all are answered.

Under load the flushes are as large as what came during the last one; without load a request waits for nothing.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from django.db import Error, InterfaceError, OperationalError, connection
from psycopg import errors

from quantriet.conferences.commands.scans import Told
from quantriet.conferences.scanning import Answer

Record = Callable[[Sequence[Told]], list[list[Answer]]]

PACE_S = 0.020
"""From the start of one flush to the start of the next at least: a flush of two costs little more than one of one."""

MOST_A_FLUSH = 1_500
"""Events: so that a transaction stays short and what follows waits for a short one only."""

MOST_WAITING = 20_000
"""Events that may wait; whoever comes then is told to come again."""

LOCK_PATIENCE = "SET lock_timeout = '1s'"
"""Whoever holds a row longer makes his own people wait: their calls are told to come again, all others go on."""

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
        if self._loop is None or self._events >= MOST_WAITING:
            raise BusyError
        waiting = _Waiting(told, self._loop.create_future())
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
            outcomes = list(self._recorded([one.told for one in taken]))
        except Exception as error:  # noqa: BLE001 - whatever it is, the calls of others are not lost with it
            is_away = _is_away(error)
            if is_away:
                connection.close()  # the next flush connects anew
            if len(taken) > 1 and not is_away:
                for one in taken:
                    self._flush([one])
                return
            cause = type(error.__cause__ or error).__name__
            _log.warning("ingest.not_recorded", lane=self._name, error=cause, calls=len(taken))
            outcomes = [NotRecordedError()] * len(taken)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._answer, taken, outcomes)

    def _recorded(self, told: Sequence[Told]) -> list[list[Answer]]:
        """One transaction; what another writer undid is tried again."""
        for left in reversed(range(TRIES)):
            try:
                if connection.connection is None:
                    connection.cursor().execute(LOCK_PATIENCE)
                return self._record(told)
            except Error as error:
                if not left or not isinstance(error.__cause__, _UNDONE):
                    raise
        raise AssertionError

    def _answer(self, taken: Sequence[_Waiting], outcomes: Sequence[list[Answer] | Exception]) -> None:
        for one, outcome in zip(taken, outcomes, strict=True):
            self._events -= len(one.told.call.events)
            if one.answer.done():  # the client has gone
                continue
            if isinstance(outcome, Exception):
                one.answer.set_exception(outcome)
            else:
                one.answer.set_result(outcome)
