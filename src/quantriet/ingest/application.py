"""``POST /api/v1/scans`` for devices, under granian's RSGI (``quantriet.ingest.application:application``).

The body is a ``scanning.Call``; ``Authorization: Quantriet-Device <number>:<MAC of the body>`` proves who sends.
Each event gets its own answer after the commit; sent again it gets it again. 401: unknown device or wrong MAC;
422: not the described shape; 503 with ``Retry-After``: nothing was written, send again.
"""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quantriet.web.settings")
django.setup()

from django.db import InterfaceError, OperationalError, connection  # noqa: E402 - Django must be set up before its parts are used
from django.utils import timezone  # noqa: E402

from quantriet.conferences import codes, scanning  # noqa: E402
from quantriet.conferences.commands import scans  # noqa: E402
from quantriet.conferences.commands.scans import Told  # noqa: E402
from quantriet.conferences.queries import devices  # noqa: E402
from quantriet.core.settling import settle  # noqa: E402
from quantriet.ingest.intake import BusyError, Lane, NotRecordedError, Record  # noqa: E402
from quantriet.ingest.keyring import Keyring  # noqa: E402

PATH = "/api/v1/scans"
LARGEST = 512 * 1024
"""Bytes of a body: 500 events with the longest codes."""

HEARD_OUT = 4 * LARGEST
"""Up to so many are read before a body is refused."""

_JSON = ("content-type", "application/json")
_PROBLEM = ("content-type", "application/problem+json")
_NEVER_KEPT = ("cache-control", "no-store")


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The call is answered as a whole with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def _body(headers: Mapping[str, str], protocol: Any) -> bytes:
    """The whole body; raises ``Refused`` when it is too large, whatever its header says. Up to ``HEARD_OUT`` the rest
    is read and dropped first: who still sends hears no refusal, he finds the line broken.
    """
    length = headers.get("content-length") or "0"
    if not length.isascii() or not length.isdigit() or int(length) > HEARD_OUT:
        raise Refused(413)
    body, heard = bytearray(), 0
    async for chunk in protocol:
        heard += len(chunk)
        if heard > HEARD_OUT:
            raise Refused(413)
        if heard <= LARGEST:
            body += chunk
    if heard > LARGEST:
        raise Refused(413)
    return bytes(body)


class Application:
    """One worker process: a lane for scanned codes, one for typed codes, which need the list of the site."""

    def __init__(self, record: Record) -> None:
        self._scanned = Lane("scanned", record)
        self._typed = Lane("typed", record)
        self._keyring = Keyring(_read_keys)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Granian has started the worker."""
        # The flusher waits for the database twenty times a flush; each time it must get its turn back soon.
        sys.setswitchinterval(0.0005)
        settle()
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


def _read_keys(device_ids: Sequence[int]) -> Mapping[int, bytes]:
    try:
        return devices.keys_of(device_ids)
    except (InterfaceError, OperationalError) as error:
        connection.close()
        raise NotRecordedError from error


application = Application(scans.record)
