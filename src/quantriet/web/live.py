"""Live events: a small ASGI application beside the pages, told by PostgreSQL when figures were folded.

``GET /live/folds`` is a stream of server-sent events: ``event: fold`` with the number of the fold. It holds
no figures: whoever hears it asks the pages, which know who he is. It serves signed-in accounts on the same
origin only, so it needs a proxy that joins it to the pages (``QUANTRIET_LIVE_URL=/live/folds``); without one
the pages ask by themselves every five seconds (``web.home.pulse``) and nothing is missing.

One connection listens for all clients of the process. A client that reads slowly misses numbers, never the
last one. A session that ended is noticed within a minute.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any

import django
import psycopg
import structlog

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quantriet.web.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up before its parts are used
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.db import connections  # noqa: E402
from django.utils.crypto import constant_time_compare  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402

from quantriet.ledger.commands import CHANNEL  # noqa: E402
from quantriet.org import access, doors, second_factor  # noqa: E402
from quantriet.org.models import Account  # noqa: E402

SessionStore = import_string(f"{settings.SESSION_ENGINE}.SessionStore")

PATH = "/live/folds"
MOST_CLIENTS = 500
HEARTBEAT_S = 20.0
CHECK_AGAIN_S = 60.0
LONGEST_PAUSE_S = 30.0

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_log = structlog.get_logger("live")


class Hub:
    """Who listens in this process, and the one connection that hears the folder."""

    def __init__(self) -> None:
        self.clients: set[asyncio.Queue[str]] = set()
        self._listener: asyncio.Task[None] | None = None
        self._newest = ""

    @contextlib.asynccontextmanager
    async def client(self) -> AsyncIterator[asyncio.Queue[str]]:
        """A place among the clients; the listener runs while there is one. Who comes when it has spoken already is
        told the newest number at once: he may have missed it while he was away.
        """
        mail: asyncio.Queue[str] = asyncio.Queue(maxsize=1)
        self.clients.add(mail)
        if self._newest:
            mail.put_nowait(self._newest)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())
        try:
            yield mail
        finally:
            self.clients.discard(mail)
            if not self.clients and self._listener is not None:
                self._listener.cancel()
                self._listener, self._newest = None, ""

    def tell(self, number: str) -> None:
        """The newest number to everybody; one that was not read yet is replaced."""
        self._newest = number
        for mail in self.clients:
            if mail.full():
                mail.get_nowait()
            mail.put_nowait(number)

    async def _listen(self) -> None:
        """Hear the folder; a lost connection is made again with growing pauses."""
        pause = 1.0
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(_address(), autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    row = await (await connection.execute("SELECT fold FROM ledger_clock")).fetchone()
                    self.tell(str(row[0]) if row else "0")
                    pause = 1.0
                    async for notice in connection.notifies():
                        self.tell(notice.payload)
            except psycopg.OperationalError as error:
                _log.warning("live.database_away", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)


hub = Hub()


def _address() -> str:
    """The database of this process, as libpq writes it."""
    parameters = connections["default"].get_connection_params()
    known = {"host", "port", "dbname", "user", "password", "sslmode", "sslrootcert"}
    return psycopg.conninfo.make_conninfo(
        **{key: value for key, value in parameters.items() if key in known and value}
    )


def signed_in(session_key: str) -> bool:
    """Whether this session belongs to an open account that holds a role today and showed what it must show."""
    try:
        kept = SessionStore(session_key)
        account = Account.objects.filter(pk=kept.get(SESSION_KEY), is_active=True).first()
        if account is None or kept.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
            return False
        if not constant_time_compare(str(kept.get(HASH_SESSION_KEY, "")), account.get_session_auth_hash()):
            return False
        found = access.actor(account, unit_id=kept.get(doors.ACTING_UNIT))
        return (
            found is not None and second_factor.standing(kept, account, found) is second_factor.Standing.OPEN
        )
    finally:
        connections.close_all()  # this thread's own; the next question may come in another thread


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI entry."""
    if scope["type"] != "http":
        return
    if scope["path"] != PATH or scope["method"] != "GET":
        await _short(send, 404)
    elif len(hub.clients) >= MOST_CLIENTS:
        await _short(send, 503, retry=b"30")
    else:
        session = _session(scope)
        if not session or not await asyncio.to_thread(signed_in, session):
            await _short(send, 401)
        else:
            await _stream(session, receive, send)


def _session(scope: Scope) -> str:
    """The session key of the cookie, if there is one."""
    cookies: SimpleCookie = SimpleCookie()
    for name, value in scope["headers"]:
        if name == b"cookie":
            with contextlib.suppress(CookieError):
                cookies.load(value.decode("latin-1"))
    found = cookies.get(settings.SESSION_COOKIE_NAME)
    return found.value if found else ""


async def _short(send: Send, status: int, *, retry: bytes = b"") -> None:
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [*headers, *([(b"retry-after", retry)] if retry else [])],
        }
    )
    await send({"type": "http.response.body", "body": b""})


async def _stream(session: str, receive: Receive, send: Send) -> None:
    """Events until the client goes, the session ends, or the process does."""
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    async with hub.client() as mail:
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await _tell(session, mail, gone, send)
        finally:
            gone.cancel()


async def _tell(session: str, mail: asyncio.Queue[str], gone: "asyncio.Task[None]", send: Send) -> None:
    clock = asyncio.get_running_loop()
    checked = clock.time()
    await _part(send, "retry: 5000\n\n")
    while not gone.done():
        next_number = asyncio.create_task(mail.get())
        await asyncio.wait({next_number, gone}, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED)
        if next_number.done():
            await _part(send, f"event: fold\ndata: {next_number.result()}\n\n")
        else:
            next_number.cancel()
            if not gone.done():
                await _part(send, ": still here\n\n")
        if clock.time() - checked > CHECK_AGAIN_S:
            checked = clock.time()
            if not await asyncio.to_thread(signed_in, session):
                break
    with contextlib.suppress(OSError):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _part(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
