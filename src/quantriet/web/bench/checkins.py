"""Check-ins of devices: at a steady rate, as many as go, in batches; and the same without any rule.

The full path: MACs, rules, row, ledger entries, credit, evidence, commit, answer; ``synchronous_commit`` on.
Load, intake and database share the machine.
"""

import hashlib
import hmac
import itertools
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import psycopg
from django.db import connection

from quantriet.conferences import codes
from quantriet.conferences.commands import devices
from quantriet.conferences.models import Conference, Site
from quantriet.org import access
from quantriet.web.bench import load
from quantriet.web.bench.load import Reply, Request
from quantriet.web.bench.measured import Results, percentile
from quantriet.web.bench.province import Province, waiting
from quantriet.web.bench.serving import HOST, Server, processor_seconds, server

STEADY = 200.0
STEADY_MS = 50.0
SINGLES = 5_000.0
SINGLES_MS = 50.0
ROWS = 50_000.0
CONNECTIONS = 128
OF_BARE = 1 / 3
NATION = 1_930_000
NATION_S = 60.0
PROCESS_MIB = 300.0
A_SITE = 60
PHONES_A_SITE = 4

INTAKE = "quantriet.ingest.application:application"
BARE = "quantriet.ingest.bare:application"
BARE_TABLE = """
CREATE TABLE bare_scan (
    client_id uuid PRIMARY KEY, device_id bigint NOT NULL, at timestamptz NOT NULL, code text NOT NULL
);
GRANT SELECT, INSERT ON bare_scan TO quantriet_ingest;
"""


