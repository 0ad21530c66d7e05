"""The figures and the annex of a report, from the counts of a unit's subtree. Pure: values in, values out.

``Counts`` is what the ledger gives and a freeze keeps: measure → slice → grade → amount, with text keys.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from quantriet.ledger.measures import Form, Grade, Measure, Slice
from quantriet.ledger.queries import added
from quantriet.org.models import PersonClass
from quantriet.reports.outlines import FIGURES, FigureSpec

Counts = Mapping[str, Mapping[str, Mapping[str, int]]]
NON_MEMBERS = (PersonClass.CIVIL_SERVANT, PersonClass.ASSOCIATION, PersonClass.PUBLIC)


def total(counts: Counts, measure: Measure) -> int:
    """The whole of a measure, whatever its cuts."""
    return sum(grades(counts, measure))


def grades(counts: Counts, measure: Measure) -> list[int]:
    """A measure by evidence, best grade first."""
    found = [0] * len(Grade)
    for by_grade in counts.get(str(int(measure)), {}).values():
        for grade, amount in by_grade.items():
            found[int(grade) - 1] += amount
    return found


def of_classes(counts: Counts, measure: Measure, classes: Iterable[int]) -> int:
    """A measure for some classes of people only."""
    wanted = set(map(int, classes))
    return sum(
        sum(by_grade.values())
        for cut, by_grade in counts.get(str(int(measure)), {}).items()
        if Slice.from_code(int(cut)).person_class in wanted
    )


def of_forms(counts: Counts, measure: Measure, forms: Iterable[int]) -> int:
    """A measure for some forms of session only."""
    wanted = set(map(int, forms))
    return sum(
        sum(by_grade.values())
        for cut, by_grade in counts.get(str(int(measure)), {}).items()
        if Slice.from_code(int(cut)).form in wanted
    )


@dataclass(frozen=True)
class FigureValue:
    """A figure with its counts. ``denominator`` is None for a plain count. ``grades``: the numerator's mix."""

    code: str
    numerator: int
    denominator: int | None
    grades: tuple[int, ...]


def figure(spec: FigureSpec, whole: Counts, below: Counts) -> FigureValue:
    """The value of a figure; ``below`` are the counts without the unit's own."""
    counts = below if spec.below_only else whole
    denominator = None if spec.denominator is None else total(counts, spec.denominator)
    return FigureValue(
        spec.code, total(counts, spec.numerator), denominator, tuple(grades(counts, spec.numerator))
    )


def figures(codes: Iterable[str], parts: Mapping[int, Counts], own_id: int) -> dict[str, FigureValue]:
    """The figures of a report from the parts of its subtree; ``own_id`` is the reporting unit itself."""
    whole = added(parts.values())
    below = added(counts for part, counts in parts.items() if part != own_id)
    return {code: figure(FIGURES[code], whole, below) for code in codes}


@dataclass(frozen=True)
class Part:
    """A part of the subtree as the annex names it. ``report`` says where the part's own report stands."""

    unit_id: int
    name: str
    level: str
    report: str = ""


@dataclass(frozen=True)
class AnnexRow:
    """One line of Annex 1. ``has_counts`` is False where nothing is known: dashes, never zeros."""

    name: str
    level: str
    due: int
    held: int
    sites_in_person: int
    sites_online: int
    summoned: int
    present: int
    excused: int
    made_up: int
    non_members: int
    essays_due: int
    essays: int
    note: str
    has_counts: bool

    @property
    def absent(self) -> int:
        """Summoned, neither present nor excused."""
        return max(0, self.summoned - self.present - self.excused)


@dataclass(frozen=True)
class ClassRow:
    """One line of the table by đối tượng."""

    name: str
    summoned: int
    present: int
    excused: int
    essays_due: int


ONLINE = (Form.ONLINE, Form.TELEVISION, Form.RADIO)


def annex_row(name: str, level: str, counts: Counts, note: str) -> AnnexRow:
    """A line of Annex 1 from the counts of a part."""
    online = of_forms(counts, Measure.SITES, ONLINE)
    return AnnexRow(
        name=name,
        level=level,
        due=total(counts, Measure.CONFERENCES_DUE),
        held=total(counts, Measure.CONFERENCES_HELD),
        sites_in_person=total(counts, Measure.SITES) - online,
        sites_online=online,
        summoned=total(counts, Measure.SUMMONED),
        present=total(counts, Measure.PRESENT),
        excused=total(counts, Measure.EXCUSED),
        made_up=total(counts, Measure.MADE_UP),
        non_members=of_classes(counts, Measure.PRESENT, NON_MEMBERS) + total(counts, Measure.GUESTS),
        essays_due=total(counts, Measure.ESSAYS_DUE),
        essays=total(counts, Measure.ESSAYS_HANDED_IN),
        note=note,
        has_counts=bool(counts),
    )


@dataclass(frozen=True)
class Annex:
    """The tables of a report: by unit with the sum of all, and by class of people with the sum of all."""

    rows: tuple[AnnexRow, ...]
    sum: AnnexRow
    classes: tuple[ClassRow, ...]
    classes_sum: ClassRow

    def to_data(self) -> dict[str, Any]:
        """Plain data as kept with a sent report."""
        return asdict(self)


def annex(parts: Sequence[Part], counts: Mapping[int, Counts]) -> Annex:
    """The tables of the parts in the order given. ``parts`` names every part that has counts."""
    whole = added(counts.values())
    return Annex(
        tuple(annex_row(one.name, one.level, counts.get(one.unit_id, {}), one.report) for one in parts),
        annex_row("Cộng", "", whole, ""),
        tuple(_classes(whole)),
        ClassRow(
            "Cộng",
            total(whole, Measure.SUMMONED),
            total(whole, Measure.PRESENT),
            total(whole, Measure.EXCUSED),
            total(whole, Measure.ESSAYS_DUE),
        ),
    )


def _classes(whole: Counts) -> Iterable[ClassRow]:
    for one in (*(known for known in PersonClass if known), PersonClass.UNKNOWN):
        row = ClassRow(
            # What was declared as a total is not told apart by class.
            str(one.label) if one else "Khai tổng số, không phân đối tượng",
            of_classes(whole, Measure.SUMMONED, [one]),
            of_classes(whole, Measure.PRESENT, [one]),
            of_classes(whole, Measure.EXCUSED, [one]),
            of_classes(whole, Measure.ESSAYS_DUE, [one]),
        )
        if any((row.summoned, row.present, row.excused, row.essays_due)):
            yield row


def annex_from_data(data: Mapping[str, Any]) -> Annex:
    """The tables kept with a sent report."""
    return Annex(
        tuple(AnnexRow(**row) for row in data["rows"]),
        AnnexRow(**data["sum"]),
        tuple(ClassRow(**row) for row in data["classes"]),
        ClassRow(**data["classes_sum"]),
    )
