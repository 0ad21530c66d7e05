"""``POST /api/v1/scans`` for devices, under granian's RSGI (``quantriet.ingest.application:application``).

The body is a ``scanning.Call``; ``Authorization: Quantriet-Device <number>:<MAC of the body>`` proves who sends.
Each event gets its own answer after the commit; sent again it gets it again. 401: unknown device or wrong MAC;
422: not the described shape; 503 with ``Retry-After``: nothing was written, send again.
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quantriet.web.settings")
django.setup()

from django.db import InterfaceError, OperationalError, connection  # noqa: E402 - Django must be set up before its parts are used
from django.utils import timezone  # noqa: E402

from quantriet.conferences import codes, scanning  # noqa: E402
from quantriet.conferences.commands import scans  # noqa: E402
from quantriet.conferences.commands.scans import Told  # noqa: E402
from quantriet.conferences.queries import devices  # noqa: E402
from quantriet.ingest.intake import BusyError, Lane, NotRecordedError, Record  # noqa: E402

PATH = "/api/v1/scans"
LARGEST = 512 * 1024
"""Bytes of a body: 500 events with the longest codes."""

MOST_KEYS = 100_000
MOST_LOOKUPS = 200
"""Numbers that may wait to be looked up; whoever comes then with another is told to come again."""

MOST_STRANGERS = 10_000
STRANGER_FOR_S = 5.0
"""How long a number that is no device's is not asked for again."""

_Value = TypeVar("_Value")
_JSON = ("content-type", "application/json")
_PROBLEM = ("content-type", "application/problem+json")
_NEVER_KEPT = ("cache-control", "no-store")


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The call is answered as a whole with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Keyring:
    """Keys of devices, kept; looked up by one thread, a number once however many wait for it.

    A key never changes, and whether the device may record is asked at each flush.
    """

    def __init__(self, read: Callable[[int], bytes | None]) -> None:
        self._read = read
        self._keys: dict[int, bytes] = {}
        self._strangers: dict[int, float] = {}
        self._pending: dict[int, asyncio.Task[bytes | None]] = {}
        self._reader = ThreadPoolExecutor(1, "keys")

    async def key(self, device_id: int) -> bytes | None:
        """The key of a device; ``None``: no such device. Raises ``BusyError`` when too many wait already."""
        found = self._keys.get(device_id)
        if found is not None:
            return found
        if self._strangers.get(device_id, 0.0) > time.monotonic():
            return None
        pending = self._pending.get(device_id)
        if pending is None:
            if len(self._pending) >= MOST_LOOKUPS:
                raise BusyError
            pending = asyncio.get_running_loop().create_task(self._look_up(device_id))
            self._pending[device_id] = pending
        return await asyncio.shield(pending)

    async def _look_up(self, device_id: int) -> bytes | None:
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._reader, self._read, device_id)
        finally:
            del self._pending[device_id]
        if found is None:
            _put(self._strangers, device_id, time.monotonic() + STRANGER_FOR_S, most=MOST_STRANGERS)
        else:
            _put(self._keys, device_id, found, most=MOST_KEYS)
        return found


def _put(kept: dict[int, _Value], device_id: int, value: _Value, *, most: int) -> None:
    if len(kept) >= most:
        kept.clear()
    kept[device_id] = value


async def _body(headers: Mapping[str, str], protocol: Any) -> bytes:
    """The whole body; raises ``Refused`` as soon as it is too large, whatever its header says."""
    length = headers.get("content-length") or "0"
    if not length.isascii() or not length.isdigit() or int(length) > LARGEST:
        raise Refused(413)
    body = bytearray()
    async for chunk in protocol:
        body += chunk
        if len(body) > LARGEST:
            raise Refused(413)
    return bytes(body)


class Application:
    """One worker process: a lane for scanned codes, one for typed codes, which need the list of the site."""

    def __init__(self, record: Record) -> None:
        self._scanned = Lane("scanned", record)
        self._typed = Lane("typed", record)
        self._keyring = Keyring(_read_key)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Granian has started the worker."""
        # The flusher waits for the database twenty times a flush; each time it must get its turn back soon.
        sys.setswitchinterval(0.0005)
        self._scanned.start(loop)
        self._typed.start(loop)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Granian ends the worker: what was taken in is written."""
        self._scanned.stop()
        self._typed.stop()

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        try:
            body = await self._answer(scope, protocol)
        except Refused as refused:
            self._refuse(scope, protocol, refused.status)
        except (BusyError, NotRecordedError):
            self._refuse(scope, protocol, 503)
        else:
            protocol.response_bytes(200, [_JSON, _NEVER_KEPT], body)

    async def _answer(self, scope: Any, protocol: Any) -> bytes:
        if scope.proto != "http" or scope.path not in (PATH, "/healthz"):
            raise Refused(404)
        if scope.path == "/healthz":
            return b'{"status": "ok"}'
        if scope.method != "POST":
            raise Refused(405)
        body = await _body(scope.headers, protocol)
        told = await self._told(scope.headers, body, timezone.now())
        answers = await self._lane(told).put(told)
        return scanning.written(answers, scope.headers.get("accept-language") or "")

    async def _told(self, headers: Mapping[str, str], body: bytes, heard_at: datetime) -> Told:
        """The proven call; raises ``Refused``. ``heard_at``: before any waiting, so that clocks are compared right."""
        said = scanning.credentials(headers.get("authorization") or "")
        key = await self._keyring.key(said[0]) if said else None
        if said is None or key is None or not scanning.is_genuine(key, body, said[1]):
            raise Refused(401)
        try:
            call = scanning.read(body)
        except ValueError:
            raise Refused(422) from None
        return Told(said[0], call, heard_at, scanning.forged(said[0], key, call))

    def _lane(self, told: Told) -> Lane:
        typed = any(codes.read_personal(event.code) is None for event in told.call.events)
        return self._typed if typed else self._scanned

    def _refuse(self, scope: Any, protocol: Any, status: int) -> None:
        retry = [("retry-after", "2")] if status == 503 else []
        body = scanning.refused(status, scope.headers.get("accept-language") or "")
        protocol.response_bytes(status, [_PROBLEM, _NEVER_KEPT, *retry], body)


def _read_key(device_id: int) -> bytes | None:
    try:
        return devices.key_of(device_id)
    except (InterfaceError, OperationalError) as error:
        connection.close()
        raise NotRecordedError from error


application = Application(scans.record)
