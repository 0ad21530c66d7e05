"""``quantriet generate``: fill an empty house with a believable commune, province or country."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from quantriet.web.cli import Command
from quantriet.web.generation.scales import SCALES
from quantriet.web.postgres import EmbeddedPostgres

# While a house is filled: fewer checkpoints, and no vacuum beside; both are made good at the end.
FILLING = {"max_wal_size": "8GB", "checkpoint_timeout": "30min", "autovacuum": "off"}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--scale", choices=tuple(SCALES), default="commune", help=_("cỡ: xã, tỉnh hay cả nước")
    )
    parser.add_argument("--seed", type=int, default=2026, help=_("số gieo; cùng số thì cùng dữ liệu"))
    parser.add_argument(
        "--today", type=date.fromisoformat, metavar=_("NĂM-THÁNG-NGÀY"), help=_("ngày của dữ liệu (hôm nay)")
    )
    parser.add_argument(
        "--processes", type=int, default=min(4, os.cpu_count() or 1), metavar=_("SỐ"), help=_("số tiến trình")
    )
    parser.add_argument("--json", action="store_true", help=_("trả lời bằng một đối tượng JSON"))


def _run(options: argparse.Namespace) -> int:
    today = options.today or timezone.localdate()
    words = [options.scale, str(options.seed), today.isoformat(), str(options.processes)]
    way = "json" if options.json else "words"
    with _house() as environ:
        command = [sys.executable, "-m", "quantriet"]
        subprocess.run(  # noqa: S603 - our own command
            [*command, "migrate", "--no-input", "--verbosity", "0"],
            env={**environ, "QUANTRIET_DB_ROLE": "owner"},
            check=True,
        )
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "quantriet.web.generation", *words, way], env=environ, check=False
        ).returncode


@contextmanager
def _house() -> Iterator[dict[str, str]]:
    """The database to fill and the environment of processes that fill it: the embedded server, made and started
    when needed and set for filling; or the server of ``DATABASE_URL``, as it is.
    """
    kept = {name: value for name, value in os.environ.items() if name != "QUANTRIET_DB_ROLE"}
    environ = {**kept, "QUANTRIET_DB_POOL": "0", "DJANGO_SETTINGS_MODULE": "quantriet.web.settings"}
    if environ.get("DATABASE_URL"):
        yield environ
        return
    home = Path(settings.QUANTRIET.home)
    server = EmbeddedPostgres(home)
    was_running = server.is_running()
    server.ensure()
    try:
        with _filling(server):
            yield environ
    finally:
        if not was_running:
            server.stop()


@contextmanager
def _filling(server: EmbeddedPostgres) -> Iterator[None]:
    with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
        for name, value in FILLING.items():
            admin.execute(
                sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
            )
        admin.execute("SELECT pg_reload_conf()")
    try:
        yield
    finally:
        with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
            for name in FILLING:
                admin.execute(sql.SQL("ALTER SYSTEM RESET {}").format(sql.Identifier(name)))
            admin.execute("SELECT pg_reload_conf()")
        with psycopg.connect(server.admin_dsn("quantriet"), autocommit=True) as admin:
            admin.execute("VACUUM (ANALYZE)")


COMMANDS = {"generate": Command(_arguments, _run)}
