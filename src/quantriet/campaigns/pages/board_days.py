"""The days of a board: where the slider begins, ends and stands."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from quantriet.core.text import format_date


@dataclass(frozen=True)
class Slider:
    """The campaign's days until today. ``length`` is the last one, counted from ``first``; ``at`` the one shown."""

    first: date
    length: int
    at: int

    @property
    def words(self) -> str:
        """The day shown, for who hears the page."""
        return format_date(date.fromordinal(self.first.toordinal() + self.at))


def slider(shown: date, first: date) -> Slider | None:
    """The slider of a board that shows a day; ``None`` while there is only one day to show."""
    length = (timezone.localdate() - first).days
    if length < 1:
        return None
    return Slider(first, length, min(length, max(0, (shown - first).days)))
