"""Write Excel sheets: typed cells, Vietnamese formats, ready to print; and the sheet of faults to fix.

Text is always a text cell: what a person typed never becomes a formula or a link, whatever it begins with,
and keeps its leading zeros. Rows are written as they come (constant memory) and may be a generator.
"""

import functools
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

import xlsxwriter
import xlsxwriter.workbook
from django.utils.translation import gettext as _

from quantriet.core.office.cells import CellValue, Fault, SheetRow
from quantriet.core.office.sheet_rows import write_rows

FONT = "Times New Roman"
A4 = 9
WIDEST = 60
PACKED = 3
"""How hard a workbook is packed: at zlib's usual 6 packing took half of the time of a long one, for a ninth less."""
FORBIDDEN_IN_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


# The writer of sheets makes its archive by this name and takes no level; the tests hold what comes out.
xlsxwriter.workbook.ZipFile = functools.partial(zipfile.ZipFile, compresslevel=PACKED)


class CellKind(Enum):
    """How a column is typed; the value is Excel's number format (separators follow the reader's Excel)."""

    TEXT = "@"
    INTEGER = "#,##0"
    DECIMAL = "#,##0.0#"
    PERCENT = "0.0%"
    DATE = "dd/mm/yyyy"
    DATETIME = "dd/mm/yyyy hh:mm"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a written table: header, type and width in characters (by the type when not given).

    A PERCENT value is a fraction (0.924 is shown 92,4%).
    """

    title: str
    kind: CellKind = CellKind.TEXT
    width: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: a title, lines under it, a header row, the rows, and a bold row of totals if given."""

    title: str
    columns: Sequence[TableColumn]
    rows: Iterable[Sequence[object]]
    subtitles: Sequence[str] = ()
    totals: Sequence[object] | None = None
    sheet_name: str = ""


