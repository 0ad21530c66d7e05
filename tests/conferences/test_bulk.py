"""Sheets of many sites at once leave exactly the rows, batches, entries and tallies of one call a site."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from quantriet.campaigns.models import Campaign
from quantriet.conferences.commands import attendance, bulk
from quantriet.conferences.commands.attendance import Mark
from quantriet.conferences.commands.bulk import Sheet
from quantriet.conferences.models import Attendance, AttendanceConflict, Conference, Site
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.verdicts import Act, Ask
from quantriet.core.errors import ForbiddenError
from quantriet.ledger.measures import Form
from quantriet.org import access
from quantriet.org.commands import people
from quantriet.org.models import Person, PersonClass, Unit
from quantriet.org.models.people import MembershipStatus
from quantriet.org.specs import ANOTHER, PersonSpec
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.factories import operator

pytestmark = pytest.mark.django_db

KEY = "nhan-su"


def colleague(cell: Unit) -> int:
    """Somebody who works beside the members and is none."""
    spec = PersonSpec(
        "Phan Giang",
        cell.pk,
        status=MembershipStatus.NON_MEMBER,
        person_class=PersonClass.CIVIL_SERVANT,
        from_on=date(2020, 1, 1),
        same_as=ANOTHER,
    )
    with access.acting(operator()):
        return people.register([spec], by=operator()).ids[0]


class Province:
    """Communes with a site each; in each a cell of members and one colleague who is no member."""

    def __init__(self, communes: int = 3) -> None:
        self.province = factories.province()
        self.communes = [factories.commune(self.province) for _number in range(communes)]
        self.cells = [factories.cell(commune, "Chi bộ 1") for commune in self.communes]
        self.people = {
            cell.pk: [
                factories.person(cell, name) for name in ("Lê An", "Trần Bé", "Võ Chi", "Hồ Dũng", "Ngô Em")
            ]
            for cell in self.cells
        }
        self.colleagues = {cell.pk: colleague(cell) for cell in self.cells}
        self.campaign: Campaign = campaigns_made.started(self.province)
        self.conference: Conference = made.called(self.province, self.campaign, form=Form.ONLINE)
        self.sites = [made.site(self.conference, commune) for commune in self.communes]

    def sheets(self) -> list[Sheet]:
        """Every way of marking: scanned in time and late, ticked, excused, absent, from a file, a non-member."""
        return [self._sheet(site, cell) for site, cell in zip(self.sites, self.cells, strict=True)]

    def _sheet(self, site: Site, cell: Unit) -> Sheet:
        starts = self.conference.starts_at
        first, second, third, fourth, fifth = (person.pk for person in self.people[cell.pk])
        late = starts + timedelta(minutes=20)
        marks = [
            Mark(
                Ask(Act.PRESENT, at=starts, out_at=starts + timedelta(minutes=5), is_code=True),
                source=Source.SCAN,
                person_id=first,
                client_id=uuid.UUID(int=first),
            ),
            Mark(Ask(Act.PRESENT, at=late), source=Source.IMPORT, person_id=second),
            Mark(Ask(Act.EXCUSED, excuse="Nghỉ ốm"), person_id=third),
            Mark(Ask(Act.ABSENT), person_id=fourth),
            Mark(Ask(Act.PRESENT), person_id=fifth),
            Mark(Ask(Act.PRESENT), person_id=self.colleagues[cell.pk]),
        ]
        return Sheet(Site.objects.select_related("conference__campaign", "unit").get(pk=site.pk), marks)


def one_by_one(place: Province, sheets: list[Sheet]) -> None:
    with access.acting(operator()):
        for sheet in sheets:
            attendance.record(sheet.site, sheet.marks, by=operator(), key=KEY)


def all_at_once(place: Province, sheets: list[Sheet]) -> None:
    with access.acting(operator()):
        bulk.record_all(place.conference, sheets, key=KEY, by=operator())


# Everything a roll-call leaves behind, without ids and clocks; a batch is known by its key.
LEFT = (
    """SELECT mark.site_id, mark.person_id, mark.unit_id, mark.line_id, mark.person_class, mark.state, mark.in_at,
              mark.out_at, mark.left_early, mark.excuse, mark.form, mark.held_on, mark.grade, mark.source,
              mark.client_id, mark.actor, mark.call, mark.version, batch.key
       FROM conferences_attendance AS mark LEFT JOIN ledger_batch AS batch ON batch.id = mark.batch_id
       ORDER BY mark.person_id""",
    """SELECT line.person_id, line.state, line.excuse, line.excused_on, line.fulfilled_on, line.means, line.level,
              line.form, line.grade, batch.key
       FROM campaigns_rollline AS line LEFT JOIN ledger_batch AS batch ON batch.id = line.batch_id
       ORDER BY line.person_id""",
    """SELECT credit.person_id, credit.document_id, credit.means, credit.level, credit.form, credit.grade,
              credit.credited_on, mark.person_id, batch.key
       FROM campaigns_credit AS credit
       LEFT JOIN conferences_attendance AS mark ON 'conferences_attendance:' || mark.id = credit.source
       JOIN ledger_batch AS batch ON batch.id = credit.batch_id ORDER BY 1, 2""",
    """SELECT key, origin, actor, account_id, unit_id, reason FROM ledger_batch ORDER BY key""",
    """SELECT batch.key, entry.part, entry.unit_id, entry.measure, entry.slice, entry.grade, entry.occurred_on,
              entry.known_on, entry.amount, entry.epoch
       FROM ledger_entry AS entry JOIN ledger_batch AS batch ON batch.id = entry.batch_id
       ORDER BY 1, 2, 3, 4, 5, 6""",
)


def left() -> list[list[tuple[object, ...]]]:
    found = []
    with access.whole_house("test"), connection.cursor() as cursor:
        for question in LEFT:
            cursor.execute(question)
            found.append(cursor.fetchall())
    return found


def after(act: object, place: Province, sheets: list[Sheet]) -> list[list[tuple[object, ...]]]:
    """What an act leaves behind; taken back afterwards."""
    with transaction.atomic():
        act(place, sheets)  # type: ignore[operator]
        found = left()
        transaction.set_rollback(True)
    return found


def test_the_same_rows_batches_and_entries_as_one_call_a_site() -> None:
    place = Province()
    sheets = place.sheets()

    assert after(all_at_once, place, sheets) == after(one_by_one, place, sheets)


def test_control_one_other_mark_leaves_something_else() -> None:
    place = Province()
    sheets = place.sheets()
    marks = [*sheets[0].marks]
    marks[3] = replace(marks[3], ask=Ask(Act.PRESENT))

    assert after(all_at_once, place, [Sheet(sheets[0].site, marks), *sheets[1:]]) != after(
        one_by_one, place, sheets
    )


def test_marks_that_need_thought_end_as_one_call_a_site_ends_them() -> None:
    place = Province()
    sheets = place.sheets()
    elsewhere = Mark(Ask(Act.PRESENT), person_id=place.people[place.cells[1].pk][3].pk)
    sheets[0] = Sheet(sheets[0].site, [*sheets[0].marks, elsewhere])

    def claims(act: object) -> tuple[list[tuple[int, int, str]], list[tuple[int, int, str]]]:
        with transaction.atomic():
            act(place, sheets)  # type: ignore[operator]
            with access.whole_house("test"):
                kept = list(AttendanceConflict.objects.values_list("site_id", "person_id", "state"))
                rows = list(
                    Attendance.objects.order_by("person_id").values_list("person_id", "site_id", "state")
                )
            transaction.set_rollback(True)
        return kept, rows

    assert claims(all_at_once) == claims(one_by_one)


def test_a_retry_changes_nothing() -> None:
    place = Province()
    sheets = place.sheets()
    all_at_once(place, sheets)
    before = left()

    all_at_once(place, sheets)

    assert left() == before


def test_somebody_recorded_before_is_judged_by_the_single_command() -> None:
    place = Province()
    sheets = place.sheets()
    absent: Person = place.people[place.cells[0].pk][3]
    made.mark(sheets[0].site, [absent], Act.PRESENT)

    all_at_once(place, sheets)

    with access.whole_house("test"):
        assert Attendance.objects.get(person=absent).state == "absent"


def queries_of(communes: int) -> int:
    place = Province(communes)
    sheets = place.sheets()
    with CaptureQueriesContext(connection) as captured:
        all_at_once(place, sheets)
    return len(captured)


def test_queries_do_not_grow_with_sites() -> None:
    assert queries_of(1) == queries_of(3)


def test_refuses_sites_the_actor_may_not_record_at() -> None:
    place = Province(2)
    clerk = factories.account("clerk", place.communes[0])
    by = access.actor(clerk)
    assert by is not None

    with pytest.raises(ForbiddenError), access.acting(by):
        bulk.record_all(place.conference, place.sheets(), key=KEY, by=by)

    assert left()[0] == []
