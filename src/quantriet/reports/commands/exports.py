"""Taking people's rows out of the house in a workbook: allowed, logged person by person, then written."""

from collections.abc import Callable, Iterator

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
        with translation.override("vi"):
            sheets = (PeopleSheet(name, _rows(report, ids)) for name, ids in parts)
            return workbook(queries.paper(queries.as_sent(report)), sheets, progress=progress)


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


def _rows(report: Report, unit_ids: list[int]) -> Iterator[PersonCells]:
    classes = {value: str(label) for value, label in PersonClass.choices}
    forms = {value: str(label) for value, label in Form.choices}
    grades = {value: str(label) for value, label in Grade.choices}
    rows = (
        RollLine.objects.filter(campaign=report.campaign_id, unit__in=unit_ids, state=RollLine.State.SUMMONED)
        .order_by("unit__sort_key", "unit_id", "person__sort_key", "id")
        .values_list(
            "person__full_name",
            "unit__name",
            "person_class",
            "fulfilled_on",
            "means",
            "excuse",
            "form",
            "grade",
        )
    )
    for name, unit, person_class, day, means, excuse, form, grade in rows.iterator(chunk_size=5000):
        yield (
            name,
            unit,
            classes[person_class],
            _result(day is not None, means, excuse),
            day,
            forms.get(form or 0, "") if form else "",
            grades.get(grade, "") if grade else "",
        )


def _result(studied: object, means: str, excuse: str) -> str:
    if studied:
        return {"made_up": "Học bù", "superior": "Đã dự ở cấp trên"}.get(means, "Đã học")
    return f"Vắng có lý do: {excuse}" if excuse else "Chưa học"
