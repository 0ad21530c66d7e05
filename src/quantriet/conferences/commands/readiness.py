"""Looking at a site before its conference, and reminding the sites that are not ready."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.conferences import readiness
from quantriet.conferences.models import Conference, Site, SiteCheck
from quantriet.conferences.queries import readiness as reads
from quantriet.conferences.readiness import FigureSource, Item
from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line, format_datetime
from quantriet.org import access, audit, notices
from quantriet.org.access import Actor
from quantriet.org.notices import NoticeText
from quantriet.org.permissions import Can


@dataclass(frozen=True)
class LineFigures:
    """What a line carries: kbit/s down and up, milliseconds there and back; and who says so."""

    down_kbits: int
    up_kbits: int
    delay_ms: int | None
    source: FigureSource


@dataclass(frozen=True)
class Look:
    """One item as somebody found it; only the line has figures."""

    item: Item
    is_good: bool
    note: str = ""
    figures: LineFigures | None = None


def check(site: Site, looks: Sequence[Look], *, by: Actor) -> Site:
    """Keep what was found. Once all is good a planned site is ready; sent again nothing but the time of looking moves.

    Refuses with ``readiness.note`` what is not good without a word on it, with ``readiness.items`` an item that is told
    twice or is none of this site's, with ``readiness.line`` figures of anything but a line; nothing is kept then.
    """
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    _refuse_odd(site, looks)
    with transaction.atomic():
        locked = Site.objects.select_for_update(of=("self",)).select_related("conference").get(pk=site.pk)
        if locked.conference.state in (Conference.State.CLOSED, Conference.State.CANCELLED):
            raise DomainError(
                "conference.over",
                _("Hội nghị đã kết thúc hoặc đã hủy nên không sửa được nữa. Chưa thay đổi gì."),
            )
        kept = {row.item: row for row in locked.checks.all()}
        for look in looks:
            _keep(locked, look, kept.get(look.item), by=by)
        _sum_up(locked)
        found: dict[str, object] = {str(look.item): look.is_good for look in looks}
        audit.record(by, "site.check", locked, unit=locked.unit_id, detail=found)
    return locked


def _refuse_odd(site: Site, looks: Sequence[Look]) -> None:
    told = [look.item for look in looks]
    if len(set(told)) < len(told) or not set(told) <= set(readiness.items(reads.form_of(site))):
        raise DomainError(
            "readiness.items",
            _("Mỗi việc ghi một lần, và phải có trong danh sách kiểm tra của điểm cầu này. Chưa lưu gì."),
        )
    for look in looks:
        if not look.is_good and not clean_line(look.note):
            raise DomainError(
                "readiness.note",
                _("“{item}” chưa đạt: hãy ghi thiếu gì, ai xử lý. Chưa lưu gì.").format(item=look.item.label),
                field=f"note_{look.item}",
            )
        if look.figures is not None and look.item != Item.LINE:
            raise DomainError("readiness.line", _("Chỉ đường truyền mới có số đo. Chưa lưu gì."))


def _keep(site: Site, look: Look, before: SiteCheck | None, *, by: Actor) -> None:
    now = timezone.now()
    since = before.good_since if before is not None else None
    row = before or SiteCheck(site=site, item=look.item)
    row.good_since = (since or now) if look.is_good else None
    row.note = clean_line(look.note)[:300]
    row.checked_at, row.checked_by = now, by.name[:120]
    figures = look.figures
    row.down_kbits = figures.down_kbits if figures else None
    row.up_kbits = figures.up_kbits if figures else None
    row.delay_ms = figures.delay_ms if figures else None
    row.figures_are = figures.source if figures else ""
    row.save()


def _sum_up(site: Site) -> None:
    """Write on the site since when all of it is good. A site that was not heard of becomes ready with it."""
    found = readiness.summary(reads.form_of(site), dict(site.checks.values_list("item", "good_since")))
    before = (site.checked_at, site.tested_at)
    site.checked_at, site.tested_at = found.all_good_since, found.connection_good_since
    if site.checked_at is not None and site.state == Site.State.PLANNED:
        site.state = Site.State.READY
    elif before == (site.checked_at, site.tested_at):
        return  # the wall need not hear of it
    site.state_at = timezone.now()
    site.save(update_fields=["checked_at", "tested_at", "state", "state_at"])


def remind(conference: Conference, *, by: Actor) -> int:
    """Tell the units of all sites that are not ready, once a day; returns how many had not been told today."""
    access.require(by, Can.CONFERENCE_MANAGE, conference.unit_id)
    if conference.state != Conference.State.PLANNED:
        raise DomainError(
            "readiness.begun", _("Hội nghị đã bắt đầu hoặc đã xong nên không nhắc chuẩn bị nữa. Chưa gửi gì.")
        )
    units = reads.units_not_ready(conference, by=by)
    today = timezone.localdate()
    with transaction.atomic():
        told = notices.notify(
            units,
            NoticeText(
                title=conference.title,
                text=_(
                    "Điểm cầu chưa chuẩn bị xong. Họp lúc {when}; đường truyền cần thử trước ít nhất 60 phút."
                ).format(when=format_datetime(conference.starts_at)),
                link=f"/hoi-nghi/{conference.pk}/",
                key=f"conference-unready:{conference.pk}:{today:%Y%m%d}",
            ),
        )
        audit.record(
            by, "conference.remind_sites", conference, unit=conference.unit_id, detail={"units": told}
        )
    return told
