"""An old report's text gets its wrong percentages and its contradicting dates marked. Pure: text in, marks out.

Two faults of published reports are what this is for: "1.356/1.468, đạt 97,8 %" (it is 92,4 %), and
"đến ngày 12/01/2017" for a campaign that began on 30/11/2017.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from quantriet.core.text import FoundDate, find_claims, find_dates, format_date, format_int, format_share


class Fault(StrEnum):
    """What may be wrong at a place."""

    PERCENTAGE = "percentage"
    PART_ABOVE_WHOLE = "part_above_whole"
    IMPOSSIBLE_DATE = "impossible_date"
    END_BEFORE_START = "end_before_start"
    REPORT_BEFORE_SESSION = "report_before_session"


@dataclass(frozen=True)
class Mark:
    """A place ``text[start:end]``, what is wrong there, and the right value where it can be told (else empty)."""

    start: int
    end: int
    fault: Fault
    right: str
    sentence: str


@dataclass(frozen=True)
class Piece:
    """A stretch of the text for showing: plain, or marked."""

    text: str
    mark: Mark | None = None


# "Rạch Giá, ngày 20 tháng 02 năm 2018": the place and date of a paper, in its head.
_HEAD_DATE = re.compile(r"[^\W\d_]\s{0,3},\s{1,5}$")
_HEAD_LENGTH = 2500
_FROM = re.compile(r"(?:từ|bắt\s{1,3}đầu|khai\s{1,3}mạc)[^.;\n]{0,40}$", re.IGNORECASE)
_TO = re.compile(r"(?:đến|tới|kết\s{1,3}thúc|bế\s{1,3}mạc)[^.;\n]{0,25}$", re.IGNORECASE)
_SESSION = re.compile(
    r"(?:hội\s{1,3}nghị|học\s{1,3}tập|lớp\s{1,3}học|tổ\s{1,3}chức|diễn\s{1,3}ra|khai\s{1,3}mạc)[^.;\n]{0,80}$",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"(?:sẽ|dự\s{1,3}kiến|kế\s{1,3}hoạch|trước|chậm\s{1,3}nhất|hạn|hết|phấn\s{1,3}đấu|tiếp\s{1,3}tục)[^.;\n]{0,80}$",
    re.IGNORECASE,
)
_CONTEXT = 120
A_STRETCH = timedelta(days=183)


def examine(text: str) -> list[Mark]:
    """Every mark of an NFC text in order of place; at one place the first rule that spoke wins."""
    days = find_dates(text)
    found = [
        *_percentages(text),
        *_impossible(days),
        *_ends_before_starts(text, days),
        *_report_before_session(text, days),
    ]
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda one: (one.start, one.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def pieces(text: str, marks: Sequence[Mark]) -> list[Piece]:
    """The text cut at its marks; joined together the pieces are the text."""
    cut: list[Piece] = []
    at = 0
    for mark in marks:
        if mark.start > at:
            cut.append(Piece(text[at : mark.start]))
        cut.append(Piece(text[mark.start : mark.end], mark))
        at = mark.end
    if at < len(text):
        cut.append(Piece(text[at:]))
    return cut


def _percentages(text: str) -> Iterable[Mark]:
    for claim in find_claims(text):
        right = format_share(claim.numerator, claim.denominator)
        if claim.numerator > claim.denominator:
            sentence = _("Số %(part)s lớn hơn tổng %(whole)s: một trong hai số sai.") % {
                "part": format_int(claim.numerator),
                "whole": format_int(claim.denominator),
            }
            yield Mark(claim.start, claim.end, Fault.PART_ABOVE_WHOLE, "", sentence)
        elif claim.is_wrong:
            sentence = _("Tỷ lệ không khớp với hai số: đúng là %(right)s.") % {"right": right}
            yield Mark(claim.start, claim.end, Fault.PERCENTAGE, right, sentence)


def _impossible(days: Iterable[FoundDate]) -> Iterable[Mark]:
    for day in days:
        if day.fault:
            sentence = _("Lịch không có ngày “%(day)s”.") % {"day": day.raw}
            yield Mark(day.start, day.end, Fault.IMPOSSIBLE_DATE, "", sentence)


def _ends_before_starts(text: str, days: Sequence[FoundDate]) -> Iterable[Mark]:
    """The ends of "from … to …" in one sentence, and ends told after the only beginning of the paper."""
    begun: FoundDate | None = None
    for day in days:
        before = text[max(0, day.start - _CONTEXT) : day.start]
        if day.value is None:
            continue
        if begun is not None and begun.value is not None and _TO.search(before):
            same_sentence = not re.search(r"[.;]\s", text[begun.end : day.start])
            counted_up_to = re.search(r"tính\s{1,3}đến[^.;\n]{0,25}$", before, re.IGNORECASE)
            if day.value < begun.value and (same_sentence or counted_up_to):
                yield Mark(
                    day.start,
                    day.end,
                    Fault.END_BEFORE_START,
                    _a_year_later(day.value, begun.value),
                    _("Ngày kết thúc %(end)s trước ngày bắt đầu %(start)s.")
                    % {"end": format_date(day.value), "start": format_date(begun.value)},
                )
        elif _FROM.search(before):
            begun = day


def _a_year_later(end: date, start: date) -> str:
    """The end with the year that fits, when it can only be a slip of the year: the days between are no longer than work
    of that kind takes. Else nothing: which of the two dates is wrong is for the writer to know.
    """
    for year in (start.year, start.year + 1):
        try:
            fitting = end.replace(year=year)
        except ValueError:
            continue
        if start <= fitting <= start + A_STRETCH and year - end.year <= 1:
            return format_date(fitting)
    return ""


def _report_before_session(text: str, days: Sequence[FoundDate]) -> Iterable[Mark]:
    """The date in the paper's head against the days of the sessions it tells of as past."""
    head = next(
        (
            day
            for day in days
            if day.start < _HEAD_LENGTH
            and day.value
            and _HEAD_DATE.search(text, max(0, day.start - 60), day.start)
        ),
        None,
    )
    if head is None or head.value is None:
        return
    held = [day.value for day in days if day.value and day is not head and _is_past_session(text, day)]
    later = max((day for day in held if day > head.value), default=None)
    if later is not None:
        yield Mark(
            head.start,
            head.end,
            Fault.REPORT_BEFORE_SESSION,
            "",
            _("Báo cáo đề ngày %(day)s, trước hội nghị ngày %(session)s mà báo cáo kể là đã tổ chức.")
            % {"day": format_date(head.value), "session": format_date(later)},
        )


def _is_past_session(text: str, day: FoundDate) -> bool:
    before = text[max(0, day.start - _CONTEXT) : day.start]
    return bool(_SESSION.search(before)) and not _PLANNED.search(before)
