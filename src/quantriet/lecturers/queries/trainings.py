"""Reads of training: courses of a year, who attended, who lacks training in a year."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from quantriet.documents import queries as document_queries
from quantriet.lecturers.models import Lecturer, Training, TrainingAttendance
from quantriet.lecturers.queries import corps
from quantriet.org import access
from quantriet.org.access import HOUSE, Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


def trainings(by: Actor) -> QuerySet[Training]:
    """Courses of the actor's units, of those below, and of the committees above him whose corps may attend; the latest
    on top. ``attended``: how many of those he may look into.
    """
    rows = Training.objects.select_related("unit").order_by("-begins_on", "-id")
    mine = access.units(by, Can.LECTURER_READ).values("pk")
    seen = Q(attendances__unit__in=mine)
    rows = rows.annotate(attended=Count("attendances", filter=seen))
    if by.roots == HOUSE:
        return rows
    unit = Unit.objects.select_related("committee").get(pk=by.unit_id)
    above = access.today_placements().filter(path__ancestor_of=document_queries.standing(unit)).values("unit")
    return rows.filter(Q(unit__in=mine) | Q(unit__in=above))


def eligible(training: Training) -> QuerySet[Lecturer]:
    """Who served, while the course went on, in the corps of its unit or below it."""
    return _served(corps.below(training.unit_id), training.begins_on, training.ends_on)


def _served(units: QuerySet[Unit], begins: date, ends: date) -> QuerySet[Lecturer]:
    rows = Lecturer.objects.filter(unit__in=units.values("pk"), appointed_on__lte=ends)
    rows = rows.filter(Q(dismissed_on=None) | Q(dismissed_on__gt=begins))
    return rows.select_related("person", "unit").order_by("person__sort_key", "corps", "id")


def attendance(training: Training, by: Actor) -> QuerySet[TrainingAttendance]:
    """Who attended, of the corps the actor may look into, by given name."""
    mine = access.units(by, Can.LECTURER_READ).values("pk")
    rows = TrainingAttendance.objects.filter(training=training, unit__in=mine)
    return rows.select_related("person", "unit", "lecturer").order_by("person__sort_key", "id")


def own(person_id: int) -> QuerySet[TrainingAttendance]:
    """Courses a person attended, the last on top."""
    rows = TrainingAttendance.objects.filter(person=person_id).select_related("training__unit")
    return rows.order_by("-training__begins_on", "-id")


def lacking(by: Actor, unit: Unit, year: int) -> QuerySet[Lecturer]:
    """Who serves today in the corps of a unit and those below it and has attended no course of a year, by given name.

    Who serves in two corps stands once for each; a course attended for one counts for the person.
    """
    mine = access.units(by, Can.LECTURER_READ)
    inside = corps.below(unit.pk).filter(pk__in=mine.values("pk"))
    trained = TrainingAttendance.objects.filter(person=OuterRef("person"), training__begins_on__year=year)
    rows = Lecturer.objects.filter(unit__in=inside.values("pk"), dismissed_on=None)
    rows = rows.filter(~Exists(trained)).select_related("person", "unit")
    return rows.order_by("person__sort_key", "id")


@dataclass(frozen=True)
class Trained:
    """How many persons of the corps of a unit and below attended a course in a year, of how many."""

    trained: int
    serving: int


def trained(by: Actor, unit: Unit, year: int) -> Trained:
    """Persons, each once."""
    mine = access.units(by, Can.LECTURER_READ)
    inside = corps.below(unit.pk).filter(pk__in=mine.values("pk"))
    rows = Lecturer.objects.filter(unit__in=inside.values("pk"), dismissed_on=None)
    attended = TrainingAttendance.objects.filter(person=OuterRef("person"), training__begins_on__year=year)
    told = rows.aggregate(
        serving=Count("person", distinct=True),
        trained=Count("person", distinct=True, filter=Q(Exists(attended))),
    )
    return Trained(told["trained"], told["serving"])
