import io
import resource
import time as clock
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
import xlsxwriter

from quantriet.core.errors import DomainError
from quantriet.core.intake.cage import run_limited
from quantriet.core.office.cells import MergedRange, SheetRow
from quantriet.core.office.sheets_in import SheetLimits, read_csv, read_xlsx


def moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment without a zone, as Excel knows them."""
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001


def book(fill: Callable[[Any], None], **options: Any) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, options) as file:
        fill(file)
    return stream.getvalue()


def test_cells_keep_what_was_typed() -> None:
    def fill(file: Any) -> None:
        sheet = file.add_worksheet("Danh sách")
        day = file.add_format({"num_format": "dd/mm/yyyy"})
        minute = file.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.write_string(2, 1, " 0012 ")
        sheet.write_number(2, 2, 1980)
        sheet.write_number(2, 3, 92.4)
        sheet.write_datetime(2, 4, moment(1980, 2, 1), day)
        sheet.write_datetime(2, 5, moment(1980, 2, 1, 7, 30), minute)
        sheet.write_datetime(2, 6, time(7, 30), file.add_format({"num_format": "hh:mm"}))
        sheet.write_boolean(2, 7, True)
        sheet.write_string(2, 8, "Ho\u0300a")
        sheet.write_number(4, 1, 0)
        sheet.write_number(4, 2, 123456789012)
        sheet.write_number(4, 3, 0.0000001)

    sheet = read_xlsx(book(fill))

    assert sheet.name == "Danh sách"
    assert sheet.rows == (
        SheetRow(
            3,
            [
                "",
                "0012",
                "1980",
                "92.4",
                date(1980, 2, 1),
                moment(1980, 2, 1, 7, 30),
                time(7, 30),
                "TRUE",
                "Hòa",
            ],
        ),
        SheetRow(5, ["", "0", "123456789012", "0.0000001", "", "", "", "", ""]),
    )
    assert sheet.rows[0].text(4) == "01/02/1980"
    assert sheet.rows[0].text(5) == "01/02/1980 07:30"


def test_merged_cells_hidden_sheets_and_the_other_sheets() -> None:
    def fill(file: Any) -> None:
        hidden = file.add_worksheet("Ẩn")
        hidden.write_string(0, 0, "bí mật")
        first = file.add_worksheet("Một")
        first.merge_range(0, 1, 0, 3, "Triệu tập")
        file.add_worksheet("Trống")
        file.add_worksheet("Hai").write_string(0, 0, "b")
        first.activate()
        hidden.hide()

    content = book(fill)

    sheet = read_xlsx(content)
    assert (sheet.name, sheet.others, sheet.merged) == ("Một", ("Hai",), (MergedRange(1, 1, 1, 3),))
    assert sheet.merged[0].address == "B1:D1"
    assert read_xlsx(content, "Hai").rows == (SheetRow(1, ["b"]),)
    for name, code in (("Ẩn", "sheet.missing"), ("Trống", "sheet.empty"), ("Ba", "sheet.missing")):
        with pytest.raises(DomainError) as caught:
            read_xlsx(content, name)
        assert caught.value.code == code


def test_a_million_empty_rows_are_cheap_and_data_behind_them_is_told() -> None:
    def fill(file: Any) -> None:
        sheet = file.add_worksheet()
        sheet.write_string(0, 0, "a")
        sheet.write_string(1_048_575, 2, "z")

    content = book(fill)
    started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    sheet = run_limited(read_xlsx, content)

    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - started < 4
    assert sheet.rows == (SheetRow(1, ["a", "", ""]),)
    assert [(fault.row, fault.code) for fault in sheet.notices] == [(1_048_576, "sheet.after_gap")]


def test_a_sheet_of_seventeen_thousand_million_cells_dies_in_the_cage() -> None:
    def fill(file: Any) -> None:
        sheet = file.add_worksheet()
        sheet.write_string(0, 0, "a")
        sheet.write_string(1_048_575, 16_383, "z")

    with pytest.raises(DomainError) as caught:
        run_limited(read_xlsx, book(fill))

    assert caught.value.code == "cage.killed"


def test_limits_are_exact() -> None:
    limits = SheetLimits(rows=3, columns=2, cell=4)

    assert len(read_csv(b"a,b\nc,d\ne,fghi\n", limits).rows) == 3
    for content, code in (
        (b"a\nb\nc\nd\n", "sheet.too_many_rows"),
        (b"a,b,c\n", "sheet.too_many_columns"),
        (b"abcde\n", "sheet.cell_too_long"),
    ):
        with pytest.raises(DomainError) as caught:
            read_csv(content, limits)
        assert caught.value.code == code
    assert read_csv(b"a,b,,\n", limits).rows == (SheetRow(1, ["a", "b"]),)


def test_not_a_workbook() -> None:
    with pytest.raises(DomainError) as caught:
        read_xlsx(b"PK\x03\x04 nothing")

    assert caught.value.code == "sheet.unreadable"


LINES = "Họ và tên;Năm sinh\nNguyễn Thị Ưởng;0980\n"
ROWS = (SheetRow(1, ["Họ và tên", "Năm sinh"]), SheetRow(2, ["Nguyễn Thị Ưởng", "0980"]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_csv_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    assert read_csv(LINES.replace(";", delimiter).encode(encoding)).rows == ROWS


def test_csv_in_windows_1258() -> None:
    # This code page holds tones as marks of their own, but ê ô â ă ơ ư as letters.
    text = "Ho\u0323 va\u0300 tên;Năm sinh\nNguyê\u0303n Thi\u0323 Ươ\u0309ng;0980\n"

    assert read_csv(text.encode("cp1258")).rows == ROWS


def test_csv_with_quotes_separator_line_and_blank_lines() -> None:
    rows = read_csv('sep=,\r\n\r\n"Chi bộ 1, thôn ""A""",x\r\n\r\ny,z\r\n'.encode()).rows

    assert rows == (SheetRow(2, ['Chi bộ 1, thôn "A"', "x"]), SheetRow(4, ["y", "z"]))


@pytest.mark.parametrize("content", [b"\n\n", b",,,\n"])
def test_csv_without_data(content: bytes) -> None:
    with pytest.raises(DomainError) as caught:
        read_csv(content)

    assert caught.value.code == "sheet.empty"


def test_an_old_font_is_converted_with_a_notice() -> None:
    def fill(file: Any) -> None:
        sheet = file.add_worksheet()
        for row, text in enumerate(
            ["Ñy ban nh©n d©n tØnh Ninh B×nh", "Hä vµ tªn", "§¶ng uû x·", "NguyÔn V¨n An"]
        ):
            sheet.write_string(row, 0, text)

    sheet = read_xlsx(book(fill))

    assert [fault.code for fault in sheet.notices] == ["sheet.legacy_text"]
    assert [row.text(0) for row in sheet.rows][1:] == ["Họ và tên", "Đảng uỷ xã", "Nguyễn Văn An"]


@pytest.mark.prove
def test_a_hundred_thousand_rows() -> None:
    def fill(file: Any) -> None:
        sheet = file.add_worksheet()
        for row in range(100_000):
            for column in range(10):
                sheet.write_string(row, column, f"Nguyễn Văn {row % 977}")

    content = book(fill, constant_memory=True)
    started = clock.process_time()

    assert len(read_xlsx(content).rows) == 100_000
    assert clock.process_time() - started < 4
