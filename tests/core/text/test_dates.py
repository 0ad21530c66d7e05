from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.core.text.dates import (
    VIETNAM,
    FoundDate,
    end_of_day,
    find_dates,
    format_date,
    format_date_in_words,
    format_datetime,
    parse_date,
    weekday_name,
)
from quantriet.core.text.errors import TextError

DAY = date(2026, 2, 5)
days = st.dates(date(1900, 3, 1), date(2100, 12, 31))


def test_dates_are_written_as_offices_do() -> None:
    assert format_date(DAY) == "05/02/2026"
    assert format_date_in_words(DAY) == "ngày 05 tháng 02 năm 2026"
    assert format_date_in_words(date(2026, 9, 12)) == "ngày 12 tháng 9 năm 2026"


def test_moments_are_shown_in_vietnamese_time() -> None:
    late = datetime(2026, 2, 4, 17, 30, tzinfo=UTC)
    assert format_datetime(late) == "05/02/2026 00:30"
    assert format_date(late) == "05/02/2026"
    assert weekday_name(late) == "Thứ Năm"


def test_a_moment_without_zone_is_not_shown() -> None:
    with pytest.raises(TextError) as refusal:
        format_datetime(datetime(2026, 2, 5, 1, 2))  # noqa: DTZ001
    assert refusal.value.code == "time_without_zone"


def test_the_week_begins_on_the_second_day() -> None:
    names = [weekday_name(date(2026, 2, 2) + timedelta(days=i)) for i in range(7)]
    assert names == ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"]


def test_a_deadline_ends_at_the_last_second_in_vietnam() -> None:
    assert end_of_day(DAY) == datetime(2026, 2, 5, 16, 59, 59, tzinfo=UTC)
    assert end_of_day(DAY).tzinfo is UTC
    assert format_datetime(end_of_day(DAY)) == "05/02/2026 23:59"


@given(days)
def test_every_written_form_is_read_back(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    forms: list[object] = [
        format_date(day),
        f"{day.day}-{day.month}-{day.year}",
        f"{day.day}.{day.month}.{day.year}",
        day.isoformat(),
        f"{day.isoformat()}T00:00:00",
        format_date_in_words(day),
        day,
        datetime(day.year, day.month, day.day, 23, tzinfo=VIETNAM),
        float(serial) + 0.75,
    ]
    expected = [day] * len(forms)
    if 1900 <= serial <= 2100:  # a serial that looks like a year
        forms, expected = forms[:-1], expected[:-1]
    assert [parse_date(form) for form in forms] == expected


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (46058, DAY),
        (46058.999, DAY),
        (" 05 / 02 / 2026 ", DAY),
        ("5 tháng 2 năm 2026", DAY),
        ("Ngày 05 tháng 02 năm 2026", DAY),
        ("2026-02-04T17:00:00Z", DAY),
        ("2026-02-04T23:00:00-07:00", date(2026, 2, 5)),
        ("2026-02-05 14:00", DAY),
        (datetime(2026, 2, 4, 20, tzinfo=timezone(timedelta(0))), DAY),
        (datetime(2026, 2, 5, 0, 0), DAY),  # noqa: DTZ001
        ("29/02/2024", date(2024, 2, 29)),
        (61, date(1900, 3, 1)),
    ],
)
def test_dates_of_forms_and_cells_are_read(value: object, day: date) -> None:
    assert parse_date(value) == day


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "date_empty"),
        (None, "date_empty"),
        ("05/02/26", "date_two_digit_year"),
        ("02/13/2026", "date_impossible"),
        ("31/02/2026", "date_impossible"),
        ("29/02/2026", "date_impossible"),
        ("00/01/2026", "date_impossible"),
        ("2026-02-05T25:00", "date_impossible"),
        ("2026", "date_year_only"),
        (2026, "date_year_only"),
        (2026.0, "date_year_only"),
        ("05/02/0206", "date_out_of_range"),
        (date(2206, 2, 5), "date_out_of_range"),
        (60, "date_out_of_range"),
        (-1, "date_out_of_range"),
        (20260205, "date_out_of_range"),
        (float("nan"), "date_out_of_range"),
        (float("inf"), "date_out_of_range"),
        ("05/02-2026", "date_unreadable"),
        ("46058", "date_unreadable"),
        ("tháng 02/2026", "date_unreadable"),
        ("hôm qua", "date_unreadable"),
        (True, "date_unreadable"),
        ([], "date_unreadable"),
    ],
)
def test_what_is_no_clear_date_is_refused(value: object, code: str) -> None:
    with pytest.raises(TextError) as refusal:
        parse_date(value)
    assert refusal.value.code == code


def test_dates_of_a_report_are_found_with_their_places() -> None:
    text = (
        "Hạ Long, ngày 05 tháng 02 năm 2026. Từ 30/11/2016 đến ngày 12/01/2017; họp 31/02/2026, "
        "hạn 5.2.2026, 7-2-2026, năm 12/01/1206."
    )
    found = find_dates(text)
    assert [(one.raw, one.value, one.fault) for one in found] == [
        ("ngày 05 tháng 02 năm 2026", DAY, ""),
        ("30/11/2016", date(2016, 11, 30), ""),
        ("12/01/2017", date(2017, 1, 12), ""),
        ("31/02/2026", None, "date_impossible"),
        ("5.2.2026", DAY, ""),
        ("7-2-2026", date(2026, 2, 7), ""),
        ("12/01/1206", None, "date_out_of_range"),
    ]
    assert all(text[one.start : one.end] == one.raw for one in found)


@pytest.mark.parametrize(
    "text",
    ["1.356/1.468", "12/01", "tháng 02/2026", "30/2020/NĐ-CP", "1/12/01/2017", "12/01/20171", "1.12.01.2017"],
)
def test_other_numbers_are_no_dates(text: str) -> None:
    assert find_dates(text) == []


@given(days, st.text("ab .,;", max_size=5))
def test_a_date_is_found_wherever_it_stands(day: date, before: str) -> None:
    text = f"{before} {format_date(day)} và {format_date_in_words(day)}."
    first, second = find_dates(text)
    assert first == FoundDate(len(before) + 1, len(before) + 11, format_date(day), day)
    assert (second.value, second.raw) == (day, format_date_in_words(day))
