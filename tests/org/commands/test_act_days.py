"""Acts and time: planned for their day, reaching back, what units were called on a date."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.commands import acts, units
from quantriet.org.models import Act, ActKind, ActRow, Placement, Unit
from quantriet.org.queries.names import names_at
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


def arrive(on: date) -> list[Act]:
    with access.acting(operator()):
        return [acts.arrive(act_id, by=operator()) for act_id in acts.due(on)]


def name_on(unit: Unit, on: date) -> tuple[str, str]:
    found = names_at([unit.pk], on)[unit.pk]
    return found.name, found.code


def test_a_planned_act_changes_nothing_before_its_day(province: Province) -> None:
    day = timezone.localdate() + timedelta(days=5)
    before = snapshot()

    act = do(merger(province, effective_on=day))

    assert act.state == Act.State.PLANNED
    assert snapshot() == before
    assert arrive(day - timedelta(days=1)) == []
    assert snapshot() == before


def test_on_its_day_a_planned_act_is_carried_out_once(province: Province) -> None:
    day = timezone.localdate() + timedelta(days=5)
    act = do(merger(province, effective_on=day))

    done = arrive(day)

    assert [(one.pk, one.state) for one in done] == [(act.pk, Act.State.DONE)]
    new = Unit.objects.get(code="MOI")
    assert parent_of(province.one, day) == (new.pk, True)
    assert parent_of(province.one, day - timedelta(days=1)) == (province.top.pk, False)
    assert unsound() == []
    assert arrive(day) == []


def test_an_act_the_tree_of_its_day_refuses_is_blocked_and_can_be_resumed(province: Province) -> None:
    day = timezone.localdate() + timedelta(days=5)
    act = do(merger(province, effective_on=day))
    other = factories.unit(province.top, "commune", "Đảng bộ xã Chen Ngang", code="MOI")
    before = snapshot()

    (blocked,) = arrive(day)

    assert (blocked.state, "“MOI”" in blocked.hindrance) == (Act.State.BLOCKED, True)
    assert snapshot() == before
    with access.acting(operator()):
        with pytest.raises(DomainError):
            acts.resume(act, by=operator())
        do(told(ActKind.RENUMBER, units=(other.pk,), code="KHAC"))
        assert acts.resume(act, by=operator()).state == Act.State.DONE
    assert Unit.objects.get(code="MOI").name == "Đảng bộ xã Mới"


def test_control_a_blocked_act_left_no_rows(province: Province) -> None:
    day = timezone.localdate() + timedelta(days=5)
    do(merger(province, effective_on=day))
    factories.unit(province.top, "commune", "Đảng bộ xã Chen Ngang", code="MOI")

    arrive(day)

    with factories.looking_everywhere():
        assert ActRow.objects.count() == 0


def test_a_planned_name_is_read_on_its_day_before_anybody_took_it_over(province: Province) -> None:
    today = timezone.localdate()
    day = today + timedelta(days=5)
    act = do(told(ActKind.RENAME, units=(province.one.pk,), name="Đảng bộ phường Một", effective_on=day))

    assert fresh(province.one).name == "Đảng bộ xã Một"
    assert name_on(province.one, day - timedelta(days=1))[0] == "Đảng bộ xã Một"
    assert name_on(province.one, day)[0] == "Đảng bộ phường Một"
    arrive(day)
    assert fresh(province.one).name == "Đảng bộ phường Một"
    assert fresh(province.one).folded == "dang bo phuong mot"
    assert name_on(province.one, day - timedelta(days=1))[0] == "Đảng bộ xã Một"
    undo(act)
    assert name_on(province.one, day)[0] == "Đảng bộ xã Một"


def test_names_of_each_time_stand_side_by_side(province: Province) -> None:
    code = province.one.code
    for name, day in (("Tên hai", date(2025, 7, 1)), ("Tên ba", date(2025, 9, 1))):
        do(told(ActKind.RENAME, units=(province.one.pk,), name=name, effective_on=day))
    do(told(ActKind.RENUMBER, units=(province.one.pk,), code="MA-SAU", effective_on=date(2025, 9, 1)))

    days = [date(2020, 1, 1), date(2025, 6, 30), date(2025, 7, 1), date(2025, 8, 31), date(2025, 9, 1)]
    assert [name_on(province.one, day) for day in days] == [
        ("Đảng bộ xã Một", code),
        ("Đảng bộ xã Một", code),
        ("Tên hai", code),
        ("Tên hai", code),
        ("Tên ba", "MA-SAU"),
    ]


def test_a_kind_of_another_level_takes_attached_boards_along(province: Province) -> None:
    do(told(ActKind.RECLASSIFY, units=(province.cell.pk,), unit_kind="base_cell", name="Chi bộ cơ sở 1"))
    board = factories.body(fresh(province.cell), "Văn phòng")

    act = do(
        told(
            ActKind.RECLASSIFY,
            units=(province.cell.pk,),
            unit_kind="cell",
            decision="2-QĐ/TU",
            effective_on=date(2025, 8, 1),
        )
    )

    assert (fresh(province.cell).level, fresh(board).level) == (4, 4)
    assert names_at([province.cell.pk], date(2025, 7, 15))[province.cell.pk].kind == "base_cell"
    undo(act)
    assert (fresh(province.cell).level, fresh(board).level) == (3, 3)


def test_names_of_many_units_are_two_statements(
    province: Province, django_assert_num_queries: object
) -> None:
    units_of_all = list(Unit.objects.values_list("pk", flat=True))
    for some in (units_of_all[:1], units_of_all):
        with django_assert_num_queries(2):  # type: ignore[operator]
            assert len(names_at(some, DAY)) == len(some)


def test_an_act_of_the_past_follows_what_moved_since(province: Province) -> None:
    """The new superior itself moved later: what is moved below it in the past goes with it from then on."""
    base = factories.base(province.two)
    with access.acting(operator()):
        units.place(base, parent=province.one, on=date(2025, 10, 1), by=operator())

    act = do(told(ActKind.MOVE, units=(province.other_cell.pk,), parent_id=base.pk))

    path = Placement.objects.get(unit=province.other_cell, valid__contains=date(2025, 11, 1)).path
    assert path == f"{province.top.pk}.{province.one.pk}.{base.pk}.{province.other_cell.pk}"
    early = Placement.objects.get(unit=province.other_cell, valid__contains=date(2025, 8, 1)).path
    assert early == f"{province.top.pk}.{province.two.pk}.{base.pk}.{province.other_cell.pk}"
    assert unsound() == []
    undo(act)
    assert unsound() == []


def test_a_merger_of_the_past_takes_a_child_founded_after_it(province: Province) -> None:
    late = factories.unit(province.one, "cell", "Chi bộ lập sau", founded_on=date(2025, 9, 1))
    factories.person(province.one, "Người vào sau", from_on=date(2025, 8, 1))

    before = snapshot()
    act = do(merger(province))

    new = Unit.objects.get(code="MOI")
    assert parent_of(late, date(2025, 9, 1)) == (new.pk, False)
    with factories.looking_everywhere():
        held = new.memberships.get(person__full_name="Người vào sau")
    assert held.from_on == date(2025, 8, 1)
    undo(act)
    assert snapshot() == before


def test_a_former_part_goes_on_below_the_successor_of_its_successor(province: Province) -> None:
    do(merger(province))
    new = Unit.objects.get(code="MOI")
    three = factories.commune(province.top, "Đảng bộ xã Ba")

    do(
        merger(
            province,
            units=(new.pk, three.pk),
            into=(three.pk,),
            decision="2-QĐ/TU",
            effective_on=date(2025, 9, 1),
        )
    )

    assert parent_of(province.one, date(2025, 9, 1)) == (new.pk, True)
    assert parent_of(new, date(2025, 9, 1)) == (three.pk, True)
    assert parent_of(province.cell, date(2025, 9, 1)) == (three.pk, False)
    assert unsound() == []


def test_the_dates_of_an_act_are_kept_in_the_proposal(province: Province) -> None:
    act = do(merger(province))

    assert refusal(lambda: do(merger(province, decided_on=date(2025, 7, 2)))).code == "act.dates"
    assert (act.told["decided_on"], act.told["effective_on"]) == ("2025-07-01", "2025-07-01")
