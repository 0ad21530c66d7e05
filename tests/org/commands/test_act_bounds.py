"""What acts on the tree refuse before anything is written: too long, too large, a second name ahead, no committee."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from quantriet.core.errors import ForbiddenError
from quantriet.org import access
from quantriet.org.commands import acts
from quantriet.org.models import Act, ActKind, Unit, UnitKind, UnitName
from quantriet.org.proposals import REST, NewUnit, Proposal
from tests import factories
from tests.factories import operator
from tests.org.commands.test_acts import Province, do, merger, new_commune, province, refusal, told

__all__ = ["province"]
pytestmark = pytest.mark.django_db

TOO_LONG: dict[str, Callable[[Province], Proposal]] = {
    "decision": lambda p: merger(p, decision="1" * 81),
    "reason": lambda p: merger(p, reason="v" * 301),
    "name": lambda p: told(ActKind.RENAME, units=(p.one.pk,), name="n" * 201),
    "code": lambda p: told(ActKind.RENUMBER, units=(p.one.pk,), code="c" * 41),
    "new name": lambda p: merger(p, into=(new_commune(name="n" * 201),)),
    "new code": lambda p: merger(p, into=(new_commune(code="c" * 41),)),
    "number": lambda p: merger(p, people={10**18: 0}),
    "place": lambda p: merger(p, people={p.an.pk: 40_000}),
    "rest": lambda p: merger(p, answers={REST: "9" * 5000}),
}


def test_what_does_not_fit_is_refused_with_a_sentence(province: Province) -> None:
    day = timezone.localdate() + timedelta(days=2)
    told_codes = {why: refusal(lambda: do(make(province))).code for why, make in TOO_LONG.items()}  # noqa: B023
    planned = refusal(lambda: do(merger(province, reason="v" * 301, effective_on=day)))

    assert told_codes == dict.fromkeys(TOO_LONG, "act.too_long")
    assert planned.code == "act.too_long"
    assert not Act.objects.exists()


def rename(unit: Unit, name: str, days: int) -> Proposal:
    day = timezone.localdate() + timedelta(days=days)
    return told(ActKind.RENAME, units=(unit.pk,), name=name, effective_on=day)


def test_a_unit_waits_for_one_new_name_at_a_time(province: Province) -> None:
    do(rename(province.one, "Tên chờ", 5))

    refused = refusal(lambda: do(rename(province.one, "Tên chờ nữa", 9)))

    assert refused.code == "act.naming_waits"
    assert "Tên chờ" in refused.sentence


def test_a_board_taken_along_by_a_new_kind_waits_as_well(province: Province) -> None:
    base = factories.base(province.one)
    board = factories.body(base, "Văn phòng")
    do(rename(board, "Văn phòng mới", 5))
    day = timezone.localdate() + timedelta(days=9)

    refused = refusal(
        lambda: do(told(ActKind.RECLASSIFY, units=(base.pk,), unit_kind=UnitKind.CELL, effective_on=day))
    )

    assert refused.code == "act.naming_waits"


def test_a_blocked_act_leaves_no_name_ahead(province: Province) -> None:
    act = do(rename(province.one, "Tên chờ", 5))
    factories.commune(province.top, "Tên chờ")
    with access.acting(operator()) as by:
        blocked = acts.arrive(act.pk, by=by)

    assert blocked.state == Act.State.BLOCKED
    assert not UnitName.objects.filter(unit=province.one).exists()
    assert do(rename(province.one, "Tên khác", 9)).state == Act.State.PLANNED


def test_an_association_is_not_founded_below_a_party_unit_without_its_committee(province: Province) -> None:
    new = NewUnit("HOI", "Hội Nông dân xã Một", UnitKind.MASS, parent_id=province.one.pk)

    refused = refusal(lambda: do(told(ActKind.FOUND, into=(new,))))

    assert (refused.code, "cấp ủy cùng cấp" in refused.sentence) == ("act.incomplete", True)


def test_the_same_founding_again_is_not_answered_to_whoever_may_not(province: Province) -> None:
    proposal = told(ActKind.FOUND, into=(new_commune(kind="commune", parent_id=province.top.pk),))
    do(proposal)
    stranger = access.actor(factories.account("administrator", province.two))

    assert stranger is not None
    with access.acting(stranger), pytest.raises(ForbiddenError):
        acts.carry_out(proposal, by=stranger)