@dataclass(frozen=True)
class Phone:
    """A device of a site with its key."""

    number: int
    key: bytes

    def request(self, cards: Sequence[str], client_ids: Sequence[UUID], numbers: Sequence[int]) -> bytes:
        """The bytes of one call, as of now: sent later, by the device's clock it is as old as it was now."""
        now = time.time_ns() // 1_000_000
        events = [
            self._event(card, client_id, number, now)
            for card, client_id, number in zip(cards, client_ids, numbers, strict=True)
        ]
        body = json.dumps({"clock": now, "events": events}).encode()
        proof = hmac.digest(self.key, body, hashlib.sha256).hex()
        head = (
            f"POST /api/v1/scans HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
            f"Authorization: Quantriet-Device {self.number}:{proof}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _event(self, card: str, client_id: UUID, number: int, now: int) -> dict[str, object]:
        said = f"QT1\n{self.number}\n{client_id}\n{number}\nin\n{now}\n{card}".encode()
        proof = hmac.digest(self.key, said, hashlib.sha256).hex()
        return {"id": str(client_id), "seq": number, "act": "in", "code": card, "at": now, "mac": proof}


@dataclass
class Crowd:
    """Who still comes, site by site, and the phones they are scanned with."""

    phones: dict[int, list[Phone]]
    cards: Mapping[int, Iterator[str]]
    left: int
    ids: Iterator[UUID]
    numbers: "itertools.count[int]"

    def calls(self, count: int, size: int) -> list[Request]:
        """``count`` calls of ``size`` people each, from all sites in turn."""
        found: list[Request] = []
        turns = itertools.cycle(sorted(self.phones))
        empty = 0
        while len(found) < count and empty < len(self.phones):
            site_id = next(turns)
            cards = list(itertools.islice(self.cards[site_id], size))
            empty = empty + 1 if len(cards) < size else 0
            if len(cards) == size:
                found.append(self._call(site_id, cards, len(found)))
        self.left -= len(found) * size
        return found

    def _call(self, site_id: int, cards: Sequence[str], at: int) -> Request:
        phone = self.phones[site_id][at % PHONES_A_SITE]
        ids = [next(self.ids) for _card in cards]
        numbers = [next(self.numbers) for _card in cards]
        return phone.request(cards, ids, numbers)


def gather(place: Province) -> Crowd:
    """Everybody who has not studied yet, with his card; four phones at each site."""
    people = waiting(place, 10**9)
    by_site: dict[int, list[str]] = {}
    conference = Conference.objects.get(pk=place.conference.pk)
    key = bytes(conference.code_key)
    for person_id, site_id in people:
        by_site.setdefault(site_id, []).append(codes.personal(key, conference.pk, person_id))
    chance = place.ground.chance("phones")
    by = access.actor(place.officer)
    if by is None:
        raise ValueError("the officer has no role")
    with access.acting(by):
        rows = Site.objects.filter(pk__in=by_site).select_related("conference__campaign", "unit")
        phones = {site.pk: [_phone(site, by, at) for at in range(PHONES_A_SITE)] for site in rows}
    ids = (UUID(int=chance.getrandbits(128), version=4) for _forever in itertools.count())
    cards = {site_id: iter(some) for site_id, some in by_site.items()}
    return Crowd(phones, cards, len(people), ids, itertools.count(1))


def _phone(site: Site, by: access.Actor, at: int) -> Phone:
    enrolled = devices.enrol(site, session_key=f"bench-{at}", by=by)
    return Phone(enrolled.device.pk, enrolled.key)


@contextmanager
def intake(application: str) -> Iterator[Server]:
    """The intake in two processes, as an installation has it."""
    command = ["--interface", "rsgi", "--workers", "2", application]
    with server(command, {**os.environ, "QUANTRIET_DB_ROLE": "ingest"}) as running:
        yield running


def steady(crowd: Crowd, seconds: int, found: Results) -> None:
    """What the people of a province need: 200 a second, one by one."""
    with intake(INTAKE) as running:
        load.closed_loop(running.port, crowd.calls(40, 1), connections=8)
        calls = crowd.calls(int(STEADY * seconds), 1)
        used, database = running.cpu_seconds(), _database_seconds()
        replies = load.open_loop(running.port, calls, rate=STEADY, connections=24)
        used = (running.cpu_seconds() - used) * 1000 / max(1, len(replies))
        database = (_database_seconds() - database) * 1000 / max(1, len(replies))
    taken = _milliseconds(replies)
    found.add(
        f"check-in of a device at {STEADY:.0f}/s, p95",
        percentile(taken, 0.95),
        "ms",
        goal=STEADY_MS,
        beside=(
            f"median {percentile(taken, 0.5):.0f} ms; processor each: intake {used:.1f} ms, "
            f"database {database:.1f} ms"
        ),
    )
    found.add("check-ins of devices recorded of those sent", 100 * _done(replies) / max(1, len(calls)), "%")


def _database_seconds() -> float:
    """Processor time of the intake's own connections to a database on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'quantriet_ingest'")
        return sum(processor_seconds(int(row[0])) for row in cursor.fetchall())


def most(crowd: Crowd, seconds: int, found: Results) -> None:
    """As many as go, one by one and a small site at a time; beside it the same without rules."""
    share = min(int(SINGLES * seconds), crowd.left // 2)
    batches = crowd.left // 2 // A_SITE
    with intake(INTAKE) as running:
        load.closed_loop(running.port, crowd.calls(CONNECTIONS, 1), connections=CONNECTIONS)
        singles = load.open_loop(running.port, crowd.calls(share, 1), rate=SINGLES, connections=CONNECTIONS)
        rows = load.closed_loop(running.port, crowd.calls(batches, A_SITE), connections=32)
        memory = running.most_mib()
    with _bare_table(), intake(BARE) as running:
        invented = _invented(crowd)
        load.closed_loop(running.port, invented.calls(CONNECTIONS, 1), connections=CONNECTIONS)
        bare = load.closed_loop(running.port, invented.calls(len(singles), 1), connections=CONNECTIONS)
        bare_rows = load.closed_loop(running.port, invented.calls(len(rows), A_SITE), connections=32)
    found.add("checkin_single_per_s", _rate(singles), "1/s", least=SINGLES, beside=_words(singles))
    found.add("checkin_single_p99_ms", percentile(_milliseconds(singles), 0.99), "ms", goal=SINGLES_MS)
    found.add("checkin_batch_rows_per_s", _rate(rows), "1/s", least=ROWS, beside=_words(rows))
    found.add("checkin_bare_single_per_s", _rate(bare), "1/s", beside=_words(bare))
    found.add("checkin_bare_batch_rows_per_s", _rate(bare_rows), "1/s", beside=_words(bare_rows))
    for name, ours, without in (("single", singles, bare), ("batch", rows, bare_rows)):
        of_bare = _rate(ours) / max(1.0, _rate(without))
        found.add(f"checkin_{name}_of_bare", of_bare, "of the bare rate", least=OF_BARE)
    words = f"{NATION} people at the rate of the batches above; not sent whole"
    found.add("checkin_nation_s", NATION / max(1.0, _rate(rows)), "s", goal=NATION_S, beside=words)
    found.add("most memory of an intake process", memory, "MiB", goal=PROCESS_MIB)


@contextmanager
def _bare_table() -> Iterator[None]:
    with psycopg.connect(os.environ["QUANTRIET_OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute(BARE_TABLE)
        yield
        owner.execute("DROP TABLE bare_scan")


def _invented(crowd: Crowd) -> Crowd:
    """The same phones and no end of cards: the measuring stick looks nobody up."""
    cards = {site_id: itertools.repeat(f"QT1.1.1.{'0' * 26}") for site_id in crowd.phones}
    return Crowd(crowd.phones, cards, 0, crowd.ids, crowd.numbers)


def _done(replies: Sequence[Reply]) -> int:
    return sum(reply.done for reply in replies if reply.status == 200)


def _milliseconds(replies: Sequence[Reply]) -> list[float]:
    return [reply.seconds * 1000 for reply in replies] or [0.0]


def _rate(replies: Sequence[Reply]) -> float:
    """Events done with for each second from the first sent to the last answered."""
    if not replies:
        return 0.0
    begun = min(reply.ended - reply.seconds for reply in replies)
    return _done(replies) / (max(reply.ended for reply in replies) - begun)


def _words(replies: Sequence[Reply]) -> str:
    taken = _milliseconds(replies)
    return f"{len(replies)} calls, p50 {percentile(taken, 0.5):.0f} ms, p99 {percentile(taken, 0.99):.0f} ms"
