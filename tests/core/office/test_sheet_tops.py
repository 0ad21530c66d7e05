"""The head of a long workbook is read from its first rows, and is the head that the whole file gives."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from quantriet.core.errors import DomainError
from quantriet.core.intake.kinds import FileKind
from quantriet.core.office import sheet_tops, tables_in
from quantriet.core.office.columns import Column
from quantriet.core.office.sheets_in import SHEET, open_xlsx
from quantriet.core.office.tables_in import TableHead, TableWish, read_head

WISH = TableWish((Column("name", "Họ và tên"), Column("code", "Mã", required=False)))
LONG = 1_500


def _book(path: Path, fill: Callable[[Any], None], **options: bool) -> Path:
    book = xlsxwriter.Workbook(str(path), options)
    fill(book)
    book.close()
    return path


def _rows(sheet: Any, count: int, *, first: int = 0, words: str = "Nguyễn Văn An") -> None:
    sheet.write_row(first, 0, ("Mã", "Họ và tên"))
    for row in range(first + 1, first + count):
        sheet.write_row(row, 0, (f"{row:06d}", words))


def plain(book: Any) -> None:
    _rows(book.add_worksheet("Một"), LONG)


def titled_and_merged(book: Any) -> None:
    sheet = book.add_worksheet("Một")
    sheet.merge_range(0, 0, 0, 3, "DANH SÁCH")
    sheet.merge_range(4, 2, 4, 3, "gộp")
    _rows(sheet, LONG, first=4)


def second_sheet_longer(book: Any) -> None:
    book.add_worksheet("Trống")
    _rows(book.add_worksheet("Hai"), LONG)
    _rows(book.add_worksheet("Ba"), LONG)


def values_only_far_below(book: Any) -> None:
    shaded = book.add_format({"bg_color": "#EEEEEE"})
    sheet = book.add_worksheet("Một")
    for row in range(400):
        sheet.write_blank(row, 0, None, shaded)
    _rows(sheet, LONG, first=400)


def mostly_blank_above(book: Any) -> None:
    shaded = book.add_format({"bg_color": "#EEEEEE"})
    sheet = book.add_worksheet("Một")
    sheet.write(0, 0, "DANH SÁCH")
    for row in range(1, 400):
        sheet.write_blank(row, 0, None, shaded)
    _rows(sheet, LONG, first=400)


def in_an_old_font(book: Any) -> None:
    _rows(book.add_worksheet("Một"), LONG, words="NguyÔn V¨n ViÖt, ®¶ng viªn chÝnh thøc")


def wide_below(book: Any) -> None:
    sheet = book.add_worksheet("Một")
    _rows(sheet, LONG)
    sheet.write(LONG, 6, "xa")


def nothing(book: Any) -> None:
    book.add_worksheet("Một")


def without_a_header(book: Any) -> None:
    sheet = book.add_worksheet("Một")
    for row in range(LONG):
        sheet.write_row(row, 0, (row, "x"))


def _head(path: Path) -> TableHead | str:
    try:
        return read_head(path, FileKind.XLSX, WISH, SHEET)
    except DomainError as error:
        return error.code


def _shown(head: TableHead | str) -> object:
    """A head with the blanks at the ends of rows left out: how wide the rows below are is no part of it."""
    if isinstance(head, str):
        return head
    rows = [(row.number, [row.text(at) for at in range(7)]) for row in head.first_rows]
    return (head.sheet, head.others, head.columns, rows)


@pytest.mark.parametrize("in_file", [False, True], ids=["shared words", "words in the cells"])
@pytest.mark.parametrize(
    "fill",
    [
        plain,
        titled_and_merged,
        second_sheet_longer,
        values_only_far_below,
        mostly_blank_above,
        in_an_old_font,
        wide_below,
        nothing,
        without_a_header,
    ],
)
def test_the_head_is_that_of_the_whole_file(
    fill: Callable[[Any], None], *, in_file: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _book(tmp_path / "x.xlsx", fill, constant_memory=in_file)

    told = _head(path)
    monkeypatch.setattr(sheet_tops, "top", lambda _path: None)

    assert _shown(told) == _shown(_head(path))


def test_only_the_first_rows_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _book(tmp_path / "x.xlsx", titled_and_merged)
    short = sheet_tops.top(path)
    assert short is not None
    opened = open_xlsx(short)

    assert len(list(opened.rows)) == sheet_tops.TOP_ROWS
    assert [area.address for area in opened.merged] == ["A1:D1", "C5:D5"]

    def refused(*_words: object) -> None:
        raise AssertionError("the whole file was opened")

    monkeypatch.setattr(tables_in, "_open", refused)
    assert isinstance(_head(path), TableHead)


@pytest.mark.parametrize("fill", [nothing, values_only_far_below])
def test_a_sheet_whose_top_tells_nothing_is_left_whole(fill: Callable[[Any], None], tmp_path: Path) -> None:
    assert sheet_tops.top(_book(tmp_path / "x.xlsx", fill)) is None


def _with_sheet(path: Path, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with its first sheet's XML changed."""
    whole = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            raw = old.read(name)
            new.writestr(name, change(raw) if name == "xl/worksheets/sheet1.xml" else raw)
    return path


