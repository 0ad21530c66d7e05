"""Starting a campaign: who owes what, who is summoned, once under every retry."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from quantriet.campaigns import queries
from quantriet.campaigns.commands import campaigns, counting
from quantriet.campaigns.commands.campaigns import Answers
from quantriet.campaigns.drafts import Changes
from quantriet.campaigns.models import Campaign, Deadline, Obligation, Requirement, RollLine
from quantriet.core.errors import ConflictError, DomainError, ForbiddenError
from quantriet.documents.models import State
from quantriet.ledger.measures import Measure
from quantriet.org import access
from quantriet.org.models import Unit
from tests import factories
from tests import factories_campaigns as made
from tests.factories import operator


@pytest.fixture
def top(db: None) -> Unit:
    return factories.province()


def test_units_get_their_obligations_and_people_are_summoned(top: Unit) -> None:
    commune = factories.commune(top)
    cell = factories.cell(commune)
    front = factories.front(commune)
    factories.body(top)
    for name in ("Trần Thị Bình", "Lê Văn Cường"):
        factories.person(cell, name)

    campaign = made.started(top)

    with access.acting(operator()):
        owed = {
            (one.unit_id, one.kind) for one in Obligation.objects.filter(campaign=campaign).order_by("pk")
        }
        lines = list(RollLine.objects.filter(campaign=campaign).values_list("unit_id", "state"))
        counts = queries.board(campaign, top).top.counts
    assert owed == {
        (top.pk, "conference"),
        (top.pk, "programme"),
        (commune.pk, "materials"),
        (commune.pk, "conference"),
        (commune.pk, "programme"),
        (commune.pk, "report"),
        (cell.pk, "conference"),
        (cell.pk, "essays"),
        (front.pk, "outreach"),
        (front.pk, "report"),
    }
    assert lines == [(cell.pk, "summoned")] * 2
    assert {measure: amount.total for measure, amount in counts.items()} == {
        Measure.SUMMONED: 2,
        Measure.ESSAYS_DUE: 2,
        Measure.CONFERENCES_DUE: 3,
        Measure.MATERIALS_DUE: 1,
        Measure.PROGRAMMES_DUE: 2,
        Measure.REPORTS_DUE: 1,
    }
    assert campaign.state == Campaign.State.ACTIVE


def test_the_fronts_report_is_counted_in_its_own_tree(top: Unit) -> None:
    commune = factories.commune(top)
    front = factories.front(commune)
    campaign = made.started(top)

    with access.acting(operator()):
        assert queries.board(campaign, front).top.amount(Measure.REPORTS_DUE).total == 1
        assert queries.board(campaign, top).top.amount(Measure.REPORTS_DUE).total == 1  # the commune's own


def test_starting_again_changes_nothing(top: Unit) -> None:
    cell = factories.cell(factories.commune(top))
    factories.person(cell)
    campaign = made.started(top)

    with access.acting(operator()):
        before = queries.board(campaign, top).top.counts
        Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.STARTING)  # as after a crash
        again = campaigns.start(Campaign.objects.get(pk=campaign.pk), by=operator())
        for chunk in campaigns.roll_chunks(again):
            assert campaigns.draw_roll(again, chunk, by=operator()) == 0
        assert queries.board(again, top).top.counts == before


def test_an_exception_leaves_out_a_unit_and_all_below(top: Unit) -> None:
    inside, outside = factories.commune(top, "Xã Trong"), factories.commune(top, "Xã Ngoài")
    for commune in (inside, outside):
        factories.person(factories.cell(commune))
    campaign = made.draft(top, [made.document(top)])
    with access.acting(operator()):
        campaign = campaigns.adjust(
            campaign, changes(campaign, excluded=((outside.pk, "Đã học đợt trước"),)), by=operator()
        )
        campaign = campaigns.start(campaign, by=operator())
        units = set(Obligation.objects.filter(campaign=campaign).values_list("unit_id", flat=True))
        summoned = RollLine.objects.filter(campaign=campaign).count()
    assert outside.pk not in units
    assert summoned == 1


def changes(campaign: Campaign, *, version: int = 1, excluded: tuple[tuple[int, str], ...] = ()) -> Changes:
    deadlines = {
        (one.requirement_id, one.level): one.due_at
        for one in Deadline.objects.filter(requirement__campaign=campaign)
    }
    return Changes(
        version,
        "Tên mới",
        campaign.starts_on,
        campaign.ends_on,
        campaign.policy,
        deadlines,
        campaign.lead_id,
        (),
        excluded,
    )


def test_the_second_editor_is_told_and_shown_both(top: Unit) -> None:
    campaign = made.draft(top, [made.document(top)])
    with access.acting(operator()):
        campaigns.adjust(campaign, changes(campaign), by=operator())
        with pytest.raises(ConflictError) as refused:
            campaigns.adjust(campaign, changes(campaign), by=operator())
    assert (refused.value.context["theirs"], refused.value.context["yours"]) == ({}, {})


def test_every_field_in_which_two_drafts_differ_is_told(top: Unit) -> None:
    body, partner = factories.body(top), factories.front(top)
    paper = made.document(top)
    campaign = made.draft(top, [paper])
    requirement = Requirement.objects.get(campaign=campaign, kind="programme")
    first = changes(campaign, excluded=((partner.pk, "Đã học"),))
    second = replace(
        changes(campaign),
        title="Tên khác",
        ends_on=date(2026, 5, 31),
        lead_id=body.pk,
        partner_ids=(partner.pk,),
        policy={**campaign.policy, "exempt_are_invited": False, "essays_of": (3,)},
        deadlines={k: v for k, v in first.deadlines.items() if k != (requirement.pk, 1)},
        documents=((paper.pk, "briefing"),),
    )
    with access.acting(operator()):
        campaigns.adjust(campaign, first, by=operator())
        with pytest.raises(ConflictError) as refused:
            campaigns.adjust(campaign, second, by=operator())

    theirs, yours = refused.value.context["theirs"], refused.value.context["yours"]
    assert {name: (theirs[name], yours[name]) for name in theirs} == {
        "title": ("Tên mới", "Tên khác"),
        "ends_on": ("30/04/2026", "31/05/2026"),
        "documents": (f"{paper.number} (Quán triệt)", f"{paper.number} (Phổ biến)"),
        "lead_id": (top.name, body.name),
        "partner_ids": ("", partner.name),
        "excluded": (f"{partner.name}: Đã học", ""),
        "exempt_are_invited": ("Có", "Không"),
        "essays_of": ("Cấp ủy viên, Cán bộ chủ chốt, Đảng viên", "Đảng viên"),
        f"due_{requirement.pk}_1": ("14/03/2026", ""),
    }


@pytest.mark.parametrize(
    ("kind", "level", "code"),
    [("report", 4, "deadline.report_of_cell"), ("essays", 4, "deadline.looser_below")],
)
def test_what_goes_up_is_due_below_no_later_than_above(top: Unit, kind: str, level: int, code: str) -> None:
    campaign = made.draft(top, [made.document(top)])
    requirement = Requirement.objects.get(campaign=campaign, kind=kind, tree="party")
    kept = changes(campaign)
    above = kept.deadlines[requirement.pk, 3]
    wanted = {**kept.deadlines, (requirement.pk, level): above + timedelta(days=1)}
    with access.acting(operator()), pytest.raises(DomainError) as refused:
        campaigns.adjust(campaign, replace(kept, deadlines=wanted), by=operator())
    with access.acting(operator()):
        equal = {**kept.deadlines, (requirement.pk, 2): above}
        campaigns.adjust(campaign, replace(kept, deadlines=equal), by=operator())

    assert refused.value.code == code


def test_a_draft_never_ends_before_it_starts(top: Unit) -> None:
    campaign = made.draft(top, [made.document(top)])
    backwards = replace(changes(campaign), ends_on=campaign.starts_on - timedelta(days=1))
    with access.acting(operator()), pytest.raises(DomainError) as refused:
        campaigns.adjust(campaign, backwards, by=operator())
    assert refused.value.code == "campaign.dates"


def test_exempt_members_are_invited_not_summoned(top: Unit) -> None:
    cell = factories.cell(factories.commune(top))
    person = factories.person(cell)
    with access.acting(operator()):
        person.memberships.update(status="exempt")
    campaign = made.started(top)
    with access.acting(operator()):
        assert RollLine.objects.filter(campaign=campaign).count() == 0


def test_a_draft_document_cannot_be_studied(top: Unit) -> None:
    hidden = made.document(top, state=State.DRAFT)
    with pytest.raises(DomainError) as refused:
        made.draft(top, [hidden])
    assert refused.value.code == "campaign.document_not_published"


def test_a_campaign_without_any_deadline_does_not_start(top: Unit) -> None:
    campaign = made.draft(top, [made.document(top)])
    with access.acting(operator()):
        Deadline.objects.all().delete()
        with pytest.raises(DomainError) as refused:
            campaigns.start(campaign, by=operator())
    assert refused.value.code == "campaign.no_duty"


def test_only_who_manages_campaigns_there_may_plan(top: Unit) -> None:
    neighbour = factories.province("Đảng bộ tỉnh Láng Giềng")
    for actor in (factories.actor("inspector", top), factories.actor("officer", neighbour)):
        answers = Answers("Đợt thử", date(2026, 1, 1), date(2026, 2, 1))
        with access.acting(actor), pytest.raises(ForbiddenError):
            campaigns.plan(top, preset="standing", answers=answers, by=actor)


def test_who_sees_a_campaign(top: Unit) -> None:
    commune = factories.commune(top)
    neighbour = factories.province("Đảng bộ tỉnh Láng Giềng")
    running, hidden = made.started(top), made.draft(top, [], preset="standing")
    seen = {}
    for name, actor in {
        "officer": factories.actor("officer", top),
        "below": factories.actor("secretary", commune),
        "neighbour": factories.actor("officer", neighbour),
    }.items():
        with access.acting(actor):
            seen[name] = set(queries.campaigns(actor).values_list("pk", flat=True))
    assert seen == {"officer": {running.pk, hidden.pk}, "below": {running.pk}, "neighbour": set()}


@pytest.mark.parametrize("children", [1, 3])
def test_a_board_takes_the_same_queries_for_one_row_and_for_three(
    top: Unit, children: int, django_assert_num_queries: object
) -> None:
    for number in range(children):
        factories.person(factories.cell(factories.commune(top, f"Xã {number}")))
    campaign = made.started(top)
    actor = factories.actor("officer", top)
    with access.acting(actor):
        queries.board(campaign, top)  # the numbering is built once for each version of the tree
        with django_assert_num_queries(1):  # type: ignore[operator]
            board = queries.board(campaign, top)
    assert len(board.rows) == children


def test_requirement_kinds_and_measures_are_told_for_every_kind() -> None:
    counted = set(counting.DUE_MEASURES) | {Requirement.Kind.ESSAYS, Requirement.Kind.OUTREACH}
    assert counted == set(Requirement.Kind)
