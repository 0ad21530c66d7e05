import io
import zipfile
import zlib
from datetime import date, datetime

import pytest

from quantriet.core.office.cells import Fault, SheetRow
from quantriet.core.office.sheets_in import read_xlsx
from quantriet.core.office.sheets_out import PACKED, CellKind, Table, TableColumn, Workbook, fault_workbook

PAYLOADS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://x")',
    "{=1+1}",
    "http://example.vn",
    "0012",
    "Nguyễn Thị Ưởng",
    "<b>&amp;",
)


def moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment without a zone, as Excel knows them."""
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name).decode("utf-8", "replace") for name in file.namelist()}


def test_a_workbook_is_packed_quickly() -> None:
    book = Workbook()
    book.add_long_table(Table("", [TableColumn("Tên")], [(f"Nguyễn Văn {number}",) for number in range(500)]))

    with zipfile.ZipFile(io.BytesIO(book.to_bytes())) as file:
        sheet = file.getinfo("xl/worksheets/sheet1.xml")
        raw = file.read(sheet)

    packed = {}
    for level in (PACKED, 6):
        packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed[level] = len(packer.compress(raw) + packer.flush())
    assert packed[PACKED] == sheet.compress_size != packed[6]


def test_text_is_never_a_formula_or_a_link() -> None:
    book = Workbook()
    kinds = (CellKind.TEXT, CellKind.INTEGER, CellKind.DATE)
    book.add_table(
        Table("", [TableColumn(kind.name, kind) for kind in kinds], [(text,) * 3 for text in PAYLOADS])
    )
    content = book.to_bytes()

    sheet = parts(content)["xl/worksheets/sheet1.xml"]
    assert ("<f>" in sheet, "hyperlink" in sheet) == (False, False)
    assert [list(row.values) for row in read_xlsx(content).rows[1:]] == [[text] * 3 for text in PAYLOADS]


def test_types_title_totals_notes_and_print_setup() -> None:
    book = Workbook()
    columns = [
        TableColumn("Đơn vị"),
        TableColumn("Có mặt", CellKind.INTEGER),
        TableColumn("Tỷ lệ", CellKind.PERCENT),
        TableColumn("Ngày", CellKind.DATE),
        TableColumn("Lúc", CellKind.DATETIME),
    ]
    rows = (
        [f"Xã {number}", 1356, 0.924, date(2026, 2, 20), moment(2026, 2, 20, 23, 59)] for number in (1, 2)
    )
    book.add_table(
        Table(
            "Kết quả [1/2]",
            columns,
            rows,
            subtitles=["Đến 20/02/2026"],
            totals=["Cộng", 2712, 0.924, None, None],
        )
    )
    book.add_notes("Ghi chú", ["Số liệu đến ngày 20/02/2026."])
    content = book.to_bytes()

    sheet = read_xlsx(content)
    assert (sheet.name, sheet.others) == ("Kết quả  1 2", ("Ghi chú",))
    assert [row.number for row in sheet.rows] == [1, 2, 4, 5, 6, 7]
    assert list(sheet.rows[3].values) == [
        "Xã 1",
        "1356",
        "0.924",
        date(2026, 2, 20),
        moment(2026, 2, 20, 23, 59),
    ]
    assert list(sheet.rows[5].values) == ["Cộng", "2712", "0.924", "", ""]
    xml = parts(content)
    for told in (
        '<pageSetup paperSize="9"',
        'orientation="landscape"',
        '<autoFilter ref="A4:E6"',
        'topLeftCell="A5"',
    ):
        assert told in xml["xl/worksheets/sheet1.xml"]
    assert "'Kết quả  1 2'!$4:$4" in xml["xl/workbook.xml"]
    assert "dd/mm/yyyy" in xml["xl/styles.xml"]


def test_sheets_of_the_same_title_get_names_of_their_own() -> None:
    book = Workbook()
    for _time in range(3):
        book.add_table(Table("A" * 40, [TableColumn("x")], [["1"]]))

    sheet = read_xlsx(book.to_bytes())

    assert (sheet.name, *sheet.others) == ("A" * 31, "A" * 29 + " 2", "A" * 29 + " 3")


def test_a_row_of_the_wrong_length_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        Workbook().add_table(Table("", [TableColumn("a"), TableColumn("b")], [["1"]]))


def test_fault_workbook_keeps_places_and_tells_what_is_wrong() -> None:
    rows = [
        SheetRow(2, ["Họ và tên", "Ngày sinh"]),
        SheetRow(3, ["=cmd", "31/02/1980"]),
        SheetRow(6, ["Trần B", date(1981, 3, 2)]),
    ]
    faults = [
        Fault(3, 1, "date.impossible", "Không có ngày này."),
        Fault(3, 1, "date.early", "Sinh quá sớm."),
        Fault(6, None, "person.twice", "Người này đã có ở dòng 5."),
        Fault(0, None, "sheet.legacy_text", "Đã đổi phông."),
    ]

    content = fault_workbook(rows, faults, header_row=2)

    assert [(row.number, list(row.values)) for row in read_xlsx(content).rows] == [
        (2, ["Họ và tên", "Ngày sinh", "Lỗi; Đã đổi phông."]),
        (3, ["=cmd", "31/02/1980", "B3: Không có ngày này.; B3: Sinh quá sớm."]),
        (6, ["Trần B", date(1981, 3, 2), "Người này đã có ở dòng 5."]),
    ]
    comments = parts(content)["xl/comments1.xml"]
    assert 'ref="B3"' in comments
    assert "Không có ngày này.\nSinh quá sớm." in comments


def test_a_fault_workbook_of_no_rows() -> None:
    assert fault_workbook([], [], header_row=1).startswith(b"PK")