class Workbook:
    """Builds a workbook table by table; ``to_bytes`` ends it."""

    def __init__(self) -> None:
        self._stream = io.BytesIO()
        self._book = _new_book(self._stream)
        self._formats: dict[tuple[str, bool], Any] = {}
        self._names: set[str] = set()

    def add_table(self, table: Table) -> None:
        """Write a table to a sheet of its own, its header frozen, filtered and repeated in print."""
        sheet = self._sheet(table.sheet_name or table.title)
        row = self._title(sheet, table)
        width = len(table.columns)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, column.width or _usual_width(column))
            sheet.write_string(row, place, column.title, self._header())
        header = row
        sheet.freeze_panes(header + 1, 0)
        _print_setup(sheet, header)
        try:
            for values in table.rows:
                row += 1
                self._write_row(sheet, row, table.columns, values, bold=False)
        except BaseException:
            self._book.close()  # lets go of the temporary file rows were written to
            raise
        if width and row > header:
            sheet.autofilter(header, 0, row, width - 1)
        if table.totals is not None:
            self._write_row(sheet, row + 1, table.columns, table.totals, bold=True)

    def add_long_table(self, table: Table) -> None:
        """Write a table of very many rows (texts, numbers, days) to a sheet of its own; it has no totals."""
        sheet = self._sheet(table.sheet_name or table.title)
        header = self._title(sheet, table)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, column.width or _usual_width(column))
            sheet.write_string(header, place, column.title, self._header())
        sheet.freeze_panes(header + 1, 0)
        _print_setup(sheet, header)
        formats = [self._boxed(column.kind.value, bold=False) for column in table.columns]
        try:
            last = write_rows(sheet, header + 1, table.rows, formats, self._boxed("@", bold=False))
        except BaseException:
            self._book.close()  # lets go of the temporary file rows were written to
            raise
        if last > header:
            sheet.autofilter(header, 0, last, len(table.columns) - 1)

    def add_notes(self, title: str, lines: Sequence[str]) -> None:
        """Add a sheet of sentences: where the figures come from, how to fill the sheet in."""
        sheet = self._sheet(title)
        sheet.set_column(0, 0, 110)
        sheet.write_string(0, 0, title, self._format("@", bold=True, size=14))
        wrapped = self._book.add_format(
            {"text_wrap": True, "valign": "top", "font_name": FONT, "font_size": 12}
        )
        for row, line in enumerate(lines, 2):
            sheet.write_string(row, 0, line, wrapped)

    def to_bytes(self) -> bytes:
        """Finish the workbook and give the file's bytes."""
        self._book.close()
        return self._stream.getvalue()

    def _sheet(self, wanted: str) -> Any:
        return self._book.add_worksheet(_sheet_name(wanted, self._names))

    def _title(self, sheet: Any, table: Table) -> int:
        """The title and its lines; the number of the next free row."""
        if not table.title:
            return 0
        sheet.write_string(0, 0, table.title, self._format("@", bold=True, size=14))
        plain = self._format("@", bold=False)
        for row, line in enumerate(table.subtitles, 1):
            sheet.write_string(row, 0, line, plain)
        return len(table.subtitles) + 2

    def _write_row(
        self, sheet: Any, row: int, columns: Sequence[TableColumn], values: Sequence[object], *, bold: bool
    ) -> None:
        for place, (column, value) in enumerate(zip(columns, values, strict=True)):
            self._write(sheet, row, place, column.kind, value, bold=bold)

    def _write(self, sheet: Any, row: int, place: int, kind: CellKind, value: object, *, bold: bool) -> None:
        """One cell by the value's own type, so that a word in a number column stays a word."""
        if value is None or value == "":
            sheet.write_blank(row, place, None, self._boxed(kind.value, bold=bold))
        elif isinstance(value, bool):
            sheet.write_string(row, place, _("Có") if value else _("Không"), self._boxed("@", bold=bold))
        elif isinstance(value, int | float | Decimal) and kind is not CellKind.TEXT:
            sheet.write_number(row, place, value, self._boxed(kind.value, bold=bold))
        elif isinstance(value, datetime):
            # Excel knows no time zones: what is written is the clock of the value as given.
            moment = value.replace(tzinfo=None)
            sheet.write_datetime(row, place, moment, self._boxed(CellKind.DATETIME.value, bold=bold))
        elif isinstance(value, date):
            sheet.write_datetime(row, place, value, self._boxed(CellKind.DATE.value, bold=bold))
        elif isinstance(value, time):
            sheet.write_datetime(row, place, value, self._boxed("hh:mm", bold=bold))
        else:
            sheet.write_string(row, place, str(value), self._boxed("@", bold=bold))

    def _format(self, number: str, *, bold: bool, size: int = 12) -> Any:
        return self._book.add_format(
            {"num_format": number, "bold": bold, "font_name": FONT, "font_size": size, "valign": "top"}
        )

    def _boxed(self, number: str, *, bold: bool) -> Any:
        key = (number, bold)
        if key not in self._formats:
            self._formats[key] = self._book.add_format(
                {
                    "num_format": number,
                    "bold": bold,
                    "font_name": FONT,
                    "font_size": 12,
                    "border": 1,
                    "border_color": "#BFBFBF",
                    "valign": "top",
                    "text_wrap": number == "@",
                }
            )
        return self._formats[key]

    def _header(self) -> Any:
        key = ("header", True)
        if key not in self._formats:
            self._formats[key] = self._book.add_format(
                {
                    "bold": True,
                    "font_name": FONT,
                    "font_size": 12,
                    "border": 1,
                    "align": "center",
                    "valign": "vcenter",
                    "text_wrap": True,
                    "bg_color": "#E7ECF2",
                }
            )
        return self._formats[key]