def test_other_prefixes_and_pieces_that_split_a_tag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _book(tmp_path / "x.xlsx", plain)
    _with_sheet(
        path, lambda raw: raw.replace(b"</row>", b"</row \n>").replace(b"</sheetData>", b"</sheetData >")
    )
    expected = sheet_tops.top(path)
    assert expected is not None

    for size in (7, 64, 1000):
        monkeypatch.setattr(sheet_tops, "PIECE", size)
        found = sheet_tops.top(path)
        assert found is not None
        assert list(open_xlsx(found).rows) == list(open_xlsx(expected).rows)
    assert len(list(open_xlsx(expected).rows)) == sheet_tops.TOP_ROWS


def test_a_sheet_broken_off_below_and_no_archive(tmp_path: Path) -> None:
    path = _book(tmp_path / "x.xlsx", plain)
    _with_sheet(path, lambda raw: raw[: len(raw) // 2])
    broken = _head(path)
    path.write_bytes(b"PK nothing")

    assert (broken, sheet_tops.top(path)) == ("sheet.unreadable", None)


ENCRYPTED, UNKNOWN_METHOD = 1, 97


def _flagged(path: Path, at: int, value: int) -> None:
    """Change two bytes of each entry in the directory of an archive (8: its flags, 10: its method)."""
    content = bytearray(path.read_bytes())
    found = content.find(b"PK\x01\x02")
    while found >= 0:
        content[found + at : found + at + 2] = value.to_bytes(2, "little")
        found = content.find(b"PK\x01\x02", found + 4)
    path.write_bytes(content)


@pytest.mark.parametrize(("at", "value"), [(8, ENCRYPTED), (10, UNKNOWN_METHOD)])
def test_an_archive_that_cannot_be_opened_is_left_to_who_reads_it_whole(
    at: int, value: int, tmp_path: Path
) -> None:
    path = _book(tmp_path / "a.xlsx", plain)
    _flagged(path, at, value)

    assert sheet_tops.top(path) is None


def test_a_sheet_whose_bytes_do_not_unpack_is_left_to_who_reads_it_whole(tmp_path: Path) -> None:
    path = _book(tmp_path / "a.xlsx", plain)
    with zipfile.ZipFile(path) as archive:
        name = next(one for one in archive.namelist() if "worksheets/" in one)
        begins = archive.getinfo(name).header_offset + 30 + len(name)
    content = bytearray(path.read_bytes())
    content[begins : begins + 40] = b"\xff" * 40
    path.write_bytes(content)

    assert sheet_tops.top(path) is None
