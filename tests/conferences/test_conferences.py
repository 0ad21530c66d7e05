"""A conference from the call to the close, its sites, and what its units owe."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from quantriet.campaigns import queries as campaign_queries
from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.models import Campaign, Obligation
from quantriet.conferences import papers
from quantriet.conferences.commands import conferences, meetings, sites
from quantriet.conferences.models import Conference, Site, SiteUnit
from quantriet.conferences.pages import roll_call
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import roster, wall
from quantriet.core.errors import ConflictError, DomainError, ForbiddenError
from quantriet.ledger.measures import Form, Measure
from quantriet.org import access
from quantriet.org.models import Notice
from quantriet.org.permissions import Can
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.factories import operator


class House:
    """A province with two communes of one cell each and a person in each cell; a running campaign."""

    def __init__(self) -> None:
        self.province = factories.province()
        self.first = factories.commune(self.province, "Đảng bộ xã Một")
        self.second = factories.commune(self.province, "Đảng bộ xã Hai")
        self.first_cell, self.second_cell = factories.cell(self.first), factories.cell(self.second)
        self.an = factories.person(self.first_cell, "Nguyễn Văn An")
        self.binh = factories.person(self.second_cell, "Trần Bình")
        self.campaign: Campaign = campaigns_made.started(self.province)

    def count(self, measure: Measure) -> int:
        with access.acting(operator()):
            return campaign_queries.board(self.campaign, self.province).top.amount(measure).total


@pytest.fixture
def house(db: None) -> House:
    return House()


def owed_and_done(campaign: Campaign) -> set[int]:
    rows = Obligation.objects.filter(campaign=campaign, kind="conference", state=Obligation.State.DONE)
    return set(rows.values_list("unit_id", flat=True))


def close(conference: Conference) -> Conference:
    by = operator()
    with access.acting(by):
        return conferences.close(conference, by=by)


def test_the_same_call_again_is_the_same_conference(house: House) -> None:
    plan = made.plan(house.campaign)
    by = operator()
    with access.acting(by):
        first = conferences.call(house.first, plan, key="one", by=by)
        again = conferences.call(house.first, plan, key="one", by=by)

    assert first.pk == again.pk
    assert Site.objects.count() == 1


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"title": " "}, "conference.title"),
        ({"ends_at": timezone.now() - timedelta(days=1)}, "conference.times"),
        ({"head_chaired": False}, "conference.deputy_reason"),
    ],
)
def test_what_makes_no_sense_is_refused_whole(house: House, told: dict[str, object], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        made.called(house.first, house.campaign, **told)

    assert refused.value.code == code
    assert Conference.objects.count() == 0


def test_a_draft_campaign_calls_nobody(house: House) -> None:
    draft = campaigns_made.draft(house.province, [])

    with pytest.raises(DomainError) as refused:
        made.called(house.province, draft)

    assert refused.value.code == "conference.campaign_not_started"


def test_sites_are_made_once_for_each_unit(house: House) -> None:
    conference = made.called(house.province, house.campaign)
    units = [house.first.pk, house.second.pk]
    by = operator()

    with access.acting(by):
        first = sites.add_for_units(conference, units, form=Form.ONLINE, by=by)
        again = sites.add_for_units(conference, units, form=Form.ONLINE, by=by)

    assert (first, again) == (2, 0)
    assert SiteUnit.objects.filter(conference=conference).count() == 3


def test_units_are_told_once_that_they_have_a_site_and_once_that_it_is_off(house: House) -> None:
    conference = made.called(house.province, house.campaign, title="Hội nghị toàn tỉnh")
    made.site(conference, house.first)
    by = operator()

    with access.acting(by):
        conferences.cancel(conference, reason="Bão", by=by)
        conferences.cancel(conference, reason="Bão", by=by)

    told = Notice.objects.filter(unit=house.first).order_by("id").values_list("key", flat=True)
    assert list(told) == [f"conference:{conference.pk}", f"conference-cancel:{conference.pk}"]


def test_a_second_editor_is_told_and_shown_both(house: House) -> None:
    conference = made.called(house.first, house.campaign)
    plan = replace(made.plan(house.campaign), starts_at=conference.starts_at, ends_at=conference.ends_at)
    by = operator()

    with access.acting(by):
        conferences.change(conference, replace(plan, title="Một"), version=1, by=by)
    with access.acting(by), pytest.raises(ConflictError) as refused:
        conferences.change(conference, replace(plan, title="Hai"), version=1, by=by)

    assert (refused.value.context["theirs"]["title"], refused.value.context["yours"]["title"]) == (
        "Một",
        "Hai",
    )


def test_only_a_conference_without_anybody_can_be_cancelled(house: House) -> None:
    conference = made.called(house.first, house.campaign)
    held = made.called(house.first, house.campaign)
    made.mark(made.hub(held), [house.an])
    by = operator()

    with access.acting(by):
        cancelled = conferences.cancel(conference, reason="Bão", by=by)
    with access.acting(by), pytest.raises(DomainError) as refused:
        conferences.cancel(held, reason="Bão", by=by)

    assert (cancelled.state, refused.value.code) == ("cancelled", "conference.has_attendance")


def test_closing_counts_held_sites_and_meets_what_units_owe(house: House) -> None:
    conference = made.called(house.province, house.campaign, head_taught=True)
    first, second = made.site(conference, house.first), made.site(conference, house.second)
    made.mark(first, [house.an])

    close(conference)
    close(conference)

    second.refresh_from_db()
    assert owed_and_done(house.campaign) == {house.province.pk, house.first.pk, house.first_cell.pk}
    assert (house.count(Measure.SITES), second.state) == (1, Site.State.PLANNED)
    assert [
        house.count(one) for one in (Measure.CONFERENCES_HELD, Measure.HEAD_CHAIRED, Measure.HEAD_TAUGHT)
    ] == [3, 1, 1]


def test_without_credit_from_above_those_below_still_owe_their_own(house: House) -> None:
    policy = {**house.campaign.policy, "credit_from_superior": False}
    Campaign.objects.filter(pk=house.campaign.pk).update(policy=policy)
    house.campaign.refresh_from_db()
    conference = made.called(house.province, house.campaign)
    made.mark(made.site(conference, house.first), [house.an])

    close(Conference.objects.get(pk=conference.pk))

    assert owed_and_done(house.campaign) == {house.province.pk, house.first.pk}


def test_a_conference_is_not_closed_before_it_begins(house: House) -> None:
    begins = timezone.now() + timedelta(hours=1)
    conference = made.called(
        house.first, house.campaign, starts_at=begins, ends_at=begins + timedelta(hours=1)
    )

    with pytest.raises(DomainError) as refused:
        close(conference)

    assert refused.value.code == "conference.not_begun"


def test_declared_totals_make_a_site_speak(house: House) -> None:
    conference = made.called(house.province, house.campaign)
    site = made.site(conference, house.first)
    by = operator()

    with access.acting(by):
        sites.declare_totals(site, {house.first_cell.pk: Totals({"present": 1}, timezone.localdate())}, by=by)
    close(conference)

    assert house.count(Measure.PRESENT) == 1
    assert {house.first.pk} <= owed_and_done(house.campaign)


def test_one_impossible_total_leaves_the_whole_screen_unsaved(house: House) -> None:
    site = made.hub(made.called(house.province, house.campaign))
    totals = {
        house.first_cell.pk: Totals({"present": 1}, timezone.localdate()),
        house.second_cell.pk: Totals({"present": 2}, timezone.localdate()),
    }
    by = operator()

    with access.acting(by), pytest.raises(DomainError) as refused:
        sites.declare_totals(site, totals, by=by)

    assert refused.value.code == "declaration.above_summoned"
    assert house.count(Measure.PRESENT) == 0


def test_incidents_are_one_while_open_and_keep_their_remedy(house: House) -> None:
    site = made.hub(made.called(house.province, house.campaign))
    by = operator()

    with access.acting(by):
        first = sites.begin_incident(site, kind="lost_line", by=by)
        same = sites.begin_incident(site, kind="lost_line", by=by)
        ended = sites.end_incident(first, remedy="Chuyển sang 4G", by=by)
        next_one = sites.begin_incident(site, kind="lost_line", by=by)

    assert (first.pk == same.pk, ended.remedy, next_one.pk == first.pk) == (True, "Chuyển sang 4G", False)
    assert (ended.reported_by, ended.ended_by, next_one.ended_by) == (by.name, by.name, "")


def test_who_came_without_a_summons_is_no_part_of_present_of_summoned(house: House) -> None:
    conference = made.called(house.province, house.campaign)
    first = made.site(conference, house.first)
    uninvited = factories.person(house.first_cell, "Lê Văn Khách")
    made.mark(first, [house.an, uninvited])
    by = operator()

    with access.acting(by):
        (shown,) = wall.Standing(conference, by=by).cells([first])
        rows = roster.of_site(first)

    figures = roll_call.tally(rows)
    assert (shown.present, shown.summoned) == (1, 1)
    assert (figures["present"], figures["expected"], figures["beside"]) == (1, 1, 1)


def test_sites_of_several_forms_are_called_a_hybrid_conference(house: House) -> None:
    conference = made.called(house.province, house.campaign, form=Form.IN_PERSON)
    alone = reads.is_hybrid(conference)
    made.site(conference, house.first)  # an online one

    paper = papers.summons(conference, [], [made.hub(conference)], superior="", form=papers.HYBRID)

    assert (alone, reads.is_hybrid(conference)) == (False, True)
    assert "Hình thức: trực tiếp kết hợp trực tuyến." in str(paper)


def test_a_neighbour_knows_only_conferences_that_concern_him(house: House) -> None:
    own = made.called(house.first, house.campaign)
    whole = made.called(house.province, house.campaign)
    made.site(whole, house.second)
    neighbour = factories.actor("secretary", house.second)

    with access.acting(neighbour):
        known = set(reads.conferences(neighbour).values_list("pk", flat=True))
        his_sites = set(reads.sites(neighbour, Can.CONFERENCE_READ).values_list("unit_id", flat=True))
        with pytest.raises(ForbiddenError):
            conferences.open_(own, by=neighbour)

    assert (known, his_sites) == ({whole.pk}, {house.second.pk})


def test_a_cell_secretary_sees_where_his_people_sit(house: House) -> None:
    whole = made.called(house.province, house.campaign)
    site = made.site(whole, house.first)
    other = made.called(house.second, house.campaign)
    secretary = factories.actor("secretary", house.first_cell)

    with access.acting(secretary):
        known = set(reads.conferences(secretary).values_list("pk", flat=True))
        seen = list(reads.sites(secretary, Can.CONFERENCE_READ).values_list("pk", flat=True))

    assert (known, seen, other.pk in known) == ({whole.pk}, [site.pk], False)


def test_a_member_sees_his_own_sessions(house: House) -> None:
    conference = made.called(house.first, house.campaign)
    made.called(house.second, house.campaign)
    member = factories.actor("member", house.first_cell, of=house.an)

    with access.acting(member):
        mine = list(reads.summoned_to(house.an.pk).values_list("pk", flat=True))

    assert mine == [conference.pk]


def test_remarks_are_counted_by_unit_once(house: House) -> None:
    conference = made.called(house.first, house.campaign)
    by = operator()

    with access.acting(by):
        meetings.remark(
            conference, house.first_cell, text="Cần thêm tài liệu", author_id=None, key="r", by=by
        )
        again = meetings.remark(
            conference, house.first_cell, text="Cần thêm tài liệu", author_id=None, key="r", by=by
        )

    assert (again, house.count(Measure.REMARKS)) == (None, 1)


def test_two_writers_of_minutes_are_shown_both(house: House) -> None:
    conference = made.called(house.first_cell, None, kind=Conference.Kind.CELL_MEETING)
    by = operator()

    with access.acting(by):
        meetings.write_minutes(conference, content="Chuyên đề", minutes="Bản một", version=1, by=by)
        with pytest.raises(ConflictError) as refused:
            meetings.write_minutes(conference, content="Chuyên đề", minutes="Bản hai", version=1, by=by)

    assert (refused.value.context["theirs"]["minutes"], refused.value.context["yours"]["minutes"]) == (
        "Bản một",
        "Bản hai",
    )


def test_a_cell_meeting_without_a_campaign_keeps_presence_and_counts_nothing(house: House) -> None:
    meeting = made.called(house.first_cell, None, kind=Conference.Kind.CELL_MEETING)

    answers = made.mark(made.hub(meeting), [house.an], key="tap")
    again = made.mark(made.hub(meeting), [house.an], key="tap")

    assert [one.code.value for one in (*answers, *again)] == ["attendance.recorded", "attendance.already"]
    assert house.count(Measure.ATTENDANCES) == 0
