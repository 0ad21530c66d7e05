"""An embedded PostgreSQL: the server of a demonstration, of the tests and of a small office.

``EmbeddedPostgres(home).ensure()`` makes the cluster when there is none, starts it when it does not run,
prepares roles and database, and writes ``home/database.json`` for the settings. It listens on a Unix socket
in a private folder only. A larger installation sets ``DATABASE_URL`` and needs nothing of this.

* As root the cluster lies under ``/var/lib/quantriet/<hash of home>`` and runs as ``quantriet-db``; as any
  other user it lies under ``home/postgres`` and runs as that user. Only folders made here get their rights
  changed.
* Superuser is only who comes through the socket as root or as the user the server runs as (``peer``); our
  roles have random passwords, kept in ``home/secrets.json`` (0600).
* The server lives on when the process that started it ends; ``stop()`` ends it.
"""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from quantriet.web import cluster_processes, database_roles
from quantriet.web.postgres_binaries import (
    ENVIRONMENT,
    SYSTEM_FOLDER,
    PostgresError,
    find,
    major,
    run,
    run_as,
)

DATABASE = "quantriet"
SUPERUSER = "postgres"
PORT = 5432  # names the socket only; nothing listens on the network
_START_S = 60.0
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "512MB",
    "max_connections": "100",
    "jit": "off",
    "wal_compression": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "logging_collector": "on",  # seven files, one a weekday, each begun anew: the log cannot fill a disk
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
}

# Servers outlive the object that started them; held here, their handles are not taken for forgotten ones.
_started: dict[Path, subprocess.Popen[bytes]] = {}


