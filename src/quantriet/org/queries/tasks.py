"""What waits for somebody on floor 1: unread notices, requests of people whose legal clock runs."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quantriet.core import tasks as core_tasks
from quantriet.core.tasks import Task
from quantriet.org import access, notices
from quantriet.org.access import Actor
from quantriet.org.models import DataRequest
from quantriet.org.permissions import Can
from quantriet.org.queries import facility_requests, units


def tasks(actor: Actor) -> list[Task]:
    """Lines for "Việc hôm nay"."""
    return [*_data_requests(actor), *_halls(actor), *_notices(actor)]


def _halls(actor: Actor) -> list[Task]:
    """Halls to look at again, and what units below asked for."""
    if not actor.can(Can.CONFERENCE_MANAGE):
        return []
    found: list[Task] = []
    asked = facility_requests.waiting(actor).count()
    if asked:
        text = ngettext("%(count)s đề nghị về hội trường", "%(count)s đề nghị về hội trường", asked) % {
            "count": asked
        }
        href = f"{reverse('facility-requests')}?trang_thai=asked"
        found.append(core_tasks.waiting(text=text, when=_("Chờ trả lời"), href=href, act=_("Trả lời")))
    home = access.home(actor)
    if home is not None and units.facilities_to_confirm(home).exists():
        href = reverse("facilities", args=[home.pk])
        text = _("Hội trường đã hơn một năm chưa xem lại")
        found.append(core_tasks.waiting(text=text, when=_("Mỗi năm một lần"), href=href, act=_("Xem lại")))
    return found


def _notices(actor: Actor) -> list[Task]:
    unread = notices.unread_count(actor)
    if not unread:
        return []
    text = ngettext("%(count)s thông báo chưa đọc", "%(count)s thông báo chưa đọc", unread) % {
        "count": unread
    }
    return [Task("doing", text, _("Mới"), reverse("notices"), _("Xem"))]


def _data_requests(actor: Actor) -> list[Task]:
    try:
        href = reverse("data-requests")
    except NoReverseMatch:  # the page is a wing of its own
        return []
    waiting = DataRequest.objects.filter(
        answered_at=None, unit__in=access.units(actor, Can.PERSON_MANAGE)
    ).order_by("due_at", "id")[:20]
    return [
        core_tasks.due(
            text=str(request.get_kind_display()), href=href, act=_("Trả lời"), due_at=request.due_at
        )
        for request in waiting
    ]
