"""Writes of feedback: open the box of a session, drop one sheet into it."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError, NotFoundError
from quantriet.lecturers.choices import LectureState, Mark, Question
from quantriet.lecturers.models import FeedbackBox, FeedbackCount, Lecture
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.permissions import Can

OPEN_FOR = timedelta(days=3)
"""After the session; results come out once, when the box is closed, so that no two looks tell one sheet apart."""
MOST = 5_000
"""Sheets one box takes: more than any hall holds."""


def open_box(lecture: Lecture, *, by: Actor) -> FeedbackBox:
    """The box of a session somebody was sent to, with its address; opened again it is the same.

    By the lecturer himself, the unit that asked, or who sent him. Refuses ``feedback.nobody_sent``.
    """
    if by.person_id is None or by.person_id != lecture.person_id:
        can = (
            Can.LECTURER_MANAGE
            if access.may(by, Can.LECTURER_MANAGE, lecture.to_unit_id)
            else Can.LECTURE_ASK
        )
        access.require(by, can, lecture.to_unit_id if can is Can.LECTURER_MANAGE else lecture.unit_id)
    if lecture.state != LectureState.ACCEPTED:
        raise DomainError(
            "feedback.nobody_sent", _("Chưa cử ai đến buổi này. Chưa lập phiếu; hãy đợi trả lời đề nghị.")
        )
    with transaction.atomic():
        box, is_new = FeedbackBox.objects.get_or_create(
            lecture=lecture,
            defaults={
                "title": lecture.title,
                "opens_at": lecture.starts_at,
                "closes_at": lecture.ends_at + OPEN_FOR,
            },
        )
        if is_new:
            FeedbackCount.objects.bulk_create(
                FeedbackCount(box=box, question=question, mark=mark) for question in Question for mark in Mark
            )
            audit.record(by, "feedback.open", lecture, unit=lecture.unit_id)
    return box


def answer(code: str, marks: Mapping[Question, Mark]) -> None:
    """Drop one sheet into a box: every question has one mark. Who did it, and when, is kept nowhere.

    Refuses ``feedback.unknown``, ``feedback.incomplete`` and ``feedback.closed`` (not open yet, closed, or full).
    """
    box = FeedbackBox.objects.filter(code=code).first()
    if box is None:
        raise NotFoundError("feedback.unknown", _("Không có phiếu nào ở địa chỉ này. Hãy xem lại mã."))
    if set(marks) != set(Question):
        raise DomainError("feedback.incomplete", _("Còn câu chưa chọn. Chưa gửi; hãy chọn đủ ba câu."))
    now = timezone.now()
    with transaction.atomic():
        is_open = FeedbackBox.objects.filter(
            pk=box.pk, opens_at__lte=now, closes_at__gt=now, answers__lt=MOST
        )
        if not is_open.update(answers=F("answers") + 1):
            raise DomainError(
                "feedback.closed", _("Phiếu này chưa mở hoặc đã đóng nên không nhận nữa. Chưa gửi gì.")
            )
        for question in sorted(marks):
            FeedbackCount.objects.filter(box=box, question=question, mark=marks[question]).update(
                count=F("count") + 1
            )
