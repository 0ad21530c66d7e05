"""Which order the days of a sheet are written in. ``11/7/2026`` is the 11th of July here and the 7th of November in
a join log of Zoom or Teams whose account is set to the United States. The sheet itself decides where it can; where
it cannot, somebody is asked. Values in, values out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.office.cells import CellValue, shown

MONTHS = 12
CENTURY = 2000
"""Teams writes the year with two digits; a meeting of ours is never of another century."""

_WRITTEN = re.compile(
    r"(?P<first>\d{1,2})\s*(?P<mark>[/.-])\s*(?P<second>\d{1,2})\s*(?P=mark)\s*(?P<year>\d{4}|\d{2})(?!\d)"
)
_ENGLISH_HALF = re.compile(r"\d\s*[ap]\.?m\b", re.IGNORECASE)


class Order(StrEnum):
    """What stands first."""

    DAY_FIRST = "day"
    MONTH_FIRST = "month"


@dataclass(frozen=True)
class Written:
    """A day as written: two numbers that are day and month in one order or the other."""

    text: str
    first: int
    second: int
    year: int

    def on(self, order: Order) -> date | None:
        """The day it is in that order; ``None`` where no calendar has it."""
        day, month = (self.first, self.second) if order is Order.DAY_FIRST else (self.second, self.first)
        try:
            return date(self.year, month, day)
        except ValueError:
            return None


@dataclass(frozen=True)
class Unclear:
    """The sheet does not say which order it is in: one of its days, read both ways."""

    text: str
    day_first: date | None
    month_first: date | None


def written(cell: CellValue) -> Written | None:
    """The day at the start of a cell. A true date of a spreadsheet counts as read with the day first: the program
    that made it so may have swapped what it read.
    """
    if isinstance(cell, datetime):
        return Written(shown(cell)[:10], cell.day, cell.month, cell.year)
    if not isinstance(cell, str):
        return None
    found = _WRITTEN.match(cell.strip())
    if found is None:
        return None
    year = int(found["year"])
    return Written(found[0], int(found["first"]), int(found["second"]), year if year > 99 else CENTURY + year)


def order_of(cells: Sequence[CellValue], titles: Iterable[str], day: date) -> Order | Unclear:
    """The order of a sheet whose moments are ``cells`` below ``titles``, at a session of ``day``.

    A number past 12 proves it. Else the day of the session must come out in one order only, and nothing may
    speak against that order: ``AM`` and ``PM`` against the day first; a Vietnamese title and true dates of a
    spreadsheet against the month first. Refuses with ``attendance.days_mixed`` when both orders are proved.
    """
    days = [one for one in map(written, cells) if one is not None and one.first != one.second]
    proved = {Order.DAY_FIRST for one in days if one.first > MONTHS}
    proved |= {Order.MONTH_FIRST for one in days if one.second > MONTHS}
    if len(proved) > 1:
        sentence = _(
            "Tệp ghi ngày theo hai kiểu lẫn nhau (ngày/tháng và tháng/ngày). Chưa ghi gì; hãy xuất lại tệp "
            "hoặc sửa cho thống nhất rồi gửi lại."
        )
        raise DomainError("attendance.days_mixed", sentence)
    if proved:
        return proved.pop()
    fitting = {order for order in Order if any(one.on(order) == day for one in days)}
    if not fitting:  # of another day in either order: the cells say so themselves
        return Order.DAY_FIRST
    if len(fitting) == 1 and _spoken_for(cells, titles) <= fitting:
        return fitting.pop()
    one = next(one for one in days if day in (one.on(Order.DAY_FIRST), one.on(Order.MONTH_FIRST)))
    return Unclear(one.text, one.on(Order.DAY_FIRST), one.on(Order.MONTH_FIRST))


def _spoken_for(cells: Sequence[CellValue], titles: Iterable[str]) -> set[Order]:
    """What speaks for an order without proving it."""
    found = set()
    if any(isinstance(cell, str) and _ENGLISH_HALF.search(cell) for cell in cells):
        found.add(Order.MONTH_FIRST)
    if any(isinstance(cell, datetime) for cell in cells) or not all(title.isascii() for title in titles):
        found.add(Order.DAY_FIRST)
    return found
