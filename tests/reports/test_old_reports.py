"""An old report's faults are found where they stand; right places are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.core.text import format_share
from quantriet.reports.old_reports import Fault, examine, pieces

HEAD = "ĐẢNG CỘNG SẢN VIỆT NAM\nHàm Thuận Nam, ngày 20 tháng 02 năm 2026\nBÁO CÁO\n"


def found(text: str) -> list[tuple[str, str, str]]:
    return [(mark.fault.value, text[mark.start : mark.end], mark.right) for mark in examine(text)]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        (
            "Có 1.356/1.468 đảng viên, đạt 97,8 %.",
            [("percentage", "1.356/1.468 đảng viên, đạt 97,8 %", "92,4\u00a0% (1.356/1.468)")],
        ),
        ("Có 1.356/1.468 đảng viên, đạt 92,4 %.", []),
        (
            "Có 1.468/1.356 đảng viên, đạt 100 %.",
            [("part_above_whole", "1.468/1.356 đảng viên, đạt 100 %", "")],
        ),
        ("Họp ngày 31/02/2026 tại xã.", [("impossible_date", "31/02/2026", "")]),
        (
            "Từ ngày 15/11/2026 đến ngày 10/11/2026 các chi bộ học tập.",
            [("end_before_start", "10/11/2026", "")],
        ),
        (
            "Đợt học tập từ ngày 30/11/2017 đến ngày 12/01/2017.",
            [("end_before_start", "12/01/2017", "12/01/2018")],
        ),
        (
            "Bắt đầu từ ngày 30/11/2017. Các xã đã học. Tính đến ngày 12/01/2017 có 9 lớp.",
            [("end_before_start", "12/01/2017", "12/01/2018")],
        ),
        ("Đợt học tập từ ngày 30/11/2017 đến ngày 12/01/2018.", []),
        (
            HEAD + "Hội nghị được tổ chức ngày 25/02/2026 tại hội trường.",
            [("report_before_session", "ngày 20 tháng 02 năm 2026", "")],
        ),
        (HEAD + "Hội nghị được tổ chức ngày 07/02/2026 tại hội trường.", []),
        (HEAD + "Dự kiến tổ chức hội nghị vào ngày 25/02/2026.", []),
        ("", []),
    ],
)
def test_faults_are_marked_with_the_right_value(text: str, marks: list[tuple[str, str, str]]) -> None:
    assert found(text) == marks


def test_marks_tell_what_is_wrong() -> None:
    mark = examine("1.356/1.468, đạt 97,8 %")[0]

    assert mark.fault is Fault.PERCENTAGE
    assert mark.sentence == "Tỷ lệ không khớp với hai số: đúng là 92,4\u00a0% (1.356/1.468)."


@given(st.text(alphabet="từ đến hội nghị ngày 0123456789/.,%\n", max_size=400))
def test_the_pieces_are_the_text(text: str) -> None:
    marks = examine(text)

    assert "".join(piece.text for piece in pieces(text, marks)) == text
    assert [piece.mark for piece in pieces(text, marks) if piece.mark] == marks


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_what_the_product_prints_is_never_marked(numerator: int, denominator: int) -> None:
    numerator = min(numerator, denominator)

    assert examine(f"Đã học {format_share(numerator, denominator)}.") == []
