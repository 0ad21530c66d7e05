"""What the columns of a long list of people mean, without a database."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils import timezone

from quantriet.core.office.cells import CellValue, SheetRow
from quantriet.core.office.columns import recognise_columns
from quantriet.core.office.tables_in import TablePart
from quantriet.org.import_cells import KNOWN_CELLS, Cells, post_of
from quantriet.org.import_words import PEOPLE_COLUMNS
from quantriet.org.people_columns import PeoplePart, PeopleReader

HEADER = ["Họ và tên", "Mã đảng viên", "Ngày sinh", "Mã đơn vị", "Chức vụ", "Tình trạng"]


def people(
    *lines: Sequence[CellValue], header: Sequence[CellValue] = HEADER
) -> tuple[PeoplePart, PeopleReader]:
    positions = recognise_columns(SheetRow(1, header), PEOPLE_COLUMNS).positions
    rows = [SheetRow(number, list(line)) for number, line in enumerate(lines, 2)]
    columns = {name: [row.at(place) for row in rows] for name, place in positions.items()}
    reader = PeopleReader(positions, {"012": 7, "12": 8}, home=5)
    return reader.read(TablePart(tuple(row.number for row in rows), columns)), reader


def cells(reader: PeopleReader) -> list[tuple[str, str]]:
    return sorted((fault.address, fault.code) for fault in reader.faults)


def test_a_row_of_a_person_in_all_ways_a_date_is_written() -> None:
    part, reader = people(
        ["Nguyễn Văn An", "0012", date(1980, 2, 3), "012", "Bí thư chi bộ", "Dự bị"],
        ["Trần Thị Bình", "0013", "3/2/1980", "12", "", ""],
        ["Lê Văn Cảnh", "0014", "29254", "12", "Kế toán", "Ngoài Đảng"],
        ["Lê Văn Dũng", "0015", "1980", "12"],
    )

    told = list(
        zip(
            part.full_name,
            part.code,
            part.birth,
            part.unit_id,
            part.post,
            part.status,
            part.person_class,
            strict=True,
        )
    )
    assert cells(reader) == []
    assert told == [
        ("Nguyễn Văn An", "0012", (date(1980, 2, 3), 1980), 7, "head", "probationary", 3),
        ("Trần Thị Bình", "0013", (date(1980, 2, 3), 1980), 8, "", "full", 3),
        ("Lê Văn Cảnh", "0014", (date(1980, 2, 3), 1980), 8, "", "non_member", 6),
        ("Lê Văn Dũng", "0015", (None, 1980), 8, "", "full", 3),
    ]


def test_a_month_before_the_year_of_birth_is_passed_over() -> None:
    part, reader = people(["An", "1", "05/1990", "12"], ["Bình", "2", "12-1985", "12"])

    assert (cells(reader), part.birth) == ([], [(None, 1990), (None, 1985)])


def test_nobody_is_born_tomorrow_or_in_another_century() -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    _part, reader = people(
        ["An", "1", tomorrow, "12"],
        ["Bình", "2", str(tomorrow.year + 1), "12"],
        ["Cảnh", "3", "05/1890", "12"],
        ["Dũng", "4", timezone.localdate(), "12"],
    )

    assert cells(reader) == [
        ("C2", "import.birth_ahead"),
        ("C3", "import.birth_ahead"),
        ("C4", "import.birth_old"),
    ]


def test_what_a_formula_or_a_page_left_is_no_name() -> None:
    _part, reader = people(
        ['=HYPERLINK("http://x","y")', "1", "", "12"],
        ["<b>An</b>", "2", "", "12"],
        ["H’Hen Niê", "3", "", "12"],
        ["Y-Moan (con)", "4", "", "12"],
    )

    assert cells(reader) == [("A2", "import.no_name"), ("A3", "import.no_name")]


def test_every_fault_of_a_person_has_its_cell_and_marks_its_row() -> None:
    part, reader = people(
        ["", "1", "", "012"],
        ["An", "2", "31/02/1980", "012"],
        ["An", "3", "01/02/80", "999"],
        ["An", "4", "", "", "", "lạ"],
        ["An", "5", "", "012"],
    )

    assert cells(reader) == [
        ("A2", "import.empty"),
        ("C3", "date_impossible"),
        ("C4", "date_two_digit_year"),
        ("D4", "import.unit_unknown"),
        ("D5", "import.empty"),
        ("F5", "import.word_unknown"),
    ]
    assert part.faulty == [True, True, True, True, False]
    assert reader.faulty == 4


def test_an_unknown_word_is_told_with_the_words_that_are_known() -> None:
    _part, reader = people(["An", "1", "", "012", "", "lạ"])

    assert [fault.sentence for fault in reader.faults] == [
        "Không hiểu “lạ”. Hãy ghi một trong: Chính thức; Dự bị; Được miễn; Ngoài Đảng."
    ]


def test_without_a_column_of_units_all_belong_to_the_unit_of_the_import() -> None:
    part, _reader = people(["An", "1"], header=["HO VA TEN", "Mã"])

    assert part.unit_id == [5]


def test_lines_below_the_list_are_passed_over() -> None:
    part, reader = people(["An", "1", "", "012"], ["", "", "", ""], ["Bình", "2", "", "12"])

    assert (list(part.rows), cells(reader)) == ([2, 4], [])


def test_text_of_an_old_font_in_one_cell_is_converted_with_a_notice() -> None:
    part, reader = people(["NguyÔn V¨n B×nh", "1", "", "012"], ["Trần Văn An", "2", "", "012"])

    assert part.full_name == ["Nguyễn Văn Bình", "Trần Văn An"]
    assert [(notice.address, notice.code) for notice in reader.notices] == [("A2", "sheet.legacy_text")]


def test_a_column_where_every_cell_differs_is_not_kept_whole() -> None:
    known = Cells(str, otherwise="")
    for number in range(KNOWN_CELLS + 1):
        assert known[str(number)] == str(number)
    before = len(known)
    known.forget()

    assert (before, len(known)) == (KNOWN_CELLS + 1, 0)


def test_posts_are_told_by_their_first_words() -> None:
    assert [
        post_of(words) for words in ("Bí thư Đảng ủy xã", "Phó Bí thư TT", "Chi ủy viên", "Kế toán", "")
    ] == [
        "head",
        "deputy",
        "committee",
        "",
        "",
    ]
