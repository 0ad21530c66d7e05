"""The reasons of an assignment in words, in the language of whoever looks."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quantriet.lecturers.assignment import EMPTY, Gap, Why


def travel_words(travel: Why) -> str:
    """How far it is."""
    return {
        Why.NEAR: _("cùng xã"),
        Why.PROVINCE: _("cùng tỉnh"),
        Why.FAR: _("tỉnh khác"),
    }[travel]


def gap_words(gap: Gap) -> str:
    """What stands against one person."""
    return {
        Gap.SUBJECT: _("không phụ trách lĩnh vực này"),
        Gap.LANGUAGE: _("không nói được ngôn ngữ này"),
        Gap.ABSENT: _("báo bận ngày đó"),
        Gap.BUSY: _("đã có buổi khác sát giờ"),
        Gap.FULL: _("đã đủ số buổi trong tháng"),
    }[gap]


def load_words(number: int, most: int) -> str:
    """Which lecture of the month it would be."""
    return _("buổi thứ {number} trong tháng, nhiều nhất {most}").format(number=number, most=most)


def fact_words(code: str, numbers: Sequence[int]) -> str:
    """One reason, as it is kept with a lecture."""
    if code == EMPTY:
        return _("lực lượng chưa có ai")
    if code in set(Gap):
        return _("{count} người {gap}").format(count=numbers[0], gap=gap_words(Gap(code)))
    why = Why(code)
    if why in (Why.NEAR, Why.PROVINCE, Why.FAR):
        return travel_words(why)
    if why is Why.LOAD:
        return load_words(*numbers)
    if why is Why.OTHERS:
        return (
            ngettext(
                "còn %(count)s người khác cũng đi được", "còn %(count)s người khác cũng đi được", numbers[0]
            )
            % {"count": numbers[0]}
            if numbers[0]
            else _("không còn ai khác đi được")
        )
    return {
        Why.SUBJECT: _("đúng lĩnh vực"),
        Why.LANGUAGE: _("nói được ngôn ngữ của người nghe"),
        Why.WISHED: _("đúng người đơn vị muốn mời"),
        Why.OUT_OF_AREA: _("ngoài địa bàn phụ trách"),
        Why.DAY_OFF: _("rơi vào ngày nên tránh"),
    }[why]


def reasons_words(reasons: Iterable[Sequence[object]]) -> str:
    """All reasons of a choice or of a gap as one sentence; nothing where nothing was arranged yet."""
    told = [fact_words(str(code), _numbers(numbers)) for code, numbers in reasons]
    return "; ".join(told)


def _numbers(values: object) -> list[int]:
    return [int(value) for value in values] if isinstance(values, list | tuple) else []
