"""What waits for somebody here: sessions to attend, sites to record at, claims to settle, conferences to end."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quantriet.conferences.models import AttendanceConflict, Conference
from quantriet.conferences.queries import conferences
from quantriet.conferences.readiness import TEST_BEFORE
from quantriet.core import tasks as core_tasks
from quantriet.core.tasks import Task
from quantriet.ledger.measures import Form
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.permissions import Can

AHEAD = timedelta(days=7)
AT_MOST = 20


def tasks(actor: Actor) -> list[Task]:
    """Lines for "Việc hôm nay"."""
    found: list[Task] = []
    if actor.can(Can.ATTENDANCE_RECORD):
        found += _sites(actor)
    if actor.can(Can.CONFERENCE_MANAGE):
        found += [*_to_close(actor), *_conflicts(actor)]
    if actor.person_id is not None and not found:
        found += _own(actor.person_id)
    return found


def _sites(actor: Actor) -> list[Task]:
    """The roll-call of the sites run by the very unit he acts in; those below are the wall's matter."""
    now = timezone.now()
    root = actor.unit_id
    rows = conferences.upcoming(actor, until=now + AHEAD).filter(unit=root, conference__ends_at__gt=now)
    sites = list(rows[:AT_MOST])
    untested = [site for site in sites if site.form == Form.ONLINE and site.tested_at is None]
    to_test = [
        core_tasks.due(
            text=_("Thử đường truyền: %(site)s") % {"site": f"{site.conference.title}, {site.name}"},
            href=reverse("site-readiness", args=[site.pk]),
            act=_("Chuẩn bị"),
            due_at=site.conference.starts_at - TEST_BEFORE,
            now=now,
        )
        for site in untested
        if site.conference.starts_at > now
    ]
    return to_test + [
        core_tasks.meeting(
            text=f"{site.conference.title}, {site.name}",
            href=reverse("site-roll-call", args=[site.pk]),
            act=_("Điểm danh"),
            starts_at=site.conference.starts_at,
            now=now,
        )
        for site in sites
    ]


def _to_close(actor: Actor) -> list[Task]:
    now = timezone.now()
    over = conferences.managed(actor).filter(
        unit=actor.unit_id,
        ends_at__lt=now,
        state__in=(Conference.State.PLANNED, Conference.State.OPEN),
    )
    return [
        core_tasks.due(
            text=_("Hội nghị đã họp, chưa kết thúc sổ: %(title)s") % {"title": one.title},
            href=reverse("conference", args=[one.pk]),
            act=_("Kết thúc"),
            due_at=one.ends_at,
            now=now,
        )
        for one in over.order_by("ends_at", "id")[:AT_MOST]
    ]


def _conflicts(actor: Actor) -> list[Task]:
    rows = AttendanceConflict.objects.filter(
        decision=AttendanceConflict.Decision.OPEN,
        conference__unit__in=access.units(actor, Can.CONFERENCE_MANAGE),
    )
    waiting: dict[int, int] = {}
    for conference_id in rows.order_by("id").values_list("conference_id", flat=True)[:500]:
        waiting[conference_id] = waiting.get(conference_id, 0) + 1
    return [
        core_tasks.waiting(
            text=ngettext(
                "%(count)s lượt điểm danh không khớp",
                "%(count)s lượt điểm danh không khớp",
                count,
            )
            % {"count": count},
            when=_("Chờ quyết định"),
            href=reverse("conference-conflicts", args=[conference_id]),
            act=_("Quyết định"),
        )
        for conference_id, count in waiting.items()
    ]


def _own(person_id: int) -> list[Task]:
    now = timezone.now()
    rows = conferences.summoned_to(person_id).filter(ends_at__gt=now, starts_at__lt=now + AHEAD)
    return [
        core_tasks.meeting(
            text=one.title, href=reverse("my-sessions"), act=_("Xem"), starts_at=one.starts_at, now=now
        )
        for one in rows.order_by("starts_at", "id")[:AT_MOST]
    ]
