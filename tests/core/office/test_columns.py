import pytest

from quantriet.core.errors import DomainError
from quantriet.core.office.cells import Fault, MergedRange, SheetRow, cell_address
from quantriet.core.office.columns import Column, find_header, recognise_columns

NAME = Column("name", "Họ và tên", aliases=("Họ tên", "Tên đảng viên"))
BORN = Column("born", "Ngày sinh", aliases=("Năm sinh",))
NOTE = Column("note", "Ghi chú", required=False)
WANTED = (NAME, BORN, NOTE)


def test_addresses() -> None:
    assert [
        cell_address(7, 1),
        cell_address(1, 0),
        cell_address(2, 25),
        cell_address(3, 26),
        cell_address(4, 702),
    ] == [
        "B7",
        "A1",
        "Z2",
        "AA3",
        "AAA4",
    ]


@pytest.mark.parametrize(
    "title", ["Họ và tên", "HỌ VÀ TÊN", "ho va ten", "Họ  và\ntên:", "Ho\u0323 va\u0300 te\u0302n", "Họ tên"]
)
def test_headers_are_found_however_they_are_written(title: str) -> None:
    found = recognise_columns(SheetRow(3, ["TT", title, "NĂM SINH", ""]), WANTED)

    assert found.positions == {"name": 1, "born": 2}
    assert found.faults == ()
    assert found.unknown == ("TT",)
    row = SheetRow(4, ["1", "Nguyễn Văn A", "1980"])
    assert [found.value(row, name) for name in ("name", "born", "note")] == ["Nguyễn Văn A", "1980", ""]
    assert found.fault(row, "born", "x", "Sai.") == Fault(4, 2, "x", "Sai.")
    assert found.fault(row, "born", "x", "Sai.").address == "C4"


def test_missing_doubled_and_merged_headers_are_told_with_their_cells() -> None:
    header = SheetRow(2, ["Họ tên", "Họ và tên", "", ""])

    found = recognise_columns(header, WANTED, merged=[MergedRange(2, 1, 2, 2), MergedRange(9, 0, 9, 3)])

    assert [(fault.address, fault.code, fault.sentence) for fault in found.faults] == [
        ("B2", "sheet.column_twice", "Cột “Họ và tên” có hai lần. Hãy xóa bớt một cột."),
        ("B2", "sheet.merged_header", "Ô tiêu đề B2:C2 bị gộp. Hãy bỏ gộp ô, mỗi cột một tiêu đề."),
        ("2", "sheet.column_missing", "Thiếu cột “Ngày sinh”. Hãy thêm cột này vào dòng tiêu đề."),
    ]


def test_the_header_is_found_under_a_title() -> None:
    rows = [
        SheetRow(1, ["ĐẢNG ỦY XÃ HÀM THUẬN NAM"]),
        SheetRow(2, ["DANH SÁCH ĐẢNG VIÊN"]),
        SheetRow(4, ["TT", "Họ và tên", "Ngày sinh"]),
        SheetRow(5, ["1", "Ghi chú", "1980"]),
    ]

    assert find_header(rows, WANTED).number == 4


def test_titles_merged_downwards_belong_to_the_lower_row_of_a_header() -> None:
    rows = [
        SheetRow(1, ["DANH SÁCH", ""]),
        SheetRow(3, ["TT", "Tổ chức đảng", "", WANTED[1].title]),
        SheetRow(4, ["", "Mã số lạ", WANTED[0].title, ""]),
        SheetRow(5, ["1", "x", "Trần Thị Bình", "1980"]),
    ]

    header = find_header(rows, WANTED)

    assert (header.number, recognise_columns(header, WANTED).positions) == (
        4,
        {WANTED[0].name: 2, WANTED[1].name: 3},
    )


def test_a_row_of_data_takes_no_titles_from_the_header_above_it() -> None:
    rows = [SheetRow(1, [WANTED[0].title, WANTED[1].title]), SheetRow(2, ["Trần Thị Bình", ""])]

    assert find_header(rows, WANTED).number == 1


def test_no_header() -> None:
    with pytest.raises(DomainError) as caught:
        find_header([SheetRow(1, ["a", "b"])], WANTED)

    assert caught.value.code == "sheet.no_header"
    assert caught.value.sentence == "Không thấy dòng tiêu đề. Cần một dòng có các cột: Họ và tên, Ngày sinh."
