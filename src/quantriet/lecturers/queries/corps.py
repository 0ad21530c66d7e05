"""Reads of the corps: who serves where, whom a unit may ask."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from quantriet.campaigns.queries.former import came_before
from quantriet.lecturers.choices import LectureState
from quantriet.lecturers.models import Absence, Lecturer
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Tree, Unit
from quantriet.org.permissions import Can
from quantriet.org.queries import people


def lecturers(by: Actor) -> QuerySet[Lecturer]:
    """Everybody who serves or served in the corps of the units the actor may look into, by given name."""
    rows = Lecturer.objects.filter(unit__in=access.units(by, Can.LECTURER_READ).values("pk"))
    return rows.select_related("person__home_unit", "unit", "area").order_by("person__sort_key", "id")


def chosen(rows: QuerySet[Lecturer], wanted: Mapping[str, str]) -> QuerySet[Lecturer]:
    """Those of a list that fit the filters: ``q`` (words of the name), ``corps``, ``subject``, ``language``, ``unit``
    (with what lies below it) and ``serves`` ("no": those dismissed). An empty filter leaves all.
    """
    rows = rows.filter(dismissed_on__isnull=wanted.get("serves") != "no")
    if wanted.get("q"):
        rows = rows.filter(person__in=people.among(people.named(wanted["q"])))
    if wanted.get("corps"):
        rows = rows.filter(corps=wanted["corps"])
    if wanted.get("subject"):
        rows = rows.filter(subjects__contains=[wanted["subject"]])
    if wanted.get("language"):
        rows = rows.filter(languages__contains=[wanted["language"]])
    if wanted.get("unit"):
        rows = rows.filter(unit__in=below(int(wanted["unit"])))
    return rows


def below(unit_id: int) -> QuerySet[Unit]:
    """A unit with all below it today."""
    tops = access.today_placements().filter(unit_id=unit_id).values_list("path", flat=True)
    inside = access.today_placements().filter(path__descendant_of=list(tops)).values("unit")
    return Unit.objects.filter(pk__in=inside)


def with_corps(by: Actor) -> QuerySet[Unit]:
    """Units the actor may look into that have somebody serving, highest first."""
    serving = Lecturer.objects.filter(dismissed_on=None).values("unit")
    return access.units(by, Can.LECTURER_READ).filter(pk__in=serving).order_by("level", "sort_key", "id")


def with_former(unit: Unit) -> list[int]:
    """The unit and those whose work it took over."""
    return [unit.pk, *came_before([unit.pk])[unit.pk]]


def serving(unit: Unit) -> QuerySet[Lecturer]:
    """The corps of a unit today, those of units it took over among them, by given name."""
    rows = Lecturer.objects.filter(unit__in=with_former(unit), dismissed_on=None)
    return rows.select_related("person__home_unit", "area").order_by("person__sort_key", "corps", "id")


def served(unit: Unit, *, on: date) -> QuerySet[Lecturer]:
    """Who was in the corps of a unit, those of units it took over among them, on a day."""
    rows = Lecturer.objects.filter(unit__in=with_former(unit), appointed_on__lte=on)
    rows = rows.filter(Q(dismissed_on=None) | Q(dismissed_on__gt=on))
    return rows.select_related("person").order_by("person__sort_key", "corps", "id")


def of_person(person_id: int) -> QuerySet[Lecturer]:
    """Every term of service of a person, the present one first."""
    rows = Lecturer.objects.filter(person=person_id).select_related("unit", "person", "area")
    return rows.order_by("-appointed_on", "-id")


def absences(lecturer: Lecturer) -> QuerySet[Absence]:
    """Days on which he cannot be sent, the next first; those past are left out."""
    coming = Absence.objects.filter(lecturer=lecturer, to_on__gte=timezone.localdate())
    return coming.select_related("lecturer").order_by("from_on", "id")


def asked_units(unit: Unit) -> list[Unit]:
    """Whom a unit may ask for a lecturer: its committee and the committees above that have a corps, nearest first."""
    committee = unit.committee if unit.tree != Tree.PARTY and unit.committee else access.authority_unit(unit)
    paths = access.today_placements().filter(unit=committee).values_list("path", flat=True)
    above = access.today_placements().filter(path__ancestor_of=list(paths)).values("unit")
    rows = Unit.objects.filter(pk__in=above, closed_on=None, tree=Tree.PARTY)
    return list(rows.order_by("-level", "sort_key", "id"))


def loads(lecturer_ids: Iterable[int], *, year: int) -> dict[int, int]:
    """Lecturer → lectures he was sent to in a year."""
    accepted = Q(lectures__state=LectureState.ACCEPTED, lectures__starts_at__year=year)
    rows = Lecturer.objects.filter(pk__in=list(lecturer_ids)).annotate(
        count=Count("lectures", filter=accepted)
    )
    return dict(rows.values_list("pk", "count"))
