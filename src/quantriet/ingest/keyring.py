"""Keys of devices in the memory of the intake.

In the first minute of a conference every device sends its first call: their keys are read together, one question
for all that wait, or reading them one by one would be slower than the calls come.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from quantriet.ingest.intake import BusyError

Read = Callable[[Sequence[int]], Mapping[int, bytes]]
"""The keys of those of these numbers that are devices."""

MOST_KEYS = 100_000
MOST_LOOKUPS = 2_000
"""Numbers that may wait to be looked up; whoever comes then with another is told to come again."""

MOST_AT_ONCE = 500
"""Of one question, so that the flushes beside it are not kept waiting."""

MOST_STRANGERS = 10_000
STRANGER_FOR_S = 5.0
"""How long a number that is no device's is not asked for again."""

_Value = TypeVar("_Value")


class Keyring:
    """Keys of devices, kept; looked up by one thread, a number once however many wait for it.

    A key never changes, and whether the device may record is asked at each flush.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._keys: dict[int, bytes] = {}
        self._strangers: dict[int, float] = {}
        self._pending: dict[int, asyncio.Future[bytes | None]] = {}
        self._reading: asyncio.Task[None] | None = None
        self._reader = ThreadPoolExecutor(1, "keys")

    async def key(self, device_id: int) -> bytes | None:
        """The key of a device; ``None``: no such device. Raises ``BusyError`` when too many wait already, and
        whatever the reading raised.
        """
        found = self._keys.get(device_id)
        if found is not None:
            return found
        if self._strangers.get(device_id, 0.0) > time.monotonic():
            return None
        pending = self._pending.get(device_id)
        if pending is None:
            if len(self._pending) >= MOST_LOOKUPS:
                raise BusyError
            loop = asyncio.get_running_loop()
            pending = self._pending[device_id] = loop.create_future()
            if self._reading is None:
                self._reading = loop.create_task(self._read_pending())
        return await asyncio.shield(pending)

    async def _read_pending(self) -> None:
        """Read until nothing waits: what came during one question goes into the next."""
        try:
            while self._pending:
                await self._read_some(list(self._pending)[:MOST_AT_ONCE])
        finally:
            self._reading = None

    async def _read_some(self, device_ids: Sequence[int]) -> None:
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._reader, self._read, device_ids)
        except Exception as error:  # noqa: BLE001 - whatever it is, who waits is told
            for device_id in device_ids:
                pending = self._pending.pop(device_id)
                pending.set_exception(error)
                pending.exception()  # told, even when the client has gone
            return
        for device_id in device_ids:
            key = found.get(device_id)
            if key is None:
                _put(self._strangers, device_id, time.monotonic() + STRANGER_FOR_S, most=MOST_STRANGERS)
            else:
                _put(self._keys, device_id, key, most=MOST_KEYS)
            self._pending.pop(device_id).set_result(key)


def _put(kept: dict[int, _Value], device_id: int, value: _Value, *, most: int) -> None:
    if len(kept) >= most:
        kept.clear()
    kept[device_id] = value
