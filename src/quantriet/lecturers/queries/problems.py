"""What there is to arrange for a unit, as values for ``assignment``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from quantriet.core.text import same_name
from quantriet.core.text.dates import VIETNAM
from quantriet.lecturers.assignment import (
    Gap,
    Problem,
    Slot,
    Spot,
    Teacher,
    Why,
    cost,
    given_by,
    held_up,
    load_cost,
    unfit,
)
from quantriet.lecturers.choices import ChosenBy, LectureState
from quantriet.lecturers.models import Absence, Lecture, Lecturer
from quantriet.lecturers.queries import corps, lectures
from quantriet.org import access
from quantriet.org.models import Tree, Unit, UnitKind

COMMUNES = (UnitKind.COMMUNE, UnitKind.DIRECT)


@dataclass(frozen=True)
class Option:
    """Somebody of the corps for one lecture: what stands against him (``None``: nothing), how far he would travel, how
    many lectures he gives already that month.
    """

    lecturer: Lecturer
    gap: Gap | None
    travel: Why
    load: int


def problem(unit: Unit) -> Problem:
    """The lectures to come that wait for an answer of ``unit`` and its corps; teachers are named by their ``Lecturer``
    row, one a person. What was accepted, or chosen by hand, in the months concerned is fixed.
    """
    return _problem(list(lectures.waiting(unit)), _one_a_person(corps.serving(unit)))


def options(lecture: Lecture) -> list[Option]:
    """The corps for one lecture, whatever was proposed for it: who fits first, the least travel and load on top."""
    rows = {row.pk: row for row in _one_a_person(corps.serving(lecture.to_unit))}
    found = _problem([lecture], list(rows.values()))
    slot = next(one for one in found.slots if one.id == lecture.pk)
    given = given_by(found, {})
    told = [
        (
            Option(
                rows[teacher.id],
                unfit(teacher, slot) or held_up(teacher, slot, given[teacher.id]),
                teacher.spot.travel_to(slot.spot),
                sum(one.month == slot.month and one.id != slot.id for one in given[teacher.id]),
            ),
            cost(teacher, slot),
        )
        for teacher in found.teachers
    ]
    ordered = sorted(told, key=lambda one: (one[0].gap is not None, one[1] + load_cost(one[0].load)))
    return [option for option, _cost in ordered]


def _problem(wanted: Sequence[Lecture], teachers: Sequence[Lecturer]) -> Problem:
    fixed = _fixed(wanted, teachers)
    people = {row.person_id: row.pk for row in teachers}
    slots = [*wanted, *(row for row in fixed if row.pk not in {one.pk for one in wanted})]
    spots = spots_of([*(row.place_unit_id for row in slots), *(row.person.home_unit_id for row in teachers)])
    names = [(row.pk, row.person.full_name) for row in teachers]
    return Problem(
        slots=tuple(_slot(row, spots[row.place_unit_id], _wished(row, names)) for row in slots),
        teachers=_teachers(teachers, spots),
        fixed={row.pk: people[_person_of(row)] for row in fixed},
    )


def _one_a_person(rows: Iterable[Lecturer]) -> list[Lecturer]:
    """Who serves in both corps is sent as a lecturer."""
    found: dict[int, Lecturer] = {}
    for row in sorted(rows, key=lambda one: (one.person.sort_key, one.corps != "lecturer", one.pk)):
        found.setdefault(row.person_id, row)
    return list(found.values())


def _fixed(wanted: Sequence[Lecture], teachers: Sequence[Lecturer]) -> list[Lecture]:
    """What these people already give, by whichever corps they are sent, in the months of the lectures wanted."""
    if not wanted:
        return []
    begins = timezone.localtime(wanted[0].starts_at).replace(day=1, hour=0, minute=0) - timedelta(days=1)
    ends = wanted[-1].starts_at + timedelta(days=32)
    people = [row.person_id for row in teachers]
    accepted = Q(state=LectureState.ACCEPTED, person__in=people)
    by_hand = Q(state=LectureState.ASKED, chosen_by=ChosenBy.HAND, lecturer__person__in=people)
    rows = Lecture.objects.filter(accepted | by_hand, starts_at__gte=begins, starts_at__lte=ends)
    return list(rows.select_related("lecturer").order_by("starts_at", "id"))


def _person_of(row: Lecture) -> int:
    if row.person_id is not None:
        return row.person_id
    assert row.lecturer is not None  # noqa: S101 - chosen by hand is chosen
    return row.lecturer.person_id


def _wished(row: Lecture, names: Sequence[tuple[int, str]]) -> int:
    """The one member of the corps whom the unit named; nobody when no name or several fit."""
    fitting = [pk for pk, name in names if row.wished_name and same_name(name, row.wished_name)]
    return fitting[0] if len(fitting) == 1 else 0


def _slot(row: Lecture, spot: Spot, wished: int) -> Slot:
    day = timezone.localtime(row.starts_at)
    return Slot(
        id=row.pk,
        starts=_minute(row.starts_at),
        ends=_minute(row.ends_at),
        month=day.year * 12 + day.month,
        weekday=day.weekday(),
        subject=row.subject,
        spot=spot,
        language=row.language,
        wished=wished,
    )


def _teachers(rows: Sequence[Lecturer], spots: Mapping[int, Spot]) -> tuple[Teacher, ...]:
    people = {row.person_id: row.pk for row in rows}
    away: dict[int, list[tuple[int, int]]] = {}
    # Away is a person, whichever of his terms of service it was noted for.
    for person_id, begins, ends in Absence.objects.filter(person__in=list(people)).values_list(
        "person", "from_on", "to_on"
    ):
        span = (_minute(_midnight(begins)), _minute(_midnight(ends + timedelta(days=1))))
        away.setdefault(people[person_id], []).append(span)
    return tuple(
        Teacher(
            id=row.pk,
            subjects=frozenset(row.subjects),
            spot=spots[row.person.home_unit_id],
            most=row.most_a_month,
            languages=frozenset(row.languages),
            area=row.area_id or 0,
            days_off=frozenset(row.days_off),
            absences=tuple(sorted(away.get(row.pk, ()))),
        )
        for row in rows
    )


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)


def spots_of(unit_ids: Iterable[int]) -> dict[int, Spot]:
    """Unit → where it stands in the Party's tree today; a unit of another tree stands where its committee does."""
    units = Unit.objects.in_bulk(set(unit_ids))
    stands = {
        pk: unit.committee_id if unit.tree != Tree.PARTY and unit.committee_id else pk
        for pk, unit in units.items()
    }
    placed = access.today_placements().filter(unit__in=set(stands.values())).values_list("unit", "path")
    paths = {pk: tuple(int(label) for label in path.split(".")) for pk, path in placed}
    kinds = dict(
        Unit.objects.filter(pk__in={label for path in paths.values() for label in path}).values_list(
            "pk", "kind"
        )
    )
    return {
        pk: Spot(
            path := paths.get(stand, ()),
            next((label for label in path if kinds[label] == UnitKind.PROVINCE), 0),
            next((label for label in path if kinds[label] in COMMUNES), 0),
        )
        for pk, stand in stands.items()
    }
