"""Obligations that change hands: only inside a campaign's scope, and always with the strictest day."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.utils import timezone

from quantriet.campaigns.commands import handovers, obligations
from quantriet.campaigns.commands.handovers import Handed
from quantriet.campaigns.commands.obligations import Decision
from quantriet.campaigns.models import Obligation
from quantriet.core.errors import DomainError
from quantriet.ledger import figures
from quantriet.ledger.measures import Measure
from quantriet.ledger.rollup import Amount
from quantriet.org import access
from quantriet.org.commands import acts
from quantriet.org.models import ActKind
from quantriet.org.proposals import NewUnit, Proposal
from quantriet.org.queries.foresight import foresee
from tests import factories
from tests import factories_campaigns as made
from tests.factories import operator

pytestmark = pytest.mark.django_db


def passed(heirs: Mapping[int, int | None], key: str) -> tuple[list[Handed], list[int]]:
    with access.acting(operator()):
        return handovers.hand_over(heirs, on=timezone.localdate(), key=key, reason="Bàn giao", by=operator())


def test_what_an_heir_outside_the_scope_would_owe_is_waived_and_said_so() -> None:
    top = factories.province()
    inside, outside = factories.commune(top), factories.commune(top, "Đảng bộ xã Ngoài")
    source, target = factories.cell(inside), factories.cell(outside)
    campaign = made.started(inside, [made.document(inside)])
    day = timezone.localdate()
    told = Proposal(ActKind.MERGE, "12-QĐ/TU", day, day, units=(source.pk,), into=(target.pk,))

    with access.acting(operator()):
        seen = foresee(told, by=operator())
        acts.carry_out(told, by=operator())

    duty = Obligation.objects.get(unit=source, kind="conference")
    assert (duty.state, duty.successor) == (Obligation.State.WAIVED, None)
    assert Obligation.objects.filter(campaign=campaign, unit=target).count() == 0
    said = [one.outcome for one in seen.effects if one.subject == "Việc phải làm đang mở"]
    assert ["ngoài phạm vi của đợt" in outcome for outcome in said] == [True]
    assert campaign.book_id is not None
    read = figures.read(campaign.book_id, on=day)
    assert read.own(source.pk).get(Measure.CONFERENCES_DUE, Amount()).total == 0


def test_what_stands_again_is_as_strict_as_what_it_takes_over_and_ends_again_as_it_was() -> None:
    top = factories.province()
    commune = factories.commune(top)
    one, two = factories.cell(commune, "Chi bộ 1"), factories.cell(commune, "Chi bộ 2")
    campaign = made.started(top, [made.document(top)])
    passed({one.pk: two.pk}, "first")
    ended = Obligation.objects.get(unit=one, kind="conference")
    strict = ended.due_at - timedelta(days=5)
    with access.acting(operator()):
        obligations.tighten(campaign, two, kind="conference", due_at=strict, by=operator())

    handed, batches = passed({two.pk: one.pk}, "second")

    again = Obligation.objects.get(pk=ended.pk)
    assert (again.state, again.successor, again.due_at) == (Obligation.State.OPEN, None, strict)
    with access.acting(operator()):
        handovers.give_back(handed, batches, reason="Hoàn tác", by=operator())
    back = Obligation.objects.get(pk=ended.pk)
    assert (back.state, back.successor, back.due_at, back.limit_at) == (
        Obligation.State.HANDED,
        Obligation.objects.get(unit=two, kind="conference"),
        ended.due_at,
        ended.limit_at,
    )


@pytest.mark.parametrize("extended_since", [False, True])
def test_what_was_extended_long_before_it_stood_again_is_in_nobodys_way(extended_since: bool) -> None:  # noqa: FBT001 - a parameter
    top = factories.province()
    commune = factories.commune(top)
    one, two = factories.cell(commune, "Chi bộ 1"), factories.cell(commune, "Chi bộ 2")
    campaign = made.started(top, [made.document(top)])
    by, day = operator(), timezone.localdate()

    def extend(number: str) -> None:
        limit = Obligation.objects.get(unit=one, kind="conference").limit_at + timedelta(days=3)
        decision = Decision(number, "Bão lụt", limit)
        obligations.extend(campaign, [one.pk], kind="conference", decision=decision, by=by)

    with access.acting(by):
        extend("15-CV/TU")
        for kind, unit, into in (
            (ActKind.MERGE, one, (two.pk,)),
            (ActKind.REOPEN, one, ()),
            (ActKind.MERGE, two, (one.pk,)),
        ):
            act = acts.carry_out(Proposal(kind, "12-QĐ/TU", day, day, units=(unit.pk,), into=into), by=by)
        assert Obligation.objects.get(unit=one, kind="conference").state == Obligation.State.OPEN
        if extended_since:
            extend("16-CV/TU")
            with pytest.raises(DomainError, match="đã có kết quả ở việc nhận bàn giao"):
                acts.undo(act, reason="Nhầm", by=by)
        else:
            acts.undo(act, reason="Nhầm", by=by)
            assert Obligation.objects.get(unit=one, kind="conference").state == Obligation.State.HANDED


def test_who_is_freed_of_what_he_took_over_owed_it_on_no_day_and_never_less_than_nothing() -> None:
    top = factories.province()
    commune = factories.commune(top)
    one, two = factories.cell(commune, "Chi bộ 1"), factories.cell(commune, "Chi bộ 2")
    campaign = made.started(top, [made.document(top)])
    assert campaign.book_id is not None
    today = timezone.localdate()
    new = NewUnit("MOI", "Chi bộ Mới", parent_id=commune.pk)
    told = Proposal(ActKind.MERGE, "14-QĐ/TU", today, today, units=(one.pk, two.pk), into=(new,))

    with access.acting(operator()):
        acts.carry_out(told, by=operator())
        taken = Obligation.objects.get(unit__code="MOI", kind="conference")
        obligations.waive(taken, reason="Không phải làm", by=operator())

    owed = []
    for day in (campaign.starts_on, today - timedelta(days=1), today):
        read = figures.as_of(campaign.book_id, on=day, known=today, tree_on=today)
        owed.append(read.own(taken.unit_id).get(Measure.CONFERENCES_DUE, Amount()).total)
    assert owed == [0, 0, 0]
