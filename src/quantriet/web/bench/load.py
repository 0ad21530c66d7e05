"""Load for the check-in intake: many kept connections in one process, requests written out beforehand."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from quantriet.web.bench.serving import HOST, PATIENCE_S

Request = bytes
"""A whole request, written out beforehand: making it is not the server's work."""


@dataclass(frozen=True)
class Reply:
    """Status, how many events are done with, seconds since it was due (or sent), and when it was there."""

    status: int
    done: int
    seconds: float
    ended: float


class _Connection:
    """One kept connection that asks one thing after another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "_Connection":
        return cls(*await asyncio.open_connection(HOST, port))

    async def ask(self, request: bytes) -> tuple[int, int]:
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = await self._reader.readexactly(length)
        return int(head[9:12]), body.count(b'"is_done": true')

    def close(self) -> None:
        self._writer.close()


def open_loop(port: int, requests: Sequence[Request], *, rate: float, connections: int) -> list[Reply]:
    """Send at a fixed rate whatever the answers do; seconds count from when each was due."""
    return asyncio.run(_run(port, requests, connections, rate))


def closed_loop(port: int, requests: Sequence[Request], *, connections: int) -> list[Reply]:
    """Each connection sends its next request when it has the answer to the last."""
    return asyncio.run(_run(port, requests, connections, 0.0))


async def _run(port: int, requests: Sequence[Request], connections: int, rate: float) -> list[Reply]:
    opened = [await _Connection.open(port) for _number in range(connections)]
    due = iter(enumerate(requests))
    replies: list[Reply] = []
    begun = time.perf_counter() + 0.2
    until = begun + (len(requests) / rate if rate else 600.0) + PATIENCE_S

    async def work(connection: _Connection) -> None:
        for at, request in due:
            when = begun + at / rate if rate else time.perf_counter()
            if (ahead := when - time.perf_counter()) > 0:
                await asyncio.sleep(ahead)
            if time.perf_counter() > until:
                return
            status, done = await connection.ask(request)
            ended = time.perf_counter()
            replies.append(Reply(status, done, ended - when, ended))

    try:
        await asyncio.gather(*map(work, opened))
    finally:
        for connection in opened:
            connection.close()
    return replies
