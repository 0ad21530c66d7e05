"""What a sheet of earlier figures says, without a database."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from quantriet.campaigns.baselines import COLUMNS, BaselineSheet, Result, read
from quantriet.core.office.cells import SheetRow
from quantriet.core.office.columns import recognise_columns

HEADER = ["Mã đơn vị", "Chỉ tiêu", "Giai đoạn", "Kết quả", "Nguồn"]
SOURCE = "Báo cáo 12-BC/TU"


def sheet(*lines: Sequence[str]) -> BaselineSheet:
    rows = [SheetRow(number, list(line)) for number, line in enumerate([HEADER, *lines], 1)]
    columns = recognise_columns(rows[0], COLUMNS)
    return read(rows, columns, unit_ids={"01": 7}, indicators={"present": "Đã học", "essays": "Thu hoạch"})


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("95 %", Result(low=Decimal(95), high=Decimal(95))),
        ("95 % đến 97 %", Result(low=Decimal(95), high=Decimal(97))),
        ("95-97,5%", Result(low=Decimal(95), high=Decimal("97.5"))),
        ("1.356/1.468", Result(part=1356, whole=1468)),
        ("1.356/1.468, đạt 92,4 %", Result(part=1356, whole=1468)),
    ],
)
def test_results_as_reports_write_them(text: str, result: Result) -> None:
    [line] = sheet(["01", "Đã học", "2020-2025", text, SOURCE]).lines

    assert (line.unit_id, line.indicator, line.from_year, line.to_year) == (7, "present", 2020, 2025)
    assert line.result == result


def test_every_fault_has_its_cell() -> None:
    found = sheet(
        ["99", "Đã học", "2024", "95 %", SOURCE],
        ["01", "Lạ", "2024", "95 %", SOURCE],
        ["01", "Đã học", "24", "95 %", SOURCE],
        ["01", "Đã học", "2025-2020", "95 %", SOURCE],
        ["01", "Đã học", "2024", "0.95", SOURCE],
        ["01", "Đã học", "2024", "97 % đến 95 %", SOURCE],
        ["01", "Đã học", "2024", "1.468/1.356", SOURCE],
        ["01", "Đã học", "2024", "1.356/1.468, đạt 97,8 %", SOURCE],
        ["01", "Đã học", "2024", "95 %", ""],
        ["01", "Thu hoạch", "2024", "95 %", SOURCE],
        ["01", "essays", "2024", "96 %", SOURCE],
    )

    assert [(fault.address, fault.code) for fault in found.faults] == [
        ("A2", "baseline.unit"),
        ("B3", "baseline.indicator"),
        ("C4", "baseline.years"),
        ("C5", "baseline.years"),
        ("D6", "baseline.result"),
        ("D7", "baseline.result"),
        ("D8", "baseline.result"),
        ("D9", "baseline.claim"),
        ("E10", "baseline.source"),
        ("A12", "baseline.twice"),
    ]
    assert [line.row for line in found.lines] == [11]


def test_a_wrong_percentage_is_told_with_the_true_one() -> None:
    [fault] = sheet(["01", "Đã học", "2024", "1.356/1.468, đạt 97,8 %", SOURCE]).faults

    assert fault.sentence == "1.356/1.468 là 92,4 %, không phải 97,8 %. Hãy xem lại số liệu gốc."
