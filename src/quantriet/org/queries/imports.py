"""Reads of files to import: the sheet, its columns, the workbook of faults."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from quantriet.core.intake.cage import run_limited
from quantriet.core.intake.kinds import FileKind
from quantriet.core.intake.store import FileStore
from quantriet.core.office.cells import Fault
from quantriet.core.office.columns import Column, FoundColumns, find_header, recognise_columns
from quantriet.core.office.sheets_in import Sheet, read_csv, read_xlsx
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook, fault_workbook
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
    """What a file will do, or did: rows that are new, change something, change nothing, must be asked, are wrong."""

    new: int
    changed: int
    same: int
    questions: tuple[Question, ...]
    faults: tuple[Fault, ...]
    notices: tuple[Fault, ...]

    @property
    def faulty(self) -> int:
        """How many rows (or the sheet as a whole) are wrong."""
        return len({fault.row for fault in self.faults})

    @property
    def is_clean(self) -> bool:
        """Whether every row can be written."""
        return not self.faults and not self.questions

    def as_json(self) -> dict[str, Any]:
        """What is kept with the import: counts, and the first faults and questions."""
        return {
            "new": self.new,
            "changed": self.changed,
            "same": self.same,
            "asked": len(self.questions),
            "faulty": self.faulty,
            "fault_count": len(self.faults),
            "faults": [_told(fault) for fault in self.faults[:KEPT]],
            "notices": [_told(fault) for fault in self.notices[:SHOWN]],
            "questions": [
                {"row": q.row, "name": q.name, "candidates": [list(one) for one in q.candidates]}
                for q in self.questions[:SHOWN]
            ],
        }


def _told(fault: Fault) -> dict[str, Any]:
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


def read_sheet(sha256: str, file_kind: str, sheet: str) -> Sheet:
    """The rows of a kept file, read in the cage."""
    path = store().path(sha256)
    if file_kind == FileKind.CSV:
        return run_limited(read_csv, path)
    return run_limited(read_xlsx, path, sheet or None)


def recognise(sheet: Sheet, kind: str) -> FoundColumns:
    """The columns of a sheet by the words of its header."""
    wanted = WANTED[kind]
    return recognise_columns(find_header(sheet.rows, wanted), wanted, sheet.merged)


def chosen_columns(found: FoundColumns, chosen: dict[str, int | None], kind: str) -> FoundColumns:
    """The recognised columns with what a person picked instead; a pick settles a missing or doubled column."""
    if not chosen:
        return found
    positions = {name: place for name, place in chosen.items() if place is not None}
    missing = [column for column in WANTED[kind] if column.required and column.name not in positions]
    faults = [fault for fault in found.faults if fault.code == "sheet.merged_header"]
    faults += [
        Fault(
            found.header_row,
            None,
            "sheet.column_missing",
            _("Thiếu cột “{title}”. Hãy thêm cột này vào dòng tiêu đề.").format(title=column.title),
        )
        for column in missing
    ]
    return FoundColumns(found.header_row, positions, tuple(faults), found.unknown)


def read(about: Import) -> ReadFile:
    """The file of an import with its columns, as recognised or chosen."""
    sheet = read_sheet(about.sha256, about.file_kind, about.sheet)
    found = recognise(sheet, about.kind)
    return ReadFile(sheet, chosen_columns(found, about.columns, about.kind))


def fault_file(about: Import, faults: Sequence[Fault]) -> bytes:
    """A workbook of the faulty rows with what is wrong in each cell, to fix and send again."""
    file = read(about)
    wrong = {fault.row for fault in faults} | {file.columns.header_row}
    rows = [row for row in file.sheet.rows if row.number in wrong or row.number < file.columns.header_row]
    return fault_workbook(rows, faults, header_row=file.columns.header_row)


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
