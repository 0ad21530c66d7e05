"""Reads of files to import: the head, the rows or the parts of the sheet, the workbook of faults."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from quantriet.core.intake.cage import run_limited, stream_limited
from quantriet.core.intake.kinds import FileKind
from quantriet.core.intake.limits import CAGE, MEGABYTE, UPLOAD, CageLimits, FileLimits
from quantriet.core.intake.store import FileStore
from quantriet.core.office.cells import Fault, SheetRow
from quantriet.core.office.columns import (
    Column,
    FoundColumns,
    find_header,
    picked_columns,
    recognise_columns,
)
from quantriet.core.office.sheets_in import SHEET, Sheet, SheetLimits, read_csv, read_xlsx
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook, fault_workbook
from quantriet.core.office.tables_in import (
    TableEnd,
    TableHead,
    TablePart,
    TableWish,
    read_head,
    read_rows,
    read_table,
)
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.import_words import PEOPLE_COLUMNS, UNIT_COLUMNS
from quantriet.org.models import Import
from quantriet.org.permissions import Can

WANTED: dict[str, Sequence[Column]] = {
    Import.Kind.UNITS: UNIT_COLUMNS,
    Import.Kind.PEOPLE: PEOPLE_COLUMNS,
}
NEEDS: dict[str, Can] = {Import.Kind.UNITS: Can.UNIT_MANAGE, Import.Kind.PEOPLE: Can.PERSON_MANAGE}
SHOWN = 500
KEPT = 5_000
SAMPLE = 9
FAULT_ROWS = 100

# A list of people may hold a million: the file, what it unpacks to, and the process that reads it.
PEOPLE_FILE = FileLimits(bytes=100 * MEGABYTE, unpacked=1_000 * MEGABYTE)
PEOPLE_SHEET = SheetLimits(rows=1_000_000 + 30)  # titles and the header stand above the people
PEOPLE_CAGE = CageLimits(
    memory=1_536 * MEGABYTE, cpu_seconds=150, wall_seconds=300.0, result=1_000 * MEGABYTE
)
FILES: dict[str, FileLimits] = {Import.Kind.UNITS: UPLOAD, Import.Kind.PEOPLE: PEOPLE_FILE}
SHEETS: dict[str, SheetLimits] = {Import.Kind.UNITS: SHEET, Import.Kind.PEOPLE: PEOPLE_SHEET}
CAGES: dict[str, CageLimits] = {Import.Kind.UNITS: CAGE, Import.Kind.PEOPLE: PEOPLE_CAGE}


@dataclass(frozen=True)
class ReadFile:
    """A file as read: the sheet and where its columns are."""

    sheet: Sheet
    columns: FoundColumns


@dataclass(frozen=True)
class Question:
    """A row whose person may be known: the name in the file and who it may be (id, words that tell them apart)."""

    row: int
    name: str
    candidates: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Outcome:
    """What a file will do, or did: rows that are new, change something, change nothing, must be asked, are wrong.

    ``faulty`` and ``asked`` count all such rows (a fault of the sheet as a whole is one); of very many, only
    the first are among ``faults`` and ``questions``.
    """

    new: int
    changed: int
    same: int
    faulty: int
    asked: int
    questions: tuple[Question, ...]
    faults: tuple[Fault, ...]
    notices: tuple[Fault, ...]

    @property
    def is_clean(self) -> bool:
        """Whether every row can be written."""
        return not self.faulty and not self.asked

    def as_json(self) -> dict[str, Any]:
        """What is kept with the import: counts, and the first faults and questions."""
        return {
            "new": self.new,
            "changed": self.changed,
            "same": self.same,
            "asked": self.asked,
            "faulty": self.faulty,
            "faults": [told(fault) for fault in self.faults[:KEPT]],
            "notices": [told(fault) for fault in self.notices[:SHOWN]],
            "questions": [
                {"row": q.row, "name": q.name, "candidates": [list(one) for one in q.candidates]}
                for q in self.questions[:SHOWN]
            ],
        }


def told(fault: Fault) -> dict[str, Any]:
    """A fault as it is kept with the import."""
    return {
        "row": fault.row,
        "column": fault.column,
        "address": fault.address,
        "code": fault.code,
        "sentence": fault.sentence,
    }


def imports(by: Actor) -> QuerySet[Import]:
    """Files the actor may see, newest first."""
    can = Can.PERSON_MANAGE
    return Import.objects.filter(unit__in=access.units(by, can)).select_related("unit").order_by("-id")


def store() -> FileStore:
    """Where the files lie."""
    return FileStore(settings.FILES_ROOT)


def _wish(about: Import) -> TableWish:
    return TableWish(WANTED[about.kind], about.sheet, about.columns or None)


def head(path: Path, file_kind: str, kind: str) -> TableHead:
    """The sheet of a checked file that is imported, its columns and first rows, read in the cage.

    Refuses as ``core.office.tables_in`` does.
    """
    wish = TableWish(WANTED[kind])
    return run_limited(read_head, path, FileKind(file_kind), wish, SHEETS[kind], limits=CAGES[kind])


def preview_of(found: TableHead) -> dict[str, Any]:
    """What is kept of a head so that the page that asks for columns reads no file."""
    rows = [row for row in found.first_rows if row.number >= found.columns.header_row]
    return {
        "header_row": found.columns.header_row,
        "positions": dict(found.columns.positions),
        "faults": [fault.sentence for fault in found.columns.faults],
        "rows": [_texts(row) for row in rows[:SAMPLE]],
    }


def _texts(row: SheetRow) -> list[str]:
    """A row as it is shown: its number, then its cells."""
    return [str(row.number), *[row.text(place) for place in range(len(row.values))]]


def preview(about: Import) -> dict[str, Any]:
    """The kept preview of an import; of one that came before previews were kept, the file tells it."""
    if about.preview:
        return dict(about.preview)
    return preview_of(head(store().path(about.sha256), about.file_kind, about.kind))


def read(about: Import) -> ReadFile:
    """The whole sheet of an import with its columns, as recognised or chosen."""
    path = store().path(about.sha256)
    sheet: Sheet = (
        run_limited(read_csv, path)
        if about.file_kind == FileKind.CSV
        else run_limited(read_xlsx, path, about.sheet or None)
    )
    wanted = WANTED[about.kind]
    found = recognise_columns(find_header(sheet.rows, wanted), wanted, sheet.merged)
    return ReadFile(sheet, picked_columns(found, about.columns, wanted) if about.columns else found)


def table(about: Import) -> Iterator[TableHead | TablePart | TableEnd]:
    """The sheet of an import in parts, with its columns as recognised or chosen, while the cage reads it."""
    path, kind = store().path(about.sha256), FileKind(about.file_kind)
    limits = SHEETS[about.kind]
    return stream_limited(read_table, path, kind, _wish(about), limits, limits=CAGES[about.kind])


def rows(about: Import, numbers: Iterable[int]) -> tuple[SheetRow, ...]:
    """Only these rows of the sheet of an import."""
    path, kind = store().path(about.sha256), FileKind(about.file_kind)
    wanted = frozenset(numbers)
    cage = CAGES[about.kind]
    return run_limited(read_rows, path, kind, _wish(about), SHEETS[about.kind], wanted, limits=cage)


def fault_rows(about: Import, outcome: Outcome) -> list[list[str]]:
    """The first faulty rows as they stand in the file, kept with the outcome and shown with their faults."""
    numbers = sorted({fault.row for fault in outcome.faults if fault.row})[:FAULT_ROWS]
    return [_texts(row) for row in rows(about, numbers)] if numbers else []


def fault_file(about: Import, faults: Sequence[Fault]) -> bytes:
    """A workbook of the faulty rows with what is wrong in each cell, to fix and send again."""
    header_row = int(preview(about)["header_row"])
    wrong = {fault.row for fault in faults} | set(range(1, header_row + 1))
    return fault_workbook(rows(about, wrong), faults, header_row=header_row)


def template(kind: str) -> bytes:
    """An empty sheet with the columns of an import, and a page that explains them."""
    book = Workbook()
    columns = [TableColumn(column.title, CellKind.TEXT) for column in WANTED[kind]]
    book.add_table(Table(title="", columns=columns, rows=(), sheet_name=_("Danh sách")))
    lines = [
        f"{column.title}: "
        + (_("bắt buộc") if column.required else _("có thể bỏ trống"))
        + (". " + _("Cũng nhận: {words}").format(words=", ".join(column.aliases)) if column.aliases else "")
        for column in WANTED[kind]
    ]
    book.add_notes(_("Hướng dẫn"), lines)
    return book.to_bytes()
