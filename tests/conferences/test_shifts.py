"""A conference in shifts: every list, count and paper puts a person into one of them, and nobody into two."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quantriet.campaigns.models import Campaign, RollLine
from quantriet.conferences.commands import attendance, conferences, shifts
from quantriet.conferences.models import Conference, ShiftMember, Site
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import quotas, roster, settled, wall
from quantriet.conferences.queries import shifts as queries
from quantriet.conferences.verdicts import Act, Code
from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.ledger.measures import Measure
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands import acts
from quantriet.org.models import ActKind, Person, Unit
from quantriet.org.proposals import Proposal
from tests import factories, racing
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.conferences.test_attendance import counts
from tests.factories import operator

pytestmark = pytest.mark.django_db


class House:
    """A hospital of two wards with four and two people on the roll, and a conference of it that began just now."""

    def __init__(self) -> None:
        self.province = factories.province()
        self.hospital = factories.commune(self.province, "Đảng bộ Bệnh viện")
        self.ward = factories.cell(self.hospital, "Chi bộ Khoa Nội")
        self.other = factories.cell(self.hospital, "Chi bộ Khoa Ngoại")
        names = ("Nguyễn Văn An", "Trần Thị Bình", "Lê Chi", "Phạm Dung")
        self.people = [factories.person(self.ward, name) for name in names]
        self.people += [factories.person(self.other, name) for name in ("Đỗ Em", "Vũ Giang")]
        self.campaign: Campaign = campaigns_made.started(self.province)
        self.conference = made.called(self.hospital, self.campaign)
        self.site = made.hub(self.conference)

    def add(
        self, *, after: timedelta = timedelta(hours=4), key: str = "ca-2", by: Actor | None = None
    ) -> Site:
        by = by or operator()
        begins = self.conference.starts_at + after
        with access.acting(by):
            second = shifts.add(
                self.conference,
                [self.site.pk],
                starts_at=begins,
                ends_at=begins + timedelta(hours=3),
                key=key,
                by=by,
            )
        self.conference.refresh_from_db()
        self.site = made.hub(self.conference)
        return made.hub(second)

    def put(self, site: Site, *people: Person, by: Actor | None = None) -> int:
        by = by or operator()
        with access.acting(by):
            return shifts.assign(site, [one.pk for one in people], by=by)

    def begin(self, site: Site) -> Site:
        """The hour of a later shift has come."""
        begins = timezone.now() - timedelta(minutes=10)
        Conference.objects.filter(pk=site.conference_id).update(
            starts_at=begins, ends_at=begins + timedelta(hours=3)
        )
        return Site.objects.select_related("conference__campaign").get(pk=site.pk)


@pytest.fixture
def house() -> House:
    return House()


def names(site: Site) -> list[str]:
    """Who is expected at a site, by every query that says it: they must agree."""
    with access.acting(operator()):
        listed = [row.full_name for row in roster.of_site(site) if row.is_expected]
        told = [name for _pk, name, _unit in roster.expected_names(site)]
        assert sorted(told) == sorted(listed)
        assert len(roster.expected_people(site)) == roster.expected_count(site) == len(listed)
        standing = wall.Standing(site.conference, by=operator())
        assert standing.sums(standing.all).summoned == len(listed)
    return listed


def sessions(person: Person, unit: Unit) -> list[str]:
    with access.acting(factories.actor("member", unit, of=person)):
        return [one.title for one in reads.summoned_to(person.pk)]


def test_everybody_stands_in_one_shift_and_the_first_is_where_nobody_was_asked(house: House) -> None:
    second = house.add()
    assert len(names(house.site)) == 6
    assert names(second) == []
    assert house.put(second, house.people[1], house.people[4]) == 2
    assert names(second) == ["Trần Thị Bình", "Đỗ Em"]
    assert sorted(names(house.site)) == sorted(["Nguyễn Văn An", "Lê Chi", "Phạm Dung", "Vũ Giang"])
    assert house.put(second, house.people[1]) == 0, "a retry changes nothing"
    assert house.put(house.site, house.people[1]) == 1
    assert names(second) == ["Đỗ Em"]


def test_a_further_shift_takes_over_agenda_hall_and_units(house: House) -> None:
    second = house.add()
    conference = second.conference
    assert (conference.shift, conference.shift_of_id, house.conference.shift) == (2, house.conference.pk, 1)
    assert conference.title == f"{house.conference.title} (ca 2)"
    assert list(conference.agenda.values_list("document_id", "planned_minutes")) == list(
        house.conference.agenda.values_list("document_id", "planned_minutes")
    )
    assert (second.name, second.unit_id, second.shift_of_id) == (
        house.site.name,
        house.site.unit_id,
        house.site.pk,
    )
    assert [one.unit_id for one in second.site_units.all()] == [house.hospital.pk]
    assert house.add().pk == second.pk, "the same key again is the same shift"


def test_spread_leaves_of_every_unit_as_many_on_duty_as_sit(house: House) -> None:
    second = house.add()
    by = operator()
    with access.acting(by):
        assert shifts.spread(house.site, by=by) == 6
        assert shifts.spread(house.site, by=by) == 6
        divided = {
            (one.unit_name, one.conference_id == second.conference_id) for one in queries.comers(house.site)
        }
    assert len(divided) == 4, "both units have people in both shifts"
    assert len(names(house.site)) == len(names(second)) == 3


def test_who_comes_to_another_shift_is_counted_there_and_nowhere_else(house: House) -> None:
    second = house.add()
    house.put(second, *house.people[:3])
    an, dung = house.people[0], house.people[3]
    answers = made.mark(house.site, [an, dung], Act.IN)
    assert [answer.code for answer in answers] == [Code.RECORDED, Code.RECORDED]
    assert "Nguyễn Văn An" in names(house.site)
    assert sorted(names(second)) == ["Lê Chi", "Trần Thị Bình"]
    assert house.put(second, an) == 0, "who was seen stays where he was seen"
    with access.acting(operator()):
        first, later = settled.of_site(house.site), settled.of_site(second)
    assert (first.sums.summoned, first.sums.people) == (4, 2)
    assert later.sums.summoned == 2
    assert counts(house.campaign, house.province, Measure.PRESENT, Measure.SUMMONED) == [2, 6]


def test_who_was_excused_in_one_shift_and_came_to_the_other_is_summoned_once(house: House) -> None:
    second = house.begin(house.add())
    binh = house.people[1]
    made.mark(house.site, [binh], Act.EXCUSED, excuse="trực")
    made.mark(second, [binh], Act.IN)
    with access.acting(operator()):
        told = [settled.of_site(site).sums.summoned for site in (house.site, second)]
    assert told == [5, 1]
    assert counts(house.campaign, house.province, Measure.PRESENT, Measure.EXCUSED) == [1, 0]


def test_somebody_reads_of_his_own_shift_only(house: House) -> None:
    second = house.add()
    binh, chi = house.people[1:3]
    house.put(second, binh)
    assert sessions(binh, house.ward) == [second.conference.title]
    assert sessions(chi, house.ward) == [house.conference.title]


def test_the_roll_of_a_device_names_the_people_of_its_shift(house: House) -> None:
    second = house.add()
    house.put(second, house.people[1])
    with access.acting(operator()):
        assert [pk for pk, _name, _unit in roster.expected_names(second)] == [house.people[1].pk]
        assert house.people[1].pk not in attendance.short_codes(house.site).values()


def test_everyone_but_is_everyone_of_the_shift(house: House) -> None:
    second = house.begin(house.add())
    house.put(second, house.people[1], house.people[4])
    by = operator()
    with access.acting(by):
        attendance.everyone_except(second, {}, by=by, key="ca")
    assert counts(house.campaign, house.province, Measure.PRESENT) == [2]


def test_who_moves_to_another_unit_is_expected_there_in_the_first_shift(house: House) -> None:
    second = house.add()
    binh = house.people[1]
    house.put(second, binh)
    with factories.looking_everywhere():
        RollLine.objects.filter(person=binh).update(unit=house.other)
    assert "Trần Thị Bình" in names(house.site)
    assert names(second) == []
    assert house.put(second, binh) == 1, "and may be put into a shift anew"


def test_a_merger_keeps_everybody_in_his_shift_and_its_undo_too(house: House) -> None:
    second = house.add()
    house.put(second, house.people[1])
    day = timezone.localdate()
    merger = Proposal(ActKind.MERGE, "7-QĐ/ĐU", day, day, units=(house.ward.pk,), into=(house.other.pk,))
    by = operator()
    with access.acting(by):
        act = acts.carry_out(merger, by=by)
    assert names(second) == ["Trần Thị Bình"]
    with access.acting(by):
        acts.undo(act, reason="Nhập nhầm", by=by)
    assert names(second) == ["Trần Thị Bình"]
    with factories.looking_everywhere():
        assert ShiftMember.objects.get().unit_id == house.ward.pk


def test_a_shift_called_off_gives_its_people_back(house: House) -> None:
    second = house.add()
    house.put(second, *house.people[:2])
    by = operator()
    with access.acting(by):
        with pytest.raises(DomainError, match="ca sau"):
            conferences.cancel(house.conference, reason="Thử", by=by)
        conferences.cancel(second.conference, reason="Không cần nữa", by=by)
    assert len(names(house.site)) == 6
    with access.acting(by), pytest.raises(DomainError, match="đã kết thúc hoặc đã hủy"):
        shifts.assign(second, [house.people[2].pk], by=by)


def test_two_shifts_are_one_conference_and_one_site(house: House) -> None:
    second = house.begin(house.add())
    made.mark(house.site, house.people[:3], Act.IN)
    made.mark(second, house.people[3:], Act.IN)
    by = operator()
    with access.acting(by):
        conferences.close(second.conference, by=by)
        conferences.close(house.conference, by=by)
        year = timezone.localtime(house.conference.starts_at).year
        assert quotas.meter(house.hospital, year).called == 1
    figures = (Measure.SITES, Measure.HEAD_CHAIRED, Measure.PRESENT)
    assert counts(house.campaign, house.province, *figures) == [1, 1, 6]


def test_a_site_that_was_held_in_the_second_shift_only_counts(house: House) -> None:
    second = house.begin(house.add())
    made.mark(second, house.people[:1], Act.IN)
    by = operator()
    with access.acting(by):
        conferences.close(house.conference, by=by)
        conferences.close(second.conference, by=by)
    assert counts(house.campaign, house.province, Measure.SITES) == [1]


def refused(house: House, begins: datetime, ends: datetime, *, sites: list[int] | None = None) -> str:
    by = operator()
    chosen = [house.site.pk] if sites is None else sites
    with access.acting(by), pytest.raises(DomainError) as error:
        shifts.add(house.conference, chosen, starts_at=begins, ends_at=ends, key="x", by=by)
    assert not Conference.objects.filter(shift_of=house.conference).exists()
    return error.value.code


def test_a_further_shift_has_hours_of_its_own_and_a_site(house: House) -> None:
    begins, ends = house.conference.starts_at, house.conference.ends_at
    hour = timedelta(hours=1)
    assert refused(house, begins + hour, ends + hour) == "shift.overlaps"
    assert refused(house, ends + hour, ends) == "conference.times"
    assert refused(house, ends, ends + hour, sites=[]) == "shift.no_site"
    with access.acting(operator()):
        conferences.close(house.conference, by=operator())
    assert refused(house, ends, ends + hour) == "shift.over"


def test_the_unit_of_a_site_may_add_a_shift_for_its_own_site_only(house: House) -> None:
    big = made.called(house.province, house.campaign)
    own = made.site(big, house.hospital)
    secretary = factories.actor("secretary", house.hospital)
    begins = big.ends_at
    with access.acting(secretary):
        second = shifts.add(
            big, [own.pk], starts_at=begins, ends_at=begins + timedelta(hours=2), key="1", by=secretary
        )
        assert (second.unit, second.level) == (house.hospital, big.level)
        with pytest.raises(ForbiddenError):
            shifts.add(
                big,
                [made.hub(big).pk],
                starts_at=begins,
                ends_at=begins + timedelta(hours=2),
                key="2",
                by=secretary,
            )
    stranger = factories.actor("secretary", factories.commune(house.province, "Đảng bộ xã khác"))
    with access.acting(stranger), pytest.raises(ForbiddenError):
        shifts.spread(own, by=stranger)
    with access.acting(stranger), pytest.raises(ForbiddenError):
        shifts.assign(own, [house.people[0].pk], by=stranger)


def test_people_of_another_site_are_passed_over(house: House) -> None:
    second = house.add()
    elsewhere = factories.person(factories.commune(house.province, "Đảng bộ xã khác"), "Người Khác")
    assert house.put(second, elsewhere) == 0
    with factories.looking_everywhere():
        assert not ShiftMember.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clerks_divide_one_site_at_once(house: House) -> None:
    second = house.add()
    by = operator()

    def divide(number: int) -> None:
        with access.acting(by):
            if number % 2:
                shifts.spread(house.site, by=by)
            else:
                shifts.assign(second, [one.pk for one in house.people], by=by)

    assert racing.outcomes(4, divide) == ["done"] * 4
    assert len(names(house.site)) + len(names(second)) == 6


@pytest.mark.django_db(transaction=True)
def test_the_same_shift_ordered_twice_at_once_is_one(house: House) -> None:
    by, begins = operator(), house.conference.ends_at

    def order(_number: int) -> None:
        with access.acting(by):
            shifts.add(
                house.conference,
                [house.site.pk],
                starts_at=begins,
                ends_at=begins + timedelta(hours=2),
                key="mot-lan",
                by=by,
            )

    assert racing.outcomes(2, order) == ["done"] * 2
    assert Conference.objects.filter(shift_of=house.conference).count() == 1


@pytest.mark.parametrize("people", [1, 3])
def test_the_pages_ask_the_same_number_of_statements_for_one_person_and_for_three(
    house: House, client: Client, people: int
) -> None:
    second = house.add()
    house.put(second, *house.people[:people])
    client.force_login(factories.account("secretary", house.hospital))
    found = []
    for route, pk in (("conference-shifts", house.conference.pk), ("site-shifts", second.pk)):
        client.get(reverse(route, args=[pk]))
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse(route, args=[pk])).status_code == 200
        found.append(len(caught))
    assert found == STATEMENTS


STATEMENTS = [28, 16]


def test_the_pages_divide_a_site(house: House, client: Client) -> None:
    client.force_login(factories.account("secretary", house.hospital))
    address = reverse("conference-shifts", args=[house.conference.pk])
    page = client.get(address)
    assert "Chưa chia ca" in page.text
    begins = timezone.localtime(house.conference.ends_at) + timedelta(days=1)
    hours = {"day": begins.strftime("%d/%m/%Y"), "begins": "07:30", "ends": "10:00", "key": "k"}
    assert client.post(address, hours).status_code == 302
    second = made.hub(Conference.objects.get(shift_of=house.conference))
    site_address = reverse("site-shifts", args=[house.site.pk])
    assert "Trần Thị Bình" in client.get(site_address).text
    told = {"what": "assign", "to": second.pk, "person": [house.people[1].pk]}
    assert client.post(site_address, told).status_code == 302
    assert names(second) == ["Trần Thị Bình"]
    assert client.post(site_address, {"what": "spread"}).status_code == 302
    assert len(names(second)) == 3
    nobody = client.post(site_address, {"what": "assign", "to": second.pk})
    assert nobody.status_code == 422
    assert "Chưa chọn ai" in nobody.text
    late = client.post(address, hours | {"begins": "08:00", "key": "k2"})
    assert late.status_code == 422
    assert "Trùng giờ với ca 2" in late.text


def test_a_member_neither_sees_nor_divides_a_site(house: House, client: Client) -> None:
    client.force_login(factories.account("member", house.ward, of=house.people[0]))
    assert client.get(reverse("site-shifts", args=[house.site.pk])).status_code in (403, 404)
    assert client.post(reverse("site-shifts", args=[house.site.pk]), {"what": "spread"}).status_code in (
        403,
        404,
    )
