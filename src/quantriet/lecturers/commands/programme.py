"""Writes of the yearly oral programme: planned month by month, then published to the units below."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import standing
from quantriet.core.errors import ConflictError, DomainError
from quantriet.core.text import clean_line
from quantriet.lecturers.models import OralMonth, OralProgramme
from quantriet.org import access, audit, notices
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.notices import NoticeText
from quantriet.org.permissions import Can
from quantriet.org.queries import units

FIRST_YEAR, LAST_YEAR = 2020, 2100
MOST_SESSIONS = 1_000


@dataclass(frozen=True)
class Month:
    """A month (1 to 12), what is to be spoken of in it, and how many sessions are planned."""

    month: int
    theme: str
    sessions: int = 0


def plan(
    unit: Unit, year: int, months: Sequence[Month], *, paper: str = "", seen: int = 0, by: Actor
) -> OralProgramme:
    """The programme of a year as given: months that are not named have no theme. The same again changes nothing.

    ``seen``: the version that was on the screen (0: there was none). Refuses ``programme.changed`` when it changed
    meanwhile, ``programme.year``, ``programme.month``, ``programme.empty`` (one that is published keeps a theme).
    A published programme that changes is told anew.
    """
    access.require(by, Can.LECTURER_MANAGE, unit)
    standing.refuse_former([unit.pk])
    wanted = _checked(year, months)
    number = clean_line(paper)[:80]
    with transaction.atomic():
        row, _is_new = OralProgramme.objects.get_or_create(unit=unit, year=year, defaults={"version": 0})
        row = OralProgramme.objects.select_for_update().get(pk=row.pk)
        if (row.paper, _months(row)) == (number, wanted) and row.version:
            return row
        if row.version != seen:
            raise ConflictError(
                "programme.changed",
                _(
                    "Chương trình vừa được sửa ở nơi khác. Bản của bạn chưa ghi; hãy tải lại trang rồi sửa tiếp."
                ),
                version=row.version,
            )
        if row.published_at is not None and not wanted:
            raise _empty()
        row.months.all().delete()
        OralMonth.objects.bulk_create(
            OralMonth(programme=row, month=one.month, theme=one.theme, sessions=one.sessions)
            for one in wanted
        )
        row.paper, row.version = number, row.version + 1
        row.save()
        audit.record(by, "programme.plan", row, unit=unit, detail={"year": year, "months": len(wanted)})
        if row.published_at is not None:
            _tell(row, _("Chương trình tuyên truyền miệng năm {year} đã được điều chỉnh.").format(year=year))
    return row


def publish(programme: OralProgramme, *, by: Actor) -> OralProgramme:
    """Let the units below read it, and tell those directly below. Published again changes nothing."""
    access.require(by, Can.LECTURER_MANAGE, programme.unit_id)
    with transaction.atomic():
        row = OralProgramme.objects.select_for_update().get(pk=programme.pk)
        if row.published_at is not None:
            return row
        if not row.months.exists():
            raise _empty()
        row.published_at = timezone.now()
        row.version += 1
        row.save()
        audit.record(by, "programme.publish", row, unit=row.unit_id, detail={"year": row.year})
        _tell(row, _("Chương trình tuyên truyền miệng năm {year} đã ban hành.").format(year=row.year))
    return row


def _checked(year: int, months: Sequence[Month]) -> list[Month]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DomainError("programme.year", _("Năm không hợp lệ. Chưa ghi gì."))
    told = [Month(one.month, clean_line(one.theme)[:500], one.sessions) for one in months]
    kept = sorted((one for one in told if one.theme), key=lambda one: one.month)
    numbers = [one.month for one in kept]
    right = all(1 <= one.month <= 12 and 0 <= one.sessions <= MOST_SESSIONS for one in kept)
    if not right or len(set(numbers)) != len(numbers):
        raise DomainError(
            "programme.month", _("Mỗi tháng một chủ đề, số buổi từ 0 đến 1.000. Chưa ghi; hãy xem lại bảng.")
        )
    return kept


def _months(row: OralProgramme) -> list[Month]:
    return [Month(one.month, one.theme, one.sessions) for one in row.months.order_by("month")]


def _empty() -> DomainError:
    return DomainError("programme.empty", _("Chưa tháng nào có chủ đề. Chưa ghi; hãy ghi ít nhất một tháng."))


def _tell(row: OralProgramme, text: str) -> None:
    link = f"{reverse('oral-programme')}?don_vi={row.unit_id}&nam={row.year}"
    notice = NoticeText(row.unit.name, text, link, key=f"programme:{row.pk}:{row.version}")
    notices.notify([child.unit.pk for child in units.children(row.unit)], notice)
