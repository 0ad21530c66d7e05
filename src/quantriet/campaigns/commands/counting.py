"""How people and duties are counted: the lines that every command of this package posts. No database."""

from collections.abc import Mapping
from datetime import date

from quantriet.campaigns.models import Credit, Requirement
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade, Measure, Slice

DUE_MEASURES: Mapping[str, Measure] = {
    Requirement.Kind.CONFERENCE: Measure.CONFERENCES_DUE,
    Requirement.Kind.MATERIALS: Measure.MATERIALS_DUE,
    Requirement.Kind.PROGRAMME: Measure.PROGRAMMES_DUE,
    Requirement.Kind.REPORT: Measure.REPORTS_DUE,
}


def summon_lines(unit_id: int, person_class: int, count: int, *, on: date, essays: object) -> list[Line]:
    """What summoning ``count`` people of a class at a unit posts (negative: taking them off the roll)."""
    cut = Slice(person_class=person_class)
    lines = [Line(unit_id, Measure.SUMMONED, Grade.ON_SPOT, on, count, cut)]
    if essays:
        lines.append(Line(unit_id, Measure.ESSAYS_DUE, Grade.ON_SPOT, on, count, cut))
    return lines


def present_lines(unit_id: int, cut: Slice, grade: Grade, on: date, *, means: str, amount: int) -> list[Line]:
    """How people who have studied are counted (a negative amount: counted out)."""
    lines = [Line(unit_id, Measure.PRESENT, grade, on, amount, cut)]
    if means == Credit.Means.MADE_UP:
        lines.append(Line(unit_id, Measure.MADE_UP, grade, on, amount, cut))
    if means == Credit.Means.SUPERIOR:
        lines.append(Line(unit_id, Measure.CREDITED, grade, on, amount, cut))
    return lines


def excuse_line(unit_id: int, person_class: int, on: date, amount: int) -> Line:
    """One person more (or fewer) who is excused and has not studied."""
    return Line(unit_id, Measure.EXCUSED, Grade.AFTERWARDS, on, amount, Slice(person_class=person_class))


def excuse_lines(
    unit_id: int, person_class: int, count: int, *, since: date, until: date | None = None
) -> list[Line]:
    """``count`` people (negative: taken back) who are excused from a day until the day they have studied.

    Who had studied by the day he is excused from was excused on no day.
    """
    if until is None:
        return [excuse_line(unit_id, person_class, since, count)]
    if until <= since:
        return []
    return [
        excuse_line(unit_id, person_class, since, count),
        excuse_line(unit_id, person_class, until, -count),
    ]


def due_lines(kind: str, unit_id: int, day: date, amount: int) -> list[Line]:
    """What owing (or owing no more) one obligation of a kind posts; essays and outreach count by people."""
    measure = DUE_MEASURES.get(kind)
    return [] if measure is None else [Line(unit_id, measure, Grade.ON_SPOT, day, amount)]
