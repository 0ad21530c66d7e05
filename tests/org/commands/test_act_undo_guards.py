"""Each fact that stands against undoing an act is told by its name; without that guard the undo would do harm."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from quantriet.org import access
from quantriet.org.commands import accounts, people, units
from quantriet.org.models import (
    Act,
    ActKind,
    ActUnit,
    Membership,
    Person,
    Placement,
    Post,
    RoleAssignment,
    Unit,
    UnitName,
)
from quantriet.org.models.units import Facility
from quantriet.org.proposals import Proposal
from quantriet.org.queries import act_hindrances
from tests import factories
from tests.factories import operator
from tests.org.commands.test_act_refusals import stands_against
from tests.org.commands.test_acts import (
    DAY,
    EVERY,
    Province,
    do,
    fresh,
    merger,
    province,
    snapshot,
    told,
    undo,
    unsound,
)

__all__ = ["province"]
pytestmark = pytest.mark.django_db

LATER = date(2025, 10, 1)


@dataclass(frozen=True)
class Case:
    """What is done, what came since and how it is told; the guard that tells it, and what it keeps from happening."""

    act: Callable[[Province], Proposal]
    since: Callable[[Province], object]
    words: str
    guard: str
    harm: Callable[[Province], bool]


def new() -> Unit:
    return Unit.objects.get(code="MOI")


def corrected(p: Province) -> None:
    seen = units.UnitFacts.of(fresh(p.one))
    facts = replace(seen, name="Đảng bộ xã ĐỔI TÊN")
    units.update(fresh(p.one), facts, seen=seen.version, by=operator())


def base_of(p: Province) -> Unit:
    found = Unit.objects.filter(name="Đảng bộ cơ sở Thử Nghiệm").first()
    return found or factories.base(p.one)


def base_moves(p: Province) -> Proposal:
    return told(ActKind.MOVE, units=(base_of(p).pk,), parent_id=p.two.pk)


def cell_moves(p: Province) -> Proposal:
    return told(ActKind.MOVE, units=(p.cell.pk,), parent_id=p.two.pk)


def with_hall(p: Province) -> Proposal:
    Facility.objects.create(unit=p.one, name="Hội trường lớn")
    return merger(p)


def waiting_dissolution(_p: Province) -> None:
    day = timezone.localdate() + timedelta(days=9)
    do(told(ActKind.CLOSE, units=(new().pk,), effective_on=day))


def waiting_for_ended() -> QuerySet[ActUnit]:
    """Units that have ended while an act waits to change them."""
    return ActUnit.objects.filter(act__state=Act.State.PLANNED).exclude(unit__closed_on=None)


def home_of(person: Person) -> Unit:
    with factories.looking_everywhere():
        return Person.objects.get(pk=person.pk).home_unit


def open_roles() -> int:
    return RoleAssignment.objects.filter(role="secretary", to_on=None).count()


CASES: dict[str, Case] = {
    "a unit's facts": Case(
        EVERY["rename"],
        corrected,
        "thông tin của “Đảng bộ xã ĐỔI TÊN” đã sửa",
        "since_changed",
        lambda p: fresh(p.one).name != "Đảng bộ xã ĐỔI TÊN",
    ),
    "a former name": Case(
        EVERY["rename"],
        lambda p: UnitName.objects.filter(unit=p.one).update(name="Tên đã sửa lại"),
        "tên của “Đảng bộ xã Đổi Tên” đã đổi lần nữa",
        "since_changed",
        lambda p: not UnitName.objects.filter(unit=p.one, name="Tên đã sửa lại").exists(),
    ),
    "a place in the tree": Case(
        cell_moves,
        lambda p: units.place(p.cell, parent=p.top, on=LATER, by=operator()),
        "“Chi bộ 1” đã chuyển chỗ trong cây",
        "since_changed",
        lambda p: Placement.objects.get(unit=p.cell, valid__contains=LATER).parent_id != p.top.pk,
    ),
    "a person's home": Case(
        merger,
        lambda p: people.transfer([p.an], to=p.cell, on=timezone.localdate(), by=operator()),
        "có người đã chuyển sinh hoạt khỏi “Đảng bộ xã Mới”",
        "since_changed",
        lambda p: home_of(p.an) != p.cell,
    ),
    "a membership": Case(
        merger,
        lambda p: Membership.objects.filter(person=p.binh, to_on=None).update(to_on=LATER),
        "sinh hoạt của người ở “Đảng bộ xã Mới” đã đổi",
        "since_changed",
        lambda p: Membership.objects.filter(person=p.binh, to_on=None).exists(),
    ),
    "a post": Case(
        merger,
        lambda p: Post.objects.filter(person=p.an).update(to_on=LATER),
        "chức vụ ở “Đảng bộ xã Một” đã đổi",
        "since_changed",
        lambda p: Post.objects.get(person=p.an).to_on != LATER,
    ),
    "a role that was withdrawn": Case(
        merger,
        lambda p: accounts.revoke(p.secretary.assignments.get(to_on=None), by=operator()),
        "vai trò tài khoản ở “Đảng bộ xã Mới” đã đổi",
        "since_changed",
        lambda _p: open_roles() > 0,
    ),
    "a hall": Case(
        with_hall,
        lambda p: Facility.objects.update(unit=p.top),
        "hội trường của “Đảng bộ xã Mới” đã sửa",
        "since_changed",
        lambda p: Facility.objects.get().unit_id != p.top.pk,
    ),
    "a unit founded below": Case(
        base_moves,
        lambda p: factories.cell(base_of(p), "Chi bộ Lập Sau"),
        "“Chi bộ Lập Sau” đã lập hoặc chuyển đến sau đó",
        "grown_below",
        lambda _p: bool(unsound()),
    ),
    "another act that waits": Case(
        merger,
        waiting_dissolution,
        "việc “giải thể” theo 1001-QĐ/TU",
        "naming",
        lambda _p: waiting_for_ended().exists(),
    ),
    "somebody in the founded unit": Case(
        merger,
        lambda _p: factories.person(new(), "Người Mới"),
        "đơn vị lập theo quyết định này đã có dữ liệu",
        "references",
        lambda _p: False,  # the database refuses: the person points to the unit
    ),
    "the old superior elsewhere": Case(
        cell_moves,
        lambda p: units.place(p.one, parent=factories.province("Tỉnh khác"), on=LATER, by=operator()),
        "cấp trên cũ của “Chi bộ 1” đã chuyển chỗ hoặc kết thúc",
        "unsound",
        lambda _p: bool(unsound()),
    ),
}


def done_and_built_upon(case: Case, p: Province) -> Act:
    with access.acting(operator()):
        proposal = case.act(p)
    act = do(proposal)
    with access.acting(operator()):
        case.since(p)
    return act


@pytest.mark.parametrize("what", sorted(CASES))
def test_what_came_since_is_told_by_its_name_and_nothing_is_taken_back(province: Province, what: str) -> None:
    act = done_and_built_upon(CASES[what], province)
    seen = snapshot()

    sentences = stands_against(act)

    assert [CASES[what].words in sentence for sentence in sentences].count(True) >= 1
    assert snapshot() == seen


def no_hindrance(*_facts: object, **_more: object) -> list[str]:
    """A guard that sees nothing."""
    return []


@pytest.mark.parametrize("what", sorted(CASES))
def test_control_without_its_guard_the_undo_does_harm(
    province: Province, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = done_and_built_upon(CASES[what], province)
    monkeypatch.setattr(act_hindrances, CASES[what].guard, no_hindrance)

    try:
        with transaction.atomic():
            undo(act)
            with factories.looking_everywhere():
                harmed = CASES[what].harm(province)
    except IntegrityError:
        harmed = True

    assert harmed


@pytest.mark.parametrize("what", sorted(CASES))
def test_control_without_anything_since_the_act_is_undone(province: Province, what: str) -> None:
    with access.acting(operator()):
        proposal = CASES[what].act(province)
    before = snapshot()

    undo(do(proposal))

    assert snapshot() == before


@pytest.mark.parametrize("on", [DAY, LATER])
def test_a_part_that_ended_in_the_unit_above_it_comes_back_with_what_hangs_below_it(
    province: Province, on: date
) -> None:
    """Its place stays the same, and so does the place of what was merged into it before."""
    with access.acting(operator()):
        third = factories.cell(province.one, "Chi bộ 3")
    do(told(ActKind.MERGE, units=(third.pk,), into=(province.cell.pk,), decision="1-QĐ/TU"))
    above = province.other_cell.pk
    do(told(ActKind.MOVE, units=(province.cell.pk,), parent_id=above, decision="2-QĐ/TU"))
    before = snapshot()
    dates = {"decision": "3-QĐ/TU", "decided_on": on, "effective_on": on}

    undo(do(told(ActKind.MERGE, units=(province.cell.pk,), into=(above,), **dates)))

    assert snapshot() == before
    assert unsound() == []
