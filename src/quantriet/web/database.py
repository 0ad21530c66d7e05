"""Where the database is: what ``settings.DATABASES["default"]`` is made of. Imports nothing of Django.

Two ways, told by the environment:

``DATABASE_URL`` absent
    The embedded server: ``<home>/database.json``, written by ``EmbeddedPostgres.ensure()``::

        {"host": "/run/qt-1a2b3c4d", "port": 5432, "name": "quantriet",
         "roles": {"owner": {"user": "quantriet_owner", "password": "…"}, "app": …, "worker": …,
                   "ingest": …, "portal": …}}

    Before the first start there is no such file; then settings still load (for checks, messages and
    static files), and only a connection fails, with a path that says why.

``DATABASE_URL=postgresql://user:password@host:port/name?sslmode=…``
    Any server from PostgreSQL 15 on; libpq's own parameters are allowed. This is the address of the role
    ``app``. Others: ``QUANTRIET_OWNER_DATABASE_URL`` and ``QUANTRIET_WORKER_DATABASE_URL`` (each falls back
    to ``DATABASE_URL``), ``QUANTRIET_INGEST_DATABASE_URL`` and ``QUANTRIET_PORTAL_DATABASE_URL`` (no
    fallback: their point is to be able to do less).

``QUANTRIET_DB_ROLE`` (default ``app``) chooses the role of this process. ``QUANTRIET_DB_POOL`` (default 8)
is the largest number of pooled connections of one process of the role ``app``; ``0`` means no pool. Other
roles keep one plain connection: they are single workers and migrations.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from quantriet.web.database_roles import ROLES

NOT_STARTED = "/nonexistent/database-not-started-run-quantriet-serve"
_POOL_DEFAULT = 8
_FALLS_BACK = ("app", "owner", "worker")
# What a flush reads is in memory. As if it were on a disk, the planner would rather go through all units of a house of
# some hundred once a statement than look up those of five people.
_PLANNED_ONCE = "-c plan_cache_mode=force_generic_plan -c random_page_cost=1.1"


class DatabaseSettingsError(ValueError):
    """The environment contradicts itself; the message names the variable."""


def read_database_settings(home: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    """Django's settings of the default database, for the role named in ``QUANTRIET_DB_ROLE``."""
    role = environ.get("QUANTRIET_DB_ROLE") or "app"
    if role not in ROLES:
        raise DatabaseSettingsError(f"QUANTRIET_DB_ROLE is {role!r}; known roles are {', '.join(ROLES)}.")
    given = environ.get("DATABASE_URL")
    settings = _of_url(_url(role, environ)) if given else _of_file(home / "database.json", role)
    options = settings.setdefault("OPTIONS", {})
    pooled = _pool_size(environ)
    if role == "app" and pooled:
        # A new connection costs about 8 ms, a pooled one nothing. Django asks for CONN_MAX_AGE 0 with it.
        options["pool"] = {"min_size": 1, "max_size": pooled, "timeout": 10}
    if role == "ingest":
        # The same twenty statements a hundred times a second: planned once, their values sent beside them.
        options |= {"server_side_binding": True, "prepare_threshold": 1}
        options["options"] = f"{options.get('options', '')} {_PLANNED_ONCE}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0,
        "ATOMIC_REQUESTS": False,
        **settings,
    }


def _url(role: str, environ: Mapping[str, str]) -> str:
    name = "DATABASE_URL" if role == "app" else f"QUANTRIET_{role.upper()}_DATABASE_URL"
    if url := environ.get(name):
        return url
    if role in _FALLS_BACK:
        return environ["DATABASE_URL"]
    raise DatabaseSettingsError(f"The role {role!r} needs {name}: it has no fallback on purpose.")


def _of_url(url: str) -> dict[str, Any]:
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    if "dbname" not in parts:
        raise DatabaseSettingsError(
            "DATABASE_URL names no database: postgresql://user:password@host:port/name"
        )
    return {
        "NAME": parts.pop("dbname"),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "OPTIONS": dict(parts),
    }


def _of_file(path: Path, role: str) -> dict[str, Any]:
    if not path.exists():
        return {"NAME": "quantriet", "HOST": NOT_STARTED, "PORT": "5432", "USER": "", "PASSWORD": ""}
    facts = json.loads(path.read_text(encoding="utf-8"))
    who = facts["roles"][role]
    return {
        "NAME": facts["name"],
        "HOST": facts["host"],
        "PORT": str(facts["port"]),
        "USER": who["user"],
        "PASSWORD": who["password"],
    }


def _pool_size(environ: Mapping[str, str]) -> int:
    said = environ.get("QUANTRIET_DB_POOL", str(_POOL_DEFAULT))
    if not said.isdecimal():
        raise DatabaseSettingsError(
            f"QUANTRIET_DB_POOL is {said!r}; it must be a whole number, 0 for no pool."
        )
    return int(said)
