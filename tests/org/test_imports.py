"""What sheets of units and people mean, without a database."""

from collections.abc import Sequence
from datetime import date

from quantriet.core.office.cells import CellValue, SheetRow
from quantriet.core.office.columns import recognise_columns
from quantriet.org.import_words import PEOPLE_COLUMNS, UNIT_COLUMNS
from quantriet.org.imports import Parsed, UnitRow, post_of, read_people, read_units
from quantriet.org.specs import PersonSpec

PEOPLE_HEADER = ["Họ và tên", "Mã đảng viên", "Ngày sinh", "Mã đơn vị", "Chức vụ", "Tình trạng"]
UNIT_HEADER = ["Mã", "Tên", "Loại", "Mã cấp trên", "Cây", "Cấp ủy", "Số đảng viên"]


def people(*lines: Sequence[CellValue], header: Sequence[CellValue] = PEOPLE_HEADER) -> Parsed[PersonSpec]:
    rows = [SheetRow(number, list(line)) for number, line in enumerate([header, *lines], 1)]
    return read_people(rows, recognise_columns(rows[0], PEOPLE_COLUMNS), {"012": 7, "12": 8}, home=5)


def units(*lines: Sequence[CellValue]) -> Parsed[UnitRow]:
    rows = [SheetRow(number, list(line)) for number, line in enumerate([UNIT_HEADER, *lines], 1)]
    return read_units(rows, recognise_columns(rows[0], UNIT_COLUMNS), {"00": "party", "MT": "front"})


def cells(parsed: Parsed[PersonSpec] | Parsed[UnitRow]) -> list[tuple[str, str]]:
    return [(fault.address, fault.code) for fault in parsed.faults]


def test_a_row_of_a_person_in_all_ways_a_date_is_written() -> None:
    parsed = people(
        ["Nguyễn Văn An", "0012", date(1980, 2, 3), "012", "Bí thư chi bộ", "Dự bị"],
        ["Trần Thị Bình", "0013", "3/2/1980", "12", "", ""],
        ["Lê Văn Cảnh", "0014", "29254", "12", "Kế toán", "Ngoài Đảng"],
        ["Lê Văn Dũng", "0015", "1980", "12"],
    )

    assert cells(parsed) == []
    told = [
        (spec.full_name, spec.code, spec.birth_date, spec.birth_year, spec.unit_id, spec.post, spec.status)
        for spec in parsed.specs.values()
    ]
    assert told == [
        ("Nguyễn Văn An", "0012", date(1980, 2, 3), 1980, 7, "head", "probationary"),
        ("Trần Thị Bình", "0013", date(1980, 2, 3), 1980, 8, "", "full"),
        ("Lê Văn Cảnh", "0014", date(1980, 2, 3), 1980, 8, "", "non_member"),
        ("Lê Văn Dũng", "0015", None, 1980, 8, "", "full"),
    ]


def test_every_fault_of_a_person_has_its_cell() -> None:
    parsed = people(
        ["", "1", "", "012"],
        ["An", "2", "31/02/1980", "012"],
        ["An", "3", "01/02/80", "999"],
        ["An", "4", "", "", "", "lạ"],
    )

    assert cells(parsed) == [
        ("A2", "import.empty"),
        ("C3", "date_impossible"),
        ("C4", "date_two_digit_year"),
        ("D4", "import.unit_unknown"),
        ("F5", "import.word_unknown"),
        ("D5", "import.empty"),
    ]
    assert parsed.specs == {}


def test_the_same_person_twice_in_a_file_is_a_fault_of_the_later_row() -> None:
    parsed = people(
        ["An", "A 1", "", "012"],
        ["Bình", "a1", "", "012"],
        ["Hòa", "", "1980", "012"],
        ["HOÀ", "", "1980", "012"],
        ["Hòa", "", "1981", "012"],
    )

    assert cells(parsed) == [("B3", "import.twice"), ("A5", "import.twice")]
    assert sorted(parsed.specs) == [2, 4, 6]


def test_without_a_column_of_units_all_belong_to_the_unit_of_the_import() -> None:
    parsed = people(["An", "1"], header=["HO VA TEN", "Mã"])

    assert [spec.unit_id for spec in parsed.specs.values()] == [5]


def test_units_of_several_trees_with_their_committees() -> None:
    parsed = units(
        ["01", "Đảng bộ xã A", "Đảng bộ xã", "00", "", "", "1.250"],
        ["BTG", "Ban Tuyên giáo", "Ban", "", "", "00", ""],
        ["MT1", "MTTQ xã A", "Mặt trận", "MT", "MTTQ", "01", ""],
    )

    assert cells(parsed) == []
    assert [(row.unit.kind, row.unit.tree, row.unit.member_count) for row in parsed.specs.values()] == [
        ("commune", "party", 1250),
        ("body", "party", 0),
        ("mass", "front", 0),
    ]


def test_faults_above_a_unit_reach_the_units_below() -> None:
    parsed = units(
        ["01", "Đảng bộ xã A", "Loại lạ", "00"],
        ["01.1", "Chi bộ 1", "Chi bộ", "01"],
        ["02", "Đảng bộ xã B", "Xã", "77"],
        ["03", "Đảng bộ xã C", "Xã", "MT"],
        ["04", "Hội Nông dân xã", "Hội", "", "Nông dân"],
        ["05", "Vòng 1", "Chi bộ", "06"],
        ["06", "Vòng 2", "Chi bộ", "05"],
        ["07", "Đảng bộ xã D", "Xã", "00"],
        ["07", "Đảng bộ xã E", "Xã", "00"],
    )

    assert sorted(cells(parsed)) == sorted(
        [
            ("C2", "import.word_unknown"),
            ("D3", "import.above_faulty"),
            ("D4", "import.unit_unknown"),
            ("D5", "import.other_tree"),
            ("F6", "import.no_committee"),
            ("D7", "import.cycle"),
            ("D8", "import.cycle"),
            ("A10", "import.twice"),
        ]
    )
    assert sorted(parsed.specs) == [9]


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
