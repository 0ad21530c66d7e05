"""Lecturers and lectures for tests, made through the commands."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from quantriet.lecturers.choices import Corps
from quantriet.lecturers.commands import bulletins, corps, lectures, talks, trainings
from quantriet.lecturers.commands.corps import Appointment, Decision, Skills
from quantriet.lecturers.commands.lectures import Wanted
from quantriet.lecturers.commands.results import Listeners
from quantriet.lecturers.commands.talks import Talk
from quantriet.lecturers.commands.trainings import Attended, Course
from quantriet.lecturers.models import (
    Bulletin,
    Issue,
    Lecture,
    Lecturer,
    OralProgramme,
    OralTalk,
    Outline,
    Training,
)
from quantriet.org import access
from quantriet.org.models import Person, Unit
from tests import factories
from tests.factories import operator

_numbers = itertools.count(1)
SINCE = Decision("15-QĐ/BTGDV", date(2026, 1, 5))


def serving(
    unit: Unit, person: Person | None = None, *, kind: str = Corps.LECTURER, **skills: Any
) -> Lecturer:
    """Somebody in the corps of ``unit``, good at Party matters unless told otherwise."""
    who = person or factories.person(unit, f"Nguyễn Văn Báo {next(_numbers)}")
    known = Skills(**{"subjects": ("party",), **skills})
    with access.acting(operator()):
        corps.appoint(unit, [Appointment(who.pk, kind, known)], decision=SINCE, by=operator())
        return Lecturer.objects.select_related("person", "unit").get(
            person=who, unit=unit, corps=kind, dismissed_on=None
        )


def in_days(days: int, hour: int = 8) -> datetime:
    """A full hour some days from now, here."""
    day = timezone.localtime() + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def wanted(days: int = 10, hour: int = 8, **told: Any) -> Wanted:
    """A lecture of two hours on a Party matter."""
    begins = in_days(days, hour)
    usual = Wanted(
        title=f"Nói chuyện thời sự {next(_numbers)}",
        subject="party",
        starts_at=begins,
        ends_at=begins + timedelta(hours=2),
        place="Nhà văn hóa ấp 2",
    )
    return replace(usual, **told)


def asked(unit: Unit, to_unit: Unit | None = None, days: int = 10, hour: int = 8, **told: Any) -> Lecture:
    """A request of ``unit``, to itself unless told otherwise."""
    with access.acting(operator()):
        return lectures.ask(
            unit, to_unit or unit, wanted(days, hour, **told), key=str(next(_numbers)), by=operator()
        )


def sent(lecture: Lecture, lecturer: Lecturer) -> Outline:
    """The lecturer is sent; the outline he owes."""
    with access.acting(operator()):
        lectures.choose(lecture, lecturer, by=operator())
        lectures.send([lecture], by=operator())
        return Outline.objects.select_related("lecture").get(lecture=lecture)


def talk(unit: Unit, members: int = 20, others: int = 5, **told: Any) -> OralTalk:
    """A session that a unit held of itself today."""
    usual = Talk(
        title=f"Nói chuyện chuyên đề {next(_numbers)}",
        subject="current",
        held_on=timezone.localdate(),
        listeners=Listeners(members, others),
        speaker="Phạm Văn Nói",
    )
    with access.acting(operator()):
        return talks.record(unit, replace(usual, **told), key=str(next(_numbers)), by=operator())


def bulletin(unit: Unit, **told: Any) -> Bulletin:
    """A monthly bulletin for cells, since this month."""
    title = f"Thông báo nội bộ {next(_numbers)}"
    usual = bulletins.Plan("topical", title, "monthly", timezone.localdate())
    with access.acting(operator()):
        return bulletins.begin(unit, replace(usual, **told), by=operator())


def issue(row: Bulletin, *, title: str = "", on: date | None = None) -> Issue:
    """A published issue of a bulletin."""
    text = bulletins.Text(on or timezone.localdate(), title or f"Số {next(_numbers)}", "Nội dung của số này.")
    with access.acting(operator()):
        return bulletins.publish(bulletins.write(row, text, by=operator()), by=operator())


def training(unit: Unit, people: Sequence[Lecturer] = (), **told: Any) -> Training:
    """A course of two days this year, attended by these."""
    begins = date(timezone.localdate().year, 3, 2)
    usual = Course(f"Lớp tập huấn {next(_numbers)}", begins, begins + timedelta(days=1), 2)
    with access.acting(operator()):
        row = trainings.hold(unit, replace(usual, **told), by=operator())
        trainings.keep_attendance(row, [Attended(one.pk) for one in people], by=operator())
        return row


def programmes_of(unit: Unit) -> OralProgramme:
    """The only programme of a unit."""
    return OralProgramme.objects.get(unit=unit)
