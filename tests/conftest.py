"""What every test stands on: a real PostgreSQL with real roles, and no network beyond this machine.

Each test process has an embedded server of its own, whose cluster is kept between runs. Tables are made by the
owner; the tests then connect as ``quantriet_app``, as the product does: a missing grant or policy shows here.
``QUANTRIET_PG_BIN`` runs the same tests on another PostgreSQL.
"""

import fcntl
import ipaddress
import itertools
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from psycopg import sql
from pytest_django import DjangoDbBlocker

from quantriet.ledger import figures
from quantriet.web import database_roles
from quantriet.web.database import read_database_settings
from quantriet.web.postgres import EmbeddedPostgres
from quantriet.web.postgres_binaries import find, major, run_as
from tests import factories, tables

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


DATABASE = "test_quantriet"
# Losing the test data in a power cut is harmless, waiting for the disk is not.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
LONGEST = (
    "tests/proofs/test_books.py",
    "tests/journeys/test_look.py",  # without a database: the other process makes the tables meanwhile
    "tests/proofs/",
    "tests/web/test_backups.py",
    "tests/test_walk.py",
    "tests/journeys/",
    "tests/web/generation/",
    "tests/web/demonstration/",
    "tests/ingest/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: otherwise one process works alone at the end while the other waits."""
    items.sort(
        key=lambda item: next((at for at, one in enumerate(LONGEST) if one in item.nodeid), len(LONGEST))
    )


def pytest_configure(config: pytest.Config) -> None:
    """Audit hooks cannot be taken away again: nobody can forget to switch this one on."""
    settings.FILES_ROOT = ROOT / "var" / "test" / "files"  # never the files of an installation
    settings.PASSWORD_HASHERS = ["tests.hashing.QuickHasher", *settings.PASSWORD_HASHERS[1:]]
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns when it is missing
    socket.setdefaulttimeout(60)
    # How long an example takes is the machine's affair; what it shows is ours. The same tree gets the same answer
    # each time; new examples are drawn by ``make prove``.
    house = hypothesis_settings(
        deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, database=None
    )
    hypothesis_settings.register_profile("house", house)
    hypothesis_settings.register_profile("anew", house, derandomize=False, print_blob=True)
    hypothesis_settings.load_profile(config.getoption("--hypothesis-profile") or "house")
    sys.addaudithook(_refuse_far_connections)


@pytest.fixture(scope="session")
def embedded_postgres() -> Iterator[EmbeddedPostgres]:
    """The server of this test process alone; its cluster is kept for the next.

    Transaction numbers run through a whole server: on a shared one every neighbour's open transaction would hold
    back what this process folds.
    """
    version = major(find(os.environ, run_as()), run_as())
    with _free_home(f"test-pg{version}") as home:
        server = EmbeddedPostgres(home, settings=CARELESS)
        server.ensure()
        yield server
        server.stop()


@contextmanager
def _free_home(name: str) -> Iterator[Path]:
    """A folder no other process has while this one runs: parallel workers and parallel runs alike."""
    for number in itertools.count():
        home = ROOT / "var" / f"{name}-{number}"
        home.mkdir(parents=True, exist_ok=True)
        with (home / "user.lock").open("a") as slot:
            try:
                fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield home
            return


def _make_database(server: EmbeddedPostgres, name: str) -> None:
    """A copy of a migrated template; the template is made anew whenever what makes tables has changed."""
    template = f"template_quantriet_{tables.fingerprint()}"
    with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
        known = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE 'template_quantriet_%'")
        templates = {str(row[0]) for row in known.fetchall()}
        if template not in templates:
            for old in templates:
                _drop(admin, old)
            tables.make(server, f"{template}_draft", migrate=_migrate, kept_in=ROOT / "var")
            admin.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(f"{template}_draft"), sql.Identifier(template)
                )
            )
        for copy in (f"{name}_clean", name):
            _copy(admin, template, copy)


def _copy(admin: psycopg.Connection, source: str, name: str) -> None:
    _drop(admin, name)
    words = [sql.Identifier(word) for word in (name, source, database_roles.role_name(database_roles.OWNER))]
    # Copying the files writes each page once; the other way writes the log as well.
    admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(*words))


def _drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _migrate(server: EmbeddedPostgres, name: str) -> None:
    _connect_as(server, "owner", name)
    call_command("migrate", verbosity=0, interactive=False)
    connections["default"].close()


def _connect_as(server: EmbeddedPostgres, role: str, name: str) -> None:
    """Point Django's default connection at ``name`` as ``role``."""
    connections["default"].close()
    values = read_database_settings(server.home, {"QUANTRIET_DB_ROLE": role, "QUANTRIET_DB_POOL": "0"})
    values["NAME"] = name
    settings.DATABASES["default"].update(values)
    connections["default"].settings_dict.update(values)


def _clean_by_copying(server: EmbeddedPostgres, name: str) -> None:
    """After a test with real commits the database is made anew, not emptied.

    The app may truncate nothing, the ledger lets nobody delete, and rows that migrations made must be
    there again: a copy of the clean database settles all three.
    """

    def flush(*_: Any, **__: Any) -> list[str]:
        connections.close_all()
        with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
            _copy(admin, f"{name}_clean", name)
        return []

    # On the class: where an event loop runs (the browser's), Django keeps another connection for this thread.
    type(connections["default"].ops).sql_flush = flush  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_blocker: DjangoDbBlocker, embedded_postgres: EmbeddedPostgres
) -> Iterator[None]:
    """A fresh database, migrated as the owner, used as the app."""
    with django_db_blocker.unblock():
        _make_database(embedded_postgres, DATABASE)
        _connect_as(embedded_postgres, "app", DATABASE)
        _clean_by_copying(embedded_postgres, DATABASE)
        with django_db_blocker.block():
            yield
        connections.close_all()


@pytest.fixture
def live_site(live_server: Any) -> str:
    """The address of a real server on a free port, working on the test database as the app."""
    return str(live_server.url)


@pytest.fixture
def client() -> Client:
    """A browser; ``force_login`` in it includes the second factor."""
    return factories.Browser()


@pytest.fixture(autouse=True)
def _forget_figures() -> None:
    """A test's database goes with it; what this process remembers of its figures must as well."""
    figures.CACHE.forget()
