"""Read the cells of an Excel sheet or a CSV file: text as typed, dates as dates, each row with its number.

Nothing is guessed from the text of a cell, so leading zeros stay. Reading is bounded: a sheet longer or wider
than the limits is refused; after many empty rows reading stops, and when cells follow that is told.
"""

import codecs
import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path

import python_calamine
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.office.cells import CellValue, Fault, MergedRange, SheetRow
from quantriet.core.text import legacy

DELIMITERS = ",;\t|"
SAMPLE_LINES = 50
MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class SheetLimits:
    """How much of a sheet is read at most; ``blank_rows`` in a row end it."""

    rows: int = 200_000
    columns: int = 256
    cell: int = 32_767
    blank_rows: int = 1_000


SHEET = SheetLimits()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as read: rows that hold something, in order, with their numbers.

    ``others`` names the other visible sheets that hold something, so that a page can offer them.
    ``notices`` are faults that do not stop an import (a converted font, rows past a long gap).
    """

    name: str
    rows: tuple[SheetRow, ...]
    merged: tuple[MergedRange, ...] = ()
    others: tuple[str, ...] = ()
    notices: tuple[Fault, ...] = ()


@dataclass(slots=True)
class OpenSheet:
    """A sheet about to be read: ``rows`` gives each row once; ``notices`` grow while it does."""

    name: str
    rows: Iterator[SheetRow]
    notices: list[Fault]
    merged: tuple[MergedRange, ...] = ()
    others: tuple[str, ...] = ()

    def read(self) -> Sheet:
        """All of it; refuses with ``sheet.empty``."""
        rows = tuple(self.rows)
        if not rows:
            raise _empty()
        return Sheet(self.name, rows, self.merged, self.others, tuple(self.notices))


def read_xlsx(source: bytes | Path, sheet: str | None = None, limits: SheetLimits = SHEET) -> Sheet:
    """Read one sheet of a workbook: the named one, or the first visible one that holds something.

    Refuses with ``sheet.unreadable``, ``sheet.missing``, ``sheet.empty``, ``sheet.too_many_rows``,
    ``sheet.too_many_columns`` or ``sheet.cell_too_long``.
    """
    return open_xlsx(source, sheet, limits).read()


def open_xlsx(source: bytes | Path, sheet: str | None = None, limits: SheetLimits = SHEET) -> OpenSheet:
    """``read_xlsx`` for who takes the rows one by one; what is refused for a row comes when it is reached."""
    try:
        book = python_calamine.CalamineWorkbook.from_object(
            io.BytesIO(source) if isinstance(source, bytes) else source
        )
        chosen, others = _choose(book, sheet)
    except python_calamine.CalamineError as error:
        raise _unreadable() from error
    _first_row, first_column = chosen.start or (0, 0)
    merged = tuple(
        MergedRange(top + 1, left, bottom + 1, right)
        for (top, left), (bottom, right) in chosen.merged_cell_ranges or ()
    )
    notices: list[Fault] = []
    rows = _modernised(_rows(_sheet_rows(chosen), first_column, limits, notices), notices)
    return OpenSheet(chosen.name, rows, notices, merged, others)


def _sheet_rows(sheet: python_calamine.CalamineSheet) -> Iterator[Sequence[object]]:
    try:
        yield from sheet.iter_rows()
    except python_calamine.CalamineError as error:
        raise _unreadable() from error


def _unreadable() -> DomainError:
    return DomainError(
        "sheet.unreadable", _("Không đọc được tệp Excel. Hãy mở tệp, lưu lại rồi gửi lần nữa.")
    )


def read_csv(source: bytes | Path, limits: SheetLimits = SHEET) -> Sheet:
    """Read a CSV file; encoding (UTF-8, UTF-16, Windows-1258) and delimiter are recognised.

    Refuses with ``sheet.encoding``, ``sheet.csv_damaged``, ``sheet.empty`` and the limits as ``read_xlsx``.
    """
    return open_csv(source, limits).read()


def open_csv(source: bytes | Path, limits: SheetLimits = SHEET) -> OpenSheet:
    """``read_csv`` for who takes the rows one by one."""
    text = decoded(source if isinstance(source, bytes) else source.read_bytes())
    delimiter, text = _delimiter(text)
    csv.field_size_limit(max(limits.cell * 4, 131_072))
    notices: list[Fault] = []
    rows = _modernised(_rows(_lines(text, delimiter), 0, limits, notices), notices)
    return OpenSheet("CSV", rows, notices)


def _lines(text: str, delimiter: str) -> Iterator[Sequence[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise DomainError(
            "sheet.csv_damaged", _("Tệp CSV bị lỗi dấu ngoặc kép. Hãy lưu lại thành .xlsx rồi gửi.")
        ) from error


def decoded(raw: bytes) -> str:
    """The text of a file: by its mark, else UTF-8, else UTF-16 by its zero bytes, else Windows-1258."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return _decode(raw, encoding)
    sample = raw[:4096]
    if sample.count(0) > len(sample) // 5:
        return _decode(raw, "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return unicodedata.normalize("NFC", _decode(raw, "cp1258"))


def _decode(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise DomainError(
            "sheet.encoding",
            _("Không đọc được chữ trong tệp. Hãy lưu lại thành .xlsx hoặc CSV UTF-8 rồi gửi."),
        ) from error


def _delimiter(text: str) -> tuple[str, str]:
    """The delimiter and the text without Excel's ``sep=`` line.

    The one that splits most of the first lines into the same number of fields, more than one.
    """
    first, _end, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return first[4], rest
    best, best_score = ",", 0
    sample = "".join(text.splitlines(keepends=True)[:SAMPLE_LINES])
    for delimiter in DELIMITERS:
        try:
            widths = Counter(
                len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row
            )
        except csv.Error:
            continue
        width, lines = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        score = lines * 1_000 + width if width > 1 else 0
        if score > best_score:
            best, best_score = delimiter, score
    return best, text


def _choose(
    book: python_calamine.CalamineWorkbook, wanted: str | None
) -> tuple[python_calamine.CalamineSheet, tuple[str, ...]]:
    """The sheet to read and the names of the other visible ones that hold something."""
    visible = [
        about.name
        for about in book.sheets_metadata
        if about.visible == python_calamine.SheetVisibleEnum.Visible
        and about.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    if wanted is not None and wanted not in visible:
        raise DomainError("sheet.missing", _("Tệp không có trang tính “{name}”.").format(name=wanted))
    chosen: python_calamine.CalamineSheet | None = None
    others: list[str] = []
    for name in visible:
        sheet = book.get_sheet_by_name(name)
        if name == wanted or (wanted is None and chosen is None and sheet.start is not None):
            chosen = sheet
        elif sheet.start is not None:
            others.append(name)
    if chosen is None or chosen.start is None:
        raise _empty()
    return chosen, tuple(others)


def _empty() -> DomainError:
    return DomainError("sheet.empty", _("Trang tính không có dữ liệu. Hãy chọn trang hoặc tệp khác."))


def _rows(
    raw_rows: Iterable[Sequence[object]], first_column: int, limits: SheetLimits, notices: list[Fault]
) -> Iterator[SheetRow]:
    """Rows that hold something; counts blank ones, stops after a long gap and notes where."""
    padding: list[CellValue] = [""] * first_column
    blank = 0
    kept = 0
    source = iter(raw_rows)
    texts = _Texts(limits.cell)
    for number, raw in enumerate(source, 1):
        if not any(raw) and all(value == "" for value in raw):
            blank += 1
            if blank >= limits.blank_rows:
                _note_what_follows(source, number, notices)
                return
            continue
        values = [texts[value] if type(value) is str else _cell(value) for value in raw]
        if not any(values):
            continue
        blank = 0
        kept += 1
        _check_size(number, values, kept, limits, first_column)
        yield SheetRow(number, padding + values if padding else values)


def _check_size(
    number: int, values: list[CellValue], kept: int, limits: SheetLimits, first_column: int
) -> None:
    if kept > limits.rows:
        raise DomainError(
            "sheet.too_many_rows",
            _("Trang tính có hơn {most} dòng. Hãy chia thành nhiều tệp.").format(most=limits.rows),
        )
    if len(values) + first_column > limits.columns:
        while values and values[-1] == "":
            values.pop()
        if len(values) + first_column > limits.columns:
            raise DomainError(
                "sheet.too_many_columns",
                _("Dòng {row} có hơn {most} cột. Hãy bỏ các cột thừa.").format(
                    row=number, most=limits.columns
                ),
            )


def _note_what_follows(raw_rows: Iterator[Sequence[object]], number: int, notices: list[Fault]) -> None:
    """Look on, cheaply, whether anything stands behind the gap: data is never left out silently."""
    for further, raw in enumerate(raw_rows, number + 1):
        if any(raw):
            notices.append(
                Fault(
                    further,
                    None,
                    "sheet.after_gap",
                    _("Từ dòng này không đọc nữa vì phía trên quá nhiều dòng trống. Hãy xóa dòng trống."),
                )
            )
            return


def _cell(value: object) -> CellValue:
    """A cell that is no text, in the few types that come out; a number keeps all its digits."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else _plain_decimal(value)
    if isinstance(value, datetime):
        return value.date() if value.time() == MIDNIGHT else value
    if isinstance(value, date | time):
        return value
    if isinstance(value, timedelta):
        return _clock(value)
    return str(value)


class _Texts(dict[str, str]):
    """Cleaned texts by the raw ones: a sheet repeats the same words, and equal cells share one string."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __missing__(self, raw: str) -> str:
        if len(raw) > self._most:
            start = raw[:30]
            raise DomainError(
                "sheet.cell_too_long", _("Ô bắt đầu bằng “{start}” quá dài.").format(start=start)
            )
        text = raw.strip() if raw.isascii() else unicodedata.normalize("NFC", raw).strip()
        self[raw] = text
        return text


def _plain_decimal(value: float) -> str:
    """The shortest digits that give this number, never with an exponent; the dot is the decimal sign."""
    text = repr(value)
    return text if "e" not in text else f"{value:.15f}".rstrip("0")


def _clock(value: timedelta) -> str:
    """A duration as h:mm."""
    minutes = round(value.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _modernised(rows: Iterator[SheetRow], notices: list[Fault]) -> Iterator[SheetRow]:
    """Convert a sheet written in TCVN3 or VNI, recognised from a sample of its words, and say so."""
    first = tuple(islice(rows, SAMPLE_LINES))
    sample = [
        value for row in first for value in row.values if isinstance(value, str) and not value.isascii()
    ]
    if not sample or legacy.detect(" ".join(sample)) is legacy.Encoding.UNICODE:
        return chain(first, rows)
    notices.append(
        Fault(
            0,
            None,
            "sheet.legacy_text",
            _(
                "Chữ trong tệp dùng phông cũ (TCVN3 hoặc VNI), đã đổi sang Unicode. Hãy xem lại các chữ có dấu."
            ),
        )
    )
    return map(_modern_row, chain(first, rows))


def _modern_row(row: SheetRow) -> SheetRow:
    values = [
        legacy.convert(value).text if isinstance(value, str) and not value.isascii() else value
        for value in row.values
    ]
    return SheetRow(row.number, values)
