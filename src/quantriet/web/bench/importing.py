"""Importing people from Excel, each run in a process of its own so that its memory is its own."""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

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
    beside = f"bare calamine and COPY: {bare['seconds']:.1f} s, {bare['mib']:.0f} MiB"
    found.add(f"import {count} people from Excel", whole["seconds"], "s", goal=seconds, beside=beside)
    found.add(f"memory of importing {count} people", whole["mib"], "MiB", goal=mib)


def _child(way: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "quantriet.web.bench", way, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own command
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def run(way: str, path: Path) -> dict[str, float]:
    """In the process of its own: do it, tell seconds and the most memory of this process and its children."""
    begun = time.perf_counter()
    if way == "import":
        _import(path)
    else:
        _bare(path)
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"seconds": time.perf_counter() - begun, "mib": peak_mib() + children}


def _import(path: Path) -> None:
    by = access.operator("Đo tốc độ")
    with access.acting(by):
        top = Unit.objects.get(code="AG")
        about = imports.stage(path, file_name=path.name, kind=Import.Kind.PEOPLE, unit=top, by=by)
    with access.acting(by):
        imports.carry_out(about, by=by)


def _bare(path: Path) -> None:
    rows = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()
    width = len(_COLUMNS)
    with access.whole_house("bench"), connection.cursor() as cursor:
        columns = ", ".join(f"c{number} text" for number in range(width))
        cursor.execute(f"CREATE TEMPORARY TABLE bare ({columns}) ON COMMIT DROP")
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for row in rows:
                copy.write_row([str(value) for value in (*row, *[""] * width)[:width]])
