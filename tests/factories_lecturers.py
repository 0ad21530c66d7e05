"""Lecturers and lectures for tests, made through the commands."""

import itertools
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from quantriet.lecturers.choices import Corps
from quantriet.lecturers.commands import corps, lectures
from quantriet.lecturers.commands.corps import Appointment, Decision, Skills
from quantriet.lecturers.commands.lectures import Wanted
from quantriet.lecturers.models import Lecture, Lecturer, Outline
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
