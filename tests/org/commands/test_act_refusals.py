"""What an act on the tree refuses, with nothing half done; and what stands against its undoing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from quantriet.core.errors import ForbiddenError
from quantriet.org import access
from quantriet.org.commands import acts, people, units
from quantriet.org.models import Act, ActKind, ActUnit, RoleAssignment, Unit, UnitKind
from quantriet.org.proposals import REST, NewUnit, Proposal
from quantriet.org.queries import act_hindrances
from tests import factories
from tests.factories import operator
from tests.org.commands.test_acts import (
    Province,
    division,
    do,
    fresh,
    merger,
    new_commune,
    parent_of,
    province,
    refusal,
    snapshot,
    told,
    undo,
)
from tests.racing import outcomes

__all__ = ["province"]
pytestmark = pytest.mark.django_db


def found_commune(p: Province, **values: object) -> Proposal:
    return told(ActKind.FOUND, into=(new_commune(kind="commune", parent_id=p.top.pk, **values),))


REFUSED: dict[str, tuple[str, Callable[[Province], Proposal]]] = {
    "no decision": ("act.incomplete", lambda p: merger(p, decision=" ")),
    "nothing chosen": ("act.incomplete", lambda p: merger(p, units=())),
    "nobody takes over": ("act.incomplete", lambda p: merger(p, into=())),
    "merged with itself alone": ("act.incomplete", lambda p: merger(p, units=(p.one.pk,), into=(p.one.pk,))),
    "new unit without a code": ("act.incomplete", lambda p: merger(p, into=(new_commune(code=""),))),
    "in force before it was decided": ("act.dates", lambda p: merger(p, effective_on=date(2025, 6, 30))),
    "decided tomorrow": (
        "act.dates",
        lambda p: merger(
            p,
            decided_on=timezone.localdate() + timedelta(days=1),
            effective_on=timezone.localdate() + timedelta(days=1),
        ),
    ),
    "below itself": ("unit.cycle", lambda p: told(ActKind.MOVE, units=(p.one.pk,), parent_id=p.one.pk)),
    "below its own cell": (
        "unit.cycle",
        lambda p: told(ActKind.MOVE, units=(p.one.pk,), parent_id=p.cell.pk),
    ),
    "where it stands": ("act.nothing", lambda p: told(ActKind.MOVE, units=(p.cell.pk,), parent_id=p.one.pk)),
    "below a lower level": (
        "act.levels",
        lambda p: told(ActKind.MOVE, units=(p.two.pk,), parent_id=p.cell.pk),
    ),
    "below another tree": (
        "unit.other_tree",
        lambda p: told(ActKind.MOVE, units=(p.cell.pk,), parent_id=p.fronts[1].pk),
    ),
    "levels that differ": ("act.levels", lambda p: merger(p, units=(p.one.pk, p.other_cell.pk))),
    "trees that differ": ("unit.other_tree", lambda p: merger(p, units=(p.one.pk, p.fronts[1].pk))),
    "a body with a committee": ("act.levels", lambda p: merger(p, units=(p.one.pk, p.boards[1].pk))),
    "name of a live sibling": ("unit.name_twice", lambda p: found_commune(p, name="đảng bộ xã Hai")),
    "name of a live sibling, its tone placed the other way": (
        "unit.name_twice",
        lambda p: told(
            ActKind.FOUND,
            into=(
                new_commune(kind="commune", parent_id=p.top.pk, name="Đảng bộ xã Hòa"),
                new_commune(kind="commune", parent_id=p.top.pk, code="MOI2", name="Đảng bộ xã Hoà"),
            ),
        ),
    ),
    "rename to a sibling's name": (
        "unit.name_twice",
        lambda p: told(ActKind.RENAME, units=(p.one.pk,), name=p.two.name),
    ),
    "code of another": ("unit.code_taken", lambda p: merger(p, into=(new_commune(code=p.cell.code),))),
    "renumber to a code in use": (
        "unit.code_taken",
        lambda p: told(ActKind.RENUMBER, units=(p.one.pk,), code=p.two.code),
    ),
    "one code for two new units": (
        "unit.code_taken",
        lambda p: told(
            ActKind.SPLIT,
            units=(p.one.pk,),
            into=(new_commune(), new_commune(name="Đảng bộ xã Nữa")),
            answers={REST: "0"},
        ),
    ),
    "before its founding": (
        "unit.not_standing",
        lambda p: merger(p, decided_on=date(2019, 1, 1), effective_on=date(2019, 1, 1)),
    ),
    "closed with cells below": ("act.has_children", lambda p: told(ActKind.CLOSE, units=(p.one.pk,))),
    "closed with people": ("act.has_people", lambda p: told(ActKind.CLOSE, units=(p.cell.pk,))),
    "reopened though it lives": ("unit.not_closed", lambda p: told(ActKind.REOPEN, units=(p.one.pk,))),
    "divided into one": (
        "act.incomplete",
        lambda p: told(ActKind.SPLIT, units=(p.one.pk,), into=(p.two.pk,)),
    ),
    "division that gives the rest to nobody": (
        "act.needs_choice",
        lambda p: told(
            ActKind.SPLIT,
            units=(p.one.pk,),
            into=(new_commune(), new_commune(code="MOI2", name="Đảng bộ xã Nữa")),
        ),
    ),
    "a kind above its superior's": (
        "act.levels",
        lambda p: told(ActKind.RECLASSIFY, units=(p.cell.pk,), unit_kind=UnitKind.PROVINCE),
    ),
    "a kind below its cells": (
        "act.levels",
        lambda p: told(ActKind.RECLASSIFY, units=(p.two.pk,), unit_kind=UnitKind.CELL),
    ),
    "nothing new": ("act.nothing", lambda p: told(ActKind.RENAME, units=(p.one.pk,), name=p.one.name)),
}


@pytest.fixture
def dated(province: Province) -> Province:
    """The province, with a founding day of a unit."""
    Unit.objects.filter(pk=province.one.pk).update(founded_on=date(2020, 1, 1))
    base = factories.base(province.two)
    factories.cell(base, "Chi bộ 3")
    return province


@pytest.mark.parametrize("why", sorted(REFUSED))
def test_an_act_is_refused_whole(dated: Province, why: str) -> None:
    code, proposal = REFUSED[why]
    before = snapshot()

    assert refusal(lambda: do(proposal(dated))).code == code

    assert snapshot() == before
    assert not Act.objects.exists()


def test_what_is_closed_is_merged_no_more(province: Province) -> None:
    do(merger(province))

    again = merger(province, decision="9-QĐ/TU", into=(new_commune(code="KHAC", name="Đảng bộ xã Khác"),))

    assert refusal(lambda: do(again)).code == "unit.closed"


def test_an_act_does_not_reach_behind_a_later_one(province: Province) -> None:
    later = told(
        ActKind.RENAME, units=(province.one.pk,), name="Đảng bộ xã Sau", effective_on=date(2025, 9, 1)
    )
    do(later)

    refused = refusal(lambda: do(merger(province)))

    assert refused.code == "act.later"
    assert "Đổi tên".lower() in refused.sentence
    assert "01/09/2025" in refused.sentence


def test_a_planned_act_bars_what_would_come_before_it(province: Province) -> None:
    day = timezone.localdate() + timedelta(days=10)
    do(merger(province, effective_on=day))

    assert (
        refusal(lambda: do(told(ActKind.RENAME, units=(province.one.pk,), name="Khác"))).code == "act.later"
    )


WAITING: dict[str, Callable[[Province], Proposal]] = {
    "merge": lambda p: merger(p, units=(p.one.pk,), into=(p.two.pk,)),
    "split": division,
    "close": lambda p: told(ActKind.CLOSE, units=(factories.commune(p.top, "Đảng bộ xã Trống").pk,)),
}


@pytest.mark.parametrize("kind", sorted(WAITING))
@pytest.mark.parametrize("state", [Act.State.PLANNED, Act.State.BLOCKED])
def test_what_an_act_that_waits_will_end_is_promised_to_no_other(
    province: Province, kind: str, state: str
) -> None:
    day = timezone.localdate() + timedelta(days=10)
    first = do(replace(WAITING[kind](province), effective_on=day))
    Act.objects.filter(pk=first.pk).update(state=state)
    ending = first.units.filter(part=ActUnit.Part.UNIT).order_by("unit_id")[0].unit
    others = {"decision": "77-QĐ/TU", "effective_on": day + timedelta(days=14)}

    refused = [
        refusal(lambda: do(told(ActKind.RENAME, units=(ending.pk,), name="Đảng bộ xã Khác", **others))),
        refusal(lambda: do(told(ActKind.MERGE, units=(province.two.pk,), into=(ending.pk,), **others))),
        refusal(
            lambda: do(
                told(ActKind.FOUND, into=(new_commune(code="N", kind="cell", parent_id=ending.pk),), **others)
            )
        ),
    ]

    assert [one.code for one in refused] == ["act.closing_waits"] * 3
    assert "1001-QĐ/TU" in refused[0].sentence
    assert Act.objects.count() == 1


def test_control_the_same_acts_stand_where_the_first_is_given_up(province: Province) -> None:
    day = timezone.localdate() + timedelta(days=10)
    first = do(merger(province, units=(province.one.pk,), into=(province.two.pk,), effective_on=day))
    undo(first)

    later = told(ActKind.RENAME, units=(province.one.pk,), name="Khác", effective_on=day + timedelta(days=14))

    assert do(later).state == Act.State.PLANNED


def test_of_two_acts_of_one_day_the_first_is_not_barred_by_the_second(province: Province) -> None:
    day = timezone.localdate() + timedelta(days=10)
    first = do(told(ActKind.RENAME, units=(province.one.pk,), name="Đảng bộ xã Khác", effective_on=day))
    second = do(merger(province, decision="2-QĐ/TU", effective_on=day))

    with access.acting(operator()):
        states = [acts.arrive(act_id, by=operator()).state for act_id in acts.due(day)]

    assert (acts.due(day), states) == ([], [Act.State.DONE, Act.State.DONE])
    assert first.pk < second.pk


def founding(p: Province, name: str, **values: object) -> Proposal:
    """The founding of a commune by a decision of its own."""
    new = NewUnit(f"MOI-{name}", name, UnitKind.COMMUNE, p.top.pk)
    return told(ActKind.FOUND, into=(new,), decision=f"{name}-QĐ", **values)


NAMES_AHEAD: dict[str, Callable[[Province], Proposal]] = {
    "a founding": lambda p: founding(p, "Đảng bộ xã Thuận Hòa"),
    "a merger into a new unit": lambda p: merger(p, into=(new_commune(name="Đảng bộ xã Thuận Hòa"),)),
    "a new name": lambda p: told(ActKind.RENAME, units=(p.one.pk,), name="Đảng bộ xã Thuận Hòa"),
}


@pytest.mark.parametrize("what", sorted(NAMES_AHEAD))
def test_a_name_that_waits_is_given_once(province: Province, what: str) -> None:
    day = timezone.localdate() + timedelta(days=10)
    do(replace(NAMES_AHEAD[what](province), effective_on=day))
    three = factories.commune(province.top, "Đảng bộ xã Ba")
    again = founding(province, "Đảng bộ xã Thuận Hoà", effective_on=day + timedelta(days=5))
    renaming = told(
        ActKind.RENAME, units=(three.pk,), name="đảng bộ xã thuận hòa", effective_on=day, decision="9-QĐ"
    )
    elsewhere = replace(again, into=(NewUnit("XA", "Đảng bộ xã Thuận Hòa", "cell", three.pk),))

    refused = [refusal(lambda: do(again)), refusal(lambda: do(renaming))]

    assert [one.code for one in refused] == ["unit.name_waits", "unit.name_waits"]
    assert [do(founding(province, "Đảng bộ xã Thuân Hòa")).state, do(elsewhere).state] == ["done", "planned"]


def test_on_its_day_a_name_is_not_refused_for_itself(province: Province) -> None:
    day = timezone.localdate() + timedelta(days=10)
    do(founding(province, "Đảng bộ xã Thuận Hòa", effective_on=day))

    with access.acting(operator()):
        states = [acts.arrive(act_id, by=operator()).state for act_id in acts.due(day)]

    assert states == [Act.State.DONE]


def test_a_move_by_another_door_is_not_undone_behind_its_back(province: Province) -> None:
    with access.acting(operator()):
        units.place(province.cell, parent=province.two, on=date(2025, 9, 1), by=operator())
    base = factories.base(province.one)

    move = told(ActKind.MOVE, units=(province.cell.pk,), parent_id=base.pk)

    assert refusal(lambda: do(move)).code == "unit.placed_later"


def test_a_successor_that_has_no_common_superior_is_refused(province: Province) -> None:
    elsewhere = factories.commune(factories.province("Đảng bộ tỉnh Khác"), "Đảng bộ xã Xa")

    far = told(
        ActKind.SPLIT, units=(province.one.pk,), into=(province.two.pk, elsewhere.pk), answers={REST: "0"}
    )

    assert refusal(lambda: do(far)).code == "act.no_common_superior"


def test_only_who_manages_every_unit_may_act(province: Province) -> None:
    for role, at, allowed in (
        ("administrator", province.top, True),
        ("administrator", province.one, False),
        ("secretary", province.top, False),
    ):
        by = factories.actor(role, at)
        proposal = merger(province, decision=f"{role}{at.pk}", effective_on=timezone.localdate())
        with access.acting(by):
            if allowed:
                act = acts.carry_out(proposal, by=by)
                acts.undo(act, reason="Thử quyền", by=by)
            else:
                with pytest.raises(ForbiddenError):
                    acts.carry_out(proposal, by=by)


def test_a_board_with_units_of_its_own_is_not_closed_along(province: Province) -> None:
    lonely = factories.commune(province.top, "Đảng bộ xã Trống")
    board = factories.body(lonely, "Văn phòng")
    factories.unit(board, UnitKind.BODY, "Tổ giúp việc", committee=board)

    refused = refusal(lambda: do(told(ActKind.CLOSE, units=(lonely.pk,))))

    assert (refused.code, "Tổ giúp việc" in refused.sentence) == ("act.has_children", True)


# --- undo -----------------------------------------------------------------------------------------------------


def stands_against(act: Act) -> list[str]:
    refused = refusal(lambda: undo(act))
    assert refused.code == "act.depended_on"
    return list(refused.context["hindrances"])


def test_undo_names_the_later_act(province: Province) -> None:
    first = do(merger(province))
    new = Unit.objects.get(code="MOI")
    do(told(ActKind.MOVE, units=(province.cell.pk,), parent_id=factories.base(new).pk, decision="77-QĐ/TU"))
    seen = snapshot()

    assert any("77-QĐ/TU" in sentence for sentence in stands_against(first))
    assert snapshot() == seen


def test_undo_names_units_people_and_facts_that_came_since(province: Province) -> None:
    act = do(merger(province))
    new = Unit.objects.get(code="MOI")
    factories.cell(new, "Chi bộ Mới Lập")
    assert any("Chi bộ Mới Lập" in sentence for sentence in stands_against(act))


def test_undo_is_refused_once_somebody_has_moved_on(province: Province) -> None:
    act = do(merger(province))
    with access.acting(operator()):
        people.transfer([province.an], to=province.cell, on=timezone.localdate(), by=operator())

    assert any("sinh hoạt" in sentence for sentence in stands_against(act))


def test_undo_is_refused_once_somebody_was_registered_in_the_new_unit(province: Province) -> None:
    act = do(merger(province))
    factories.person(Unit.objects.get(code="MOI"), "Người Mới")

    told = ["đơn vị lập theo quyết định này đã có dữ liệu (người sinh hoạt, người)"]
    assert stands_against(act) == told
    with translation.override("en"):
        assert stands_against(act) == [
            "the unit founded by this decision holds data (people who belong to it, people)"
        ]


def test_every_row_that_points_to_a_unit_has_words() -> None:
    nameless = [
        table
        for table, _column, _id in act_hindrances.pointing()
        if act_hindrances.holding(table) == "dữ liệu khác"
    ]

    assert nameless == []
    assert act_hindrances.holding("nobody_knows") == "dữ liệu khác"


def test_undo_is_refused_when_the_old_superior_has_gone(province: Province) -> None:
    base = factories.base(province.one)
    move = do(told(ActKind.MOVE, units=(province.cell.pk,), parent_id=base.pk))
    with access.acting(operator()):
        units.place(province.one, parent=factories.province("Tỉnh khác"), on=date(2025, 10, 1), by=operator())

    assert stands_against(move)


def test_control_without_anything_since_the_same_act_is_undone(province: Province) -> None:
    act = do(merger(province))

    assert undo(act).state == Act.State.UNDONE


def test_undo_needs_a_reason(province: Province) -> None:
    act = do(merger(province))

    with access.acting(operator()):
        assert refusal(lambda: acts.undo(act, reason=" ", by=operator())).code == "act.undo_reason"


def test_after_an_undo_the_decision_can_be_carried_out_again(province: Province) -> None:
    first = do(merger(province))
    undo(first)

    second = do(merger(province))

    assert second.pk != first.pk
    assert parent_of(province.one) == (Unit.objects.get(code="MOI").pk, True)


# --- two at once ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_overlapping_units_one_is_told(province: Province) -> None:
    three = factories.commune(province.top, "Đảng bộ xã Ba")
    pairs = [(province.one.pk, province.two.pk), (province.two.pk, three.pk)]

    def merge(number: int) -> None:
        into = (NewUnit(f"MOI{number}", f"Đảng bộ xã Mới {number}"),)
        do(merger(province, units=pairs[number], into=into, decision=f"{number}-QĐ/TU"))

    assert outcomes(2, merge) == ["done", "unit.closed"]
    assert Unit.objects.filter(code__startswith="MOI").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_the_same_decision_both_get_the_one_act(province: Province) -> None:
    assert outcomes(2, lambda _number: do(merger(province))) == ["done", "done"]
    assert Act.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_undo_both_are_answered(province: Province) -> None:
    act = do(merger(province))

    assert outcomes(2, lambda _number: undo(act)) == ["done", "done"]
    assert fresh(province.one).closed_on is None


# --- the history of units -----------------------------------------------------------------------------------------


def test_an_act_names_its_units_with_the_names_they_had(province: Province) -> None:
    act = do(merger(province))
    do(
        told(
            ActKind.RENAME,
            units=(Unit.objects.get(code="MOI").pk,),
            name="Tên sau",
            effective_on=date(2026, 1, 1),
        )
    )

    named = ActUnit.objects.filter(act=act).order_by("part", "name").values_list("part", "name")
    assert list(named) == [
        ("parent", "Đảng bộ tỉnh Thử Nghiệm"),
        ("successor", "Đảng bộ xã Mới"),
        ("unit", "Ban Xây dựng Đảng"),
        ("unit", "Đảng bộ xã Hai"),
        ("unit", "Đảng bộ xã Một"),
    ]


def test_a_divided_unit_hangs_below_the_common_superior(province: Province) -> None:
    do(division(province))

    assert parent_of(province.one) == (province.top.pk, True)
    first, second = Unit.objects.get(code="MOI"), Unit.objects.get(code="MOI2")
    assert parent_of(province.cell) == (second.pk, False)
    assert parent_of(province.boards[0]) == (first.pk, False)
    assert fresh(province.fronts[0]).committee_id == first.pk
    with factories.looking_everywhere():
        assert type(province.an).objects.get(pk=province.an.pk).home_unit_id == second.pk
    held = RoleAssignment.objects.get(account=province.secretary, to_on=None)
    assert held.unit_id == second.pk
