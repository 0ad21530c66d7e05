"""Recording attendance locks units before lines, whatever the marks of one call do.

A line that is open again at a unit that has ended follows its person, and that needs the unit: late, in another order.
"""

import pytest

from quantriet.campaigns.commands import standing
from quantriet.campaigns.models import RollLine
from quantriet.conferences.commands import attendance
from quantriet.conferences.commands.attendance import Answer, Mark
from quantriet.conferences.models import Attendance
from quantriet.conferences.verdicts import Act, Ask
from quantriet.org.models import Person, Placement
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town
from tests.factories import operator
from tests.racing import cross


@pytest.fixture
def town(transactional_db: None) -> Town:
    return Town()


def lock_line(town: Town, person: Person) -> None:
    RollLine.objects.select_for_update().get(campaign=town.campaign, person=person)


def end_the_cell(town: Town) -> None:
    with factories.looking_everywhere():
        Placement.objects.filter(unit=town.cell).update(former=True)
        Person.objects.filter(pk=town.binh.pk).update(home_unit=town.other_cell)


def test_a_call_that_credits_one_and_takes_back_from_another_holds_the_unit_first(town: Town) -> None:
    made.mark(town.site, [town.binh])
    end_the_cell(town)

    def correct() -> list[Answer]:
        marks = [Mark(Ask(Act.PRESENT), person_id=town.an.pk), Mark(Ask(Act.ABSENT), person_id=town.binh.pk)]
        return attendance.record(town.site, marks, by=operator(), key="correction")

    cross(
        first=lambda: standing.hold([town.cell.pk]),
        act=correct,
        second=lambda: lock_line(town, town.an),
    )

    with factories.looking_everywhere():
        assert list(
            town.campaign.roll.filter(fulfilled_on__isnull=False).values_list("person", flat=True)
        ) == [town.an.pk]


def test_undoing_a_call_that_made_and_changed_rows_holds_the_units_first(town: Town) -> None:
    """The row it made is of the second cell, the one it changed of the first."""
    made.mark(town.site, [town.binh], Act.ABSENT)
    made.mark(town.site, [town.chi, town.binh], key="tap")
    end_the_cell(town)

    cross(
        first=lambda: standing.hold([town.cell.pk]),
        act=lambda: attendance.undo(town.site, "tap", by=operator()),
        second=lambda: lock_line(town, town.chi),
    )

    with factories.looking_everywhere():
        assert list(Attendance.objects.values_list("person", "state")) == [(town.binh.pk, "absent")]
