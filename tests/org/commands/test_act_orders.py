"""Planned acts on their day: who ordered them may still, what blocked them is answered, what warned may be gone."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands import accounts, acts, people
from quantriet.org.models import Account, Act, ActKind, ActPerson, RoleAssignment, Unit
from quantriet.org.proposals import REST, ROLES, Choices, Proposal
from quantriet.org.queries.foresight import foresee
from tests import factories
from tests.factories import operator
from tests.org.commands.test_act_days import arrive
from tests.org.commands.test_acts import (
    Province,
    do,
    fresh,
    merger,
    new_commune,
    parent_of,
    province,
    refusal,
    snapshot,
    told,
)

__all__ = ["province"]
pytestmark = pytest.mark.django_db


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def acting_as(account: Account) -> Actor:
    found = access.actor(account)
    assert found is not None
    return found


def planned_by(account: Account, proposal: Proposal) -> Act:
    by = acting_as(account)
    with access.acting(by):
        return acts.carry_out(proposal, by=by)


def resume(act: Act, by: Actor, choices: Choices | None = None) -> Act:
    with access.acting(by):
        return acts.resume(act, by=by, choices=choices or Choices())


# --- who ordered it ---------------------------------------------------------------------------------------------


def role_ends(account: Account, _province: Province) -> None:
    with access.acting(operator()):
        accounts.revoke(account.assignments.get(), by=operator())


def account_is_closed(account: Account, _province: Province) -> None:
    with access.acting(operator()):
        accounts.close(account, by=operator())


def another_role_takes_its_place(account: Account, province: Province) -> None:
    with access.acting(operator()):
        accounts.grant(account, "secretary", province.top, by=operator())
        accounts.revoke(account.assignments.get(role="administrator"), by=operator())


def goes_elsewhere(account: Account, province: Province) -> None:
    with access.acting(operator()):
        accounts.grant(account, "administrator", province.one, by=operator())
        accounts.revoke(account.assignments.get(unit=province.top), by=operator())


LOST: dict[str, Callable[[Account, Province], None]] = {
    "role ends": role_ends,
    "account is closed": account_is_closed,
    "another role": another_role_takes_its_place,
    "elsewhere": goes_elsewhere,
}


@pytest.mark.parametrize("how", sorted(LOST))
def test_an_act_of_somebody_who_may_no_more_is_blocked_on_its_day(province: Province, how: str) -> None:
    day = in_days(5)
    orderer = factories.account("administrator", province.top)
    act = planned_by(orderer, merger(province, effective_on=day, decided_on=timezone.localdate()))
    LOST[how](orderer, province)
    before = snapshot()

    (blocked,) = arrive(day)

    assert (blocked.pk, blocked.state) == (act.pk, Act.State.BLOCKED)
    assert orderer.display_name in blocked.hindrance
    assert "không còn quyền" in blocked.hindrance
    assert snapshot() == before


def test_control_who_still_may_has_his_act_done_on_its_day(province: Province) -> None:
    day = in_days(5)
    orderer = factories.account("administrator", province.top)
    act = planned_by(orderer, merger(province, effective_on=day, decided_on=timezone.localdate()))

    (done,) = arrive(day)

    assert (done.state, act.account_id, act.acting_unit_id) == (Act.State.DONE, orderer.pk, province.top.pk)


def test_an_act_kept_before_orderers_were_waits_for_somebody(province: Province) -> None:
    day = in_days(5)
    act = do(merger(province, effective_on=day))
    Act.objects.filter(pk=act.pk).update(account_id=None, acting_unit_id=None)

    (blocked,) = arrive(day)

    assert blocked.state == Act.State.BLOCKED


def as_of_today(act: Act) -> None:
    """Its day has come: to an account, units of days to come are not there yet."""
    today = timezone.localdate()
    act.told["effective_on"] = today.isoformat()
    Act.objects.filter(pk=act.pk).update(effective_on=today, told=act.told)


def test_who_may_takes_the_blocked_act_over(province: Province) -> None:
    day = timezone.localdate()
    orderer = factories.account("administrator", province.top)
    act = planned_by(orderer, merger(province, effective_on=in_days(5), decided_on=day))
    as_of_today(act)
    role_ends(orderer, province)
    assert [one.state for one in arrive(day)] == [Act.State.BLOCKED]
    other = factories.account("administrator", province.top)

    done = resume(act, acting_as(other))

    assert (done.state, done.account_id) == (Act.State.DONE, other.pk)
    assert parent_of(province.one, day) == (Unit.objects.get(code="MOI").pk, True)


def test_who_may_not_does_not_take_it_over(province: Province) -> None:
    act = blocked_division(province)
    stranger = acting_as(factories.account("administrator", province.two))

    with pytest.raises(ForbiddenError):
        resume(act, stranger)


# --- what blocked it can be answered ------------------------------------------------------------------------------


def division(province: Province, day: date) -> Proposal:
    """Everything of the commune is given by hand: nothing is left over to ask about."""
    shares = dict.fromkeys((province.cell.pk, province.boards[0].pk, province.fronts[0].pk), 1)
    return told(
        ActKind.SPLIT,
        units=(province.one.pk,),
        into=(new_commune(), new_commune(code="MOI2", name="Đảng bộ xã Mới Hai")),
        shares=shares,
        people={province.an.pk: 1},
        effective_on=day,
    )


def blocked_division(province: Province) -> Act:
    """Somebody came to the commune after its division was decided: who takes him must be asked on the day."""
    day = in_days(5)
    do(division(province, day))
    factories.person(province.one, "Người Đến Sau")
    (blocked,) = arrive(day)
    return blocked


def test_a_question_that_came_up_on_the_day_is_answered_and_the_act_goes_on(province: Province) -> None:
    act = blocked_division(province)
    assert (act.state, "Còn điều phải chọn" in act.hindrance) == (Act.State.BLOCKED, True)
    before = snapshot()
    assert refusal(lambda: resume(act, operator())).code == "act.needs_choice"
    assert snapshot() == before

    done = resume(act, operator(), Choices(answers={REST: "0"}))

    first, second = Unit.objects.get(code="MOI"), Unit.objects.get(code="MOI2")
    assert (done.state, done.hindrance, done.told["answers"]) == (Act.State.DONE, "", {REST: "0"})
    assert parent_of(province.cell, done.effective_on) == (second.pk, False)
    with factories.looking_everywhere():
        homes = dict(ActPerson.objects.filter(act=done).values_list("person__full_name", "target__code"))
    assert homes == {"Người Đến Sau": first.code, "Nguyễn Văn An": second.code}


def test_units_and_people_are_given_anew(province: Province) -> None:
    act = blocked_division(province)
    everything = dict.fromkeys((province.cell.pk, province.boards[0].pk, province.fronts[0].pk), 0)

    done = resume(act, operator(), Choices({REST: "1"}, shares=everything, people={province.an.pk: 0}))

    first = Unit.objects.get(code="MOI")
    assert parent_of(province.cell, done.effective_on) == (first.pk, False)
    with factories.looking_everywhere():
        homes = dict(ActPerson.objects.filter(act=done).values_list("person__full_name", "target__code"))
    assert homes == {"Người Đến Sau": "MOI2", "Nguyễn Văn An": "MOI"}


def test_the_first_order_sent_again_is_the_act_with_its_new_answers(province: Province) -> None:
    act = blocked_division(province)
    resume(act, operator(), Choices(answers={REST: "0"}))
    seen = snapshot()

    again = do(division(province, in_days(5)))

    assert (again.pk, snapshot()) == (act.pk, seen)


def test_an_answer_with_a_default_is_changed_as_well(province: Province) -> None:
    day = in_days(5)
    act = do(merger(province, effective_on=day))
    other = factories.unit(province.top, "commune", "Đảng bộ xã Chen Ngang", code="MOI")
    arrive(day)
    do(told(ActKind.RENUMBER, units=(other.pk,), code="KHAC"))

    resume(act, operator(), Choices(answers={ROLES: "end"}))

    assert not RoleAssignment.objects.filter(account=province.secretary, to_on=None).exists()


def test_what_is_still_refused_keeps_neither_answers_nor_orderer(province: Province) -> None:
    act = blocked_division(province)
    factories.unit(province.top, "commune", "Đảng bộ xã Chen Ngang", code="MOI")
    Act.objects.filter(pk=act.pk).update(account_id=77)

    again = refusal(lambda: resume(act, operator(), Choices(answers={REST: "0"})))

    kept = Act.objects.get(pk=act.pk)
    assert (again.code, kept.account_id) == ("unit.code_taken", 77)
    assert (kept.told, kept.state) == (act.told, Act.State.BLOCKED)


def test_a_blocked_act_can_be_given_up(province: Province) -> None:
    act = blocked_division(province)
    before = snapshot()

    with access.acting(operator()):
        dropped = acts.undo(act, reason="Thôi", by=operator())

    assert (dropped.state, snapshot()) == (Act.State.UNDONE, before)
    again = division(province, in_days(9)).choosing(Choices(answers={REST: "0"}))
    assert do(again).state == Act.State.PLANNED


# --- what stands in the way today but not on the day ----------------------------------------------------------------


def closing(unit: Unit, day: date) -> Proposal:
    return told(ActKind.CLOSE, units=(unit.pk,), effective_on=day)


def test_what_stands_in_the_way_today_only_warns_about_a_later_day(province: Province) -> None:
    proposal = closing(province.cell, in_days(5))

    with access.acting(operator()):
        seen = foresee(proposal, by=operator())
    act = do(proposal)

    assert ([one.code for one in seen.warnings], seen.stops) == (["act.has_people"], [])
    assert (act.state, "Còn 1 người sinh hoạt" in act.hindrance) == (Act.State.PLANNED, True)


def test_settled_before_the_day_the_act_is_done(province: Province) -> None:
    day = in_days(5)
    do(closing(province.cell, day))
    with access.acting(operator()):
        people.transfer([province.in_cell], to=province.one, on=timezone.localdate(), by=operator())

    (done,) = arrive(day)

    assert (done.state, done.hindrance) == (Act.State.DONE, "")
    assert fresh(province.cell).closed_on == day


def test_control_not_settled_by_the_day_the_act_is_blocked(province: Province) -> None:
    day = in_days(5)
    do(closing(province.cell, day))
    before = snapshot()

    (blocked,) = arrive(day)

    assert (blocked.state, "Còn 1 người sinh hoạt" in blocked.hindrance) == (Act.State.BLOCKED, True)
    assert snapshot() == before


def test_an_act_of_today_is_refused_by_the_same(province: Province) -> None:
    with access.acting(operator()), pytest.raises(DomainError) as refused:
        acts.carry_out(closing(province.cell, timezone.localdate()), by=operator())

    assert refused.value.code == "act.has_people"