class EmbeddedPostgres:
    """One cluster, belonging to one home folder."""

    def __init__(
        self,
        home: Path,
        *,
        settings: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """``settings`` override ``SETTINGS`` (the tests turn ``fsync`` off); nothing is touched yet."""
        self.home = Path(home).resolve()
        self._settings = {**SETTINGS, **(settings or {})}
        self._environ = os.environ if environ is None else environ
        self._who = run_as()
        self._key = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        self.folder = SYSTEM_FOLDER / self._key if self._who.switch else self.home / "postgres"
        self.data = self.folder / "data"
        self.socket_folder = self._socket_folder()

    def ensure(self) -> None:
        """Cluster, server, roles and database are there when this returns. May be repeated and raced."""
        with self._lock():
            kept = self._secrets()
            self._set_strange_cluster_aside(kept["instance"])
            programs = find(self._environ, self._who)
            if not (self.data / "PG_VERSION").exists():
                self._initialise(programs, kept["instance"])
            if cluster_processes.postmaster(self.data) is None:
                self._start(programs)
            self._wait_until_it_answers()
            database_roles.prepare(self.admin_dsn(), DATABASE, passwords=kept["database"])
            self._write_connection(kept["database"])

    def stop(self) -> None:
        """End the server; its data stay. Nothing happens when it does not run."""
        if self.folder.exists():
            with self._lock():
                self._end()

    def remove(self) -> None:
        """End the server and delete the cluster with all its data, and the connection file."""
        with self._lock():
            self._end()
            shutil.rmtree(self.folder, ignore_errors=True)
            (self.home / "database.json").unlink(missing_ok=True)

    def is_running(self) -> bool:
        """A postmaster of this cluster lives."""
        return cluster_processes.postmaster(self.data) is not None

    def dsn(self, role: str, database: str = DATABASE) -> str:
        """How to connect as the role ``owner``, ``app``, ``worker``, ``ingest`` or ``portal``."""
        connection = json.loads((self.home / "database.json").read_text(encoding="utf-8"))
        return make_conninfo(
            host=connection["host"],
            port=connection["port"],
            dbname=database,
            user=connection["roles"][role]["user"],
            password=connection["roles"][role]["password"],
        )

    def admin_dsn(self, database: str = "postgres") -> str:
        """How the system user who started the server (or root) connects as superuser."""
        return make_conninfo(host=str(self.socket_folder), port=PORT, dbname=database, user=SUPERUSER)

    def _end(self) -> None:
        cluster_processes.end(self.data)
        _forget(self.data)
        shutil.rmtree(self.socket_folder, ignore_errors=True)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "postgres.lock").open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _socket_folder(self) -> Path:
        """Short, private and the same for every process of this home and user, whatever its environment.

        Not below ``XDG_RUNTIME_DIR``: that goes when its user signs out, and takes the socket along.
        """
        parent = Path("/run" if self._who.switch and Path("/run").is_dir() else "/tmp")  # noqa: S108 - see _own
        # The user is part of the name: two users with one home must not meet in one folder.
        return parent / f"qt-{hashlib.sha256(f'{self._key}|{self._who.uid}'.encode()).hexdigest()[:8]}"

    def _own(self, folder: Path) -> None:
        """Make ``folder`` for the server's user alone; refuse one that somebody else put there."""
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            pass
        else:
            if self._who.switch:
                os.chown(folder, self._who.uid, self._who.gid)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self._who.uid or found.st_mode & 0o077:
            raise PostgresError(
                f"{folder} is not a private folder of the user {self._who.name}. Somebody else made it: "
                "look at it, remove it, and start again."
            )

    def _secrets(self) -> dict[str, Any]:
        """Instance name and passwords, drawn once; keys of others in the same file are kept."""
        path = self.home / "secrets.json"
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        wanted = {"instance": kept.get("instance") or secrets.token_hex(8)}
        passwords = kept.get("database", {})
        wanted["database"] = {
            role: passwords.get(role) or secrets.token_urlsafe(24) for role in database_roles.ROLES
        }
        if {**kept, **wanted} != kept:
            _write_private(path, {**kept, **wanted})
        return {**kept, **wanted}

    def _set_strange_cluster_aside(self, instance: str) -> None:
        """Root's cluster outlives a deleted home: a new home must not wake the old data, nor lose them."""
        label = self.folder / "instance"
        if not self._who.switch or not self.data.exists() or label.read_text().strip() == instance:
            return
        self._end()
        aside = self.folder.with_name(f"{self.folder.name}.set-aside-{time.strftime('%Y%m%dT%H%M%S')}")
        self.folder.rename(aside)

    def _initialise(self, programs: Path, instance: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / "data.new"  # renamed when whole: an interrupted start leaves no half cluster
        shutil.rmtree(draft, ignore_errors=True)
        self._own(draft)
        version = major(programs, self._who)
        if version > 17:  # the first release with this locale
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
        elif version == 17:
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        else:
            locale = ["--locale=C.UTF-8"]
        command: list[str | Path] = [programs / "initdb", "-D", draft, "-U", SUPERUSER, "-E", "UTF8", *locale]
        run([*command, "--lc-messages=C", "--data-checksums", "--auth=reject"], self._who)
        (self.folder / "instance").write_text(instance)
        draft.rename(self.data)

    def _start(self, programs: Path) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        version = major(programs, self._who)
        if str(version) != made_by:
            raise PostgresError(
                f"The data in {self.data} were written by PostgreSQL {made_by}, the programs are {version}. "
                f"Start once with QUANTRIET_PG_BIN set to programs of {made_by}, make a backup and restore "
                "it into a new home."
            )
        self._own(self.socket_folder)
        cluster_processes.clear_remains(self.data, self.socket_folder)
        self._write_access_rules()
        options = {
            **self._settings,
            "unix_socket_directories": str(self.socket_folder),
            "port": str(PORT),
            "hba_file": str(self.folder / "pg_hba.conf"),
            "ident_file": str(self.folder / "pg_ident.conf"),
        }
        command = [str(programs / "postgres"), "-D", str(self.data)]
        command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "start.log").open("wb") as log:
            process = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603 - see run()
                command,
                cwd="/",
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal is for the supervisor, not for the server
                **self._who.credentials(),
            )
        _forget(self.data)
        _started[self.data] = process

    def _write_access_rules(self) -> None:
        """Beside the data, where the server's own user cannot change them."""
        admins = {"root", self._who.name}
        (self.folder / "pg_hba.conf").write_text(
            f"local all {SUPERUSER} peer map=admin\nlocal all all scram-sha-256\n", encoding="utf-8"
        )
        (self.folder / "pg_ident.conf").write_text(
            "".join(f'admin "{name}" {SUPERUSER}\n' for name in sorted(admins)), encoding="utf-8"
        )

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + _START_S
        process = _started.get(self.data)
        while True:
            try:
                psycopg.connect(self.admin_dsn(), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                ended = process is not None and process.poll() is not None
                if ended or time.monotonic() > deadline:
                    raise PostgresError(f"PostgreSQL did not start: {error}\n{self._last_log()}") from error
                time.sleep(0.05)
            else:
                return

    def _last_log(self) -> str:
        logs = sorted(self.data.glob("log/*.log"), key=lambda path: path.stat().st_mtime)
        return "".join(
            path.read_text(errors="replace")[-2000:] for path in (self.folder / "start.log", *logs[-1:])
        )

    def _write_connection(self, passwords: Mapping[str, str]) -> None:
        roles = {
            role: {"user": database_roles.role_name(role), "password": password}
            for role, password in passwords.items()
        }
        facts = {"host": str(self.socket_folder), "port": PORT, "name": DATABASE, "roles": roles}
        path = self.home / "database.json"
        if not path.exists() or json.loads(path.read_text(encoding="utf-8")) != facts:
            _write_private(path, facts)


def _forget(data: Path) -> None:
    """Collect the exit status of a server that this process started and that has ended."""
    if process := _started.pop(data, None):
        process.wait()


def _write_private(path: Path, facts: Mapping[str, Any]) -> None:
    """Replace a file in one step; from its first byte only its owner can read it."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(facts, file, indent=2, ensure_ascii=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(path)
