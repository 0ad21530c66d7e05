"""What attendances count for besides credit, as lines of the ledger. Values in, values out."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from quantriet.conferences.models import Attendance
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.verdicts import HERE
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade, Measure, Slice


@dataclass(frozen=True)
class Fresh:
    """A row just inserted, as counting and credit read it."""

    pk: int
    person_id: int
    unit_id: int
    line_id: int | None
    person_class: int
    state: str
    in_at: datetime | None
    out_at: datetime | None
    left_early: bool
    excuse: str
    form: int
    held_on: date
    grade: int
    source: str
    version: int = 1
    back_at: datetime | None = None


Row = Attendance | Fresh


def counted(row: Row, level: int) -> list[Line]:
    """What a row counts for besides credit: lượt, late, left early. Guests are those not on the roll.

    Who was credited for a superior's session is counted there already.
    """
    if row.state not in HERE or row.source == Source.SUPERIOR:
        return []
    measures = [Measure.ATTENDANCES if row.line_id else Measure.GUESTS]
    measures += [Measure.LATE] if row.state == "late" else []
    measures += [Measure.LEFT_EARLY] if row.left_early else []
    cut = Slice(row.person_class, level + 1, row.form)
    return [Line(row.unit_id, measure, Grade(row.grade), row.held_on, 1, cut) for measure in measures]


def counted_together(rows: Iterable[Row], level: int) -> list[Line]:
    """What many rows count for, those that count alike in one line."""
    alike: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows:
        way = (row.unit_id, row.line_id is None, row.state, row.left_early, row.source == Source.SUPERIOR)
        alike[(*way, row.grade, row.held_on, row.person_class, row.form)].append(row)
    return [replace(line, amount=len(some)) for some in alike.values() for line in counted(some[0], level)]


def reversed_lines(lines: Iterable[Line]) -> list[Line]:
    """The same changes with the sign turned."""
    return [
        Line(line.unit_id, line.measure, line.grade, line.occurred_on, -line.amount, line.slice)
        for line in lines
    ]
