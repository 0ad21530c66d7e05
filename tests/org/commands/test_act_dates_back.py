"""Acts dated back over boards that came, or went, after their day."""

from datetime import date

import pytest

from quantriet.org import access
from quantriet.org.commands import units
from quantriet.org.models import ActKind, Unit
from quantriet.org.proposals import REST, NewUnit
from tests import factories
from tests.factories import operator
from tests.org.commands.test_acts import (
    DAY,
    Province,
    do,
    fresh,
    merger,
    parent_of,
    province,
    refusal,
    snapshot,
    told,
    undo,
    unsound,
)

__all__ = ["province"]
pytestmark = pytest.mark.django_db

LATER = date(2025, 9, 1)


def late_board(committee: Unit, name: str) -> Unit:
    return factories.unit(committee, "body", name, committee=committee, founded_on=LATER)


@pytest.mark.parametrize(("at", "beside"), [("one", "two"), ("two", "one")])
def test_a_board_founded_after_the_day_goes_along_and_is_not_joined(
    province: Province, at: str, beside: str
) -> None:
    late_at, old_at = getattr(province, at), getattr(province, beside)
    old = factories.body(old_at, "Văn phòng")
    late = late_board(late_at, "Văn phòng")
    before = snapshot()

    act = do(merger(province))

    new = Unit.objects.get(code="MOI")
    assert (fresh(late).closed_on, fresh(late).committee_id) == (None, new.pk)
    assert parent_of(late, LATER) == (new.pk, False)
    assert parent_of(old) == (new.pk, False)
    assert unsound() == []
    undo(act)
    assert snapshot() == before


def test_two_boards_founded_after_the_day_both_go_along(province: Province) -> None:
    late = [late_board(unit, "Văn phòng") for unit in (province.one, province.two)]

    do(merger(province))

    new = Unit.objects.get(code="MOI")
    assert [parent_of(one, LATER) for one in late] == [(new.pk, False)] * 2
    assert unsound() == []


def test_control_boards_that_stood_on_the_day_become_one(province: Province) -> None:
    do(merger(province))

    assert fresh(province.boards[1]).closed_on == DAY
    assert parent_of(province.boards[1]) == (province.boards[0].pk, True)


def test_a_board_that_left_after_the_day_is_not_closed_where_it_is_now(province: Province) -> None:
    three = factories.commune(province.top, "Đảng bộ xã Ba")
    with access.acting(operator()):
        units.place(province.boards[1], parent=three, on=LATER, by=operator())

    do(merger(province))

    new = Unit.objects.get(code="MOI")
    assert fresh(province.boards[1]).closed_on is None
    assert parent_of(province.boards[1]) == (new.pk, False)
    assert parent_of(province.boards[1], LATER) == (three.pk, False)
    assert unsound() == []


def test_a_unit_is_not_dissolved_over_a_board_founded_after_the_day(province: Province) -> None:
    lonely = factories.commune(province.top, "Đảng bộ xã Trống")
    late_board(lonely, "Văn phòng lập sau")

    refused = refusal(lambda: do(told(ActKind.CLOSE, units=(lonely.pk,))))

    assert (refused.code, "Văn phòng lập sau" in refused.sentence) == ("unit.not_standing", True)
    assert do(told(ActKind.CLOSE, units=(lonely.pk,), effective_on=LATER)).state == "done"


def test_a_cell_dissolved_after_the_day_goes_along_and_stays_ended(province: Province) -> None:
    empty = factories.cell(province.one, "Chi bộ Trống")
    do(told(ActKind.CLOSE, units=(empty.pk,), effective_on=LATER))
    before = snapshot()

    act = do(merger(province))

    new = Unit.objects.get(code="MOI")
    assert (parent_of(empty), parent_of(empty, LATER)) == ((new.pk, False), (new.pk, True))
    assert (fresh(empty).closed_on, unsound()) == (LATER, [])
    undo(act)
    assert snapshot() == before


def test_a_cell_divided_after_the_day_goes_along_and_stays_ended(province: Province) -> None:
    halves = tuple(NewUnit(code=f"NUA{half}", name=f"Chi bộ Nửa {half}") for half in (1, 2))
    divided = told(
        ActKind.SPLIT, units=(province.cell.pk,), into=halves, answers={REST: "0"}, effective_on=LATER
    )
    do(divided)

    do(merger(province))

    new = Unit.objects.get(code="MOI")
    assert (parent_of(province.cell), parent_of(province.cell, LATER)) == ((new.pk, False), (new.pk, True))
    assert parent_of(Unit.objects.get(code="NUA1"), LATER) == (new.pk, False)
    assert (fresh(province.cell).closed_on, unsound()) == (LATER, [])
