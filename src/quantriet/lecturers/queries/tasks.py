"""What waits for somebody here: requests to answer, outlines to review, lectures to give, outlines to write."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quantriet.core import tasks as core_tasks
from quantriet.core.tasks import Task
from quantriet.core.text import end_of_day
from quantriet.lecturers.choices import LectureState, OutlineState
from quantriet.lecturers.models import Issue, Lecture, Outline
from quantriet.lecturers.queries import bulletins, lectures
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.permissions import Can

AHEAD = timedelta(days=7)
AT_MOST = 20
TO_READ = 5


def tasks(actor: Actor) -> list[Task]:
    """Lines for "Việc hôm nay"."""
    found: list[Task] = []
    if actor.can(Can.LECTURER_MANAGE):
        found += [*_to_answer(actor), *_to_review(actor), *_late(actor), *_to_publish(actor)]
    if actor.can(Can.LECTURE_GIVE) and actor.person_id is not None:
        found += [*_to_write(actor.person_id), *_to_give(actor.person_id)]
        found += _to_read(bulletins.unread_by(actor.person_id))
    home = access.home(actor)
    if home is not None and access.may(actor, Can.OBLIGATION_FULFIL, home):
        found += _to_read(bulletins.unreceived_by(home))
    return found


def _to_publish(actor: Actor) -> list[Task]:
    """Issues of the period that runs, owed by the unit the actor looks down from."""
    home = access.home(actor)
    return [
        core_tasks.due(
            text=_("Phát hành %(title)s, %(period)s") % {"title": one.bulletin.title, "period": one.words},
            href=reverse("bulletin", args=[one.bulletin.pk]),
            act=_("Soạn"),
            due_at=end_of_day(one.due_on),
        )
        for one in (bulletins.owed_by(home) if home is not None else [])
    ]


def _to_read(rows: QuerySet[Issue]) -> list[Task]:
    """Issues whose arrival nobody has confirmed yet, the oldest first."""
    return [
        core_tasks.waiting(
            text=f"{row.title}, {row.bulletin.unit.short_name or row.bulletin.unit.name}",
            when=_("Mới"),
            href=reverse("bulletin-issue", args=[row.pk]),
            act=_("Đọc, xác nhận"),
        )
        for row in rows[:TO_READ]
    ]


def _asked_here(actor: Actor) -> Q:
    """Asked of the very unit the actor looks down from; the corps below have officers of their own."""
    home = access.home(actor)
    return Q(to_unit=home) if home is not None else Q(pk=None)


def _to_answer(actor: Actor) -> list[Task]:
    now = timezone.now()
    rows = Lecture.objects.filter(_asked_here(actor), state=LectureState.ASKED, starts_at__gt=now)
    first = rows.order_by("starts_at", "id").first()
    if first is None:
        return []
    count = rows.count()
    text = ngettext(
        "%(count)s đề nghị cử báo cáo viên chờ trả lời",
        "%(count)s đề nghị cử báo cáo viên chờ trả lời",
        count,
    )
    return [
        core_tasks.due(
            text=text % {"count": count},
            href=reverse("lecture-board"),
            act=_("Trả lời"),
            due_at=first.starts_at,
            now=now,
        )
    ]


def _sent_from_here(actor: Actor) -> QuerySet[Outline]:
    home = access.home(actor)
    rows = Outline.objects.filter(lecture__to_unit=home, lecture__state=LectureState.ACCEPTED)
    return (
        rows.filter(lecture__starts_at__gt=timezone.now()).select_related("lecture").order_by("due_on", "id")
    )


def _to_review(actor: Actor) -> list[Task]:
    rows = _sent_from_here(actor).filter(state=OutlineState.SUBMITTED)
    return [
        core_tasks.due(
            text=_("Đề cương chờ duyệt: %(title)s") % {"title": row.lecture.title},
            href=reverse("lecture", args=[row.lecture_id]),
            act=_("Duyệt"),
            due_at=row.lecture.starts_at,
        )
        for row in rows[:AT_MOST]
    ]


def _late(actor: Actor) -> list[Task]:
    """Outlines whose day has passed and that nobody has handed in: somebody should call."""
    late = (OutlineState.DRAFT, OutlineState.RETURNED)
    rows = _sent_from_here(actor).filter(state__in=late, due_on__lt=timezone.localdate())
    return [
        core_tasks.due(
            text=_("Chưa nhận đề cương của %(name)s: %(title)s")
            % {"name": row.lecture.lecturer_name, "title": row.lecture.title},
            href=reverse("lecture", args=[row.lecture_id]),
            act=_("Xem"),
            due_at=end_of_day(row.due_on),
        )
        for row in rows[:AT_MOST]
    ]


def _to_write(person_id: int) -> list[Task]:
    return [
        core_tasks.due(
            text=_("Gửi đề cương: %(title)s") % {"title": row.lecture.title},
            href=reverse("outline", args=[row.lecture_id]),
            act=_("Soạn"),
            due_at=end_of_day(row.due_on),
        )
        for row in lectures.own_outlines(person_id)[:AT_MOST]
    ]


def _to_give(person_id: int) -> list[Task]:
    now = timezone.now()
    rows = lectures.own(person_id).filter(ends_at__gt=now, starts_at__lt=now + AHEAD)
    return [
        core_tasks.meeting(
            text=f"{row.title}, {row.place}",
            href=reverse("lecture", args=[row.pk]),
            act=_("Xem"),
            starts_at=row.starts_at,
            now=now,
        )
        for row in rows.order_by("starts_at", "id")[:AT_MOST]
    ]
