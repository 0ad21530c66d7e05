"""What a process keeps, bounded by its bytes: the longest unused goes first. One builder a key, readers never wait."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Protocol


class Sized(Protocol):
    """Whatever can say how much memory it holds."""

    @property
    def bytes(self) -> int:
        """Memory held."""
        ...


class Memory:
    """Things by key, within a limit of bytes. Thread-safe; nothing is built while the lock of the table is held."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.bytes = 0
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, Sized] = OrderedDict()
        self._builders: dict[Hashable, tuple[Lock, int]] = {}

    def get(self, key: Hashable) -> Sized | None:
        """What is kept under a key."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: Hashable, thing: Sized) -> None:
        """Keep a thing and drop the longest unused ones beyond the limit; the newest always stays."""
        with self._lock:
            before = self._kept.pop(key, None)
            self.bytes += thing.bytes - (0 if before is None else before.bytes)
            self._kept[key] = thing
            while self.bytes > self.limit and len(self._kept) > 1:
                _key, dropped = self._kept.popitem(last=False)
                self.bytes -= dropped.bytes

    def forget(self) -> None:
        """Drop everything."""
        with self._lock:
            self._kept.clear()
            self.bytes = 0

    @contextmanager
    def building(self, key: Hashable) -> Iterator[None]:
        """Hold a key's builder: a second one who wants the same thing waits, others do not."""
        with self._lock:
            lock, waiting = self._builders.get(key, (Lock(), 0))
            self._builders[key] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, waiting = self._builders.pop(key)
                if waiting > 1:
                    self._builders[key] = (lock, waiting - 1)
