"""Killed in a burst: what was acknowledged is there, once. The control shows that the commit is what holds it.

The database, the intake, the pages (which take scans at the same address), the worker and the folder are killed with
SIGKILL again and again while phones send, resend at random, and send once more whatever they got no answer for.
"""

import hashlib
import hmac
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.conf import settings

from quantriet.web import cluster_processes, database_roles
from quantriet.web.postgres import EmbeddedPostgres

KILLS = int(os.environ.get("QUANTRIET_PROVE_KILLS", "30"))
"""Of the database and as many of the intake."""

BETWEEN_KILLS = 340
"""Events acknowledged before the next kill, so that a slow machine is not let off: 60 kills, 20,000 events."""

PEOPLE, PHONES = 2_000, 16
DATABASE = "burst"

RECOVERED_WITHIN_S = 10


@dataclass
class Recoveries:
    """How long after each kill somebody was served again who asked after it; seconds of one clock."""

    taken: list[float] = field(default_factory=list)
    killed_at: float | None = None

    def killed(self, at: float) -> None:
        """It is dead: what was asked before says nothing any more."""
        self.killed_at = at

    def answered(self, *, asked_at: float, at: float) -> None:
        """The first answer to what was asked after the kill ends the wait."""
        if self.killed_at is not None and asked_at > self.killed_at:
            self.taken.append(at - self.killed_at)
            self.killed_at = None


@dataclass
class Burst:
    """A server of its own, the intake beside it, and phones that send until they are told to stop."""

    server: EmbeddedPostgres
    port: int
    world: dict[str, list[list[str]]]
    acknowledged: dict[str, str] = field(default_factory=dict)
    recoveries: Recoveries = field(default_factory=Recoveries)
    ends: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def dsn(self, role: str) -> str:
        return self.server.dsn(role, DATABASE)

    def killed(self) -> None:
        with self.lock:
            self.recoveries.killed(time.monotonic())

    def note(self, answers: list[dict[str, str]], *, asked_at: float) -> None:
        with self.lock:
            self.recoveries.answered(asked_at=asked_at, at=time.monotonic())
            for one in answers:
                if one["is_done"]:
                    self.acknowledged[one["id"]] = one["code"]


def environ_of(server: EmbeddedPostgres) -> dict[str, str]:
    urls = {
        "DATABASE_URL": server.dsn("app", DATABASE),
        "QUANTRIET_OWNER_DATABASE_URL": server.dsn("owner", DATABASE),
        "QUANTRIET_INGEST_DATABASE_URL": server.dsn("ingest", DATABASE),
    }
    home = {"QUANTRIET_HOME": str(settings.QUANTRIET.home), "PYTHONPATH": os.pathsep.join(sys.path)}
    return {**os.environ, **home, **urls}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    # SIGKILL leaves what the system has taken in; only what PostgreSQL still held itself can be lost.
    made = EmbeddedPostgres(tmp_path_factory.mktemp("burst"), settings={"fsync": "off"})
    made.ensure()
    yield made
    made.remove()


