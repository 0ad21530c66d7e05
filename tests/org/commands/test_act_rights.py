"""Who may arrange units: what becomes of a unit is decided above it; heirs outside one's scope take nothing over."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from quantriet.core.errors import ForbiddenError
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands import acts
from quantriet.org.models import Act, ActKind, Unit
from quantriet.org.proposals import REST, NewUnit, Proposal
from tests import factories
from tests.org.commands.test_acts import (
    Province,
    do,
    fresh,
    merger,
    new_commune,
    province,
    snapshot,
    told,
)

__all__ = ["province"]
pytestmark = pytest.mark.django_db


def today(kind: str, **values: object) -> Proposal:
    return told(kind, **({"effective_on": timezone.localdate()} | values))


def carry_out(proposal: Proposal, by: Actor) -> Act:
    with access.acting(by):
        return acts.carry_out(proposal, by=by)


ON_ITSELF: dict[str, Callable[[Province, Unit], Proposal]] = {
    "close": lambda _p, own: today(ActKind.CLOSE, units=(own.pk,)),
    "reclassify": lambda _p, own: today(ActKind.RECLASSIFY, units=(own.pk,), unit_kind="base_committee"),
    "rename": lambda _p, own: today(ActKind.RENAME, units=(own.pk,), name="Đảng bộ xã Tự Đặt"),
    "renumber": lambda _p, own: today(ActKind.RENUMBER, units=(own.pk,), code="TU-DAT"),
    "split": lambda _p, own: today(
        ActKind.SPLIT,
        units=(own.pk,),
        into=(
            new_commune(kind="cell", parent_id=own.pk),
            new_commune(code="MOI2", name="Hai", parent_id=own.pk),
        ),
        answers={REST: "0"},
    ),
}


@pytest.fixture
def empty(province: Province) -> Unit:
    """A commune without people or units."""
    return factories.commune(province.top, "Đảng bộ xã Trống")


@pytest.mark.parametrize("kind", sorted(ON_ITSELF))
def test_a_unit_does_not_decide_about_itself(province: Province, empty: Unit, kind: str) -> None:
    before = snapshot()
    own = factories.actor("administrator", empty)
    before = snapshot()

    with pytest.raises(ForbiddenError) as refused:
        carry_out(ON_ITSELF[kind](province, empty), own)

    assert (refused.value.code, empty.name in refused.value.sentence) == ("act.superior", True)
    assert snapshot() == before
    assert not Act.objects.exists()


@pytest.mark.parametrize("kind", ["close", "reclassify", "rename", "renumber"])
def test_control_whoever_stands_above_decides(province: Province, empty: Unit, kind: str) -> None:
    act = carry_out(ON_ITSELF[kind](province, empty), factories.actor("administrator", province.top))

    assert act.state == Act.State.DONE


def test_what_stands_below_ones_own_unit_is_ones_own_to_arrange(province: Province) -> None:
    own = factories.actor("administrator", province.one)

    carry_out(today(ActKind.RENAME, units=(province.cell.pk,), name="Chi bộ Tên Mới"), own)

    assert fresh(province.cell).name == "Chi bộ Tên Mới"


def test_the_top_of_a_tree_is_the_houses(province: Province) -> None:
    proposal = today(ActKind.RENAME, units=(province.top.pk,), name="Đảng bộ tỉnh Tên Mới")
    with pytest.raises(ForbiddenError):
        carry_out(proposal, factories.actor("administrator", province.top))

    assert do(proposal).state == Act.State.DONE


def test_the_top_of_another_tree_is_for_who_manages_its_committee(province: Province) -> None:
    by = factories.actor("administrator", province.one)

    carry_out(today(ActKind.RENAME, units=(province.fronts[0].pk,), name="Mặt trận Tên Mới"), by)

    assert fresh(province.fronts[0]).name == "Mặt trận Tên Mới"


def test_a_merger_is_not_taken_back_by_who_took_over(province: Province) -> None:
    act = do(merger(province, into=(province.one.pk,), effective_on=timezone.localdate()))
    heir, above = (factories.actor("administrator", unit) for unit in (province.one, province.top))

    with access.acting(heir), pytest.raises(ForbiddenError):
        acts.undo(act, reason="Không muốn", by=heir)
    with access.acting(above):
        undone = acts.undo(act, reason="Nhập nhầm", by=above)

    assert undone.state == Act.State.UNDONE


OUTSIDE: dict[str, Callable[[Province, Unit], Proposal]] = {
    "merged into a unit elsewhere": lambda p, far: merger(p, into=(far.pk,)),
    "merged into a new unit elsewhere": lambda p, far: merger(p, into=(new_commune(parent_id=far.pk),)),
    "divided to a unit elsewhere": lambda p, far: told(
        ActKind.SPLIT, units=(p.one.pk,), into=(p.two.pk, far.pk), answers={REST: "0"}
    ),
    "moved below a unit elsewhere": lambda p, far: told(ActKind.MOVE, units=(p.cell.pk,), parent_id=far.pk),
    "founded below a unit elsewhere": lambda _p, far: told(
        ActKind.FOUND, into=(NewUnit("XA", "Chi bộ Xa", "cell", parent_id=far.pk),)
    ),
}


@pytest.mark.parametrize("how", sorted(OUTSIDE))
def test_heirs_and_superiors_outside_the_scope_are_refused(province: Province, how: str) -> None:
    far = factories.commune(factories.province("Đảng bộ tỉnh Khác"), "Đảng bộ xã Xa")
    by = factories.actor("administrator", province.top)
    before = snapshot()

    with pytest.raises(ForbiddenError):
        carry_out(OUTSIDE[how](province, far), by)

    assert snapshot() == before


@pytest.mark.parametrize("how", ["merged into a unit elsewhere", "moved below a unit elsewhere"])
def test_control_the_same_is_done_by_who_manages_both(province: Province, how: str) -> None:
    far = factories.commune(province.top, "Đảng bộ xã Gần")

    act = carry_out(OUTSIDE[how](province, far), factories.actor("administrator", province.top))

    assert act.state == Act.State.DONE
