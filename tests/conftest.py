"""What every test stands on: a real PostgreSQL with real roles, and no network beyond this machine.

The embedded server starts once a run and its cluster is kept between runs. Tables are made by the owner;
the tests then connect as ``quantriet_app``, as the product does: a missing grant or policy shows here.
``QUANTRIET_PG_BIN`` runs the same tests on another PostgreSQL.
"""

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from pytest_django.fixtures import DjangoDbBlocker

from quantriet.web import database_roles
from quantriet.web.database import read_database_settings
from quantriet.web.postgres import EmbeddedPostgres
from quantriet.web.postgres_binaries import find, major, run_as

ROOT = Path(__file__).resolve().parent.parent


def _refuse_far_connections(event: str, arguments: tuple[Any, ...]) -> None:
    """Audit hook: a socket may reach this machine only; names are not even looked up."""
    if event == "socket.getaddrinfo" and arguments[0] not in (None, "", "localhost", b"localhost"):
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    try:
        near = host in ("", "localhost") or ipaddress.ip_address(host).is_loopback
        near = near or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        near = False
    if not near:
        raise PermissionError(f"Tests reach nothing but this machine; {host!r} was asked for.")


def pytest_configure() -> None:
    """Audit hooks cannot be taken away again: nobody can forget to switch this one on."""
    settings.FILES_ROOT = ROOT / "var" / "test" / "files"  # never the files of an installation
    socket.setdefaulttimeout(60)
    sys.addaudithook(_refuse_far_connections)


@pytest.fixture(scope="session")
def embedded_postgres() -> EmbeddedPostgres:
    """The running server of this test run, kept between runs; one home per major version."""
    version = major(find(os.environ, run_as()), run_as())
    # Losing the test data in a power cut is harmless, waiting for the disk is not.
    server = EmbeddedPostgres(ROOT / "var" / f"test-pg{version}", settings={"fsync": "off"})
    server.ensure()
    return server


def _make_empty_database(server: EmbeddedPostgres, name: str) -> None:
    with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    database_roles.prepare(server.admin_dsn(), name)
    with psycopg.connect(server.admin_dsn(name)) as admin:
        # Only here: tests with real commits empty the tables afterwards. The product never truncates.
        admin.execute(
            "ALTER DEFAULT PRIVILEGES FOR ROLE quantriet_owner IN SCHEMA public "
            "GRANT TRUNCATE ON TABLES TO quantriet_app"
        )


def _connect_as(server: EmbeddedPostgres, role: str, name: str) -> None:
    """Point Django's default connection at ``name`` as ``role``."""
    connections["default"].close()
    values = read_database_settings(server.home, {"QUANTRIET_DB_ROLE": role, "QUANTRIET_DB_POOL": "0"})
    values["NAME"] = name
    settings.DATABASES["default"].update(values)
    connections["default"].settings_dict.update(values)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker, embedded_postgres: EmbeddedPostgres
) -> Iterator[None]:
    """A new database, migrated as the owner, used as the app; one for each parallel worker."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    name = f"test_quantriet_{worker}" if worker else "test_quantriet"
    _make_empty_database(embedded_postgres, name)
    with django_db_blocker.unblock():
        _connect_as(embedded_postgres, "owner", name)
        call_command("migrate", verbosity=0, interactive=False)
        _connect_as(embedded_postgres, "app", name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture
def live_site(live_server: Any) -> str:
    """The address of a real server on a free port, working on the test database as the app."""
    return str(live_server.url)
