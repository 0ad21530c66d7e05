from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.core.text.numbers import format_int, format_percent, format_share
from quantriet.core.text.quantities import Claim, find_claims


def test_the_wrong_percentage_of_a_real_report_is_found() -> None:
    text = "Tổng số đảng viên tham gia là 1.356/1.468, đạt 97,8 %."
    (claim,) = find_claims(text)
    assert claim == Claim(1356, 1468, Decimal("97.8"), Decimal("92.4"), 30, 53)
    assert text[claim.start : claim.end] == "1.356/1.468, đạt 97,8 %"
    assert claim.is_wrong


def test_the_right_percentage_of_a_real_report_is_found() -> None:
    (claim,) = find_claims("Có 35.599/35.900 đảng viên (99,16%) và 5.806 quần chúng.")
    assert (claim.numerator, claim.denominator, claim.computed) == (35599, 35900, Decimal("99.16"))
    assert not claim.is_wrong


@pytest.mark.parametrize(
    "text",
    [
        "1356/1468 đạt 92,4%",
        "1.356 / 1.468 đảng viên tham gia học tập, đạt tỷ lệ 92,37 %",
        "1.356 đảng viên/1.468 đảng viên, chiếm 92%",
        "1.356 trên tổng số 1.468 đồng chí, đạt 92,4 %",
        "1.356 đồng chí trong tổng số 1.468 đồng chí (đạt 92.4%)",
        "1,356/1,468 (92.4%)",
        "92,4 % (1.356/1.468)",
        "92,4% ( 1.356/1.468 đảng viên )",
        "1.356/1.468 = 92,4 phần trăm",
        "1.356/1.468 – 92,4 %",
    ],
)
def test_ways_of_writing_are_read(text: str) -> None:
    (claim,) = find_claims(text)
    assert (claim.numerator, claim.denominator, claim.is_wrong) == (1356, 1468, False)


@pytest.mark.parametrize(
    "text",
    [
        "44/61 đơn vị, 192 điểm cầu",
        "đạt 97,8 %",
        "44/61 đơn vị báo cáo, tỷ lệ nộp bài thu hoạch đạt 85 %",
        "44/61 đơn vị. Đạt 85 %",
        "ngày 12/01, đạt 97 %",
        "từ 12/01/2017 đạt 97 %",
        "nhiệm kỳ 2020/2025, đạt 97 %",
        "Nghị định 30/2020/NĐ-CP, đạt 97 %",
        "",
        "1" * 5000 + "/1.468, đạt 97 %",
        "1/2" + " " * 20_000 + "97 %",
    ],
)
def test_what_claims_nothing_is_left(text: str) -> None:
    assert find_claims(text) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("1.356/1.468, đạt 92 %", False),
        ("1.356/1.468, đạt 92,37 %", False),
        ("1.356/1.468, đạt 92,38 %", True),
        ("1.356/1.468, đạt 92,3 %", True),
        ("1.467/1.468, đạt 100 %", True),
        ("1.468/1.468, đạt 100 %", False),
        ("1.468/1.468, đạt 100,0%", False),
        ("1.468/1.468, đạt 99,9%", True),
        ("1/10.000, đạt 0%", True),
        ("0/10.000, đạt 0%", False),
        ("1/8, đạt 12%", False),
        ("1/8, đạt 13%", False),
        ("1/8, đạt 12,5%", False),
        ("5/0, đạt 100%", True),
        ("12/10 lượt, đạt 120%", False),
    ],
)
def test_a_percentage_is_judged_at_its_own_precision(text: str, *, wrong: bool) -> None:
    assert [claim.is_wrong for claim in find_claims(text)] == [wrong]


def test_all_claims_of_a_text_are_found_in_order() -> None:
    text = "Đảng ủy A: 10/20, đạt 50%; Đảng ủy B: 11/20 (60 %); 75,0 % (15/20)."
    claims = find_claims(text)
    assert [(claim.numerator, claim.is_wrong) for claim in claims] == [(10, False), (11, True), (15, False)]
    assert [text[claim.start : claim.end] for claim in claims] == [
        "10/20, đạt 50%",
        "11/20 (60 %",
        "75,0 % (15/20",
    ]


counts = st.integers(1, 10**7).flatmap(lambda den: st.tuples(st.integers(0, den), st.just(den)))


@given(counts, st.integers(0, 3))
def test_what_we_print_ourselves_is_never_marked(pair: tuple[int, int], places: int) -> None:
    numerator, denominator = pair
    own = format_share(numerator, denominator, places)
    prose = (
        f"{format_int(numerator)}/{format_int(denominator)} đảng viên, "
        f"đạt {format_percent(numerator, denominator, places)}"
    )
    for text in (own, prose):
        (claim,) = find_claims(text)
        assert (claim.numerator, claim.denominator, claim.is_wrong) == (numerator, denominator, False)


@given(counts, st.integers(0, 1000))
def test_a_figure_off_by_more_than_its_precision_is_marked(pair: tuple[int, int], tenths: int) -> None:
    numerator, denominator = pair
    off = abs(Decimal(tenths) / 10 * denominator - numerator * 100)
    text = f"{numerator}/{denominator}, đạt {tenths // 10},{tenths % 10} %"
    (claim,) = find_claims(text)
    if off > Decimal("0.05") * denominator:
        inexact_only = claim.printed == claim.computed  # 99,9 shown where rounding would say 100
        assert claim.is_wrong is not inexact_only
