import pytest

from quantriet.core.office.letters import (
    PARTY,
    STATE,
    HeaderCell,
    LetterColumn,
    TableBlock,
    check_rows,
    placed_header,
)
from tests.core.office.sample_letters import HEADER, sample_letter, sample_table


@pytest.mark.parametrize(
    ("layout", "number", "authority"),
    [(PARTY, "Số 05-BC/ĐU", "T/M BAN THƯỜNG VỤ"), (STATE, "Số: 05-BC/ĐU", "TM. BAN THƯỜNG VỤ")],
)
def test_lines_follow_the_layout(layout: object, number: str, authority: str) -> None:
    letter = sample_letter(PARTY if layout is PARTY else STATE)

    assert (letter.number_line, letter.authority_lines) == (number, [authority])
    assert letter.place_date_line == "Hàm Thuận, ngày 05 tháng 02 năm 2026"


def test_header_cells_fill_the_grid() -> None:
    placed = placed_header(sample_table())

    assert [[(cell.column, cell.cell.text) for cell in row] for row in placed] == [
        [(0, "TT"), (1, "Đơn vị"), (2, "Số hội nghị")],
        [(2, "Trực tiếp"), (3, "Trực tuyến")],
    ]


@pytest.mark.parametrize(
    "header",
    [
        [[HeaderCell("a", columns=3)]],
        [[HeaderCell("a")]],
        [[HeaderCell("a", rows=2), HeaderCell("b")]],
        [[HeaderCell("a"), HeaderCell("b"), HeaderCell("c")]],
    ],
)
def test_a_header_that_does_not_fill_its_grid_is_refused(header: list[list[HeaderCell]]) -> None:
    with pytest.raises(ValueError, match="header"):
        placed_header(TableBlock([LetterColumn(), LetterColumn()], header, []))


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="a row of 1 cells in a table of 4 columns"):
        check_rows(TableBlock([LetterColumn()] * 4, HEADER, [("x",)]))
