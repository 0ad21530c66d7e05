"""What sheets of units mean, without a database."""

from collections.abc import Sequence

from quantriet.core.office.cells import CellValue, SheetRow
from quantriet.core.office.columns import recognise_columns
from quantriet.org.import_words import UNIT_COLUMNS
from quantriet.org.imports import Parsed, UnitRow, read_units

UNIT_HEADER = ["Mã", "Tên", "Loại", "Mã cấp trên", "Cây", "Cấp ủy", "Số đảng viên"]


def units(*lines: Sequence[CellValue]) -> Parsed[UnitRow]:
    rows = [SheetRow(number, list(line)) for number, line in enumerate([UNIT_HEADER, *lines], 1)]
    return read_units(rows, recognise_columns(rows[0], UNIT_COLUMNS), {"00": "party", "MT": "front"})


def cells(parsed: Parsed[UnitRow]) -> list[tuple[str, str]]:
    return [(fault.address, fault.code) for fault in parsed.faults]


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


def test_an_unknown_word_is_told_with_the_words_that_are_known() -> None:
    parsed = units(["01", "Đảng bộ xã A", "Loại lạ", "00", "Cây lạ"])

    assert [fault.sentence for fault in parsed.faults] == [
        (
            "Không hiểu “Loại lạ”. Hãy ghi một trong: Trung ương; Đảng bộ tỉnh; Đảng bộ xã; Đảng bộ trực thuộc; "
            "Đảng bộ cơ sở; Chi bộ cơ sở; Đảng bộ bộ phận; Chi bộ trực thuộc; Ban; Báo; Mặt trận, đoàn thể."
        ),
        (
            "Không hiểu “Cây lạ”. Hãy ghi một trong: Đảng; Mặt trận; Đoàn; Phụ nữ; Nông dân; Cựu chiến binh; "
            "Công đoàn."
        ),
    ]
