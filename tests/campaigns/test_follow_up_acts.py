"""Following documents up over acts on the tree: facts stay with the unit that did them and are seen with whoever came
after it; reviews still due go on, and come back with an undo.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quantriet.campaigns.baselines import BaselineLine, Result
from quantriet.campaigns.commands import follow_up
from quantriet.campaigns.commands.follow_up import Paper, Wish
from quantriet.campaigns.models import Baseline, Direction, Review, Target
from quantriet.campaigns.queries import follow_up as queries
from quantriet.campaigns.queries.former import came_before
from quantriet.core.errors import DomainError
from quantriet.documents.models import Document
from quantriet.org import access
from quantriet.org.commands import acts
from quantriet.org.models import Act, ActKind, Unit
from quantriet.org.proposals import REST, NewUnit, Proposal
from quantriet.org.queries.foresight import foresee
from tests import factories
from tests import factories_campaigns as made
from tests.factories import operator

pytestmark = pytest.mark.django_db

DUE = date(2026, 12, 31)
LATER = date(2027, 6, 30)


@dataclass
class Town:
    """A province with three communes; the first has a paper, a target, a held and an open review, a baseline."""

    province: Unit
    one: Unit
    two: Unit
    three: Unit
    document: Document

    def write(self, unit: Unit, *, name: str) -> None:
        """One row of each table at a unit, and a second review that was held."""
        document = self.document
        line = BaselineLine(
            2, unit.pk, "present", 2020, 2025, Result(low=Decimal(95), high=Decimal(95)), name
        )
        with access.acting(operator()) as by:
            follow_up.direct(document, unit, Paper("plan", f"{name}-KH", date(2026, 2, 1)), by=by)
            wish = Wish(f"Mục tiêu {name}", Decimal(80), DUE, indicator="present")
            follow_up.set_target(document, unit, wish, by=by)
            held = follow_up.plan_review(document, unit, kind="interim", due_on=date(2026, 6, 30), by=by)
            follow_up.hold_review(held, on=date(2026, 7, 2), decision=f"{name}-BC", by=by)
            follow_up.plan_review(document, unit, kind="final", due_on=DUE, by=by)
            follow_up.declare_baselines(document, [line], by=by)

    def shown(self, unit: Unit) -> str:
        """The page of the document at a unit, to an officer of the province."""
        client = factories.signed_in(factories.account("officer", self.province))
        page = f"{reverse('document-follow-up', args=(self.document.pk,))}?don_vi={unit.pk}"
        answer = client.get(page)
        assert answer.status_code == 200
        return answer.content.decode()


@pytest.fixture
def town() -> Town:
    province = factories.province()
    one, two, three = (factories.commune(province, f"Đảng bộ xã {name}") for name in ("Một", "Hai", "Ba"))
    found = Town(province, one, two, three, made.document(province))
    found.write(one, name="cũ")
    return found


def do(kind: str, *units: Unit, **told: Any) -> Act:
    today = timezone.localdate()
    proposal = Proposal(
        kind=kind,
        decision="12-QĐ/TU",
        decided_on=today,
        effective_on=today,
        units=tuple(unit.pk for unit in units),
        **told,
    )
    with access.acting(operator()) as by:
        return acts.carry_out(proposal, by=by)


def merge(source: Unit, target: Unit) -> Act:
    return do(ActKind.MERGE, source, into=(target.pk,))


def undo(act: Act) -> None:
    with access.acting(operator()) as by:
        acts.undo(act, reason="Nhập nhầm", by=by)


def refused(doing: Callable[[access.Actor], object]) -> DomainError:
    with access.acting(operator()) as by, pytest.raises(DomainError) as error:
        doing(by)
    return error.value


def everything() -> list[list[tuple[Any, ...]]]:
    """All rows of the four tables, to the letter."""
    return [
        list(model.objects.order_by("pk").values_list()) for model in (Direction, Target, Review, Baseline)
    ]


def owners() -> list[list[tuple[Any, ...]]]:
    """Whose papers, targets, held reviews and baselines there are."""
    held = Review.objects.filter(held_on__isnull=False)
    facts = (Direction.objects.all(), Target.objects.all(), held, Baseline.objects.all())
    return [sorted(rows.values_list("pk", "unit")) for rows in facts]


def due() -> list[tuple[int, date]]:
    return list(Review.objects.filter(held_on=None).order_by("due_on", "pk").values_list("unit", "due_on"))


def test_facts_stay_and_the_review_still_due_goes_on(town: Town) -> None:
    before = owners()

    merge(town.one, town.two)

    assert owners() == before
    assert due() == [(town.two.pk, DUE)]


def test_the_page_of_the_successor_lists_both_and_says_whose_is_from_before(town: Town) -> None:
    town.write(town.two, name="mới")
    merge(town.one, town.two)

    shown = town.shown(town.two)

    for words in ("cũ-KH", "mới-KH", "Mục tiêu cũ", "Mục tiêu mới", "cũ-BC", "mới-BC"):
        assert words in shown
    assert shown.count("trước sắp xếp: Đảng bộ xã Một") == 4  # target, two reviews, baseline
    assert "Đảng bộ xã Một (trước sắp xếp)" in shown
    assert "trước sắp xếp: Đảng bộ xã Hai" not in shown
    assert "trước sắp xếp" not in town.shown(town.three)


def test_a_superior_sees_the_papers_of_a_former_unit_beside_its_successor(town: Town) -> None:
    merge(town.one, town.two)
    with access.acting(operator()) as by:
        rows = queries.rows_below(town.document, [town.two, town.three], by)

    assert [[paper.number for paper in row.papers] for row in rows] == [["cũ-KH"], []]


def test_undo_restores_every_row_exactly(town: Town) -> None:
    before = everything()

    undo(merge(town.one, town.two))

    assert everything() == before
    assert "trước sắp xếp" not in town.shown(town.two)


def test_what_the_successor_has_planned_itself_is_due_once(town: Town) -> None:
    with access.acting(operator()) as by:
        follow_up.plan_review(town.document, town.two, kind="final", due_on=DUE, by=by)
        follow_up.plan_review(town.document, town.one, kind="final", due_on=LATER, by=by)
    before = everything()

    act = merge(town.one, town.two)
    after = due()
    undo(act)

    assert after == [(town.one.pk, DUE), (town.two.pk, DUE), (town.two.pk, LATER)]
    assert everything() == before


def test_the_review_left_with_the_former_unit_is_told_as_not_held(town: Town) -> None:
    with access.acting(operator()) as by:
        follow_up.plan_review(town.document, town.two, kind="final", due_on=DUE, by=by)
    merge(town.one, town.two)

    assert town.shown(town.two).count("Chưa tổ chức khi sắp xếp") == 2  # in the table and on the time line


def test_a_review_held_since_stands_against_the_undo(town: Town) -> None:
    act = merge(town.one, town.two)
    review = Review.objects.get(held_on=None)
    with access.acting(operator()) as by:
        follow_up.hold_review(review, on=timezone.localdate(), decision="9-BC", by=by)

    error = refused(lambda by: acts.undo(act, reason="Nhập nhầm", by=by))

    assert error.code == "act.depended_on"
    assert "đã tổng kết" in str(error.context)


def test_units_merged_again_and_again_are_seen_with_the_last(town: Town) -> None:
    merge(town.one, town.two)
    merge(town.two, town.three)

    assert due() == [(town.three.pk, DUE)]
    assert came_before([town.three.pk])[town.three.pk] == sorted([town.one.pk, town.two.pk])
    assert "Mục tiêu cũ" in town.shown(town.three)


def test_of_a_divided_unit_both_parts_see_the_facts_and_the_chosen_one_holds_the_review(town: Town) -> None:
    halves = (NewUnit(code="nua-1", name="Đảng bộ xã A"), NewUnit(code="nua-2", name="Đảng bộ xã B"))
    told: dict[str, Any] = {"into": halves, "answers": {REST: "0"}}
    silent = refused(lambda _by: do(ActKind.SPLIT, town.one, **told))
    told["answers"][f"campaigns.successor.{town.one.pk}"] = "1"

    before = everything()
    act = do(ActKind.SPLIT, town.one, **told)
    parts = [Unit.objects.get(code=half.code) for half in halves]
    shown, after = [town.shown(part) for part in parts], due()
    undo(act)

    assert silent.code == "act.needs_choice"
    assert after == [(parts[1].pk, DUE)]
    assert ["trước sắp xếp: Đảng bộ xã Một" in page for page in shown] == [True, True]
    assert everything() == before


def test_where_nobody_follows_the_review_stays_and_the_superior_sees_it(town: Town) -> None:
    do(ActKind.CLOSE, town.one)

    assert due() == [(town.one.pk, DUE)]
    assert "Chưa tổ chức khi sắp xếp" in town.shown(town.province)


def test_the_dry_run_tells_what_goes_on_and_what_stays(town: Town) -> None:
    today = timezone.localdate()
    proposal = Proposal(
        kind=ActKind.MERGE,
        decision="12-QĐ/TU",
        decided_on=today,
        effective_on=today,
        units=(town.one.pk,),
        into=(town.two.pk,),
    )
    with access.acting(operator()) as by:
        told = {effect.subject: effect.count for effect in foresee(proposal, by=by).effects}

    assert told["Sơ kết, tổng kết chưa tổ chức"] == 1
    assert told["Văn bản triển khai, mục tiêu, kết quả sơ kết, số liệu kỳ trước"] == 4


def test_a_target_of_before_is_measured_by_the_last_day_of_its_unit(town: Town) -> None:
    people = [factories.person(town.one, f"Người {number}") for number in range(4)]
    campaign = made.started(town.province, [town.document])
    made.study(campaign, people[:3], [town.document], key="buổi 1")

    merge(town.one, town.two)

    with access.acting(operator()) as by:
        unit = Unit.objects.get(pk=town.two.pk)
        [row] = [one for one in queries.targets(town.document, unit, by) if one.is_former]
    assert [(share.part, share.whole, share.on) for share in row.shares] == [
        (3, 4, timezone.localdate() - timedelta(days=1))
    ]
    assert (row.is_met, [one.source for one in row.baselines]) == (False, ["cũ"])


def test_a_former_unit_sets_plans_and_holds_nothing_new(town: Town) -> None:
    target = Target.objects.get()
    with access.acting(operator()) as by:
        follow_up.plan_review(town.document, town.two, kind="final", due_on=DUE, by=by)
    merge(town.one, town.two)
    left = Review.objects.get(unit=town.one, held_on=None)
    today = timezone.localdate()
    doings: list[Callable[[access.Actor], object]] = [
        lambda by: follow_up.set_target(
            town.document, town.one, Wish("Mới", Decimal(1), DUE, "present"), by=by
        ),
        lambda by: follow_up.plan_review(town.document, town.one, kind="final", due_on=LATER, by=by),
        lambda by: follow_up.hold_review(left, on=today, decision="", by=by),
        lambda by: follow_up.drop_target(target, by=by),
    ]

    assert [refused(doing).code for doing in doings] == ["unit.former"] * 4
    assert Target.objects.count() == 1


def test_a_document_of_a_former_unit_opens_at_who_came_after_it(town: Town) -> None:
    document = made.document(town.one)
    merge(town.one, town.two)

    with access.acting(operator()) as by:
        assert queries.visible_unit(Document.objects.get(pk=document.pk), by) == town.two


def test_queries_do_not_grow_with_former_units(town: Town) -> None:
    merge(town.one, town.two)
    counts = []
    for size in (1, 2):
        if size == 2:
            town.write(town.three, name="nữa")
            with access.acting(operator()) as by:
                target = Target.objects.get(unit=town.three)
                follow_up.set_target(
                    town.document,
                    town.three,
                    replace(Wish(target.title, Decimal(3), DUE), measured_in="mô hình"),
                    by=by,
                )
            merge(town.three, town.two)
        client = factories.signed_in(factories.account("officer", town.province))
        page = f"{reverse('document-follow-up', args=(town.document.pk,))}?don_vi={town.two.pk}"
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        counts.append(len(captured))

    assert counts[0] == counts[1]
