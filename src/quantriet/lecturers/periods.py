"""Periods of a bulletin: weeks (from Monday), months and quarters, each named by its first day. Pure arithmetic."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from quantriet.core.text import format_date
from quantriet.lecturers.choices import Rhythm

QUARTERS = ("I", "II", "III", "IV")


def first_day(day: date, rhythm: Rhythm) -> date:
    """The first day of the period in which a day lies; without a rhythm each day is a period of its own."""
    if rhythm is Rhythm.WEEKLY:
        return day - timedelta(days=day.weekday())
    if rhythm is Rhythm.MONTHLY:
        return day.replace(day=1)
    if rhythm is Rhythm.QUARTERLY:
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day


def after(first: date, rhythm: Rhythm) -> date:
    """The first day of the period that follows."""
    longest = {Rhythm.WEEKLY: 7, Rhythm.MONTHLY: 31, Rhythm.QUARTERLY: 92, Rhythm.ONCE: 1}[rhythm]
    return first_day(first + timedelta(days=longest), rhythm)


def last_day(first: date, rhythm: Rhythm) -> date:
    """The last day of a period."""
    return after(first, rhythm) - timedelta(days=1)


def words(first: date, rhythm: Rhythm) -> str:
    """``tuần 47/2026`` (ISO week), ``tháng 11/2026``, ``quý IV/2026``, or the day."""
    if rhythm is Rhythm.WEEKLY:
        year, week, _day = first.isocalendar()
        return _("tuần {number}/{year}").format(number=week, year=year)
    if rhythm is Rhythm.MONTHLY:
        return _("tháng {number}/{year}").format(number=first.month, year=first.year)
    if rhythm is Rhythm.QUARTERLY:
        return _("quý {number}/{year}").format(number=QUARTERS[(first.month - 1) // 3], year=first.year)
    return format_date(first)
