"""Dates as an office writes them (dd/mm/yyyy, Asia/Ho_Chi_Minh), read from what people and files give.

Reading never guesses: a year of two digits, a month 13 and a lone year are refused with a code, and day and
month are never swapped to make a date fit. Years outside 1900–2100 are refused as slips of the finger.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .errors import TextError

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")

_FIRST_YEAR, _LAST_YEAR = 1900, 2100
# Excel counts days from 1900 and believes in 29/02/1900, so its serials are right from 61 (01/03/1900) on.
_EXCEL_EPOCH = date(1899, 12, 30)
_FIRST_EXCEL_SERIAL = 61

_DAY_FIRST = re.compile(r"(\d{1,2})\s*([/.-])\s*(\d{1,2})\s*\2\s*(\d{4})")
_TWO_DIGIT_YEAR = re.compile(r"\d{1,2}\s*([/.-])\s*\d{1,2}\s*\1\s*\d{2}")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_IN_WORDS = re.compile(r"(?:ngày\s+)?(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)

_IN_TEXT = re.compile(
    r"\b(?:ngày\s+)?(?P<word_day>\d{1,2})\s+tháng\s+(?P<word_month>\d{1,2})\s+năm\s+(?P<word_year>\d{4})\b"
    r"|(?<![\d/.-])(?P<day>\d{1,2})(?P<sign>[/.-])(?P<month>\d{1,2})(?P=sign)(?P<year>\d{4})(?![\d/]|[.-]\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FoundDate:
    """A date met in a text: ``text[start:end] == raw``; ``value`` is None when the calendar has no such day.

    ``fault`` is then the code (`date_impossible`, `date_out_of_range`), else empty.
    """

    start: int
    end: int
    raw: str
    value: date | None
    fault: str = ""


def format_date(day: date) -> str:
    """Write a date as `05/02/2026`; a moment with a zone is taken in Vietnamese time."""
    return f"{_local_day(day):%d/%m}/{_local_day(day).year:04d}"


def format_datetime(moment: datetime) -> str:
    """Write a moment in Vietnamese time as `05/02/2026 14:05`. A moment without a zone is refused."""
    local = _in_vietnam(moment)
    return f"{format_date(local)} {local:%H:%M}"


def format_date_in_words(day: date) -> str:
    """Write a date as papers do: `ngày 05 tháng 02 năm 2026`.

    Days below 10 and the months 1 and 2 take a leading zero (Decree 30/2020/NĐ-CP, Annex I; HD 36-HD/VPTW
    shows the same).
    """
    local = _local_day(day)
    month = f"{local.month:02d}" if local.month < 3 else str(local.month)
    return f"ngày {local.day:02d} tháng {month} năm {local.year}"


def weekday_name(day: date) -> str:
    """Give the Vietnamese name of the weekday: `Thứ Hai` … `Chủ Nhật`."""
    return WEEKDAYS[_local_day(day).weekday()]


def end_of_day(day: date) -> datetime:
    """Give the last second of a day in Viet Nam (23:59:59) as a moment in UTC: what a deadline means."""
    return datetime.combine(_local_day(day), time(23, 59, 59), tzinfo=VIETNAM).astimezone(UTC)


def parse_date(value: object) -> date:
    """Read a date from a form or a cell.

    Takes dd/mm/yyyy, d-m-yyyy, d.m.yyyy, ISO (with or without a time), `ngày 5 tháng 2 năm 2026`, date and
    datetime objects (a zone is turned to Vietnamese time) and Excel serials (numbers, of the 1900 system).
    Raises `TextError`: date_empty, date_unreadable, date_impossible, date_two_digit_year, date_year_only,
    date_out_of_range.
    """
    if isinstance(value, date):
        return _in_range(_local_day(value), value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _parse_serial(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        raise TextError("date_empty", value)
    if isinstance(value, str):
        return _parse_text(value.strip())
    raise TextError("date_unreadable", value)


def find_dates(text: str) -> list[FoundDate]:
    """Find the full dates of an NFC text, in order, those that no calendar has among them.

    Both `ngày 05 tháng 02 năm 2026` and 05/02/2026 (5.2.2026, 5-2-2026); days without a year are left out.
    """
    return [_found(match) for match in _IN_TEXT.finditer(text)]


def _found(match: re.Match[str]) -> FoundDate:
    day, month, year = (int(match[f"word_{part}"] or match[part]) for part in ("day", "month", "year"))
    try:
        return FoundDate(*match.span(), match[0], _calendar_day(year, month, day, match[0]))
    except TextError as error:
        return FoundDate(*match.span(), match[0], None, error.code)


def _parse_text(text: str) -> date:
    if match := _DAY_FIRST.fullmatch(text):
        return _calendar_day(int(match[4]), int(match[3]), int(match[1]), text)
    if match := _IN_WORDS.fullmatch(text):
        return _calendar_day(int(match[3]), int(match[2]), int(match[1]), text)
    if match := _ISO.fullmatch(text):
        day = _calendar_day(int(match[1]), int(match[2]), int(match[3]), text)
        return _zoned_day(text) or day
    if _TWO_DIGIT_YEAR.fullmatch(text):
        raise TextError("date_two_digit_year", text)
    if re.fullmatch(r"(19|20)\d{2}", text):
        raise TextError("date_year_only", text)
    raise TextError("date_unreadable", text)


def _zoned_day(text: str) -> date | None:
    """Give the Vietnamese day of an ISO text with time and zone; None when it has no zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise TextError("date_impossible", text) from error
    return None if moment.tzinfo is None else _in_range(_local_day(moment), text)


def _parse_serial(serial: float) -> date:
    # Spreadsheet readers give floats, so a lone year comes as 2026.0.
    if _FIRST_YEAR <= serial <= _LAST_YEAR:
        raise TextError("date_year_only", serial)
    # The comparison also refuses NaN and the infinities.
    if not _FIRST_EXCEL_SERIAL <= serial < 3_000_000:
        raise TextError("date_out_of_range", serial)
    return _in_range(_EXCEL_EPOCH + timedelta(days=int(serial)), serial)


def _calendar_day(year: int, month: int, day: int, raw: str) -> date:
    try:
        return _in_range(date(year, month, day), raw)
    except TextError:
        raise
    except ValueError as error:
        raise TextError("date_impossible", raw) from error


def _in_range(day: date, raw: object) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise TextError("date_out_of_range", raw)
    return day


def _local_day(day: date) -> date:
    if not isinstance(day, datetime):
        return day
    return (day if day.tzinfo is None else day.astimezone(VIETNAM)).date()


def _in_vietnam(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise TextError("time_without_zone", moment)
    return moment.astimezone(VIETNAM)
