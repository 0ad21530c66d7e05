"""Rows written at once read back as they went in, hostile texts among them."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from quantriet.core.office.sheets_in import read_xlsx
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook

COLUMNS = (
    TableColumn("TT", CellKind.INTEGER),
    TableColumn("Chữ"),
    TableColumn("Ngày", CellKind.DATE),
    TableColumn("Tỷ lệ", CellKind.PERCENT),
)
TEXTS = [
    "=1+1",
    "0012",
    "<b>&amp;</b>",
    " đầu và cuối ",
    "hai\ndòng",
    "\x01lạ\x1f",
    "Nguyễn Thị Ẵ",
    "@SUM(A1)",
]


def written(rows: list[tuple[object, ...]]) -> list[list[object]]:
    book = Workbook()
    book.add_table(Table("Trước", COLUMNS[:2], [(1, "a")]))
    book.add_long_table(Table("Nhiều dòng", COLUMNS, iter(rows), subtitles=["dưới tiêu đề"]))
    book.add_table(Table("Sau", COLUMNS[:2], [(2, "b")]))
    content = book.to_bytes()
    assert [read_xlsx(content, name).rows[-1].text(1) for name in ("Trước", "Sau")] == ["a", "b"]
    found = read_xlsx(content, "Nhiều dòng").rows
    return [list(row.values) for row in found if row.number > 4]


def test_every_kind_of_cell_reads_back() -> None:
    rows = [(at, text, date(2026, 2, 7), Decimal("0.5")) for at, text in enumerate(TEXTS, 1)]
    back = written([*rows, (9, "", None, None)])

    assert [row[0] for row in back] == [str(at) for at in range(1, 10)]
    assert [str(row[1]).strip() for row in back[:8]] == [text.strip("\x01\x1f ") for text in TEXTS]
    assert {str(row[2])[:10] for row in back[:8]} == {"2026-02-07"}
    assert {row[3] for row in back[:8]} == {"0.5"}


def test_no_rows_are_an_empty_table() -> None:
    assert written([]) == []


@pytest.mark.parametrize("value", [True, datetime(2026, 1, 1), object()])  # noqa: DTZ001 - refused anyway
def test_what_is_no_cell_of_it_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="not a cell"):
        written([(1, value, None, None)])
