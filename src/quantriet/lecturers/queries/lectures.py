"""Reads of lectures: what a unit asked for, what waits for an answer, what a lecturer gives."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from quantriet.lecturers.choices import LectureState, OutlineState
from quantriet.lecturers.models import Lecture, Lecturer, Outline
from quantriet.lecturers.queries import corps
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


def lectures(by: Actor) -> QuerySet[Lecture]:
    """Lectures asked for by the units the actor may look into, the next first."""
    rows = Lecture.objects.filter(unit__in=access.units(by, Can.LECTURER_READ).values("pk"))
    return rows.select_related("unit", "to_unit", "place_unit", "document")


def with_results(rows: QuerySet[Lecture], year: int) -> QuerySet[Lecture]:
    """Those of a list that were held in a year, with what was recorded of them: the rows behind the year's counts."""
    return rows.filter(result__held_on__year=year).select_related("result")


def waiting(unit: Unit, *, now: datetime | None = None) -> QuerySet[Lecture]:
    """Lectures to come that were asked of a unit and wait for an answer, the next first."""
    rows = Lecture.objects.filter(
        to_unit__in=corps.with_former(unit), state=LectureState.ASKED, starts_at__gt=now or timezone.now()
    )
    return rows.select_related("unit", "place_unit", "lecturer__person").order_by("starts_at", "id")


def own(person_id: int) -> QuerySet[Lecture]:
    """Lectures a person was sent to, the last first."""
    rows = Lecture.objects.filter(person=person_id, state=LectureState.ACCEPTED)
    return rows.select_related("unit", "place_unit", "outline").order_by("-starts_at", "-id")


def given_by(lecturer: Lecturer) -> QuerySet[Lecture]:
    """Lectures a lecturer was sent to, the last first."""
    rows = Lecture.objects.filter(lecturer=lecturer, state=LectureState.ACCEPTED)
    return rows.select_related("unit", "place_unit").order_by("-starts_at", "-id")


def outlines(by: Actor) -> QuerySet[Outline]:
    """Outlines the actor may review, of lectures to come or past, the first due on top."""
    rows = Outline.objects.filter(
        lecture__to_unit__in=access.units(by, Can.LECTURER_MANAGE).values("pk"),
        lecture__state=LectureState.ACCEPTED,
    )
    return rows.select_related("lecture__unit").order_by("due_on", "id")


def own_outlines(person_id: int) -> QuerySet[Outline]:
    """Outlines a person owes for lectures to come: not submitted yet, or sent back."""
    owed = (OutlineState.DRAFT, OutlineState.RETURNED)
    rows = Outline.objects.filter(person=person_id, state__in=owed, lecture__starts_at__gt=timezone.now())
    return (
        rows.filter(lecture__state=LectureState.ACCEPTED).select_related("lecture").order_by("due_on", "id")
    )
