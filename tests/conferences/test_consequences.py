"""What acts on the tree do to conferences that are not over."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from quantriet.campaigns.models import Campaign
from quantriet.conferences.commands import conferences, photos, questions
from quantriet.conferences.models import Conference, Site, SiteUnit
from quantriet.conferences.queries import roster
from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.commands import acts
from quantriet.org.models import Act, ActKind, Person, Unit
from quantriet.org.proposals import REST, NewUnit, Proposal
from quantriet.org.queries.foresight import foresee
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.factories import operator

pytestmark = pytest.mark.django_db


class Town:
    """Two communes of a province, a cell in each, a conference of the province with a site for the first."""

    def __init__(self) -> None:
        self.top = factories.province()
        self.one = factories.commune(self.top, "Đảng bộ xã Một")
        self.two = factories.commune(self.top, "Đảng bộ xã Hai")
        self.cell = factories.cell(self.one, "Chi bộ 1")
        self.person: Person = factories.person(self.cell, "Nguyễn Văn An")
        self.at_commune: Person = factories.person(self.one, "Trần Thị Bình")
        document = campaigns_made.document(self.top)
        self.campaign: Campaign = campaigns_made.started(self.top, [document])
        self.conference = made.called(self.top, self.campaign)
        self.site = made.site(self.conference, self.one)


@pytest.fixture
def town() -> Town:
    return Town()


def merging(source: Unit, target: Unit | NewUnit) -> Proposal:
    day = timezone.localdate()
    into = target if isinstance(target, NewUnit) else target.pk
    return Proposal(ActKind.MERGE, "12-QĐ/TU", day, day, units=(source.pk,), into=(into,))


def do(proposal: Proposal) -> Act:
    with access.acting(operator()):
        return acts.carry_out(proposal, by=operator())


def undo(act: Act) -> Act:
    with access.acting(operator()):
        return acts.undo(act, reason="Nhập nhầm", by=operator())


def refused(act: Callable[[], object]) -> DomainError:
    with access.acting(operator()), pytest.raises(DomainError) as error:
        act()
    return error.value


def expected(site: Site) -> list[str]:
    with access.acting(operator()):
        return [row.full_name for row in roster.of_site(site) if row.is_expected]


def test_the_successor_runs_the_site_and_people_are_expected_where_they_were(town: Town) -> None:
    before = expected(town.site)

    do(merging(town.one, town.two))

    site = Site.objects.get(pk=town.site.pk)
    assert site.unit == town.two
    assert before == ["Nguyễn Văn An", "Trần Thị Bình"]
    assert expected(site) == ["Nguyễn Văn An"]  # who belonged to the commune itself sits with the successor's


def test_a_new_unit_sits_where_the_first_it_replaces_sat(town: Town) -> None:
    do(merging(town.one, NewUnit(code="MOI", name="Đảng bộ xã Mới", parent_id=town.top.pk)))

    assert expected(Site.objects.get(pk=town.site.pk)) == ["Nguyễn Văn An", "Trần Thị Bình"]


def test_a_conference_that_is_over_stays_with_who_held_it(town: Town) -> None:
    own = made.called(town.one, town.campaign)
    with access.acting(operator()):
        conferences.close(own, by=operator())
    waiting = made.called(town.one, town.campaign)

    do(merging(town.one, town.two))

    units = dict(Conference.objects.filter(pk__in=(own.pk, waiting.pk)).values_list("pk", "unit"))
    assert units == {own.pk: town.one.pk, waiting.pk: town.two.pk}


def test_the_dry_run_tells_what_is_open(town: Town) -> None:
    made.called(town.one, town.campaign)

    with access.acting(operator()):
        seen = foresee(merging(town.one, town.two), by=operator())

    told = [effect for effect in seen.effects if effect.subject.startswith("Hội nghị")]
    assert [(effect.count, "Đảng bộ xã Hai" in effect.outcome) for effect in told] == [(2, True)]


def test_a_merger_across_provinces_waits_for_open_conferences(town: Town) -> None:
    abroad = factories.commune(factories.province("Đảng bộ tỉnh Khác"), "Đảng bộ xã Xa")

    error = refused(lambda: acts.carry_out(merging(town.one, abroad), by=operator()))

    assert error.code == "conference.open_across_provinces"
    assert Site.objects.get(pk=town.site.pk).unit == town.one


def test_a_merger_across_provinces_goes_on_when_they_are_over(town: Town) -> None:
    abroad = factories.commune(factories.province("Đảng bộ tỉnh Khác"), "Đảng bộ xã Xa")
    with access.acting(operator()):
        conferences.cancel(town.conference, reason="Sắp xếp lại", by=operator())

    assert do(merging(town.one, abroad)).state == Act.State.DONE


def test_a_division_asks_who_runs_what_is_open(town: Town) -> None:
    day = timezone.localdate()
    halves = tuple(NewUnit(code=f"NUA-{at}", name=f"Nửa {at}") for at in (1, 2))
    answers = {REST: "0", f"campaigns.successor.{town.one.pk}": "0"}
    told = Proposal(ActKind.SPLIT, "14-QĐ/TU", day, day, units=(town.one.pk,), into=halves, answers=answers)
    chosen = {**answers, f"conferences.successor.{town.one.pk}": "1"}

    asked = refused(lambda: acts.carry_out(told, by=operator())).context["questions"]
    do(Proposal(ActKind.SPLIT, "14-QĐ/TU", day, day, units=(town.one.pk,), into=halves, answers=chosen))

    assert asked == [f"conferences.successor.{town.one.pk}"]
    assert Site.objects.get(pk=town.site.pk).unit.name == "Nửa 2"


def test_undo_gives_sites_conferences_and_seats_back(town: Town) -> None:
    own = made.called(town.one, town.campaign)
    seats = list(SiteUnit.objects.order_by("pk").values_list("pk", "unit", "site"))

    undo(do(merging(town.one, town.two)))

    assert Site.objects.get(pk=town.site.pk).unit == town.one
    assert Conference.objects.get(pk=own.pk).unit == town.one
    assert list(SiteUnit.objects.order_by("pk").values_list("pk", "unit", "site")) == seats


def test_undo_is_refused_once_the_conference_went_on(town: Town) -> None:
    act = do(merging(town.one, town.two))
    made.mark(Site.objects.select_related("conference__campaign").get(pk=town.site.pk), [town.person])

    error = refused(lambda: acts.undo(act, reason="Nhầm", by=operator()))

    assert error.code == "act.depended_on"
    assert town.conference.title in error.sentence


def test_undo_is_refused_once_who_moved_was_marked_anywhere(town: Town) -> None:
    act = do(merging(town.one, town.two))
    made.mark(made.hub(town.conference), [town.at_commune])

    assert refused(lambda: acts.undo(act, reason="Nhầm", by=operator())).code == "act.depended_on"


def test_undo_is_refused_once_a_founded_unit_called_a_conference(town: Town) -> None:
    act = do(merging(town.one, NewUnit(code="MOI", name="Đảng bộ xã Mới", parent_id=town.top.pk)))
    called = made.called(Unit.objects.get(code="MOI"), town.campaign)

    error = refused(lambda: acts.undo(act, reason="Nhầm", by=operator()))

    assert called.title in error.sentence


def test_undo_is_refused_once_a_founded_unit_asked_the_hub(town: Town) -> None:
    act = do(merging(town.one, NewUnit(code="MOI", name="Đảng bộ xã Mới", parent_id=town.top.pk)))
    site = Site.objects.select_related("conference").get(pk=town.site.pk)
    with access.acting(operator()):
        questions.ask(site, text="Khi nào có hướng dẫn?", key="k", by=operator())

    error = refused(lambda: acts.undo(act, reason="Nhầm", by=operator()))

    assert (error.code, "1 ghi nhận ở hội nghị" in error.sentence) == ("act.depended_on", True)


@pytest.mark.parametrize("is_new", [True, False])
def test_undo_is_refused_once_the_paper_roll_was_photographed(town: Town, *, is_new: bool) -> None:
    new = NewUnit(code="MOI", name="Đảng bộ xã Mới", parent_id=town.top.pk)
    act = do(merging(town.one, new if is_new else town.two))
    site = Site.objects.select_related("conference").get(pk=town.site.pk)
    with access.acting(operator()):
        photos.keep(site, [made.PICTURE], by=operator())

    error = refused(lambda: acts.undo(act, reason="Nhầm", by=operator()))

    counted = "1 ghi nhận ở hội nghị" in error.sentence
    assert (error.code, counted, town.conference.title in error.sentence) == ("act.depended_on", is_new, True)
