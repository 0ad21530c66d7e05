"""Long lists are cut into pages by figures: every name stands on them exactly once, whoever declared what."""

import pytest

from quantriet.campaigns import queries
from quantriet.campaigns.commands import declarations
from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.models import RollLine
from quantriet.campaigns.queries import ByUnit
from quantriet.core.scope import ScopeMissingError
from quantriet.ledger.measures import Measure
from quantriet.org import access
from quantriet.org.models import Unit
from quantriet.org.queries import people
from tests import factories
from tests.campaigns.worlds import World, world
from tests.factories import operator
from tests.factories_campaigns import STARTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> World:
    """Three people in each of two cells; one cell declares that two were present."""
    made = world(3)
    with access.acting(operator()):
        totals = Totals(figures={"present": 2, "excused": 1}, happened_on=STARTS)
        declarations.declare(made.campaign, made.cell_beside, kind="presence", totals=totals, by=operator())
    return made


def leafed(page: object) -> list[int]:
    """The lines of all pages, one after another."""
    found, number = [], 1
    while True:
        shown: ByUnit = page(number)  # type: ignore[operator]
        found += [line.pk for line in shown.lines]
        if number >= shown.page.paginator.num_pages:
            return found
        number += 1


@pytest.mark.parametrize("below", ["top", "here", "beside", "cell", "cell_beside"])
@pytest.mark.parametrize("measure", [Measure.SUMMONED, Measure.PRESENT, Measure.EXCUSED, Measure.ESSAYS_DUE])
def test_pages_by_a_figure_hold_what_counting_the_rows_would_give(
    house: World, measure: Measure, below: str
) -> None:
    unit: Unit = getattr(house, below)
    with access.acting(operator()):
        lines = queries.people_behind(house.campaign, unit, measure)
        assert lines is not None
        totals = queries.totals_behind(house.campaign, unit, measure)
        held = queries.named_counts(house.campaign, measure, totals)
        inside = set(queries.units_below(unit).values_list("pk", flat=True))

        assert {key: many for key, many in held.items() if many and key in inside} == queries.counted(lines)
        pages = leafed(
            lambda number: queries.page_by_unit(lines, held, number, units=queries.units_below(unit), size=2)
        )
        assert pages == list(lines.values_list("pk", flat=True))


def test_who_is_missing_is_counted_as_it_is_listed(house: World) -> None:
    with access.acting(operator()):
        lines = queries.missing_people(house.campaign, house.top)
        held = queries.missing_counts(house.campaign, {house.cell_beside.pk})

        assert {key: many for key, many in held.items() if many} == queries.counted(lines)
        assert queries.counted(lines) == {house.cell.pk: 3}


def test_control_a_unit_that_declared_would_be_counted_without_being_told(house: World) -> None:
    with access.acting(operator()):
        assert queries.missing_counts(house.campaign, ()) == {house.cell.pk: 3, house.cell_beside.pk: 1}


def test_a_name_is_found_by_its_words_in_any_order_and_nothing_in_it_is_a_pattern(house: World) -> None:
    with access.acting(operator()):
        strange = factories.person(house.cell, "Lê Tên_Lạ")
        found = [people.named(text) for text in ("gan van", "GẦN nguyễn 1", "%", "n_v", "ten_la", "")]

    ids = [person.pk for person in house.people]
    assert [sorted(one) for one in found] == [ids, [ids[1]], [], [], [strange.pk], []]


def test_names_are_not_gone_through_outside_a_scope_nor_beyond_it(house: World) -> None:
    with pytest.raises(ScopeMissingError):
        people.named("gan")
    with access.acting(factories.actor("secretary", house.beside)):
        assert people.named("gan") == []


def test_a_search_of_the_roll_tells_lines_and_who_is_not_on_it(house: World) -> None:
    with access.acting(operator()):
        newcomer = factories.person(house.cell, "Nguyễn Văn Gần Mới")
        found = queries.named(
            house.campaign, house.top, "gan van", state=RollLine.State.SUMMONED, most_others=20
        )

        assert sorted(found.lines.values_list("person_id", flat=True)) == [one.pk for one in house.people]
        assert (dict(found.held), [one.pk for one in found.others]) == ({house.cell.pk: 3}, [newcomer.pk])
