"""Writes of lectures: ask for a lecturer, propose, send or refuse, withdraw.

Who is proposed is told to nobody; who is sent is told to the unit that asked, gets an outline to write, and can be at
one place at a time: the database says the last word on that, whichever corps sends him.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import standing
from quantriet.core.errors import ConflictError, DomainError
from quantriet.core.text import clean_line, format_datetime
from quantriet.lecturers.assignment import Choice
from quantriet.lecturers.choices import ChosenBy, LectureState, OutlineState
from quantriet.lecturers.commands.telling import tell
from quantriet.lecturers.models import Lecture, Lecturer, Outline
from quantriet.lecturers.queries import corps
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

OUTLINE_DAYS = 5
"""Days before the lecture by which its outline is due, unless who sends the lecturer sets another day."""


@dataclass(frozen=True)
class Wanted:
    """What a unit asks for. ``place_unit_id``: at whose place (the unit's own when 0); no ``language``: Vietnamese."""

    title: str
    subject: str
    starts_at: datetime
    ends_at: datetime
    place: str
    place_unit_id: int = 0
    language: str = ""
    document_id: int | None = None
    audience: str = ""
    expected: int | None = None
    wished_name: str = ""
    contact: str = ""

    def cleaned(self) -> "Wanted":
        """The same with every text in its stored form."""
        return replace(
            self,
            title=clean_line(self.title)[:300],
            place=clean_line(self.place)[:300],
            audience=clean_line(self.audience)[:200],
            wished_name=clean_line(self.wished_name)[:120],
            contact=clean_line(self.contact)[:160],
        )


def ask(unit: Unit, to_unit: Unit, wanted: Wanted, *, key: str, by: Actor) -> Lecture:
    """``unit`` asks ``to_unit`` for a lecturer; the same ``key`` again is the lecture that was asked for.

    Refuses ``lecture.not_above`` (neither the unit itself nor a committee above it), ``lecture.past``,
    ``lecture.times``, ``lecture.empty`` and, for a unit that has ended, ``unit.former``.
    """
    access.require(by, Can.LECTURE_ASK, unit)
    standing.refuse_former([unit.pk])
    told = wanted.cleaned()
    _check(told)
    if to_unit.pk not in {one.pk for one in corps.asked_units(unit)}:
        raise DomainError(
            "lecture.not_above",
            _("Chỉ đề nghị được cấp ủy của mình hoặc cấp ủy cấp trên. Chưa gửi; hãy chọn lại nơi nhận."),
        )
    facts = asdict(told) | {"place_unit_id": told.place_unit_id or unit.pk}
    with transaction.atomic():
        lecture, is_new = Lecture.objects.get_or_create(
            key=f"{unit.pk}:{key}", defaults={"unit": unit, "to_unit": to_unit, **facts}
        )
        if is_new:
            audit.record(by, "lecture.ask", lecture, unit=unit, detail={"to": to_unit.pk})
            text = _("{unit} đề nghị cử báo cáo viên lúc {when}.").format(
                unit=unit.name, when=format_datetime(told.starts_at)
            )
            tell(to_unit.pk, lecture, text, key=f"lecture:{lecture.pk}:asked")
    return lecture


def _check(told: Wanted) -> None:
    if not told.title or not told.place:
        raise DomainError("lecture.empty", _("Hãy ghi nội dung và nơi nói. Chưa gửi."))
    if told.ends_at <= told.starts_at or told.ends_at - told.starts_at > timedelta(days=1):
        raise DomainError(
            "lecture.times",
            _("Giờ kết thúc phải sau giờ bắt đầu, trong cùng một ngày. Chưa gửi; hãy xem lại giờ."),
        )
    if told.starts_at <= timezone.now():
        raise DomainError("lecture.past", _("Giờ bắt đầu đã qua. Chưa gửi; hãy chọn ngày giờ sắp tới."))


def withdraw(lecture: Lecture, *, by: Actor) -> Lecture:
    """The unit needs nobody any more; withdrawn again changes nothing. A lecture that has begun stays."""
    access.require(by, Can.LECTURE_ASK, lecture.unit_id)
    with transaction.atomic():
        row = _locked(lecture)
        if row.state == LectureState.WITHDRAWN:
            return row
        _refuse_begun(row)
        was = row.state
        row.state, row.person, row.lecturer, row.chosen_by, row.reasons = (
            LectureState.WITHDRAWN,
            None,
            None,
            ChosenBy.NOBODY,
            [],
        )
        _save(row)
        audit.record(by, "lecture.withdraw", row, unit=row.unit_id)
        if was == LectureState.ACCEPTED:
            text = _("{unit} không cần báo cáo viên nữa.").format(unit=row.unit.name)
            tell(row.to_unit_id, row, text, key=f"lecture:{row.pk}:withdrawn")
    return row


def choose(lecture: Lecture, lecturer: Lecturer | None, *, by: Actor) -> Lecture:
    """A person proposes somebody (or nobody, and lets the next plan choose). No plan changes what a person chose."""
    access.require(by, Can.LECTURER_MANAGE, lecture.to_unit_id)
    with transaction.atomic():
        row = _locked(lecture)
        _refuse_answered(row)
        _refuse_begun(row)
        if lecturer is not None:
            _require_serving(lecturer, by)
        row.lecturer = lecturer
        row.chosen_by = ChosenBy.HAND if lecturer is not None else ChosenBy.NOBODY
        row.reasons = []
        _save(row)
        audit.record(
            by,
            "lecture.choose",
            row,
            unit=row.to_unit_id,
            detail={"lecturer": lecturer.pk if lecturer else 0},
        )
    return row


def propose(unit: Unit, choices: Sequence[Choice], *, by: Actor) -> int:
    """Keep a plan for the lectures asked of ``unit``: who is proposed or why nobody can be; how many were kept.

    What was answered, withdrawn or chosen by a person while the plan was made stays as it is.
    """
    access.require(by, Can.LECTURER_MANAGE, unit)
    told = {one.slot_id: one for one in choices}
    with transaction.atomic():
        rows = list(
            Lecture.objects.select_for_update()
            .filter(pk__in=list(told), to_unit__in=corps.with_former(unit), state=LectureState.ASKED)
            .exclude(chosen_by=ChosenBy.HAND)
            .order_by("id")
        )
        serving = set(corps.serving(unit).values_list("pk", flat=True))
        kept = [row for row in rows if told[row.pk].teacher_id in {0, *serving}]
        for row in kept:
            choice = told[row.pk]
            row.lecturer_id = choice.teacher_id or None
            row.chosen_by = ChosenBy.PLAN if choice.teacher_id else ChosenBy.NOBODY
            row.reasons = [[code, list(numbers)] for code, numbers in choice.reasons]
            row.version += 1
        Lecture.objects.bulk_update(kept, ("lecturer", "chosen_by", "reasons", "version"))
        if kept:
            sent = sum(row.lecturer_id is not None for row in kept)
            detail = {"lectures": len(kept), "proposed": sent}
            audit.record(by, "lecture.plan", unit, unit=unit, detail=detail)
    return len(kept)


def send(lectures: Sequence[Lecture], *, by: Actor, outline_due_on: date | None = None) -> list[Lecture]:
    """Send those who are proposed: told to the units that asked, all or none. Sent already: nothing changes.

    Refuses ``lecture.nobody`` (nobody proposed), ``lecture.busy`` (already sent elsewhere at that time),
    ``lecture.begun``, ``lecture.answered``, ``lecturer.not_serving``. The outline is due ``OUTLINE_DAYS`` before, or on
    the day given.
    """
    with transaction.atomic():
        # In one order for everybody, so that two who send at once wait for each other and not in a ring.
        return [_send(_locked(one), outline_due_on, by) for one in sorted(lectures, key=lambda row: row.pk)]


def _send(row: Lecture, due_on: date | None, by: Actor) -> Lecture:
    access.require(by, Can.LECTURER_MANAGE, row.to_unit_id)
    if row.state == LectureState.ACCEPTED:
        return row
    _refuse_answered(row)
    _refuse_begun(row)
    if row.lecturer is None:
        raise DomainError(
            "lecture.nobody",
            _("Chưa chọn ai cho “{title}”. Chưa gửi; hãy chọn người hoặc trả lời không cử được.").format(
                title=row.title
            ),
        )
    _require_serving(row.lecturer, by)
    person = row.lecturer.person
    row.state, row.person = LectureState.ACCEPTED, person
    row.lecturer_name, row.lecturer_phone = person.full_name, person.phone
    row.answered_at, row.answered_by = timezone.now(), by.name
    try:
        with transaction.atomic():
            _save(row)
    except IntegrityError as error:
        if "lecture_one_place_at_a_time" not in str(error):
            raise
        raise DomainError(
            "lecture.busy",
            _("{name} đã được cử đi nơi khác đúng giờ của “{title}”. Chưa gửi; hãy chọn người khác.").format(
                name=person.full_name, title=row.title
            ),
            lecture=row.pk,
        ) from error
    _hand_over_outline(row, due_on)
    audit.record(by, "lecture.send", row, unit=row.to_unit_id, detail={"lecturer": row.lecturer_id})
    text = _("Cử {name} đến nói lúc {when}.").format(
        name=person.full_name, when=format_datetime(row.starts_at)
    )
    tell(row.unit_id, row, text, key=f"lecture:{row.pk}:sent:{row.version}")
    return row


def _hand_over_outline(row: Lecture, due_on: date | None) -> None:
    """The outline of whoever is sent now; what a predecessor wrote he finds as a draft."""
    today = timezone.localdate()
    day = access.local_day(row.starts_at)
    due = due_on or max(today, day - timedelta(days=OUTLINE_DAYS))
    if due > day:
        raise DomainError("outline.due", _("Hạn gửi đề cương sau ngày nói. Chưa gửi; hãy chọn ngày sớm hơn."))
    outline, is_new = Outline.objects.get_or_create(
        lecture=row, defaults={"unit_id": row.unit_id, "person_id": row.person_id, "due_on": due}
    )
    if not is_new:
        outline.due_on = due
        if outline.person_id != row.person_id:
            outline.person_id, outline.state = row.person_id, OutlineState.DRAFT
            outline.submitted_at = outline.reviewed_at = None
            outline.version += 1
        outline.save()


def replace_lecturer(lecture: Lecture, lecturer: Lecturer, *, by: Actor) -> Lecture:
    """Send somebody else to a lecture that was promised; the unit is told. The same person again changes nothing."""
    access.require(by, Can.LECTURER_MANAGE, lecture.to_unit_id)
    with transaction.atomic():
        row = _locked(lecture)
        _refuse_begun(row)
        if row.state != LectureState.ACCEPTED:
            raise _answered(row)
        if row.lecturer_id == lecturer.pk:
            return row
        _require_serving(lecturer, by)
        row.lecturer, row.chosen_by, row.reasons = lecturer, ChosenBy.HAND, []
        row.state, row.person = LectureState.ASKED, None
        return _send(row, None, by)


def refuse(lecture: Lecture, *, reason: str, by: Actor) -> Lecture:
    """Nobody can be sent, and why; told to the unit that asked. Refused again with the same reason changes nothing."""
    access.require(by, Can.LECTURER_MANAGE, lecture.to_unit_id)
    why = clean_line(reason)[:300]
    if not why:
        raise DomainError("lecture.no_reason", _("Hãy ghi lý do không cử được. Chưa trả lời."))
    with transaction.atomic():
        row = _locked(lecture)
        if (row.state, row.answer) == (LectureState.REFUSED, why):
            return row
        _refuse_answered(row)
        row.state, row.answer, row.lecturer, row.chosen_by = (
            LectureState.REFUSED,
            why,
            None,
            ChosenBy.NOBODY,
        )
        row.answered_at, row.answered_by = timezone.now(), by.name
        _save(row)
        audit.record(by, "lecture.refuse", row, unit=row.to_unit_id)
        text = _("Không cử được báo cáo viên: {reason}").format(reason=why)
        tell(row.unit_id, row, text, key=f"lecture:{row.pk}:refused")
    return row


def _locked(lecture: Lecture) -> Lecture:
    """The row itself until the end of the transaction; of its neighbours none is locked."""
    rows = Lecture.objects.select_for_update(of=("self",)).select_related("unit", "lecturer__person")
    return rows.get(pk=lecture.pk)


def _save(row: Lecture) -> None:
    row.version += 1
    row.save()


def _require_serving(lecturer: Lecturer, by: Actor) -> None:
    access.require(by, Can.LECTURER_MANAGE, lecturer.unit_id)
    if not Lecturer.objects.filter(pk=lecturer.pk, dismissed_on=None).exists():
        raise DomainError(
            "lecturer.not_serving",
            _("{name} đã thôi làm báo cáo viên. Chưa ghi; hãy chọn người khác.").format(
                name=lecturer.person.full_name
            ),
        )


def _refuse_answered(row: Lecture) -> None:
    if row.state != LectureState.ASKED:
        raise _answered(row)


def _answered(row: Lecture) -> DomainError:
    return ConflictError(
        "lecture.answered",
        _("Đề nghị này nay là “{state}”. Chưa ghi gì; hãy tải lại trang.").format(
            state=row.get_state_display()
        ),
    )


def _refuse_begun(row: Lecture) -> None:
    if row.starts_at <= timezone.now():
        raise DomainError("lecture.begun", _("Buổi này đã đến giờ nên không đổi được nữa. Chưa ghi gì."))
