"""Backup and restore: the database, the files and the keys in one archive, each part with its hash.

A backup holds everything, the keys that open sealed fields included: it is written for its owner's eyes only
(0600) and belongs where the house's secrets belong. The database is dumped first, the files afterwards:
files are only ever added, so every file the dump names is there.

Dumping reads all rows, so it needs an administrator of the server: for the embedded one that is us, for
another ``QUANTRIET_ADMIN_DATABASE_URL`` names one.
"""

import hashlib
import json
import os
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

import psycopg
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from quantriet.core.errors import DomainError
from quantriet.web import database_roles
from quantriet.web.postgres import DATABASE, EmbeddedPostgres
from quantriet.web.postgres_binaries import find, run_as

FORMAT = 1
DUMP = "database.dump"
KEYS = "keys.json"
FILES = "files"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class House:
    """An installation: its folder and how its server's administrator connects to its database."""

    home: Path
    admin: str
    programs: Path


@dataclass(frozen=True)
class Contents:
    """What an archive holds: when it was made, hashes of its parts by name, sizes."""

    made_at: str
    parts: Mapping[str, str]
    size: int


def house(home: Path, environ: Mapping[str, str]) -> House:
    """The installation in ``home``; the embedded server is started when that is where the data are."""
    programs = find(environ, run_as())
    if environ.get("DATABASE_URL"):
        admin = environ.get("QUANTRIET_ADMIN_DATABASE_URL", "")
        if not admin:
            raise DomainError(
                "backup.admin",
                _(
                    "Sao lưu máy chủ riêng cần QUANTRIET_ADMIN_DATABASE_URL (tài khoản quản trị PostgreSQL). "
                    "Chưa làm gì."
                ),
            )
        return House(home, admin, programs)
    server = EmbeddedPostgres(home, environ=environ)
    server.ensure()
    return House(home, server.admin_dsn(DATABASE), programs)


def backup(of: House, target: Path) -> Contents:
    """Write the archive, whole or not at all."""
    if target.exists():
        raise DomainError(
            "backup.there",
            _("Đã có tệp “{target}”; không ghi đè bản sao lưu. Hãy chọn tên khác.").format(target=target),
        )
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        dump = Path(folder) / DUMP
        _pg(of, "pg_dump", ["--format=custom", "--no-password", f"--file={dump}"])
        parts = {DUMP: dump, KEYS: of.home / KEYS}
        for file in sorted((of.home / FILES).rglob("*")):
            if file.is_file() and "incoming" not in file.parts:
                parts[f"{FILES}/{file.relative_to(of.home / FILES).as_posix()}"] = file
        hashes = {name: _digest(path) for name, path in parts.items() if path.exists()}
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = Path(folder) / MANIFEST
        manifest.write_text(
            json.dumps({"format": FORMAT, "made_at": made_at, "parts": hashes}), encoding="utf-8"
        )
        draft = Path(folder) / "archive.tar"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as archive:
                archive.add(manifest, MANIFEST)
                for name in hashes:
                    archive.add(parts[name], name)
            out.flush()
            os.fsync(out.fileno())
        draft.rename(target)
    return Contents(made_at, hashes, target.stat().st_size)


def look(source: Path) -> Contents:
    """What an archive holds, every part compared with its hash; refuses a damaged or foreign one."""
    try:
        with tarfile.open(source) as archive:
            manifest = archive.extractfile(MANIFEST)
            told = json.loads(manifest.read()) if manifest else {}
            if told.get("format") != FORMAT:
                raise DomainError(
                    "backup.format", _("Tệp này không phải bản sao lưu của hệ thống, hoặc của bản mới hơn.")
                )
            for name, wanted in told["parts"].items():
                part = archive.extractfile(name)
                if part is None or _digest_of(part) != wanted:
                    raise DomainError(
                        "backup.damaged",
                        _("Bản sao lưu hỏng ở phần “{name}”. Chưa khôi phục gì.").format(name=name),
                    )
    except (tarfile.TarError, OSError, KeyError, ValueError) as error:
        raise DomainError(
            "backup.unreadable",
            _("Không đọc được bản sao lưu “{source}”. Chưa khôi phục gì.").format(source=source),
        ) from error
    return Contents(told["made_at"], told["parts"], source.stat().st_size)


def restore(to: House, source: Path) -> Contents:
    """Put database, files and keys back. What stood in the database before is gone; the caller asked for it.

    Afterwards the tallies must be built anew: transaction numbers of the old server mean nothing here.
    """
    found = look(source)
    with tempfile.TemporaryDirectory(dir=to.home, prefix=".restore-") as folder:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        _empty_database(to)
        dump = Path(folder) / DUMP
        _pg(to, "pg_restore", ["--exit-on-error", "--no-password", "--dbname", to.admin, str(dump)])
        for name in found.parts:
            if PurePosixPath(name).parts[0] == FILES:
                _place(Path(folder) / name, to.home / name)
        if KEYS in found.parts:
            _place(Path(folder) / KEYS, to.home / KEYS)
    return found


NAME = "quantriet-%Y%m%d-%H%M%S.backup"
_NAMED = re.compile(r"quantriet-\d{8}-\d{6}\.backup")


def place(folder: Path, now: datetime) -> Path:
    """A name for a backup made now; such names sort by age."""
    return folder / now.strftime(NAME)


def rotate(folder: Path, *, keep: int) -> list[Path]:
    """Delete all but the ``keep`` newest backups that bear names of ours; what else lies there is left alone.

    Called after a new backup was written, so ``keep`` is 1 or more. Returns what was deleted, oldest first.
    """
    if keep < 1:
        raise DomainError("backup.keep", _("Phải giữ ít nhất một bản sao lưu. Chưa xóa bản nào."))
    ours = sorted(path for path in folder.iterdir() if path.is_file() and _NAMED.fullmatch(path.name))
    old = ours[:-keep]
    for path in old:
        path.unlink()
    return old


def is_empty(of: House) -> bool:
    """Whether nothing would be lost by a restore: no table of ours is there."""
    with psycopg.connect(of.admin) as connection:
        row = connection.execute("SELECT to_regclass('public.org_unit') IS NULL").fetchone()
    return bool(row and row[0])


def _empty_database(of: House) -> None:
    """A new database of the same name with roles, extensions and default rights."""
    parameters = conninfo_to_dict(of.admin)
    name = str(parameters["dbname"])
    server = make_conninfo(of.admin, dbname="postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    database_roles.prepare(server, name)


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return _digest_of(file)


def _digest_of(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(1024 * 1024):
        digest.update(chunk)
    return digest.hexdigest()


def _pg(of: House, program: str, arguments: Sequence[str]) -> None:
    """Run a program of PostgreSQL as the server's administrator; its words are told when it fails."""
    parameters = {key: str(value) for key, value in conninfo_to_dict(of.admin).items() if value is not None}
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "dbname": "PGDATABASE",
        "user": "PGUSER",
        "password": "PGPASSWORD",
    }
    environ = {**os.environ, **{names[key]: value for key, value in parameters.items() if key in names}}
    done = subprocess.run(  # noqa: S603 - programs of the server we found ourselves
        [of.programs / program, *arguments], env=environ, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise DomainError(
            "backup.program",
            _("{program} không xong; dữ liệu đang chạy không bị đổi.").format(program=program),
            told=done.stderr[-2000:],
        )
