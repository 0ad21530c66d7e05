"""What units are told of a conference: in the page, and by mail where the unit has an address."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from quantriet.conferences.models import Conference
from quantriet.core.text import format_datetime
from quantriet.org import notices
from quantriet.org.models import Notice, Unit
from quantriet.org.notices import NoticeText

_TITLE_AT_MOST = Notice._meta.get_field("title").max_length  # noqa: SLF001 - Django's public-by-habit API


def summoned(conference: Conference) -> NoticeText:
    """What a unit is told when it gets a site, once a conference."""
    text = _("Triệu tập lúc {when}. Đơn vị có một điểm cầu; hãy kiểm tra địa chỉ, thư ký và danh sách.")
    when = format_datetime(conference.starts_at)
    return _about(conference, text.format(when=when), f"conference:{conference.pk}")


def called_off(conference: Conference) -> NoticeText:
    """What the units that were to sit are told when it is off."""
    text = _("Hội nghị đã hủy: {reason}").format(reason=conference.state_reason)
    return _about(conference, text, f"conference-cancel:{conference.pk}")


def moved(conference: Conference) -> NoticeText:
    """What units are told of a new day or hour; each move is told, by its version."""
    text = _("Đã đổi giờ họp: nay bắt đầu lúc {begins}, kết thúc lúc {ends}. Hãy báo lại người dự.").format(
        begins=format_datetime(conference.starts_at), ends=format_datetime(conference.ends_at)
    )
    return _about(conference, text, f"conference-moved:{conference.pk}:{conference.version}")


def recorded(conference: Conference) -> NoticeText:
    """What units are told once the session can be watched again."""
    text = _("Đã có bản ghi hình. Ai vắng thì xem lại; chi bộ của người đó xác nhận học bù.")
    return _about(conference, text, f"conference-recording:{conference.pk}")


def _about(conference: Conference, text: str, key: str) -> NoticeText:
    return NoticeText(
        title=conference.title[:_TITLE_AT_MOST], text=text, link=f"/hoi-nghi/{conference.pk}/", key=key
    )


def tell(unit_ids: Sequence[int], notice: NoticeText) -> None:
    """Tell units in the page and by mail, each once a key."""
    notices.notify(unit_ids, notice)
    reached = Unit.objects.filter(pk__in=list(unit_ids)).exclude(email="").order_by("pk")
    notices.mail(list(reached.values_list("pk", "email")), notice)


def tell_all(conference: Conference, notice: NoticeText) -> None:
    """Tell every unit with a site."""
    units = conference.sites.order_by("unit_id").values_list("unit_id", flat=True)
    tell(list(units.distinct()), notice)


def tell_others(conference: Conference, notice: NoticeText) -> None:
    """Tell the units whose sites are not the hub."""
    others = conference.sites.filter(is_hub=False).order_by("unit_id")
    tell(list(others.values_list("unit_id", flat=True).distinct()), notice)