def fault_workbook(
    rows: Sequence[SheetRow], faults: Sequence[Fault], *, header_row: int, sheet_name: str = "Dữ liệu"
) -> bytes:
    """The rows as they were sent, each in its old place, with what is wrong: to fix and send again.

    Faulty cells are coloured and carry a comment; the column after the last, "Lỗi", repeats the sentences of
    the row with their cells. Importing the corrected file again ignores that column (nobody asks for it).
    """
    stream = io.BytesIO()
    book = _new_book(stream)
    sheet = book.add_worksheet(_sheet_name(sheet_name, set()))
    plain, header, wrong = (
        book.add_format({"font_name": FONT, "font_size": 12, **more})
        for more in (
            {},
            {"bold": True, "bg_color": "#E7ECF2", "border": 1},
            {"bg_color": "#FBD5D0", "border": 1},
        )
    )
    day = book.add_format({"font_name": FONT, "font_size": 12, "num_format": CellKind.DATE.value})
    bad_day = book.add_format({"bg_color": "#FBD5D0", "border": 1, "num_format": CellKind.DATE.value})
    last = max((len(row.values) for row in rows), default=0)
    by_row: dict[int, list[Fault]] = {}
    for fault in faults:
        by_row.setdefault(fault.row or header_row, []).append(fault)
    sheet.set_column(0, max(last - 1, 0), 18)
    sheet.set_column(last, last, WIDEST)
    for row in rows:
        here = by_row.get(row.number, [])
        cells = _comments(here)
        usual = header if row.number == header_row else plain
        for place in range(last):
            value = row.at(place)
            formats = (wrong, bad_day) if place in cells else (usual, day)
            _write_back(sheet, row.number - 1, place, value, formats)
            if place in cells:
                sheet.write_comment(row.number - 1, place, cells[place], {"x_scale": 2})
        text = _told(here, _("Lỗi") if row.number == header_row else "")
        if text:
            sheet.write_string(row.number - 1, last, text, usual)
    sheet.freeze_panes(header_row, 0)
    _print_setup(sheet, header_row - 1)
    book.close()
    return stream.getvalue()


def _comments(faults: Sequence[Fault]) -> Mapping[int, str]:
    """The sentences of each faulty cell of one row."""
    cells: dict[int, str] = {}
    for fault in faults:
        if fault.column is not None:
            cells[fault.column] = "\n".join(filter(None, (cells.get(fault.column), fault.sentence)))
    return cells


def _write_back(sheet: Any, row: int, place: int, value: CellValue, formats: tuple[Any, Any]) -> None:
    """A cell as it came; the formats are those of a text and of a date."""
    usual, dated = formats
    if isinstance(value, str):
        if value:
            sheet.write_string(row, place, value, usual)
        else:
            sheet.write_blank(row, place, None, usual)
    else:
        sheet.write_datetime(row, place, value, dated)


def _told(faults: Sequence[Fault], title: str) -> str:
    """The sentences of one row with their cells, after the column's title where that stands."""
    told = [
        fault.sentence if fault.column is None else f"{fault.address}: {fault.sentence}" for fault in faults
    ]
    return "; ".join([*([title] if title else []), *told])


def _new_book(stream: io.BytesIO) -> Any:
    return xlsxwriter.Workbook(
        stream,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
            "remove_timezone": True,
        },
    )


def _print_setup(sheet: Any, header: int) -> None:
    """A4 landscape, one page wide, header repeated, page numbers at the foot."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header)
    sheet.set_footer("&C&P/&N")


def _usual_width(column: TableColumn) -> float:
    """By the type; a text column a little wider than its title."""
    if column.kind in {CellKind.DATE, CellKind.INTEGER, CellKind.PERCENT, CellKind.DECIMAL}:
        return 14.0
    return 18.0 if column.kind is CellKind.DATETIME else float(min(max(len(column.title) + 4, 24), WIDEST))


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """A name Excel takes: at most 31 characters, none of its forbidden ones, not used yet."""
    base = wanted.translate(FORBIDDEN_IN_NAME).strip().strip("'")[:31] or _("Trang")
    name = base
    number = 2
    while name.lower() in taken:
        name = f"{base[: 30 - len(str(number))]} {number}"
        number += 1
    taken.add(name.lower())
    return name
