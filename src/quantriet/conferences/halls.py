"""What a unit's halls lack for a conference. Pure: values in, values out."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Gap(StrEnum):
    """One thing that is lacking."""

    HALL = "hall"
    SEATS = "seats"
    SCREEN = "screen"
    LINE = "line"
    UNCONFIRMED = "unconfirmed"


WORDS: dict[Gap, Promise] = {
    Gap.HALL: _("Chưa có hội trường"),
    Gap.SEATS: _("Thiếu chỗ"),
    Gap.SCREEN: _("Chưa có màn hình"),
    Gap.LINE: _("Chưa có đường truyền"),
    Gap.UNCONFIRMED: _("Chưa xác nhận trong năm"),
}


@dataclass(frozen=True)
class Halls:
    """All halls of one unit together. ``people``: who is on the roll and has no nearer hall; ``None``: no roll."""

    count: int
    seats: int
    screens: int
    lines: int
    second_lines: int
    unconfirmed: int
    people: int | None = None

    def gaps(self) -> tuple[Gap, ...]:
        """What is lacking; without any hall that alone is told."""
        if not self.count:
            return (Gap.HALL,)
        lacking = {
            Gap.SEATS: self.people is not None and self.seats < self.people,
            Gap.SCREEN: not self.screens,
            Gap.LINE: not self.lines,
            Gap.UNCONFIRMED: self.unconfirmed > 0,
        }
        return tuple(gap for gap, is_lacking in lacking.items() if is_lacking)


NO_HALL = Halls(0, 0, 0, 0, 0, 0)
