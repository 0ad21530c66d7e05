"""``quantriet bench``: measurements, in a database of its own on the embedded server; those of a generated house
(``--scale``) in the house itself, which is generated first when it is not there.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import psycopg
from django.conf import settings
from django.utils.translation import gettext as _
from psycopg import sql

from quantriet.web import database_roles
from quantriet.web.cli import Command
from quantriet.web.generation.scales import SCALES
from quantriet.web.postgres import EmbeddedPostgres

DATABASE = "quantriet_bench"


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--size", choices=("province", "small"), default="province", help=_("cỡ một tỉnh, hoặc nhỏ để thử")
    )
    parser.add_argument(
        "--scale",
        choices=tuple(SCALES),
        help=_("đo trên dữ liệu sinh cỡ này (quantriet generate), giữ lại sau đó"),
    )
    parser.add_argument(
        "--json", default="bench.json", metavar=_("TỆP"), help=_("nơi ghi kết quả (bench.json)")
    )
    parser.add_argument("--million", action="store_true", help=_("đo cả việc nhập một triệu người (lâu)"))


def _run(options: argparse.Namespace) -> int:
    return _province(options) if options.scale is None else _generated(options)


def _generated(options: argparse.Namespace) -> int:
    """In the house of ``QUANTRIET_HOME``: generated when it is not there, and kept."""
    home = Path(settings.QUANTRIET.home)
    (home / "static").mkdir(parents=True, exist_ok=True)
    server = EmbeddedPostgres(home)
    was_running = server.is_running()
    server.ensure()
    try:
        environ = _environ(server, "quantriet")
        command = [sys.executable, "-m", "quantriet"]
        generate = {**os.environ, "QUANTRIET_DB_ROLE": "app"}
        made = subprocess.run(  # noqa: S603 - our own command
            [*command, "generate", "--scale", options.scale], env=generate, check=False
        )
        if made.returncode:
            return made.returncode
        path = str(Path(options.json).resolve())
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "quantriet.web.bench", "generated", path], env=environ, check=False
        ).returncode
    finally:
        if not was_running:
            server.stop()


def _province(options: argparse.Namespace) -> int:
    home = Path(settings.QUANTRIET.home)
    (home / "static").mkdir(parents=True, exist_ok=True)
    server = EmbeddedPostgres(home)
    was_running = server.is_running()
    server.ensure()
    try:
        environ = _new_database(server)
        command = [sys.executable, "-m", "quantriet"]
        subprocess.run(  # noqa: S603 - our own command
            [*command, "migrate", "--no-input", "--verbosity", "0"],
            env={**environ, "QUANTRIET_DB_ROLE": "owner"},
            check=True,
        )
        path = str(Path(options.json).resolve())
        million = "million" if options.million else "no"
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "quantriet.web.bench", "all", options.size, path, million],
            env=environ,
            check=False,
        ).returncode
    finally:
        _drop(server)
        if not was_running:
            server.stop()


def _new_database(server: EmbeddedPostgres) -> dict[str, str]:
    """An empty database and the environment of processes that work on it."""
    _drop(server)
    database_roles.prepare(server.admin_dsn(), DATABASE)
    return _environ(server, DATABASE)


def _environ(server: EmbeddedPostgres, database: str) -> dict[str, str]:
    """The environment of processes that work on a database of the server."""
    urls = {
        "DATABASE_URL": server.dsn("app", database),
        "QUANTRIET_OWNER_DATABASE_URL": server.dsn("owner", database),
        "QUANTRIET_WORKER_DATABASE_URL": server.dsn("worker", database),
        "QUANTRIET_INGEST_DATABASE_URL": server.dsn("ingest", database),
    }
    kept = {name: value for name, value in os.environ.items() if name != "QUANTRIET_DB_ROLE"}
    return {**kept, **urls, "QUANTRIET_DEMO": "1", "DJANGO_SETTINGS_MODULE": "quantriet.web.settings"}


def _drop(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE)))


COMMANDS = {"bench": Command(_arguments, _run)}
