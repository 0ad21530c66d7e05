"""A line of "Việc hôm nay": what waits for somebody, until when, and the one act that settles it.

Every package tells its own lines (``queries.tasks(actor)``); the home page puts them in order. Values in,
values out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SOON = timedelta(days=3)
WAITING = "due_soon"


@dataclass(frozen=True)
class Task:
    """One line. ``state`` is a name of ``core.components.STATES``; ``when`` the words after its shape.

    ``href`` and ``act`` are the button: where it leads and the verb on it. ``due_at`` gives the order only.
    """

    state: str
    text: str
    when: str
    href: str
    act: str
    due_at: datetime | None = None


def due(*, text: str, href: str, act: str, due_at: datetime, now: datetime | None = None) -> Task:
    """A line with a deadline: state and words follow from it (late, today, within three days, later)."""
    now = now or timezone.now()
    return Task(state_of(due_at, now), text, words_of(due_at, now), href, act, due_at)


def meeting(*, text: str, href: str, act: str, starts_at: datetime, now: datetime) -> Task:
    """A line about a meeting that is not over: the hour at which it begins, or since when it goes on."""
    if starts_at <= now:
        words = _("Đang họp từ %(time)s") % {"time": timezone.localtime(starts_at).strftime("%H:%M")}
        return Task("doing", text, words, href, act, starts_at)
    return Task(state_of(starts_at, now), text, hour_of(starts_at, now), href, act, starts_at)


def waiting(*, text: str, when: str, href: str, act: str) -> Task:
    """A line without a deadline about what others wait for: an answer, a review, a receipt."""
    return Task(WAITING, text, when, href, act)


def hour_of(starts_at: datetime, now: datetime) -> str:
    """``Hôm nay 13:30``, ``Ngày mai 19:30``, ``19:30 ngày 28/11``."""
    local = timezone.localtime(starts_at)
    days = (local.date() - timezone.localdate(now)).days
    if days > 1:
        return _("%(time)s ngày %(day)s") % {"time": f"{local:%H:%M}", "day": f"{local:%d/%m}"}
    words = _("Ngày mai %(time)s") if days else _("Hôm nay %(time)s")
    return words % {"time": f"{local:%H:%M}"}


def state_of(due_at: datetime, now: datetime) -> str:
    """``overdue``, ``due_soon`` (within three days) or ``not_due``."""
    if due_at < now:
        return "overdue"
    return "due_soon" if due_at - now <= SOON else "not_due"


def words_of(due_at: datetime, now: datetime) -> str:
    """``Quá hạn 2 ngày``, ``Hôm nay 19:30``, ``Còn 6 ngày``: days are those of the calendar here."""
    days = (timezone.localdate(due_at) - timezone.localdate(now)).days
    if due_at < now:
        if not days:
            return _("Quá hạn từ %(time)s") % {"time": timezone.localtime(due_at).strftime("%H:%M")}
        return ngettext("Quá hạn %(days)s ngày", "Quá hạn %(days)s ngày", -days) % {"days": -days}
    if not days:
        return _("Hôm nay %(time)s") % {"time": timezone.localtime(due_at).strftime("%H:%M")}
    return ngettext("Còn %(days)s ngày", "Còn %(days)s ngày", days) % {"days": days}


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """What is late or near, the longest overdue on top; then what others wait for; then what is far; news last."""
    far = datetime.max.replace(tzinfo=timezone.get_fixed_timezone(0))
    return sorted(tasks, key=lambda task: (_rank(task), task.due_at or far))


def _rank(task: Task) -> int:
    if task.due_at is not None:
        return 2 if task.state == "not_due" else 0
    return 1 if task.state == WAITING else 3
