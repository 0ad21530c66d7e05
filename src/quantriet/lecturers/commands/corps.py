"""Writes of the corps: appoint and dismiss by decision, bring the whole corps up to date (kiện toàn), correct facts,
note wishes and days away.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line, format_date
from quantriet.lecturers.choices import ChosenBy, Corps, LectureState
from quantriet.lecturers.commands.telling import tell
from quantriet.lecturers.models import Absence, Lecture, Lecturer
from quantriet.lecturers.models.corps import MOST_LOAD, USUAL_LOAD
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Person, Unit
from quantriet.org.permissions import Can


@dataclass(frozen=True)
class Decision:
    """The paper by which people are appointed or dismissed, and the day it holds from."""

    number: str
    on: date


@dataclass(frozen=True)
class Skills:
    """What a lecturer is good at and how far he can be used. ``area_id``: below which unit he would rather work."""

    subjects: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    area_id: int | None = None
    most_a_month: int = USUAL_LOAD

    @classmethod
    def of(cls, lecturer: Lecturer) -> "Skills":
        """Those of a lecturer as they stand."""
        return cls(
            tuple(lecturer.subjects), tuple(lecturer.languages), lecturer.area_id, lecturer.most_a_month
        )

    def columns(self) -> dict[str, Any]:
        """The columns of the table."""
        return asdict(self) | {
            "subjects": sorted(set(self.subjects)),
            "languages": sorted(set(self.languages)),
        }


@dataclass(frozen=True)
class Appointment:
    """Somebody who is to serve, and in which corps."""

    person_id: int
    corps: str = Corps.LECTURER
    skills: Skills = Skills()


@dataclass(frozen=True)
class Renewed:
    """What a list did: how many were appointed, brought up to date, as they stood, dismissed."""

    new: int
    changed: int
    same: int
    dismissed: int


def appoint(unit: Unit, people: Sequence[Appointment], *, decision: Decision, by: Actor) -> Renewed:
    """Appoint people to the corps of ``unit``, all or none; who serves already is brought up to date instead.

    Refuses ``lecturer.no_decision``, ``lecturer.future``, ``lecturer.load``, ``lecturer.unknown_person`` (nobody of
    the actor's view) and ``lecturer.twice`` (one person twice in the list).
    """
    access.require(by, Can.LECTURER_MANAGE, unit)
    paper = _checked(decision)
    _check_people(people, by)
    with transaction.atomic():
        serving = {
            (row.person_id, row.corps): row
            for row in Lecturer.objects.select_for_update().filter(unit=unit, dismissed_on=None)
        }
        known = [serving.get((one.person_id, one.corps)) for one in people]
        new = [one for one, row in zip(people, known, strict=True) if row is None]
        changed = [
            _with(row, one.skills)
            for one, row in zip(people, known, strict=True)
            if row is not None and Skills.of(row).columns() != one.skills.columns()
        ]
        Lecturer.objects.bulk_create(
            Lecturer(
                unit=unit,
                person_id=one.person_id,
                corps=one.corps,
                appointed_by=paper.number,
                appointed_on=paper.on,
                **one.skills.columns(),
            )
            for one in new
        )
        Lecturer.objects.bulk_update(changed, ("subjects", "languages", "area", "most_a_month"))
        if new or changed:
            detail = {"decision": paper.number, "new": len(new), "changed": len(changed)}
            audit.record(by, "lecturer.appoint", unit, unit=unit, detail=detail)
    return Renewed(len(new), len(changed), len(people) - len(new) - len(changed), 0)


def dismiss(lecturers: Sequence[Lecturer], *, decision: Decision, why: str, by: Actor) -> int:
    """End the service of lecturers by a decision; how many served until then. Lectures they were to give come back.

    Refuses ``lecturer.too_early`` (a day before they were appointed).
    """
    for unit_id in {one.unit_id for one in lecturers}:
        access.require(by, Can.LECTURER_MANAGE, unit_id)
    paper = _checked(decision)
    with transaction.atomic():
        ids = [one.pk for one in lecturers]
        rows = list(Lecturer.objects.select_for_update().filter(pk__in=ids, dismissed_on=None).order_by("id"))
        if any(row.appointed_on > paper.on for row in rows):
            raise DomainError(
                "lecturer.too_early",
                _("Ngày thôi trước ngày bổ nhiệm. Chưa ghi gì; hãy xem lại ngày của quyết định."),
            )
        for row in rows:
            row.dismissed_by, row.dismissed_on, row.dismissed_why = (
                paper.number,
                paper.on,
                clean_line(why)[:200],
            )
            audit.record(by, "lecturer.dismiss", row, unit=row.unit_id, detail={"decision": paper.number})
        Lecturer.objects.bulk_update(rows, ("dismissed_by", "dismissed_on", "dismissed_why"))
        _give_back(rows, on=paper.on)
    return len(rows)


def _give_back(lecturers: Sequence[Lecturer], *, on: date) -> None:
    """Who serves no more is proposed no more; lectures he was promised for after that day wait for somebody again, and
    the units that were promised him are told.
    """
    coming = list(
        Lecture.objects.select_for_update()
        .filter(
            lecturer__in=lecturers,
            state__in=(LectureState.ASKED, LectureState.ACCEPTED),
            starts_at__date__gt=on,
            starts_at__gt=timezone.now(),
        )
        .order_by("id")
    )
    promised = [(row, row.lecturer_name) for row in coming if row.state == LectureState.ACCEPTED]
    for row in coming:
        row.state, row.chosen_by, row.reasons = LectureState.ASKED, ChosenBy.NOBODY, []
        row.lecturer = row.person = row.answered_at = None
        row.lecturer_name = row.lecturer_phone = row.answered_by = ""
        row.version += 1
        row.save()
    for row, name in promised:
        text = _("{name} không đến được nữa; nơi cử sẽ cử người khác.").format(name=name)
        tell(row.unit_id, row, text, key=f"lecture:{row.pk}:given-back:{row.version}")


def renew(
    unit: Unit, people: Sequence[Appointment], leaving: Sequence[Lecturer], *, decision: Decision, by: Actor
) -> Renewed:
    """Kiện toàn: one decision appoints, brings up to date and dismisses, all or nothing. Again it changes nothing."""
    with transaction.atomic():
        gone = dismiss(leaving, decision=decision, why=_("kiện toàn"), by=by)
        done = appoint(unit, people, decision=decision, by=by)
    return Renewed(done.new, done.changed, done.same, gone)


def change(lecturer: Lecturer, skills: Skills, *, by: Actor) -> Lecturer:
    """Correct what a lecturer is good at and how far he can be used."""
    access.require(by, Can.LECTURER_MANAGE, lecturer.unit_id)
    _check_load([skills])
    with transaction.atomic():
        row = Lecturer.objects.select_for_update().get(pk=lecturer.pk)
        if Skills.of(row).columns() != skills.columns():
            _with(row, skills).save()
            audit.record(by, "lecturer.change", row, unit=row.unit_id)
    return row


def wish(lecturer: Lecturer, *, most_a_month: int, days_off: Collection[int], by: Actor) -> Lecturer:
    """What a lecturer himself would rather: how often at most, on which weekdays not."""
    _require_own(lecturer, by)
    with transaction.atomic():
        row = Lecturer.objects.select_for_update().get(pk=lecturer.pk)
        row.most_a_month, row.days_off = most_a_month, sorted(set(days_off))
        _check_load([Skills.of(row)])
        row.save(update_fields=("most_a_month", "days_off"))
        audit.record(by, "lecturer.wish", row, unit=row.unit_id)
    return row


def note_absence(lecturer: Lecturer, *, from_on: date, to_on: date, by: Actor) -> Absence:
    """Days on which a lecturer cannot be sent; noted by himself or for him. The same again is the one that stands."""
    _require_own(lecturer, by)
    if to_on < from_on:
        raise DomainError(
            "lecturer.absence_ends", _("Ngày cuối trước ngày đầu. Chưa ghi gì; hãy xem lại hai ngày.")
        )
    with transaction.atomic():
        row, is_new = Absence.objects.get_or_create(
            lecturer=lecturer,
            from_on=from_on,
            to_on=to_on,
            defaults={"unit_id": lecturer.unit_id, "person_id": lecturer.person_id},
        )
        if is_new:
            audit.record(by, "lecturer.absence", lecturer, unit=lecturer.unit_id)
    return row


def drop_absence(absence: Absence, *, by: Actor) -> None:
    """The lecturer can be sent on these days after all; dropped again changes nothing."""
    _require_own(absence.lecturer, by)
    with transaction.atomic():
        if Absence.objects.filter(pk=absence.pk).delete()[0]:
            audit.record(by, "lecturer.absence_dropped", absence.lecturer, unit=absence.unit_id)


def _require_own(lecturer: Lecturer, by: Actor) -> None:
    """The lecturer himself, or who manages the corps."""
    if by.person_id is None or by.person_id != lecturer.person_id:
        access.require(by, Can.LECTURER_MANAGE, lecturer.unit_id)


def _with(lecturer: Lecturer, skills: Skills) -> Lecturer:
    for name, value in skills.columns().items():
        setattr(lecturer, name, value)
    return lecturer


def _checked(decision: Decision) -> Decision:
    number = clean_line(decision.number)[:80]
    if not number:
        raise DomainError(
            "lecturer.no_decision", _("Hãy ghi số quyết định. Chưa ghi gì."), field="decision_number"
        )
    if decision.on > timezone.localdate():
        raise DomainError(
            "lecturer.future",
            _("Ngày {day} chưa đến. Chưa ghi gì; hãy ghi khi quyết định đã có hiệu lực.").format(
                day=format_date(decision.on)
            ),
            field="decided_on",
        )
    return Decision(number, decision.on)


def _check_people(people: Sequence[Appointment], by: Actor) -> None:
    _check_load([one.skills for one in people])
    keys = [(one.person_id, one.corps) for one in people]
    if len(set(keys)) != len(keys):
        raise DomainError("lecturer.twice", _("Có người được ghi hai lần. Chưa ghi gì; hãy bỏ bớt một dòng."))
    ids = {one.person_id for one in people}
    seen = Person.objects.filter(pk__in=ids, home_unit__in=access.units(by, Can.PERSON_READ)).count()
    if seen != len(ids):
        raise DomainError(
            "lecturer.unknown_person",
            _(
                "Có người không thuộc danh sách người của các đơn vị bạn phụ trách. Chưa ghi gì; "
                "hãy nhập người đó vào danh sách người trước."
            ),
        )


def _check_load(skills: Sequence[Skills]) -> None:
    if any(not 0 <= one.most_a_month <= MOST_LOAD for one in skills):
        raise DomainError(
            "lecturer.load",
            _("Số buổi mỗi tháng phải từ 0 đến {most}. Chưa ghi gì.").format(most=MOST_LOAD),
            field="most_a_month",
        )
