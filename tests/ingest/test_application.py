"""The intake as it runs: granian, its own role of the database, real connections."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from django.conf import settings

from quantriet.campaigns.models import RollMove
from quantriet.conferences import scanning
from quantriet.conferences.scanning import Event
from quantriet.ledger.measures import Measure
from quantriet.org.models import Person, Placement
from quantriet.web.postgres import EmbeddedPostgres
from tests import factories
from tests.conferences.test_attendance import Town
from tests.factories_devices import Reader, reader


@pytest.fixture
def town(transactional_db: None) -> Town:
    return Town()


@pytest.fixture
def port(town: Town, embedded_postgres: EmbeddedPostgres) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    name = str(settings.DATABASES["default"]["NAME"])
    environ = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "QUANTRIET_HOME": str(settings.QUANTRIET.home),
        "DATABASE_URL": embedded_postgres.dsn("app", name),
        "QUANTRIET_INGEST_DATABASE_URL": embedded_postgres.dsn("ingest", name),
        "QUANTRIET_DB_ROLE": "ingest",
    }
    command = [sys.executable, "-m", "granian", "--host", "127.0.0.1", "--port", str(number), "--no-ws"]
    command += ["--interface", "rsgi", "--workers", "1", "--log-level", "warning"]
    with subprocess.Popen([*command, "quantriet.ingest.application:application"], env=environ) as process:
        try:
            wait_for(number)
            yield number
        finally:
            process.terminate()
            process.wait(20)


def wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if ask(port, "GET", "/healthz", b"", {})[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError


def ask(
    port: int, method: str, path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, dict[str, object]]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def in_chunks(port: int, body: bytes) -> int:
    """The status for a body whose length nobody tells beforehand."""
    parts = (body[at : at + 60_000] for at in range(0, len(body), 60_000))
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(
            "POST", "/api/v1/scans", parts, encode_chunked=True, headers={"Transfer-Encoding": "chunked"}
        )
        return connection.getresponse().status


def body_of(phone: Reader, *events: Event) -> bytes:
    told = [
        {"id": str(one.id), "seq": one.seq, "act": one.act, "code": one.code, "at": one.at, "mac": one.mac}
        for one in events
    ]
    return json.dumps({"clock": phone.clock, "events": told}).encode()


def send(port: int, phone: Reader, body: bytes, *, key: bytes = b"") -> tuple[int, list[tuple[str, str]]]:
    proof = scanning.mac(key or phone.key, body)
    headers = {"Authorization": f"{scanning.SCHEME} {phone.device.pk}:{proof}"}
    status, told = ask(port, "POST", "/api/v1/scans", body, headers)
    answers = told.get("answers")
    if not isinstance(answers, list):
        return status, [(str(told["code"]), "")]
    return status, [(one["code"], one["name"]) for one in answers]


def test_a_whole_life_of_a_device(town: Town, port: int) -> None:
    """In one test: starting the process is most of its time."""
    phone = reader(town.site)
    came, forged = phone.event(town.an), phone.event(town.binh)
    forged = Event(forged.id, forged.seq, forged.act, forged.code, forged.at, "0" * 64)
    body = body_of(phone, came, forged)

    assert send(port, phone, body) == (200, [("attendance.recorded", "Nguyễn Văn An"), ("scan.forged", "")])
    assert send(port, phone, body) == (200, [("attendance.already", "Nguyễn Văn An"), ("scan.forged", "")])
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [1, 1]
    went = phone.event(town.an, "out")
    assert send(port, phone, body_of(phone, went)) == (200, [("attendance.changed", "Nguyễn Văn An")])

    assert send(port, phone, body, key=b"x" * 32) == (401, [("device.unknown", "")])
    assert send(port, phone, b'{"clock": 1}') == (422, [("scan.unfit", "")])
    assert send(port, phone, b" " * 600_000) == (413, [("scan.too_large", "")])
    assert in_chunks(port, b" " * 600_000) == 413
    assert in_chunks(port, b"{}") == 401
    assert ask(port, "POST", "/api/v1/scans", b"{}", {})[0] == 401
    assert ask(port, "GET", "/api/v1/scans", b"", {})[0] == 405
    assert ask(port, "GET", "/api/v1/sites", b"", {})[0] == 404

    phone.device.account.is_active = False
    phone.device.account.save()
    assert send(port, phone, body_of(phone, phone.event(town.binh))) == (200, [("device.not_allowed", "")])


def test_who_goes_too_early_and_whose_unit_has_ended_follows_home(town: Town, port: int) -> None:
    """All of it with what its role may touch."""
    town.campaign.policy = {**town.campaign.policy, "minimum_share": 50}
    town.campaign.save()
    phone = reader(town.site)
    assert send(port, phone, body_of(phone, phone.event(town.an)))[1][0][0] == "attendance.recorded"
    with factories.looking_everywhere():
        Placement.objects.filter(unit=town.cell).update(former=True)
        Person.objects.filter(pk=town.an.pk).update(home_unit=town.other_cell)

    answer = send(port, phone, body_of(phone, phone.event(town.an, "out")))

    assert answer == (200, [("attendance.changed", "Nguyễn Văn An")])
    with factories.looking_everywhere():
        assert RollMove.objects.values_list("unit_id", "to_unit_id").get() == (
            town.cell.pk,
            town.other_cell.pk,
        )
        assert town.campaign.roll.get(person=town.an).unit_id == town.other_cell.pk


def may_not(server: EmbeddedPostgres, statement: str) -> bool:
    with psycopg.connect(server.dsn("ingest", str(settings.DATABASES["default"]["NAME"]))) as connection:
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            return True
    return False


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT password FROM org_account",
        "SELECT birth_date FROM org_person",
        "SELECT code_sealed FROM org_person",
        "SELECT 1 FROM org_signedinsession",
        "SELECT 1 FROM reports_report",
        "SELECT 1 FROM org_auditevent",
        "INSERT INTO org_roleassignment (role) VALUES ('officer')",
        "UPDATE conferences_conference SET state = 'open'",
        "UPDATE conferences_device SET revoked_at = NULL",
        "UPDATE ledger_entry SET amount = 2",
        "UPDATE org_unit SET name = 'x'",
        "DELETE FROM ledger_entry",
        "DELETE FROM conferences_attendance",
        "DELETE FROM conferences_scan",
        "CREATE TABLE own (id int)",
    ],
)
def test_its_role_may_do_nothing_else(
    town: Town, embedded_postgres: EmbeddedPostgres, statement: str
) -> None:
    assert may_not(embedded_postgres, statement)


def test_its_role_sees_nobody_outside_a_scope(town: Town, embedded_postgres: EmbeddedPostgres) -> None:
    phone = reader(town.site)
    phone.send(phone.event(town.an))
    tables = (
        "org_person",
        "campaigns_rollline",
        "campaigns_credit",
        "conferences_attendance",
        "conferences_scan",
    )

    with psycopg.connect(
        embedded_postgres.dsn("ingest", str(settings.DATABASES["default"]["NAME"]))
    ) as connection:
        seen = [connection.execute(f"SELECT count(*) FROM {table}").fetchall() for table in tables]

    assert seen == [[(0,)]] * len(tables)
    with factories.looking_everywhere():
        assert town.campaign.roll.exists()  # the control: there is somebody to see
