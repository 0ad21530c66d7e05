"""The tables as the migrations leave them: migrated once for a state of the source, dumped, and put back elsewhere.

Migrating takes half a minute of a processor, putting the dump back two seconds. Every server of a run needs the
tables, so the first process to come migrates and the others wait for its dump.
"""

import ast
import fcntl
import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from quantriet.web import database_roles
from quantriet.web.postgres import EmbeddedPostgres
from quantriet.web.postgres_binaries import find, major, run_as

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
# Migrations make the tables, the list of models their content types, the roles their owner and rights.
ROOTS = (
    "quantriet/*/migrations/*.py",
    "quantriet/*/models.py",
    "quantriet/*/models/*.py",
    "quantriet/web/database_roles.py",
    "quantriet/web/settings.py",
)
# A clock of the server the dump comes from means nothing on another; a migration sets it to the server's own.
OWN_CLOCK = "UPDATE ledger_clock SET horizon = pg_snapshot_xmin(pg_current_snapshot())"


def fingerprint(source: Path = SOURCE) -> str:
    """Of every file that has a say in how a migrated database looks."""
    said = hashlib.sha256((ROOT / "requirements" / "base.txt").read_bytes())
    for path in sorted(files(source)):
        said.update(str(path.relative_to(source)).encode())
        said.update(path.read_bytes())
    return said.hexdigest()[:12]


def files(source: Path = SOURCE) -> set[Path]:
    """The files of ``ROOTS`` and all of ours that they import, at whatever remove."""
    found: set[Path] = set()
    ahead = [path for pattern in ROOTS for path in source.glob(pattern)]
    while ahead:
        path = ahead.pop()
        if path not in found:
            found.add(path)
            ahead += [file for name in _imports(path) for file in _files_of(source, name)]
    return found


def _imports(path: Path) -> Iterator[str]:
    """Dotted names of ours that a file imports; of ``from a import b`` both, for ``b`` may be a module."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        names = []
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
        yield from (name for name in names if name.split(".")[0] == "quantriet")


def _files_of(source: Path, name: str) -> list[Path]:
    """The file of a module and those of the packages around it, which are run first; nothing for other names."""
    parts = name.split(".")
    around = [source.joinpath(*parts[:length], "__init__.py") for length in range(1, len(parts) + 1)]
    return [path for path in (*around, source.joinpath(*parts).with_suffix(".py")) if path.is_file()]


def make(
    server: EmbeddedPostgres, name: str, *, migrate: Callable[[EmbeddedPostgres, str], None], kept_in: Path
) -> None:
    """A database ``name`` with all tables, put back from the dump of this state; made with ``migrate`` if none is.

    ``migrate`` gets the server and the name of a prepared, empty database. The dump stays in ``kept_in`` until the
    state is another.
    """
    database_roles.prepare(server.admin_dsn(), name)
    stem = f"tables-pg{major(find(os.environ, run_as()), run_as())}"
    file = kept_in / f"{stem}-{fingerprint()}.dump"
    with _alone(kept_in / f"{stem}.lock"):
        if file.exists():
            put_back(server, name, file)
        else:
            migrate(server, name)
            for old in kept_in.glob(f"{stem}-*.dump*"):
                old.unlink()
            draft = kept_in / f"{file.name}.draft"  # renamed when whole: an interrupted dump is no dump
            dump(server, name, draft)
            draft.rename(file)


def dump(server: EmbeddedPostgres, name: str, file: Path) -> None:
    """Everything in the database ``name`` as a file."""
    run("pg_dump", "--format=custom", f"--file={file}", f"--dbname={server.admin_dsn(name)}")


def put_back(server: EmbeddedPostgres, name: str, file: Path) -> None:
    """What ``dump`` wrote, in the prepared, empty database ``name``."""
    admin = server.admin_dsn(name)
    run("pg_restore", "--exit-on-error", f"--dbname={admin}", str(file))
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(OWN_CLOCK)


def run(program: str, *words: str) -> str:
    """A program of PostgreSQL, run to its end as this user, who is the server's administrator; what it said."""
    command = [str(find(os.environ, run_as()) / program), *words]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Nobody else is in here; who died in here is not waited for."""
    with lock.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
