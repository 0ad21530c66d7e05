"""Acts on the tree: what each does, its retry, its undo, and what is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.commands import acts
from quantriet.org.models import (
    Account,
    Act,
    ActKind,
    Membership,
    Person,
    Placement,
    Post,
    RoleAssignment,
    Unit,
    UnitKind,
)
from quantriet.org.proposals import BODIES, REST, ROLES, NewUnit, Proposal
from tests import factories
from tests.factories import operator

pytestmark = pytest.mark.django_db

DAY = date(2025, 7, 1)
TABLES = (
    "org_unit",
    "org_unitname",
    "org_placement",
    "org_person",
    "org_membership",
    "org_post",
    "org_roleassignment",
    "org_facility",
)


@dataclass
class Province:
    """Two communes, each with a cell, a board, the Front, a secretary, an account and people of its own."""

    top: Unit
    one: Unit
    two: Unit
    cell: Unit
    other_cell: Unit
    boards: list[Unit]
    fronts: list[Unit]
    an: Person
    binh: Person
    in_cell: Person
    secretary: Account


@pytest.fixture
def province() -> Province:
    top = factories.province()
    one, two = factories.commune(top, "Đảng bộ xã Một"), factories.commune(top, "Đảng bộ xã Hai")
    cell, other = factories.cell(one, "Chi bộ 1"), factories.cell(two, "Chi bộ 2")
    an = factories.person(one, "Nguyễn Văn An", post="head")
    return Province(
        top=top,
        one=one,
        two=two,
        cell=cell,
        other_cell=other,
        boards=[factories.body(one, "Ban Xây dựng Đảng"), factories.body(two, "Ban Xây dựng Đảng")],
        fronts=[factories.front(one, "Mặt trận xã Một"), factories.front(two, "Mặt trận xã Hai")],
        an=an,
        binh=factories.person(two, "Trần Thị Bình"),
        in_cell=factories.person(cell, "Lê Văn Cường"),
        secretary=factories.account("secretary", one, of=an),
    )


def told(kind: str, **values: Any) -> Proposal:
    """A proposal with a decision of the day."""
    facts: dict[str, Any] = {"decision": "1001-QĐ/TU", "decided_on": DAY, "effective_on": DAY} | values
    return Proposal(kind=kind, **facts)


def do(proposal: Proposal) -> Act:
    with access.acting(operator()):
        return acts.carry_out(proposal, by=operator())


def undo(act: Act) -> Act:
    with access.acting(operator()):
        return acts.undo(act, reason="Nhập nhầm", by=operator())


def refusal(act: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as refused:
        act()
    return refused.value


def snapshot() -> dict[str, list[Any]]:
    """Every row of the tables an act may write, whole."""
    found: dict[str, list[Any]] = {}
    with factories.looking_everywhere(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} AS t ORDER BY id")
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


def unsound() -> list[tuple[Any, ...]]:
    """Placements that do not hang, all their time, just below their parent's path."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT placed.unit_id, placed.path::text, placed.valid::text FROM org_placement AS placed
            WHERE (placed.parent_id IS NULL AND placed.path <> text2ltree(placed.unit_id::text))
               OR (placed.parent_id IS NOT NULL AND NOT coalesce((
                  SELECT range_agg(above.valid) FROM org_placement AS above
                  WHERE above.unit_id = placed.parent_id
                    AND above.path || text2ltree(placed.unit_id::text) = placed.path
               ) @> placed.valid, false))
            """
        )
        return list(cursor.fetchall())


def parent_of(unit: Unit, on: date = DAY) -> tuple[int | None, bool]:
    placed = Placement.objects.get(unit=unit, valid__contains=on)
    return placed.parent_id, placed.former


def fresh(unit: Unit) -> Unit:
    return Unit.objects.get(pk=unit.pk)


def new_commune(**values: Any) -> NewUnit:
    return NewUnit(**({"code": "MOI", "name": "Đảng bộ xã Mới"} | values))


def merger(province: Province, **values: Any) -> Proposal:
    facts = {"units": (province.one.pk, province.two.pk), "into": (new_commune(),)} | values
    return told(ActKind.MERGE, **facts)


# --- merge ----------------------------------------------------------------------------------------------------


def test_a_merger_closes_the_units_and_hangs_them_below_the_new_one(province: Province) -> None:
    do(merger(province))

    new = Unit.objects.get(code="MOI")
    assert (new.kind, new.level, new.founded_on) == (UnitKind.COMMUNE, province.one.level, DAY)
    assert parent_of(new) == (province.top.pk, False)
    assert [parent_of(unit) for unit in (province.one, province.two)] == [(new.pk, True)] * 2
    assert [parent_of(unit) for unit in (province.cell, province.other_cell)] == [(new.pk, False)] * 2
    assert [fresh(unit).closed_on for unit in (province.one, province.two)] == [DAY, DAY]
    before = DAY - timedelta(days=1)
    assert parent_of(province.cell, before) == (province.one.pk, False)
    assert unsound() == []


def test_a_merger_moves_people_boards_ties_and_roles(province: Province) -> None:
    do(merger(province))

    new = Unit.objects.get(code="MOI")
    first, second = province.boards
    assert parent_of(first) == (new.pk, False)
    assert parent_of(second) == (first.pk, True)
    assert fresh(second).closed_on == DAY
    assert {fresh(unit).committee_id for unit in (first, *province.fronts)} == {new.pk}
    with factories.looking_everywhere():
        assert set(Person.objects.filter(home_unit=new)) == {province.an, province.binh}
        assert Person.objects.get(pk=province.in_cell.pk).home_unit_id == province.cell.pk
        held = [(m.unit_id, m.from_on, m.to_on) for m in province.an.memberships.order_by("from_on")]
        assert held == [(province.one.pk, date(2020, 1, 1), DAY), (new.pk, DAY, None)]
        assert Post.objects.get(person=province.an).to_on == DAY
    open_roles = RoleAssignment.objects.filter(account=province.secretary, to_on=None)
    assert [(one.unit_id, one.role) for one in open_roles] == [(new.pk, "secretary")]


def test_a_unit_may_take_the_others_in(province: Province) -> None:
    do(merger(province, into=(province.one.pk,)))

    assert fresh(province.one).closed_on is None
    assert parent_of(province.two) == (province.one.pk, True)
    assert parent_of(province.other_cell) == (province.one.pk, False)
    assert unsound() == []


def test_roles_end_and_boards_stay_apart_when_so_chosen(province: Province) -> None:
    do(merger(province, answers={ROLES: "end", BODIES: "keep"}))

    new = Unit.objects.get(code="MOI")
    assert [parent_of(board) for board in province.boards] == [(new.pk, False)] * 2
    assert not RoleAssignment.objects.filter(account=province.secretary, to_on=None).exists()


def test_who_belongs_to_two_merged_units_belongs_once_to_the_new_one(province: Province) -> None:
    with access.acting(operator()):
        Membership.objects.create(
            person=province.an, unit=province.two, is_primary=False, from_on=date(2021, 1, 1)
        )

    do(merger(province))

    with factories.looking_everywhere():
        held = [(m.unit.code, m.is_primary) for m in province.an.memberships.filter(to_on=None)]
    assert held == [("MOI", True)]


def test_a_second_membership_at_the_successor_becomes_the_first(province: Province) -> None:
    with access.acting(operator()):
        Membership.objects.create(
            person=province.an, unit=province.two, is_primary=False, from_on=date(2021, 1, 1)
        )

    act = do(merger(province, into=(province.two.pk,)))

    with factories.looking_everywhere():
        held = [(m.unit_id, m.is_primary) for m in province.an.memberships.filter(to_on=None)]
    assert held == [(province.two.pk, True)]
    undo(act)


def test_the_same_decision_again_is_the_act_that_stands(province: Province) -> None:
    first = do(merger(province))
    seen = snapshot()

    again = do(merger(province, decision="  1001-QĐ/TU "))

    assert again.pk == first.pk
    assert snapshot() == seen


# --- each act is undone whole -------------------------------------------------------------------------------------


def division(province: Province) -> Proposal:
    into = (new_commune(), new_commune(code="MOI2", name="Đảng bộ xã Mới Hai"))
    return told(
        ActKind.SPLIT,
        units=(province.one.pk,),
        into=into,
        shares={province.cell.pk: 1},
        people={province.an.pk: 1},
        answers={REST: "0", ROLES: "move"},
    )


EVERY: dict[str, Callable[[Province], Proposal]] = {
    "found": lambda p: told(ActKind.FOUND, into=(new_commune(kind="commune", parent_id=p.top.pk),)),
    "rename": lambda p: told(ActKind.RENAME, units=(p.one.pk,), name="Đảng bộ xã Đổi Tên", short_name="Đổi"),
    "renumber": lambda p: told(ActKind.RENUMBER, units=(p.one.pk,), code="MA-MOI"),
    "move": lambda p: told(ActKind.MOVE, units=(p.cell.pk,), parent_id=p.two.pk),
    "merge": merger,
    "absorb": lambda p: merger(p, into=(p.two.pk,)),
    "keep": lambda p: merger(p, answers={BODIES: "keep", ROLES: "end"}),
    "split": division,
    "reclassify": lambda p: told(ActKind.RECLASSIFY, units=(p.cell.pk,), unit_kind="base_cell"),
}


@pytest.mark.parametrize("kind", sorted(EVERY))
@pytest.mark.parametrize("effect", ["past", "today", "planned"])
def test_undo_restores_every_row(province: Province, kind: str, effect: str) -> None:
    today = timezone.localdate()
    day = {"past": DAY, "today": today, "planned": today + timedelta(days=30)}[effect]
    before = snapshot()
    proposal = EVERY[kind](province)
    act = do(Proposal(**{**proposal.__dict__, "effective_on": day}))
    assert effect == "planned" or snapshot() != before
    assert unsound() == []

    undo(act)

    assert snapshot() == before
    act.refresh_from_db()
    assert act.state == Act.State.UNDONE
    assert undo(act).undone_at == act.undone_at


def test_closing_and_reopening_are_undone_whole(province: Province) -> None:
    empty = factories.cell(province.one, "Chi bộ trống")
    before = snapshot()
    closing = do(told(ActKind.CLOSE, units=(empty.pk,)))
    closed = snapshot()
    assert parent_of(empty) == (province.one.pk, True)
    reopening = do(told(ActKind.REOPEN, units=(empty.pk,), effective_on=date(2025, 9, 1), decision="2-QĐ/TU"))
    assert fresh(empty).closed_on is None
    assert parent_of(empty, date(2025, 9, 1)) == (province.one.pk, False)

    undo(reopening)
    assert snapshot() == closed
    undo(closing)
    assert snapshot() == before


def test_a_unit_that_an_undone_act_tells_of_outlives_the_undo_of_its_founding(province: Province) -> None:
    first = do(merger(province))
    new, third = Unit.objects.get(code="MOI"), factories.commune(province.top, "Đảng bộ xã Ba")
    second = do(told(ActKind.MERGE, units=(third.pk,), into=(new.pk,), decision="1002-QĐ/TU"))
    undo(second)

    undo(first)

    assert [fresh(unit).closed_on for unit in (province.one, province.two)] == [None, None]
    assert parent_of(province.cell) == (province.one.pk, False)
    assert fresh(new).closed_on == DAY
    assert sorted(second.units.values_list("unit__name", flat=True)) == ["Đảng bộ xã Ba", "Đảng bộ xã Mới"]
    assert unsound() == []
    do(merger(province))
    assert Unit.objects.filter(code="MOI").exclude(pk=new.pk).exists()


def test_control_an_act_leaves_more_than_nothing_behind(province: Province) -> None:
    before = snapshot()

    do(merger(province))

    assert {table for table, rows in snapshot().items() if rows != before[table]} == {
        "org_unit",
        "org_placement",
        "org_person",
        "org_membership",
        "org_post",
        "org_roleassignment",
    }
