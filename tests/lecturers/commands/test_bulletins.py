"""Bulletins: an issue a period, never changed once out, confirmed once by a unit and by a lecturer, counted in days."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quantriet.core.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from quantriet.core.tasks import Task
from quantriet.lecturers.commands import bulletins
from quantriet.lecturers.commands.bulletins import Plan, Text
from quantriet.lecturers.models import Bulletin, Issue, IssueReceipt
from quantriet.lecturers.queries import bulletins as reads
from quantriet.lecturers.queries import tasks
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Notice, Unit
from quantriet.org.models.units import Level
from quantriet.org.permissions import Can
from tests import factories
from tests import factories_lecturers as made
from tests.factories import looking_everywhere

pytestmark = pytest.mark.django_db


class House:
    """A province with two communes, one of which has two cells; an officer above, clerks below."""

    def __init__(self) -> None:
        self.province: Unit = factories.province()
        self.commune = factories.commune(self.province, "Đảng bộ xã Một")
        self.other = factories.commune(self.province, "Đảng bộ xã Hai")
        self.cell = factories.cell(self.commune, "Chi bộ Một")
        self.far_cell = factories.cell(self.commune, "Chi bộ Hai")
        self.officer = factories.actor("officer", self.province)

    def receive(self, issue: Issue, unit: Unit, by: Actor | None = None, *, after: int = 0) -> bool:
        """``unit`` confirms, some days after publication."""
        who = by or factories.actor("clerk", unit)
        with access.acting(who):
            is_new = bulletins.receive(issue, unit, by=who)
        assert issue.published_at is not None
        with looking_everywhere():
            rows = IssueReceipt.objects.filter(issue=issue, unit=unit)
            rows.update(received_at=issue.published_at + timedelta(days=after))
        return is_new


@pytest.fixture
def house() -> House:
    return House()


def seen_by(by: Actor) -> set[int]:
    with access.acting(by):
        return set(reads.issues(by).values_list("pk", flat=True))


def test_begun_again_it_is_the_same_and_there_is_one_orientation(house: House) -> None:
    plan = Plan("orientation", "Định hướng tuyên truyền tháng", "monthly", date(2026, 11, 22))
    with access.acting(house.officer):
        rows = [bulletins.begin(house.province, plan, by=house.officer) for _again in range(2)]
        codes = []
        for wrong in (
            replace(plan, title="Định hướng khác"),
            replace(plan, rhythm="weekly"),
            replace(plan, title=" "),
            replace(plan, kind="x"),
            replace(plan, title="Trên", down_to=Level.CENTRAL),
        ):
            with pytest.raises(DomainError) as refusal:
                bulletins.begin(house.province, wrong, by=house.officer)
            codes.append(refusal.value.code)
        bulletins.end(rows[0], by=house.officer)
        next_one = bulletins.begin(house.province, replace(plan, title="Định hướng khác"), by=house.officer)

    assert (rows[0].pk, rows[0].starts_on, next_one.pk == rows[0].pk) == (
        rows[1].pk,
        date(2026, 11, 1),
        False,
    )
    assert codes == [
        "bulletin.orientation", "bulletin.exists", "bulletin.empty", "bulletin.wrong", "bulletin.above",
    ]  # fmt: skip


def test_one_issue_a_period_and_none_is_changed_once_out(house: House) -> None:
    row = made.bulletin(house.province)
    text = Text(date(2026, 11, 5), "Số tháng 11", "Nội dung")
    by = house.officer
    with access.acting(by):
        drafts = [bulletins.write(row, text, by=by) for _again in range(2)]
        with pytest.raises(ConflictError) as old:
            bulletins.write(row, replace(text, text="Khác"), by=by)
        later = replace(text, on=date(2026, 11, 30), text="Nội dung mới")
        same = bulletins.write(row, later, seen=1, by=by)
        for _again in range(2):
            bulletins.publish(same, by=by)
        with pytest.raises(DomainError) as out:
            bulletins.write(row, replace(text, text="Sửa lén"), seen=3, by=by)
        for _again in range(2):
            bulletins.withdraw(same, reason="sai số liệu", by=by)
        anew = bulletins.write(row, replace(text, text="Bản đúng"), by=by)
        codes = []
        for wrong in (replace(text, title=" ", on=date(2026, 12, 1)), replace(text, document_id=987_654)):
            with pytest.raises(DomainError) as refusal:
                bulletins.write(row, wrong, seen=1, by=by)
            codes.append(refusal.value.code)
        empty = bulletins.write(row, Text(date(2027, 1, 1), "Trống"), by=by)
        with pytest.raises(DomainError) as nothing:
            bulletins.publish(empty, by=by)

    assert (drafts[0].pk, drafts[0].period_on, same.pk) == (drafts[1].pk, date(2026, 11, 1), drafts[0].pk)
    assert [old.value.code, out.value.code] == ["issue.changed", "issue.published"]
    assert (anew.pk == same.pk, codes, nothing.value.code) == (
        False, ["issue.empty", "issue.document"], "issue.nothing",
    )  # fmt: skip


def test_it_is_seen_from_below_within_its_bounds_and_nowhere_else(house: House) -> None:
    for_cells = made.issue(made.bulletin(house.province))
    for_communes = made.issue(made.bulletin(house.province, down_to=Level.COMMUNE))
    of_commune = made.issue(made.bulletin(house.commune))
    draft_of = made.bulletin(house.province)
    with access.acting(house.officer):
        draft = bulletins.write(draft_of, Text(timezone.localdate(), "Nháp", "x"), by=house.officer)
    front = factories.front(house.commune)
    lecturer = made.serving(house.province)

    assert seen_by(factories.actor("clerk", house.cell)) == {for_cells.pk, of_commune.pk}
    assert seen_by(factories.actor("clerk", house.other)) == {for_cells.pk, for_communes.pk}
    assert seen_by(house.officer) == {for_cells.pk, for_communes.pk, of_commune.pk, draft.pk}
    assert seen_by(factories.actor("front_officer", front)) == set()
    assert seen_by(factories.actor("clerk", factories.province("Tỉnh Khác"))) == set()
    own = factories.actor("lecturer", lecturer.person.home_unit, of=lecturer.person)
    assert seen_by(own) == {for_cells.pk, for_communes.pk}


def test_a_unit_confirms_once_and_only_one_that_is_to_have_it(house: House) -> None:
    issue = made.issue(made.bulletin(house.province, down_to=Level.COMMUNE))
    clerk = factories.actor("clerk", house.commune)

    told = [house.receive(issue, house.commune, clerk) for _again in range(2)]
    with pytest.raises(NotFoundError):
        house.receive(issue, house.cell)
    with pytest.raises(ForbiddenError):
        house.receive(issue, house.other, clerk)
    with access.acting(house.officer):
        bulletins.withdraw(issue, reason="sai", by=house.officer)
    with pytest.raises(NotFoundError):
        house.receive(issue, house.other)

    with looking_everywhere():
        assert (told, IssueReceipt.objects.count()) == ([True, False], 1)


def test_a_lecturer_confirms_for_himself_alone(house: House) -> None:
    issue = made.issue(made.bulletin(house.province))
    lecturer = made.serving(house.commune)
    made.serving(house.province)
    himself = factories.actor("lecturer", house.commune, of=lecturer.person)
    waiting = [task.text for task in _tasks(himself)]
    with access.acting(himself):
        told = [bulletins.read_by_lecturer(issue, by=himself) for _again in range(2)]
    with access.acting(house.officer), pytest.raises(ForbiddenError):
        bulletins.read_by_lecturer(issue, by=house.officer)

    with access.acting(house.officer):
        readers = reads.readers(issue, house.officer)
        silent = reads.silent_lecturers(issue, house.officer).count()
    assert (told, readers, silent) == ([True, False], reads.Readers(2, 1), 1)
    assert ([issue.title in text for text in waiting], _tasks(himself)) == ([True], [])


def _tasks(by: Actor) -> list[Task]:
    with access.acting(by):
        return tasks.tasks(by)


def test_days_to_receive_open_to_their_rows_and_add_up(house: House) -> None:
    issue = made.issue(made.bulletin(house.province))
    for unit, days in ((house.commune, 1), (house.cell, 6), (house.far_cell, 2)):
        house.receive(issue, unit, after=days)
    with access.acting(house.officer):
        told = reads.arrivals(issue, house.officer)
        slow = [(row.unit.pk, row.days) for row in reads.slowest(issue, house.officer)]
        waiting = list(reads.waiting_units(issue, house.officer, Can.LECTURER_READ))
    clerk = factories.actor("clerk", house.commune)
    with access.acting(clerk):
        own = reads.arrivals(issue, clerk)

    assert [(one.level, one.due, one.received, one.median, one.longest) for one in told] == [
        (Level.COMMUNE, 2, 1, 1, 1),
        (Level.CELL, 2, 2, 2, 6),
    ]
    assert slow == [(house.cell.pk, 6), (house.far_cell.pk, 2), (house.commune.pk, 1)]
    assert waiting == [house.other]
    assert [(one.level, one.due, one.received) for one in own] == [(Level.COMMUNE, 1, 1), (Level.CELL, 2, 2)]


def test_the_board_costs_no_more_with_more_receipts(house: House) -> None:
    issue = made.issue(made.bulletin(house.province))
    costs = []
    for units in ((house.commune,), (house.cell, house.far_cell)):
        for unit in units:
            house.receive(issue, unit)
        with (
            access.acting(house.officer),
            CaptureQueriesContext(
                connection,
            ) as asked,
        ):
            reads.arrivals(issue, house.officer)
            reads.slowest(issue, house.officer)
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_who_has_not_confirmed_is_reminded_once_a_day(house: House) -> None:
    issue = made.issue(made.bulletin(house.province))
    house.receive(issue, house.commune)
    Notice.objects.all().delete()
    with access.acting(house.officer):
        told = [bulletins.remind(issue, by=house.officer) for _again in range(2)]

    assert told == [3, 0]
    assert set(Notice.objects.values_list("unit_id", flat=True)) == {
        house.other.pk, house.cell.pk, house.far_cell.pk,
    }  # fmt: skip


def test_an_issue_is_owed_until_it_is_out(house: House) -> None:
    row = made.bulletin(house.province)
    made.bulletin(house.province, rhythm="once")
    made.bulletin(house.province, starts_on=timezone.localdate() + timedelta(days=40))
    before = [task.text for task in _tasks(house.officer)]
    made.issue(row)

    with access.acting(house.officer):
        owed = reads.owed_by(house.province)
    assert ([row.title in text for text in before], owed) == ([True], [])


def test_only_who_manages_lecturers_there_publishes(house: House) -> None:
    row = made.bulletin(house.province)
    below = factories.actor("officer", house.commune)
    with access.acting(below):
        for act in (
            lambda: bulletins.write(row, Text(timezone.localdate(), "x", "y"), by=below),
            lambda: bulletins.end(row, by=below),
            lambda: bulletins.begin(house.province, Plan("topical", "x", "once", date(2026, 1, 1)), by=below),
        ):
            with pytest.raises(ForbiddenError):
                act()
    with looking_everywhere():
        assert (Issue.objects.count(), Bulletin.objects.count()) == (0, 1)


def test_row_level_policies_hide_receipts_of_others_even_without_a_filter(house: House) -> None:
    issue = made.issue(made.bulletin(house.province))
    house.receive(issue, house.commune)
    house.receive(issue, house.other)
    clerk = factories.actor("clerk", house.commune)
    with access.acting(clerk):
        seen = list(IssueReceipt.objects.values_list("unit_id", flat=True))
    with looking_everywhere():  # the control: without the policy both would be there
        everything = IssueReceipt.objects.count()
    assert (seen, everything) == ([house.commune.pk], 2)
