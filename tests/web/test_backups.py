"""A house is backed up, lost, and put back in another place: rows, files, keys; a damaged archive is refused."""

import itertools
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from quantriet.core.errors import DomainError
from quantriet.web import backups
from quantriet.web.postgres import DATABASE, EmbeddedPostgres
from quantriet.web.postgres_binaries import find, run_as

SOURCE = Path(__file__).resolve().parents[2] / "src"


@contextmanager
def empty_houses(*names: str) -> Iterator[tuple[Path, ...]]:
    """Houses with a server and no tables; they go with their servers."""
    folder = Path(tempfile.mkdtemp(prefix="qt sao lưu "))
    made = tuple(folder / name for name in names)
    for home in made:
        EmbeddedPostgres(home, settings={"fsync": "off", "shared_buffers": "32MB"}).ensure()
    yield made
    for home in made:
        EmbeddedPostgres(home).remove()
    shutil.rmtree(folder)


@pytest.fixture
def homes() -> Iterator[tuple[Path, ...]]:
    """Two empty houses."""
    with empty_houses("cũ", "mới") as made:
        yield made


@pytest.fixture
def home() -> Iterator[Path]:
    """One empty house."""
    with empty_houses("nhà mới") as (made,):
        yield made


@pytest.fixture(scope="module")
def tables(
    django_db_setup: None, embedded_postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """All tables as migrations leave them, as a file: the migrations themselves run where a house is upgraded."""
    del django_db_setup
    file = tmp_path_factory.mktemp("tables") / "tables.dump"
    with closing(psycopg.connect(embedded_postgres.admin_dsn())) as server:
        names = server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'template_quantriet_%'")
        ((template,),) = names.fetchall()
    program(
        "pg_dump", "--format=custom", f"--file={file}", f"--dbname={embedded_postgres.admin_dsn(template)}"
    )
    return file


def furnish(home: Path, tables: Path) -> None:
    """What ``quantriet migrate`` and ``found-root`` make; the horizon is one of this server, as a migration sets it."""
    admin = EmbeddedPostgres(home).admin_dsn(DATABASE)
    program("pg_restore", "--exit-on-error", f"--dbname={admin}", str(tables))
    with psycopg.connect(admin, autocommit=True) as server:
        server.execute("UPDATE ledger_clock SET horizon = pg_snapshot_xmin(pg_current_snapshot())")
    assert quantriet(home, "found-root", "GOC", "Đảng bộ tỉnh", "--json")[0] == 0


def program(name: str, *words: str) -> None:
    """A program of PostgreSQL, run to its end."""
    subprocess.run([find(os.environ, run_as()) / name, *words], check=True, capture_output=True)


def quantriet(home: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """A command of a process of its own, working in ``home``."""
    given = {
        name: value for name, value in os.environ.items() if not name.startswith(("QUANTRIET", "DATABASE"))
    }
    environ = {**given, "PYTHONPATH": str(SOURCE), "QUANTRIET_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "quantriet", *words], env=environ, capture_output=True, text=True, check=False
    )
    lines = done.stdout.strip().splitlines()
    return done.returncode, json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {
        "err": done.stderr
    }


def test_a_house_moves_with_rows_files_and_keys(homes: tuple[Path, Path], tables: Path) -> None:
    old, new = homes
    archive = old.parent / "đêm qua.backup"
    furnish(old, tables)
    (old / "files" / "ab" / "cd").mkdir(parents=True)
    (old / "files" / "ab" / "cd" / ("ab" * 32)).write_bytes(b"nghi quyet")

    saved = quantriet(old, "backup", str(archive), "--keep", "3", "--json")
    tried = quantriet(new, "restore", str(archive), "--dry-run", "--json")
    done = quantriet(new, "restore", str(archive), "--json")
    refused = quantriet(new, "restore", str(archive), "--json")
    again = quantriet(new, "restore", str(archive), "--replace", "--json")

    assert (saved[0], archive.stat().st_mode & 0o777) == (0, 0o600)
    assert (tried[0], tried[1].get("dry_run")) == (0, True)
    assert (done[0], done[1].get("epoch"), done[1].get("ledger_equal")) == (0, 2, True)
    assert (refused[0], refused[1]["error"]["code"]) == (1, "restore.not_empty")
    assert again[0] == 0
    with psycopg.connect(EmbeddedPostgres(new).dsn("app")) as connection:
        assert connection.execute("SELECT code, name FROM org_unit").fetchall() == [("GOC", "Đảng bộ tỉnh")]
        shut = connection.execute(
            "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'org_person'"
        ).fetchone()
    assert shut == (True,)
    assert (new / "files" / "ab" / "cd" / ("ab" * 32)).read_bytes() == b"nghi quyet"
    assert (new / "keys.json").read_bytes() == (old / "keys.json").read_bytes()


POST = """
WITH batch AS (
    INSERT INTO ledger_batch (created_at, book_id, key, origin, actor, reason)
    SELECT clock_timestamp(), %(book)s, %(key)s, 'test', 'test', '' RETURNING id
)
INSERT INTO ledger_entry (book_id, batch_id, part, unit_id, measure, slice, grade, occurred_on, known_on, amount, epoch)
SELECT %(book)s, batch.id, 0, org_unit.id, 2, 0, 1, current_date, current_date, 1, ledger_clock.epoch
FROM batch, org_unit, ledger_clock
"""
# Batches, the sum of their entries, the sum of the tallies.
STAND = """
SELECT (SELECT count(*) FROM ledger_batch), (SELECT coalesce(sum(amount), 0) FROM ledger_entry),
       (SELECT coalesce(sum(amount), 0) FROM ledger_tally)
"""


def book_of(home: Path) -> int:
    """A book with its partition in a house that has a root."""
    with psycopg.connect(EmbeddedPostgres(home).dsn("app"), autocommit=True) as server:
        row = server.execute(
            "INSERT INTO ledger_book (created_at, kind, title, year, unit_id) "
            "SELECT now(), 'standing', 'Sổ', 2026, id FROM org_unit RETURNING id"
        ).fetchone()
        assert row is not None
        server.execute("SELECT ledger_open_partition(%s)", [row[0]])
        return int(row[0])


def stand(home: Path) -> tuple[int, ...]:
    with psycopg.connect(EmbeddedPostgres(home).dsn("app")) as server:
        row = server.execute(STAND).fetchone()
        assert row is not None
        return tuple(int(value) for value in row)


@contextmanager
def burst(home: Path, book: int) -> Iterator[None]:
    """Postings without a pause, and one transaction that has written and stays open all the while."""
    over = threading.Event()

    def write() -> None:
        with psycopg.connect(EmbeddedPostgres(home).dsn("app"), autocommit=True) as server:
            for number in itertools.count():
                server.execute(POST, {"book": book, "key": f"burst {number}"})
                if over.is_set():
                    return

    writer = threading.Thread(target=write)
    with psycopg.connect(EmbeddedPostgres(home).dsn("app")) as held:
        held.execute(POST, {"book": book, "key": "in flight"})
        writer.start()
        try:
            yield
        finally:
            over.set()
            writer.join(60)
            held.commit()


def test_a_dump_from_the_middle_of_a_burst_keeps_every_figure(homes: tuple[Path, Path], tables: Path) -> None:
    """The old server's transaction numbers mean nothing on the new one: the epoch tells them apart."""
    old, new = homes
    archive = old.parent / "giữa chừng.backup"
    furnish(old, tables)
    book = book_of(old)
    with burst(old, book):
        assert quantriet(old, "fold", "--once")[0] == 0
        saved = quantriet(old, "backup", str(archive), "--json")

    done = quantriet(new, "restore", str(archive), "--json")
    restored = stand(new)
    with psycopg.connect(EmbeddedPostgres(new).dsn("app"), autocommit=True) as server:
        server.execute(POST, {"book": book, "key": "after the restore"})
    folded = quantriet(new, "fold", "--once")
    verified = quantriet(new, "ledger", "verify", "--json")
    batches, entries, tallies = stand(new)

    assert (saved[0], done[0], done[1]["epoch"], done[1]["ledger_equal"]) == (0, 0, 2, True)
    assert restored[0] == restored[1] == restored[2] > 0
    assert (folded[0], verified[1]["equal"]) == (0, True)
    assert batches == entries == tallies == restored[0] + 1


def test_control_without_a_new_epoch_the_first_entries_after_a_restore_are_never_folded(
    home: Path, tables: Path
) -> None:
    """The guard is the rebuild in a new epoch: below the old server's horizon nothing new is looked for."""
    furnish(home, tables)
    book = book_of(home)
    with psycopg.connect(EmbeddedPostgres(home).dsn("owner"), autocommit=True) as server:
        server.execute(
            "UPDATE ledger_clock SET horizon = '999999999'"
        )  # as a dump of a busier server brings it
        server.execute(POST, {"book": book, "key": "after the restore"})

    folded = quantriet(home, "fold", "--once")

    assert (folded[0], stand(home)[2], quantriet(home, "ledger", "verify", "--json")[1]["equal"]) == (
        0,
        0,
        False,
    )


def test_a_damaged_or_foreign_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"other bytes")
    (tmp_path / "manifest.json").write_text(
        json.dumps({"format": 1, "made_at": "2026-11-22", "parts": {"database.dump": "0" * 64}})
    )
    with tarfile.open(tmp_path / "damaged", "w") as archive:
        archive.add(tmp_path / "manifest.json", "manifest.json")
        archive.add(tmp_path / "part", "database.dump")
    (tmp_path / "foreign").write_bytes(b"no archive")

    codes = []
    for name in ("damaged", "foreign", "absent"):
        with pytest.raises(DomainError) as refused:
            backups.look(tmp_path / name)
        codes.append(refused.value.code)

    assert codes == ["backup.damaged", "backup.unreadable", "backup.unreadable"]


def test_an_upgrade_saves_first_then_changes_tables_and_compares_figures(home: Path) -> None:
    tried = quantriet(home, "upgrade", "--dry-run", "--json")
    untouched = list(home.glob("backups/*"))
    done = quantriet(home, "upgrade", "--json")
    again = quantriet(home, "upgrade", "--json")

    assert (tried[0], len(tried[1]["steps"]) > 20, untouched) == (0, True, [])
    assert (done[0], done[1]["steps"], done[1]["ledger_equal"]) == (0, tried[1]["steps"], True)
    assert backups.look(Path(done[1]["file"])).parts.keys() >= {backups.DUMP}
    assert (again[0], again[1]["steps"], len(list(home.glob("backups/*")))) == (0, [], 1)


def test_only_the_newest_are_kept_and_foreign_files_are_left(tmp_path: Path) -> None:
    names = [f"quantriet-2026112{day}-0{hour}0000.backup" for day in (1, 2) for hour in (1, 2)]
    others = ["quantriet-khac.backup", "ghi chú.txt", "quantriet-20261120-010000.backup.old"]
    for name in [*names, *others]:
        (tmp_path / name).write_text("x", encoding="utf-8")

    gone = backups.rotate(tmp_path, keep=2)
    again = backups.rotate(tmp_path, keep=2)

    assert ([path.name for path in gone], again) == (names[:2], [])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names[2:], *others])


def test_keeping_none_is_refused_and_a_name_of_ours_is_known(tmp_path: Path) -> None:
    made = backups.place(tmp_path, datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC))
    made.write_text("x", encoding="utf-8")

    with pytest.raises(DomainError) as refused:
        backups.rotate(tmp_path, keep=0)

    assert (refused.value.code, backups.rotate(tmp_path, keep=1), made.exists()) == ("backup.keep", [], True)
