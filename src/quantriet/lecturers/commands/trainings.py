"""Writes of training: a course is held, who attended with his certificate, who after all did not."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import standing
from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line, clean_text
from quantriet.lecturers.models import Lecturer, Training, TrainingAttendance
from quantriet.lecturers.models.trainings import MOST_DAYS
from quantriet.lecturers.queries import trainings as queries
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


@dataclass(frozen=True)
class Course:
    """What a course is about, when and where, and how many days of work it has."""

    title: str
    begins_on: date
    ends_on: date
    days: int
    content: str = ""
    place: str = ""
    paper: str = ""

    def cleaned(self) -> "Course":
        """The same with every text in its stored form."""
        return replace(
            self,
            title=clean_line(self.title)[:300],
            content=clean_text(self.content)[:20_000],
            place=clean_line(self.place)[:300],
            paper=clean_line(self.paper)[:80],
        )


@dataclass(frozen=True)
class Attended:
    """A lecturer who attended, with the number of his certificate, if he was given one."""

    lecturer_id: int
    certificate: str = ""


@dataclass(frozen=True)
class Kept:
    """What a list did: how many were added, changed, as they stood, taken out."""

    new: int
    changed: int
    same: int
    gone: int


def hold(unit: Unit, course: Course, *, by: Actor) -> Training:
    """A course of ``unit``; one of the same title and first day is the one there is, brought up to date.

    Refuses ``training.empty``, ``training.days`` (the days do not fit between the first and the last), ``unit.former``.
    """
    access.require(by, Can.LECTURER_MANAGE, unit)
    standing.refuse_former([unit.pk])
    told = _checked(course)
    with transaction.atomic():
        facts = _facts(told)
        row, is_new = Training.objects.get_or_create(
            unit=unit, title=told.title, begins_on=told.begins_on, defaults=facts
        )
        if is_new:
            audit.record(by, "training.hold", row, unit=unit, detail={"on": told.begins_on.isoformat()})
            return row
        return _changed(row, facts, by)


def change(training: Training, course: Course, *, by: Actor) -> Training:
    """Correct what is known of a course; the same again changes nothing. Refuses as ``hold``, ``training.exists``."""
    access.require(by, Can.LECTURER_MANAGE, training.unit_id)
    told = _checked(course)
    with transaction.atomic():
        Unit.objects.select_for_update(no_key=True).get(pk=training.unit_id)
        twins = Training.objects.filter(unit=training.unit_id, title=told.title, begins_on=told.begins_on)
        if twins.exclude(pk=training.pk).exists():
            raise DomainError(
                "training.exists", _("Đơn vị đã có lớp cùng tên, cùng ngày. Chưa ghi; hãy mở lớp đó.")
            )
        row = Training.objects.select_for_update().get(pk=training.pk)
        return _changed(row, _facts(told) | {"title": told.title, "begins_on": told.begins_on}, by)


def keep_attendance(
    training: Training, attended: Sequence[Attended], absent: Sequence[int] = (), *, by: Actor
) -> Kept:
    """Who attended, and lecturers (``absent``, by id) who did not after all; others stay as they are.

    A person counts once, whatever corps he serves in. Refuses ``training.lecturer``: somebody who was in no corps of
    the unit or below it while the course went on.
    """
    access.require(by, Can.LECTURER_MANAGE, training.unit_id)
    told = {one.lecturer_id: clean_line(one.certificate)[:80] for one in attended}
    with transaction.atomic():
        row = Training.objects.select_for_update().get(pk=training.pk)
        known = {one.pk: one for one in queries.eligible(row).filter(pk__in=[*told, *absent])}
        if not set(told) <= set(known):
            raise DomainError(
                "training.lecturer",
                _(
                    "Có người không ở lực lượng báo cáo viên của đơn vị hoặc cấp dưới khi mở lớp. Chưa ghi gì."
                ),
            )
        kept = _keep(row, {known[pk]: certificate for pk, certificate in told.items()})
        stayed = {known[pk].person_id for pk in told}
        people = {known[pk].person_id for pk in absent if pk in known} - stayed
        gone, _rows = TrainingAttendance.objects.filter(training=row, person__in=people).delete()
        kept = replace(kept, gone=gone)
        if kept.new or kept.changed or kept.gone:
            audit.record(by, "training.attendance", row, unit=row.unit_id, detail=asdict(kept))
    return kept


def _keep(row: Training, told: dict[Lecturer, str]) -> Kept:
    standing_rows = {one.person_id: one for one in TrainingAttendance.objects.filter(training=row)}
    new: dict[int, TrainingAttendance] = {}
    changed = []
    for lecturer, certificate in told.items():
        known = standing_rows.get(lecturer.person_id)
        if known is None:
            new.setdefault(
                lecturer.person_id,
                TrainingAttendance(
                    training=row,
                    lecturer=lecturer,
                    unit_id=lecturer.unit_id,
                    person_id=lecturer.person_id,
                    certificate=certificate,
                ),
            )
        elif known.certificate != certificate:
            known.certificate = certificate
            changed.append(known)
    TrainingAttendance.objects.bulk_create(new.values())
    TrainingAttendance.objects.bulk_update(changed, ("certificate",))
    return Kept(len(new), len(changed), len(told) - len(new) - len(changed), 0)


def _checked(course: Course) -> Course:
    told = course.cleaned()
    if not told.title:
        raise DomainError("training.empty", _("Hãy ghi tên lớp tập huấn. Chưa ghi gì."))
    span = (told.ends_on - told.begins_on).days + 1
    if not 1 <= told.days <= min(span, MOST_DAYS):
        raise DomainError(
            "training.days",
            _("Số ngày học phải từ 1 và không quá số ngày từ đầu đến cuối lớp. Chưa ghi; hãy xem lại ngày."),
        )
    return told


def _facts(told: Course) -> dict[str, Any]:
    return {name: value for name, value in asdict(told).items() if name not in ("title", "begins_on")}


def _changed(row: Training, facts: dict[str, Any], by: Actor) -> Training:
    if any(getattr(row, name) != value for name, value in facts.items()):
        for name, value in facts.items():
            setattr(row, name, value)
        row.save()
        audit.record(by, "training.change", row, unit=row.unit_id)
    return row