@pytest.fixture
def burst(server: EmbeddedPostgres) -> Burst:
    from_scratch(server)
    told = subprocess.run(
        [sys.executable, "-m", "tests.ingest.burst_world", str(PEOPLE), str(PHONES)],
        env=environ_of(server),
        check=True,
        capture_output=True,
        text=True,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    return Burst(server, port, json.loads(told.stdout.splitlines()[-1]))


def from_scratch(server: EmbeddedPostgres) -> None:
    from_admin(server, f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    kept = json.loads((server.home / "secrets.json").read_text(encoding="utf-8"))
    database_roles.prepare(server.admin_dsn(), DATABASE, passwords=kept["database"])
    subprocess.run(
        [sys.executable, "-m", "quantriet", "migrate", "--no-input", "--verbosity", "0"],
        env={**environ_of(server), "QUANTRIET_DB_ROLE": "owner"},
        check=True,
    )


def from_admin(server: EmbeddedPostgres, statement: str) -> None:
    with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
        admin.execute(statement)


class Phone(threading.Thread):
    """Sends people one after another, in calls of a few, until every event is acknowledged or the burst ends."""

    def __init__(self, burst: Burst, number: int, key: bytes, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.burst, self.number, self.key, self.chance = burst, number, key, chance
        self.sequence = 0

    def run(self) -> None:
        cards = [str(card) for card in self.burst.world["cards"]]
        self.chance.shuffle(cards)
        while not self.burst.ends.is_set():
            size = self.chance.randint(1, 12)
            some, cards = cards[:size], cards[size:] + cards[:size]
            events = [self.event(card) for card in some]
            while not self.send(events) and not self.burst.ends.is_set():
                time.sleep(0.05)
            if self.chance.random() < 0.1:
                self.send(events)

    def event(self, card: str) -> dict[str, object]:
        self.sequence += 1
        client_id = UUID(int=self.chance.getrandbits(128), version=4)
        at = time.time_ns() // 1_000_000
        said = f"QT1\n{self.number}\n{client_id}\n{self.sequence}\nin\n{at}\n{card}".encode()
        proof = hmac.digest(self.key, said, hashlib.sha256).hex()
        return {"id": str(client_id), "seq": self.sequence, "act": "in", "code": card, "at": at, "mac": proof}

    def send(self, events: list[dict[str, object]]) -> bool:
        body = json.dumps({"clock": time.time_ns() // 1_000_000, "events": events}).encode()
        proof = hmac.digest(self.key, body, hashlib.sha256).hex()
        connection = http.client.HTTPConnection("127.0.0.1", self.burst.port, timeout=20)
        asked_at = time.monotonic()
        try:
            connection.request(
                "POST", "/api/v1/scans", body, {"Authorization": f"Quantriet-Device {self.number}:{proof}"}
            )
            answer = connection.getresponse()
            told = answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if answer.status != 200:
            return False
        self.burst.note(json.loads(told)["answers"], asked_at=asked_at)
        return True


def intake(burst: Burst) -> "subprocess.Popen[bytes]":
    return served(burst, "ingest", "rsgi", "quantriet.ingest.application:application")


def pages(burst: Burst) -> "subprocess.Popen[bytes]":
    """The pages alone: without an intake beside them they answer its address by themselves."""
    return served(burst, "app", "wsgi", "quantriet.web.wsgi:application")


def served(burst: Burst, role: str, interface: str, application: str) -> "subprocess.Popen[bytes]":
    words = [
        "-m",
        "granian",
        "--host",
        "127.0.0.1",
        "--port",
        str(burst.port),
        "--no-ws",
        "--interface",
        interface,
    ]
    return started(burst, role, *words, "--workers", "1", "--log-level", "critical", application)


def started(burst: Burst, role: str, *words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, *words],
        env={**environ_of(burst.server), "QUANTRIET_DB_ROLE": role},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def at_the_back(burst: Burst) -> "list[subprocess.Popen[bytes]]":
    """Worker and folder, as an installation has them."""
    return [started(burst, "worker", "-m", "quantriet.web.cli", name) for name in ("worker", "fold")]


def kill_database(burst: Burst) -> None:
    """All its processes at once, found by their folder; then it is started again, as the supervisor would."""
    for number in cluster_processes.of(burst.server.data):
        kill(number)
    burst.killed()
    burst.server.ensure()


def kill(number: int) -> None:
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return


def end(processes: "list[subprocess.Popen[bytes]]") -> None:
    for each in processes:
        with suppress(ProcessLookupError):
            os.killpg(each.pid, signal.SIGKILL)
        each.wait()


def run(
    burst: Burst,
    kills: str,
    *,
    pause: tuple[float, float] = (1.5, 3.0),
    serve: "Callable[[Burst], subprocess.Popen[bytes]]" = intake,
) -> None:
    """Send from all phones and kill, one letter a kill: ``d`` the database, ``i`` what takes the scans, ``b`` worker
    and folder, which then begin anew.
    """
    chance = random.Random(7)
    serving = serve(burst)
    behind = at_the_back(burst) if "b" in kills else []
    phones = [
        Phone(burst, int(number), bytes.fromhex(key), random.Random(int(number)))
        for number, key in burst.world["phones"]
    ]
    try:
        for phone in phones:
            phone.start()
        wait_until_acknowledged(burst, 1)
        for each in kills:
            time.sleep(chance.uniform(*pause))
            if each == "d":
                kill_database(burst)
            elif each == "b":
                end(behind)
                behind = at_the_back(burst)
            else:
                end([serving])
                burst.killed()
                serving = serve(burst)
            wait_until_acknowledged(burst, len(burst.acknowledged) + BETWEEN_KILLS)
        burst.ends.set()
        for phone in phones:
            phone.join(30)
    finally:
        burst.ends.set()
        end([serving, *behind])


def wait_until_acknowledged(burst: Burst, count: int) -> None:
    until = time.monotonic() + 300
    while len(burst.acknowledged) < count:
        assert time.monotonic() < until, "nothing was acknowledged any more"
        time.sleep(0.02)


def lost(burst: Burst) -> int:
    """Acknowledged events that are not there."""
    with psycopg.connect(burst.server.admin_dsn(DATABASE)) as admin:
        kept = {str(row[0]) for row in admin.execute("SELECT client_id FROM conferences_scan")}
    return len(set(burst.acknowledged) - kept)


def facts(burst: Burst) -> dict[str, int]:
    """How often a person is there twice; what the ledger says besides the rows; rows without a batch; who has
    studied.
    """
    with psycopg.connect(burst.server.admin_dsn(DATABASE)) as admin:
        row = admin.execute(
            """
            SELECT (SELECT count(*) - count(DISTINCT person_id) FROM conferences_attendance),
                   (SELECT coalesce(sum(amount), 0) FROM ledger_entry WHERE measure = 5)
                 - (SELECT count(*) FROM conferences_attendance),
                   (SELECT coalesce(sum(amount), 0) FROM ledger_entry WHERE measure = 2)
                 - (SELECT count(*) FROM campaigns_rollline WHERE fulfilled_on IS NOT NULL),
                   (SELECT count(*) FROM conferences_attendance AS row
                    WHERE NOT EXISTS (SELECT 1 FROM ledger_batch WHERE id = row.batch_id)),
                   (SELECT count(*) FROM campaigns_rollline WHERE fulfilled_on IS NOT NULL)
            """
        ).fetchone()
    assert row is not None
    return dict(zip(("twice", "turns", "present", "orphans", "studied"), map(int, row), strict=True))


def test_an_answer_to_what_was_asked_before_the_kill_is_no_recovery() -> None:
    waits = Recoveries()

    waits.killed(100.0)
    waits.answered(asked_at=99.9, at=100.1)
    waits.answered(asked_at=100.5, at=104.0)
    waits.answered(asked_at=104.2, at=104.3)

    assert waits.taken == [4.0]


@pytest.mark.prove
def test_what_was_acknowledged_survives_every_kill(burst: Burst) -> None:
    run(burst, "di" * KILLS)

    found = facts(burst)
    studied = found.pop("studied")
    assert (lost(burst), found) == (0, {"twice": 0, "turns": 0, "present": 0, "orphans": 0})
    assert studied > 0
    assert len(burst.acknowledged) > 2 * KILLS * BETWEEN_KILLS
    assert len(burst.recoveries.taken) == 2 * KILLS
    assert max(burst.recoveries.taken) <= RECOVERED_WITHIN_S
    (Path(settings.QUANTRIET.home) / "kills.txt").write_text(
        f"{2 * KILLS} kills, {len(burst.acknowledged)} acknowledged, slowest recovery "
        f"{max(burst.recoveries.taken):.1f} s\n",
        encoding="utf-8",
    )


@pytest.mark.prove
def test_what_pages_acknowledged_survives_every_kill_of_pages_worker_and_folder(burst: Burst) -> None:
    run(burst, "ib" * KILLS, serve=pages)

    found = facts(burst)
    studied = found.pop("studied")
    assert (lost(burst), found) == (0, {"twice": 0, "turns": 0, "present": 0, "orphans": 0})
    assert studied > 0
    assert len(burst.acknowledged) > 2 * KILLS * BETWEEN_KILLS
    assert len(burst.recoveries.taken) == KILLS
    assert max(burst.recoveries.taken) <= RECOVERED_WITHIN_S
    verified = subprocess.run(
        [sys.executable, "-m", "quantriet.web.cli", "ledger", "verify", "--json"],
        env={**environ_of(burst.server), "QUANTRIET_DB_ROLE": "worker"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(verified.stdout)["equal"] is True
    assert folded(burst) > 0, "the folder came to work between its deaths"


def folded(burst: Burst) -> int:
    with psycopg.connect(burst.server.admin_dsn(DATABASE)) as admin:
        row = admin.execute("SELECT count(*) FROM ledger_tally").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.prove
def test_control_without_waiting_for_the_commit_some_is_lost(burst: Burst) -> None:
    from_admin(burst.server, "ALTER ROLE quantriet_ingest SET synchronous_commit = off")
    try:
        run(burst, "d" * KILLS, pause=(0.5, 1.5))
    finally:
        from_admin(burst.server, "ALTER ROLE quantriet_ingest RESET synchronous_commit")

    assert lost(burst) > 0
