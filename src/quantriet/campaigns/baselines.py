"""What a sheet of figures of earlier times says: each row's unit, indicator, years and result. No database.

A result is written as reports write it: ``95 %``, ``95 % đến 97 %``, ``1.356/1.468``, and also
``1.356/1.468, đạt 92,4 %``, where the percentage must be that of the counts.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from quantriet.core.office.cells import Fault, SheetRow
from quantriet.core.office.columns import Column, FoundColumns, header_key
from quantriet.core.text import TextError, clean_line, find_claims, format_int, parse_int, parse_percent

COLUMNS = (
    Column("unit", "Mã đơn vị", ("Đơn vị", "Mã tổ chức đảng")),
    Column("indicator", "Chỉ tiêu", ("Chỉ số", "Nội dung")),
    Column("years", "Giai đoạn", ("Năm", "Nhiệm kỳ", "Thời kỳ")),
    Column("result", "Kết quả", ("Tỉ lệ", "Tỷ lệ", "Kết quả đạt được")),
    Column("source", "Nguồn", ("Báo cáo", "Văn bản", "Nguồn số liệu")),
)

_YEARS = re.compile(r"(\d{4})(?:\s*(?:-|–|đến)\s*(\d{4}))?")
_RANGE = re.compile(r"(.+?)\s*(?:-|–|đến)\s*(.+)")
_COUNTS = re.compile(r"([\d.]+)\s*/\s*([\d.]+)")


class _WrongError(ValueError):
    """A cell that cannot be read: its column, a code and a sentence."""

    def __init__(self, column: str, code: str, sentence: str) -> None:
        super().__init__(code)
        self.column, self.code, self.sentence = column, code, sentence


@dataclass(frozen=True)
class Result:
    """From one share to another in percent, or two counts; the other pair is ``None``."""

    low: Decimal | None = None
    high: Decimal | None = None
    part: int | None = None
    whole: int | None = None


@dataclass(frozen=True)
class BaselineLine:
    """A figure of an earlier time as a row tells it."""

    row: int
    unit_id: int
    indicator: str
    from_year: int
    to_year: int
    result: Result
    source: str


@dataclass(frozen=True)
class BaselineSheet:
    """The lines of a sheet and every fault with its cell; a row with a fault gives no line."""

    lines: tuple[BaselineLine, ...]
    faults: tuple[Fault, ...]


def read(
    rows: Sequence[SheetRow],
    columns: FoundColumns,
    *,
    unit_ids: Mapping[str, int],
    indicators: Mapping[str, str],
) -> BaselineSheet:
    """Understand a sheet. ``unit_ids``: code → id of the units the actor may declare for; ``indicators``: code →
    title as shown.
    """
    if columns.faults:
        return BaselineSheet((), columns.faults)
    by_words = {header_key(word): code for code, title in indicators.items() for word in (code, title)}
    lines: dict[tuple[object, ...], BaselineLine] = {}
    faults: list[Fault] = []
    for row in rows:
        if row.number <= columns.header_row or not any(row.text(at) for at in columns.positions.values()):
            continue
        try:
            line = _line(row, columns, unit_ids, by_words, indicators)
        except _WrongError as error:
            faults.append(columns.fault(row, error.column, error.code, error.sentence))
            continue
        key = (line.unit_id, line.indicator, line.from_year, line.to_year)
        if key in lines:
            sentence = _("Trùng với dòng {row}. Hãy bỏ một dòng.").format(row=lines[key].row)
            faults.append(columns.fault(row, "unit", "baseline.twice", sentence))
        lines.setdefault(key, line)
    return BaselineSheet(tuple(lines.values()), tuple(faults))


def _line(
    row: SheetRow,
    columns: FoundColumns,
    unit_ids: Mapping[str, int],
    by_words: Mapping[str, str],
    indicators: Mapping[str, str],
) -> BaselineLine:
    told = {name: clean_line(row.text(at)) for name, at in columns.positions.items()}
    if told["unit"] not in unit_ids:
        sentence = _("Không có đơn vị mã “{code}” trong phạm vi của bạn. Hãy xem lại mã.")
        raise _WrongError("unit", "baseline.unit", sentence.format(code=told["unit"]))
    indicator = by_words.get(header_key(told["indicator"]))
    if indicator is None:
        sentence = _("Không hiểu “{text}”. Hãy ghi một trong: {words}.")
        words = "; ".join(indicators.values())
        raise _WrongError(
            "indicator", "baseline.indicator", sentence.format(text=told["indicator"], words=words)
        )
    from_year, to_year = _years(told["years"])
    if not told["source"]:
        raise _WrongError("source", "baseline.source", _("Thiếu nguồn: số liệu này lấy từ báo cáo nào?"))
    if len(told["source"]) > 300:
        raise _WrongError(
            "source", "baseline.source", _("Dài hơn {most} chữ. Hãy viết gọn lại.").format(most=300)
        )
    return BaselineLine(
        row.number,
        unit_ids[told["unit"]],
        indicator,
        from_year,
        to_year,
        result_of(told["result"]),
        told["source"],
    )


def _years(text: str) -> tuple[int, int]:
    """``2024``, or ``2020-2025``."""
    match = _YEARS.fullmatch(text)
    if match is None:
        raise _WrongError("years", "baseline.years", _("Hãy ghi năm như 2024, hoặc giai đoạn như 2020-2025."))
    first, last = int(match[1]), int(match[2] or match[1])
    if not 1930 <= first <= last <= 2100:
        raise _WrongError("years", "baseline.years", _("Năm đầu phải trước năm cuối, từ 1930 đến 2100."))
    return first, last


def result_of(text: str) -> Result:
    """A result as reports write it; counts win over a percentage beside them, which must agree."""
    counts = _COUNTS.search(text)
    if counts is not None:
        return _counted(text, _number(counts[1]), _number(counts[2]))
    ends = _RANGE.fullmatch(text)
    # "95-97 %": one sign stands for both.
    low, high = (_percent(f"{ends[1].rstrip('% ')}%"), _percent(ends[2])) if ends else (_percent(text),) * 2
    if not 0 <= low <= high <= 100:
        raise _WrongError("result", "baseline.result", _("Tỉ lệ phải từ 0 đến 100 %, số nhỏ đứng trước."))
    return Result(low=low, high=high)


def _counted(text: str, part: int, whole: int) -> Result:
    if whole == 0 or part > whole:
        raise _WrongError(
            "result", "baseline.result", _("Số đạt phải nhỏ hơn hoặc bằng tổng số, tổng số lớn hơn 0.")
        )
    for claim in find_claims(text):
        if claim.is_wrong:
            sentence = _("{part}/{whole} là {true} %, không phải {printed} %. Hãy xem lại số liệu gốc.")
            true, printed = (str(value).replace(".", ",") for value in (claim.computed, claim.printed))
            raise _WrongError(
                "result",
                "baseline.claim",
                sentence.format(part=format_int(part), whole=format_int(whole), true=true, printed=printed),
            )
    return Result(part=part, whole=whole)


def _number(text: str) -> int:
    try:
        return parse_int(text)
    except TextError as error:
        raise _unreadable() from error


def _percent(text: str) -> Decimal:
    try:
        return parse_percent(text)
    except TextError as error:
        raise _unreadable() from error


def _unreadable() -> _WrongError:
    return _WrongError(
        "result",
        "baseline.result",
        _("Không đọc được kết quả. Hãy ghi như 95 %, 95 % đến 97 % hoặc 1.356/1.468."),
    )
