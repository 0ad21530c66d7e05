"""Importing people from Excel, each run in a process of its own so that its memory is its own."""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import psutil
import python_calamine
from django.db import connection

from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.org import access
from quantriet.org.commands import imports
from quantriet.org.models import Import, Unit
from quantriet.web.bench.measured import Results, peak_mib
from quantriet.web.bench.province import Province
from quantriet.web.demonstration import names

_COLUMNS = (
    TableColumn("Họ và tên"),
    TableColumn("Mã đảng viên"),
    TableColumn("Ngày sinh", CellKind.DATE),
    TableColumn("Mã đơn vị"),
    TableColumn("Tình trạng"),
    TableColumn("Đối tượng"),
)


def write_sheet(path: Path, place: Province, count: int) -> None:
    """A workbook of people nobody knows yet, spread over the cells of the province."""
    chance = place.ground.chance("import")
    cells = [unit.code for unit in place.ground.units.values() if unit.kind in ("cell", "base_cell")]
    book = Workbook()
    rows = (
        (
            names.full_name(chance),
            f"{89_000_000_000 + number:012d}",
            names.birth_date(chance, place.ground.today),
            cells[number % len(cells)],
            "Chính thức",
            "Đảng viên",
        )
        for number in range(count)
    )
    book.add_table(Table("Danh sách đảng viên", _COLUMNS, rows))
    path.write_bytes(book.to_bytes())


def measure(path: Path, count: int, found: Results, *, seconds: float, mib: float) -> None:
    """The import through its commands, and beside it the bare reading and copying of the same sheet."""
    whole = _child("import", path)
    bare = _child("bare", path)
    beside = (
        f"processor: {whole['own']:.1f} s here, {whole['reader']:.1f} s reading, {whole['server']:.1f} s in the "
        f"database; bare calamine and COPY: {bare['seconds']:.1f} s, {bare['mib']:.0f} MiB; "
        f"{whole['asked']:.0f} rows asked about"
    )
    found.add(f"import {count} people from Excel", whole["seconds"], "s", goal=seconds, beside=beside)
    found.add(f"memory of importing {count} people", whole["mib"], "MiB", goal=mib)


def _child(way: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "quantriet.web.bench", way, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def run(way: str, path: Path) -> dict[str, float]:
    """In the process of its own: do it, tell seconds, seconds of processors and the most memory it held, its
    largest child added.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = psutil.Process(cursor.fetchone()[0])
    begun, server_used = time.perf_counter(), _used(server)
    asked = _import(path) if way == "import" else _bare(path)
    seconds = time.perf_counter() - begun
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "seconds": seconds,
        "own": own.ru_utime + own.ru_stime,
        "reader": children.ru_utime + children.ru_stime,
        "server": _used(server) - server_used,
        "mib": peak_mib() + children.ru_maxrss / 1024,
        "asked": asked,
    }


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _import(path: Path) -> int:
    """As the worker does it. Who may be somebody of the filled register is asked about and stays out."""
    by = access.operator("Đo tốc độ")
    with access.acting(by):
        top = Unit.objects.get(code="AG")
        about = imports.stage(path, file_name=path.name, kind=Import.Kind.PEOPLE, unit=top, by=by)
    done = imports.carry_out(about, rows=imports.Rows.FAULTLESS, by=by)
    return int(done.outcome["asked"])


def _bare(path: Path) -> int:
    """Nothing but reading and copying."""
    rows = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()
    width = len(_COLUMNS)
    with access.whole_house("bench"), connection.cursor() as cursor:
        columns = ", ".join(f"c{number} text" for number in range(width))
        cursor.execute(f"CREATE TEMPORARY TABLE bare ({columns}) ON COMMIT DROP")
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for row in rows:
                copy.write_row([str(value) for value in (*row, *[""] * width)[:width]])
    return 0
