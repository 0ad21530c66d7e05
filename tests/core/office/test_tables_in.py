"""Long sheets in parts: the same cells as the whole sheet, only the wanted columns."""

from pathlib import Path

import pytest

from quantriet.core.errors import DomainError
from quantriet.core.intake.kinds import FileKind
from quantriet.core.office import tables_in
from quantriet.core.office.columns import Column
from quantriet.core.office.sheets_in import SHEET, SheetLimits
from quantriet.core.office.tables_in import (
    TableEnd,
    TableHead,
    TablePart,
    TableWish,
    read_head,
    read_rows,
    read_table,
)

WISH = TableWish((Column("name", "Tên"), Column("code", "Mã", required=False)))


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "danh-sach.csv"
    lines = ["DANH SÁCH", "Mã,Ghi chú,Tên", *(f"{number},x,Người {number}" for number in range(5)), "9", ",,"]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def table(path: Path, wish: TableWish = WISH, limits: SheetLimits = SHEET) -> list[object]:
    return list(read_table(path, FileKind.CSV, wish, limits))


def test_head_parts_and_end(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_in, "PART", 4)

    head, first, second, end = table(sheet)

    assert isinstance(head, TableHead)
    assert (head.columns.header_row, head.columns.positions) == (2, {"code": 0, "name": 2})
    assert first == TablePart(
        (3, 4, 5, 6),
        {"code": ("0", "1", "2", "3"), "name": ("Người 0", "Người 1", "Người 2", "Người 3")},
    )
    # The last line of this file ends before the column of names.
    assert second == TablePart((7, 8), {"code": ("4", "9"), "name": ("Người 4", "")})
    assert end == TableEnd(())


def test_the_head_shows_the_titles_that_stand_one_row_higher(tmp_path: Path) -> None:
    path = tmp_path / "hai-dong.csv"
    path.write_text("TT,Tổ chức,Mã\n,Tên,\n1,Chi bộ 1,01\n", encoding="utf-8")

    head = read_head(path, FileKind.CSV, WISH, SHEET)

    assert (head.columns.header_row, head.columns.positions) == (2, {"name": 1, "code": 2})
    assert [[row.text(at) for at in range(3)] for row in head.first_rows] == [
        ["TT", "Tổ chức", "Mã"],
        ["", "Tên", "Mã"],
        ["1", "Chi bộ 1", "01"],
    ]


def test_picked_columns_win(sheet: Path) -> None:
    wish = TableWish(WISH.columns, picked={"name": 1, "code": None})

    _head, part, _end = table(sheet, wish)

    assert isinstance(part, TablePart)
    assert part.columns == {"name": ("x", "x", "x", "x", "x", "")}


def test_a_faulty_header_gives_no_part(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Mã,Mã,Tên\n1,2,An\n", encoding="utf-8")

    head, end = table(path)

    assert isinstance(head, TableHead)
    assert [fault.code for fault in head.columns.faults] == ["sheet.column_twice"]
    assert end == TableEnd(())


def test_only_some_rows(sheet: Path) -> None:
    rows = read_rows(sheet, FileKind.CSV, WISH, SHEET, frozenset({2, 4}))

    assert [(row.number, row.text(2)) for row in rows] == [(2, "Tên"), (4, "Người 1")]


def test_a_sheet_longer_than_allowed_is_refused_when_it_is_reached(sheet: Path) -> None:
    limits = SheetLimits(rows=4)

    with pytest.raises(DomainError) as caught:
        table(sheet, limits=limits)

    assert caught.value.code == "sheet.too_many_rows"
    assert read_head(sheet, FileKind.CSV, WISH, SHEET).sheet == "CSV"


def test_ten_to_the_six_blank_rows_end_soon_and_what_follows_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Mã,Tên\n1,An\n" + ",\n" * 1_000_000 + "2,Bình\n", encoding="utf-8")

    _head, part, end = table(path)

    assert isinstance(part, TablePart)
    assert part.numbers == (2,)
    assert isinstance(end, TableEnd)
    assert [(notice.code, notice.row) for notice in end.notices] == [("sheet.after_gap", 1_000_003)]
