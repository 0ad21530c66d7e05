"""Sheets of acts: kept, read, their faults by cell, the workbook of faulty rows, the empty sheet to fill in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.intake.cage import run_limited
from quantriet.core.intake.checking import check_upload
from quantriet.core.intake.kinds import FileKind
from quantriet.core.intake.store import FileStore
from quantriet.core.office.cells import Fault
from quantriet.core.office.columns import FoundColumns, find_header, recognise_columns
from quantriet.core.office.sheets_in import Sheet, read_csv, read_xlsx
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook, fault_workbook
from quantriet.org import act_words
from quantriet.org.access import Actor
from quantriet.org.act_words import COLUMNS, ActWords, Looked
from quantriet.org.models import ActKind, ActSheet, UnitKind
from quantriet.org.queries.imports import told

MOST_ROWS = 5_000
"""Acts in one sheet: the whole arrangement of 2025 (3,355 new communes) fits."""


@dataclass(frozen=True)
class ReadSheet:
    """A sheet of acts as read, and where its columns are."""

    sheet: Sheet
    columns: FoundColumns


@dataclass(frozen=True)
class KeptSheet:
    """A file in the store."""

    sha256: str
    kind: str


def keep(content: bytes | Path) -> KeptSheet:
    """Put an uploaded sheet into the store; refuses what is no sheet or is damaged (codes of ``core.intake``)."""
    checked = check_upload(content, kind={FileKind.XLSX, FileKind.CSV})
    kept = _store().put(content if isinstance(content, bytes) else content.read_bytes())
    return KeptSheet(kept, checked.kind)


def read(kept: KeptSheet) -> ReadSheet:
    """The rows and columns of a kept sheet, read in the cage."""
    path = _store().path(kept.sha256)
    sheet = run_limited(read_csv, path) if kept.kind == FileKind.CSV else run_limited(read_xlsx, path, None)
    return ReadSheet(sheet, recognise_columns(find_header(sheet.rows, COLUMNS), COLUMNS, sheet.merged))


def sheets(by: Actor) -> QuerySet[ActSheet]:
    """The actor's own sheets, newest first."""
    return ActSheet.objects.filter(account=by.account_id).order_by("-id")


def of_sheet(sheet: ActSheet) -> ReadSheet:
    """The rows and columns of an uploaded sheet."""
    return read(KeptSheet(sheet.sha256, sheet.file_kind))


def rows(
    read_sheet: ReadSheet, answers: Mapping[str, Mapping[str, str]]
) -> tuple[dict[int, ActWords], list[Fault]]:
    """The acts of a sheet by row, with what was answered for each, and what cannot be read. Refuses
    ``act.too_many``.
    """
    found, faults = act_words.read_sheet(read_sheet.sheet.rows, read_sheet.columns)
    if len(found) > MOST_ROWS:
        raise DomainError(
            "act.too_many",
            _("Tệp có {count} việc; một tệp nhận {most}. Chưa làm gì; hãy chia tệp.").format(
                count=len(found), most=MOST_ROWS
            ),
        )
    return {row: words.choosing(answers.get(str(row), {})) for row, words in found.items()}, faults


def outcome_of(looked: Looked, faults: Sequence[Fault]) -> dict[str, Any]:
    """What a look is kept as: rows that can be done in words, faults by cell, questions with their answers."""
    return {
        "lines": [[row, words] for row, words in sorted(looked.done.items())],
        "faults": [told(fault) for fault in faults],
        "asked": [
            {"row": one.row, "question": one.question, "sentence": one.sentence, "options": list(one.options)}
            for one in looked.asked
        ],
    }


def _store() -> FileStore:
    return FileStore(settings.FILES_ROOT)


def faults_of(read_sheet: ReadSheet, looked: Looked) -> list[Fault]:
    """Refused rows as faults with their cells."""
    positions = read_sheet.columns.positions
    return [Fault(one.row, positions.get(one.field), one.code, one.sentence) for one in looked.refused]


def kept_faults(sheet: ActSheet) -> list[Fault]:
    """The faults of the last look."""
    told_faults = sheet.outcome.get("faults", [])
    return [Fault(one["row"], one["column"], one["code"], one["sentence"]) for one in told_faults]


def fault_file(read_sheet: ReadSheet, faults: list[Fault]) -> bytes:
    """A workbook of the faulty rows with what is wrong in each cell, to fix and send again."""
    header = read_sheet.columns.header_row
    wrong = {fault.row for fault in faults} | {header}
    rows = [row for row in read_sheet.sheet.rows if row.number in wrong or row.number < header]
    return fault_workbook(rows, faults, header_row=header)


def template() -> bytes:
    """An empty sheet with the columns, and a page that explains them."""
    book = Workbook()
    columns = [TableColumn(column.title, CellKind.TEXT) for column in COLUMNS]
    book.add_table(Table(title="", columns=columns, rows=(), sheet_name=_("Sắp xếp")))
    lines = [
        f"{column.title}: " + (_("bắt buộc") if column.required else _("có thể bỏ trống"))
        for column in COLUMNS
    ]
    lines += [
        _("Việc: một trong {kinds}.").format(
            kinds=", ".join(str(label) for _value, label in ActKind.choices)
        ),
        _("Loại mới: một trong {kinds}.").format(
            kinds=", ".join(str(label) for _value, label in UnitKind.choices)
        ),
        _("Nhiều mã hoặc nhiều tên trong một ô: cách nhau bằng dấu ;"),
        _("Mã đơn vị nhận chưa có trong hệ thống là đơn vị mới; ghi tên của nó ở cột Tên mới."),
        _(
            "Đơn vị nào về đâu (chỉ khi chia tách): mã đơn vị trực thuộc = mã đơn vị nhận, cách nhau bằng dấu ;"
        ),
        _("Các dòng làm lần lượt từ trên xuống; dòng sau thấy kết quả của dòng trước."),
    ]
    book.add_notes(_("Hướng dẫn"), lines)
    return book.to_bytes()
