"""Taking people's rows out of the house in a workbook: allowed, logged person by person, then written."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import translation

from quantriet.campaigns import queries as campaigns
from quantriet.campaigns.models import RollLine
from quantriet.ledger.measures import Form, Grade
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import PersonClass, Unit
from quantriet.org.permissions import Can
from quantriet.reports import queries
from quantriet.reports.models import Report
from quantriet.reports.workbooks import PeopleSheet, PersonCells, workbook

PAGE = "reports.people_workbook"

# Who is shown to somebody can read that he was; a person's own record and the work of the server are not.
_LOG = """
INSERT INTO org_accessevent (created_at, person_id, unit_id, reader, page)
SELECT DISTINCT ON (line.person_id) statement_timestamp(), line.person_id, %(at)s, %(reader)s, %(page)s
FROM campaigns_rollline AS line
WHERE line.campaign_id = %(campaign)s AND line.person_id <> %(self)s AND line.unit_id = ANY(%(units)s)
"""


# Everybody in one go, in the order of the sheets: a query for each unit directly below asked the tree anew for
# each of its people, and took most of the time.
_PEOPLE = """
SELECT part.at, person.full_name, unit.name, line.person_class, line.fulfilled_on, line.means, line.excuse,
       line.form, line.grade
FROM unnest(%(units)s::bigint[], %(parts)s::int[]) AS part(unit_id, at)
JOIN org_unit AS unit ON unit.id = part.unit_id
JOIN campaigns_rollline AS line ON line.unit_id = part.unit_id
JOIN org_person AS person ON person.id = line.person_id
WHERE line.campaign_id = %(campaign)s AND line.state = %(state)s
ORDER BY part.at, unit.sort_key, unit.id, person.sort_key, line.id
"""
CHUNK = 5000


def how_many(report: Report) -> int:
    """How many people a report's workbook would list."""
    return _lines(report).count()


def _lines(report: Report) -> QuerySet[RollLine]:
    return RollLine.objects.filter(
        campaign=report.campaign_id,
        unit__in=campaigns.units_below(report.unit),
        state=RollLine.State.SUMMONED,
    )


def people_workbook(
    report: Report, *, by: Actor, progress: Callable[[int], None] = lambda _rows: None
) -> bytes:
    """The workbook with the people behind the figures, a sheet for each unit directly below.

    Needs the right to read people at the reporting unit; every person listed can read who took his row out.
    """
    access.require(by, Can.PERSON_READ, report.unit)
    with transaction.atomic():
        parts = _parts(report)
        units = [unit_id for _name, ids in parts for unit_id in ids]
        if by.account_id:
            with connection.cursor() as cursor:
                cursor.execute(
                    _LOG,
                    {
                        "at": by.unit_id,
                        "reader": by.name,
                        "page": PAGE,
                        "campaign": report.campaign_id,
                        "self": by.person_id or 0,
                        "units": units,
                    },
                )
        audit.record(by, "report.people_workbook", report, unit=report.unit_id, detail={"units": len(units)})
        with translation.override("vi"), connection.chunked_cursor() as cursor:
            paper = queries.paper(queries.as_sent(report))
            return workbook(paper, _sheets(cursor, report, parts), progress=progress)


def _parts(report: Report) -> list[tuple[str, list[int]]]:
    """The direct children by name, each with the units of its subtree; the unit's own people first."""
    placed = access.today_placements()
    top = placed.filter(unit=report.unit).values_list("path", flat=True).first()
    if top is None:
        return [(report.unit.name, [report.unit_id])]
    depth = str(top).count(".") + 1
    parts: dict[int, list[int]] = {report.unit_id: []}
    for unit_id, path in placed.filter(path__descendant_of=[top]).values_list("unit_id", "path"):
        labels = str(path).split(".")
        part = int(labels[depth]) if len(labels) > depth else report.unit_id
        parts.setdefault(part, []).append(unit_id)
    names = Unit.objects.in_bulk(list(parts))
    ordered = sorted(parts, key=lambda pk: (pk != report.unit_id, names[pk].sort_key, pk))
    counted = set(_lines(report).values_list("unit_id", flat=True).distinct())
    return [(names[pk].name, parts[pk]) for pk in ordered if counted.intersection(parts[pk])]


def _sheets(cursor: Any, report: Report, parts: list[tuple[str, list[int]]]) -> Iterator[PeopleSheet]:
    """A sheet for each part; its rows are read from the open cursor as they are written."""
    told = {
        "units": [unit_id for _name, ids in parts for unit_id in ids],
        "parts": [at for at, (_name, ids) in enumerate(parts) for _unit_id in ids],
        "campaign": report.campaign_id,
        "state": RollLine.State.SUMMONED,
    }
    cursor.execute(_PEOPLE, told)
    everybody = itertools.chain.from_iterable(iter(lambda: cursor.fetchmany(CHUNK), []))
    for at, rows in itertools.groupby(everybody, key=itemgetter(0)):
        yield PeopleSheet(parts[at][0], _cells(rows))


def _cells(rows: Iterable[tuple[Any, ...]]) -> Iterator[PersonCells]:
    classes = {value: str(label) for value, label in PersonClass.choices}
    forms = {value: str(label) for value, label in Form.choices}
    grades = {value: str(label) for value, label in Grade.choices}
    for _at, name, unit, person_class, day, means, excuse, form, grade in rows:
        result = _result(day is not None, means, excuse)
        how, proof = forms[form] if form else "", grades[grade] if grade else ""
        yield (name, unit, classes[person_class], result, day, how, proof)


def _result(studied: object, means: str, excuse: str) -> str:
    if studied:
        return {"made_up": "Học bù", "superior": "Đã dự ở cấp trên"}.get(means, "Đã học")
    return f"Vắng có lý do: {excuse}" if excuse else "Chưa học"
