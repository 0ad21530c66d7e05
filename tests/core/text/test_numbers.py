from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.core.text.errors import TextError
from quantriet.core.text.numbers import (
    ENGLISH,
    VIETNAMESE,
    NumberStyle,
    format_decimal,
    format_int,
    format_percent,
    format_share,
    parse_decimal,
    parse_int,
    parse_percent,
    percent_value,
)

styles = st.sampled_from([VIETNAMESE, ENGLISH])


def test_numbers_are_written_in_groups() -> None:
    assert [format_int(number) for number in (0, 12, 1356, 1234567, -1356)] == [
        "0",
        "12",
        "1.356",
        "1.234.567",
        "-1.356",
    ]
    assert format_int(1356, ENGLISH) == "1,356"


def test_decimals_are_rounded_half_up() -> None:
    assert format_decimal(Decimal("1234.55")) == "1.234,6"
    assert format_decimal(Decimal("0.25")) == "0,3"
    assert format_decimal(Decimal("-0.04")) == "0,0"
    assert format_decimal(12, 0) == "12"
    assert format_decimal(Decimal("1234.555"), 2, ENGLISH) == "1,234.56"


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [
        (1356, 1468, "92,4\u00a0%"),
        (35599, 35900, "99,2\u00a0%"),
        (1, 2, "50,0\u00a0%"),
        (1468, 1468, "100\u00a0%"),
        (1467, 1468, "99,9\u00a0%"),
        (9999, 10000, "99,9\u00a0%"),
        (10**40 - 1, 10**40, "99,9\u00a0%"),
        (10**40 + 1, 10**40, "100,1\u00a0%"),
        (10001, 10000, "100,1\u00a0%"),
        (3, 2, "150,0\u00a0%"),
        (0, 7, "0\u00a0%"),
        (1, 10000, "0,1\u00a0%"),
        (-1, 10000, "-0,1\u00a0%"),
        (0, 0, "–"),
        (5, 0, "–"),
        (1, 800, "0,1\u00a0%"),
        (5, 1000, "0,5\u00a0%"),
        (25, 10000, "0,3\u00a0%"),
    ],
)
def test_percentages(numerator: int, denominator: int, text: str) -> None:
    assert format_percent(numerator, denominator) == text


def test_a_share_shows_both_counts() -> None:
    assert format_share(1356, 1468) == "92,4\u00a0% (1.356/1.468)"
    assert format_share(1356, 1468, style=ENGLISH) == "92.4% (1,356/1,468)"
    assert format_share(35599, 35900, 2) == "99,16\u00a0% (35.599/35.900)"
    assert format_share(0, 0) == "–"


def test_a_negative_denominator_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="denominator"):
        percent_value(1, -1)


@given(st.integers(0, 10**12), st.integers(1, 10**12), st.integers(0, 4))
def test_hundred_and_nothing_are_shown_only_when_true(numerator: int, denominator: int, places: int) -> None:
    value = percent_value(numerator, denominator, places)
    assert value is not None
    assert (value == 100) == (numerator == denominator)
    assert (value == 0) == (numerator == 0)
    # Never further off than one unit of the last place, and half of it away from the two exact values.
    assert abs(value * denominator - numerator * 100) <= Decimal(1).scaleb(-places) * denominator


@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(1, 2000))
def test_a_larger_count_never_shows_a_smaller_percentage(one: int, more: int, denominator: int) -> None:
    low, high = percent_value(one, denominator), percent_value(one + more, denominator)
    assert low is not None
    assert high is not None
    assert low <= high


@given(st.integers(), styles)
def test_whole_numbers_come_back(number: int, style: NumberStyle) -> None:
    assert parse_int(format_int(number, style), style) == number


@given(st.decimals(-(10**9), 10**9, places=3), styles)
def test_decimals_come_back(number: Decimal, style: NumberStyle) -> None:
    assert parse_decimal(format_decimal(number, 3, style), style) == number


@given(st.integers(0, 10**6), st.integers(1, 10**6), styles)
def test_percentages_come_back(numerator: int, denominator: int, style: NumberStyle) -> None:
    text = format_percent(numerator, denominator, style=style)
    assert parse_percent(text, style) == percent_value(numerator, denominator)


@pytest.mark.parametrize(
    ("text", "number"), [("1.356", 1356), (" 1 356 ", 1356), ("1356", 1356), ("\u22125", -5)]
)
def test_whole_numbers_are_read(text: str, number: int) -> None:
    assert parse_int(text) == number


def test_percentages_are_read() -> None:
    assert (
        parse_percent("97,8 %") == parse_percent("97,8%") == parse_percent("97,8\u00a0%") == Decimal("97.8")
    )
    assert parse_percent("97.8%", ENGLISH) == Decimal("97.8")


@pytest.mark.parametrize(
    "text", ["1.35", "1,5", "1.3567", "1.356,0", "mười", "1e3", "--1", "١٢", "1_000", "1" * 5000]
)
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(TextError) as refusal:
        parse_int(text)
    assert refusal.value.code == "number_unreadable"


@pytest.mark.parametrize("text", ["97,8", "97.8 %", "%", "97,8 %%", "NaN %"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(TextError):
        parse_percent(text)


def test_an_empty_number_has_its_own_code() -> None:
    with pytest.raises(TextError) as refusal:
        parse_int(" \u00a0")
    assert refusal.value.code == "number_empty"
