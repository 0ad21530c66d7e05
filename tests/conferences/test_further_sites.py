"""Sites after the call: levels, single units, a further hall; by who manages it, and by who is below for his own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quantriet.conferences import jobs as conference_jobs
from quantriet.conferences.commands import conferences, sites
from quantriet.conferences.models import Conference, Site, SiteUnit
from quantriet.conferences.queries import roster
from quantriet.core import jobs
from quantriet.core.errors import DomainError
from quantriet.core.models import Work
from quantriet.ledger.measures import Form
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import AuditEvent, Notice, Unit
from quantriet.org.models.units import Level
from tests import factories
from tests import factories_conferences as made
from tests.factories import operator
from tests.racing import PATIENCE_S, acted, until_waiting


class House:
    """A province with two communes of two cells each; a conference of the province with its hub alone."""

    def __init__(self) -> None:
        self.province = factories.province()
        self.first = factories.commune(self.province, "Đảng bộ xã Một")
        self.second = factories.commune(self.province, "Đảng bộ xã Hai")
        self.cells = [factories.cell(self.first, f"Chi bộ Ấp {number}") for number in (1, 2)]
        self.far = [factories.cell(self.second, f"Chi bộ Thôn {number}") for number in (1, 2)]
        self.an = factories.person(self.cells[0], "Nguyễn Văn An")
        self.conference = made.called(self.province)

    @property
    def below(self) -> list[Unit]:
        return [self.first, self.second, *self.cells, *self.far]

    def seated(self) -> list[str]:
        """The units that have a site besides the hub's, by name."""
        rows = SiteUnit.objects.filter(conference=self.conference, site__is_hub=False)
        return sorted(rows.values_list("unit__name", flat=True))


@pytest.fixture
def house(db: None) -> House:
    return House()


def address(one: Conference) -> str:
    return reverse("conference-further-sites", args=[one.pk])


def signed_in(role: str, unit: Unit) -> Client:
    return factories.signed_in(factories.account(role, unit))


def add(house: House, units: list[Unit], by: Actor) -> int:
    with access.acting(by):
        return sites.add_for_units(house.conference, [unit.pk for unit in units], form=Form.ONLINE, by=by)


def test_the_page_tells_how_many_each_level_has_and_makes_them_once(house: House) -> None:
    officer = signed_in("officer", house.province)
    before = officer.get(address(house.conference)).context["levels"]

    told = {"what": "units", "level": [Level.CELL.value], "site_form": Form.ONLINE.value, "key": "k"}
    answers = [officer.post(address(house.conference), told).status_code for _ in range(2)]

    after = officer.get(address(house.conference)).context["levels"]
    assert (before, after) == ([(Level.COMMUNE, 2), (Level.CELL, 4)], [(Level.COMMUNE, 2)])
    assert answers == [302, 422]  # the level is not offered any more
    assert house.seated() == ["Chi bộ Thôn 1", "Chi bộ Thôn 2", "Chi bộ Ấp 1", "Chi bộ Ấp 2"]
    assert Notice.objects.filter(key=f"conference:{house.conference.pk}").count() == 4


def test_people_sit_at_their_new_site_from_then_on(house: House) -> None:
    hub = made.hub(house.conference)
    with access.acting(operator()):
        before = [row.person_id for row in roster.of_site(hub)]

    add(house, [house.cells[0]], operator())

    own = Site.objects.select_related("conference__campaign").get(unit=house.cells[0])
    with access.acting(operator()):
        after = [[row.person_id for row in roster.of_site(site)] for site in (hub, own)]
    assert (before, after) == ([house.an.pk], [[], [house.an.pk]])


def test_a_single_unit_is_found_by_name_and_added(house: House) -> None:
    officer = signed_in("officer", house.province)
    told = {"what": "units", "unit": [house.cells[1].pk], "site_form": Form.IN_PERSON.value}

    offered = officer.get(address(house.conference), {"tim": "ap 2"}).context["offered"]
    foreign = officer.post(address(house.conference), told)
    added = officer.post(f"{address(house.conference)}?tim=ap+2", told)

    assert [unit.pk for unit in offered] == [house.cells[1].pk]
    assert (foreign.status_code, added.status_code) == (422, 302)
    assert house.seated() == ["Chi bộ Ấp 2"]


def test_nothing_chosen_is_said_beside_the_form(house: House) -> None:
    answer = signed_in("officer", house.province).post(
        address(house.conference), {"what": "units", "site_form": Form.ONLINE.value}
    )

    assert (answer.status_code, "Chưa chọn cấp hay đơn vị nào" in answer.content.decode()) == (422, True)


def test_a_manager_below_adds_sites_for_his_own_units_alone(house: House) -> None:
    head = factories.actor("secretary", house.first)

    added = add(house, house.below, head)

    assert (added, house.seated()) == (3, ["Chi bộ Ấp 1", "Chi bộ Ấp 2", "Đảng bộ xã Một"])


def test_who_manages_nothing_there_adds_none(house: House) -> None:
    stranger = factories.actor("secretary", factories.commune(factories.province("Tỉnh Khác"), "Xã Lạ"))
    clerk = factories.actor("clerk", house.first)
    refused = []
    for by in (stranger, clerk):
        with pytest.raises(DomainError) as error:
            add(house, house.below, by)
        refused.append(error.value.code)

    pages_of = [signed_in(role, unit) for role, unit in (("clerk", house.first), ("member", house.first))]
    answers = [client.get(address(house.conference)).status_code for client in pages_of]

    assert (refused, answers, house.seated()) == (["gate.forbidden"] * 2, [403, 403], [])


def test_a_meeting_of_a_neighbour_gets_no_site_of_mine(house: House) -> None:
    """A site of mine in it does not make my other units part of it."""
    theirs = made.called(house.second)
    hall = factories.actor("secretary", house.second)
    guest_hall = Site.objects.create(conference=theirs, unit=house.first, name="Nhờ hội trường xã Một")
    SiteUnit.objects.create(conference=theirs, site=guest_hall, unit=house.first)
    head = factories.actor("secretary", house.first)

    with access.acting(head):
        mine = sites.add_for_units(theirs, [cell.pk for cell in house.cells], form=Form.ONLINE, by=head)
    with access.acting(hall):
        own = sites.add_for_units(theirs, [cell.pk for cell in house.far], form=Form.ONLINE, by=hall)
    with access.acting(head), pytest.raises(DomainError) as refused:
        sites.add_hall(theirs, house.cells[0], name="Nhà văn hóa", form=Form.ONLINE, by=head)

    assert (mine, own, refused.value.code) == (0, 2, "gate.not_found")


def test_a_conference_that_is_over_gets_no_site(house: House) -> None:
    by = operator()
    with access.acting(by):
        conferences.cancel(house.conference, reason="Bão", by=by)

    with pytest.raises(DomainError) as refused:
        add(house, [house.first], by)

    assert (refused.value.code, house.seated()) == ("conference.over", [])


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_units_at_once_make_each_site_once() -> None:
    house = House()

    with ThreadPoolExecutor(1) as pool:
        with access.acting(operator()):
            ids = [unit.pk for unit in house.below]
            first = sites.add_for_units(house.conference, ids, form=Form.ONLINE, by=operator())
            second = pool.submit(
                acted, lambda: sites.add_for_units(house.conference, ids, form=Form.ONLINE, by=operator())
            )
            until_waiting(1, second)
        assert (first, second.result(timeout=PATIENCE_S)) == (6, 0)

    assert house.seated() == sorted(unit.name for unit in house.below)


def hall(house: House, unit: Unit, name: str, by: Actor) -> Site:
    with access.acting(by):
        return sites.add_hall(house.conference, unit, name=name, form=Form.ONLINE, by=by)


def test_a_further_hall_is_made_once_and_its_name_is_its_own(house: House) -> None:
    by = operator()
    add(house, [house.first], by)

    made_sites = [hall(house, house.first, "Nhà văn hóa", by).pk for _ in range(2)]
    with pytest.raises(DomainError) as taken:
        hall(house, house.second, "Nhà văn hóa", by)

    assert (made_sites[0], taken.value.code) == (made_sites[1], "site.name_taken")
    assert house.conference.sites.filter(unit=house.first).count() == 2
    assert house.seated() == ["Đảng bộ xã Một"]
    assert AuditEvent.objects.filter(action="site.add").count() == 2


def test_a_hall_is_added_on_the_page_by_who_manages_the_unit(house: House) -> None:
    add(house, [house.first, house.second], operator())
    head = signed_in("secretary", house.first)
    told = {"what": "hall", "name": "Nhà văn hóa", "hall_form": Form.ONLINE.value}

    offered = [unit.pk for unit in head.get(address(house.conference)).context["halls"]]
    foreign = head.post(address(house.conference), {**told, "hall_unit": house.second.pk})
    own = head.post(address(house.conference), {**told, "hall_unit": house.first.pk})

    made_hall = Site.objects.get(name="Nhà văn hóa")
    assert (offered, foreign.status_code, made_hall.unit_id) == ([house.first.pk], 422, house.first.pk)
    assert own.headers["Location"] == reverse("site", args=[made_hall.pk])


@pytest.mark.django_db(transaction=True)
def test_very_many_are_made_by_the_worker_in_chunks_and_a_retry_finds_the_same_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House()
    officer = signed_in("officer", house.province)
    monkeypatch.setattr(conference_jobs, "AT_ONCE", 3)
    monkeypatch.setattr(conference_jobs, "A_CHUNK", 2)
    told = {
        "what": "units",
        "level": [Level.COMMUNE.value, Level.CELL.value],
        "site_form": Form.ONLINE.value,
        "key": "k",
    }

    targets = {officer.post(address(house.conference), told).headers["Location"] for _ in range(2)}
    none_yet = house.seated()
    jobs.work_off()

    work = Work.objects.get()
    assert (targets, none_yet) == ({reverse("work", args=[work.pk])}, [])
    assert (work.state, work.done, work.total) == ("done", 6, 6)
    assert house.seated() == sorted(unit.name for unit in house.below)
    assert AuditEvent.objects.filter(action="site.add").count() == 3


def test_the_page_asks_as_much_for_one_unit_as_for_three(house: House) -> None:
    officer = signed_in("officer", house.province)

    def asked(sought: str) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            page = officer.get(address(house.conference), {"tim": sought})
        return len(page.context["offered"]), len(queries)

    asked("")
    (one, for_one), (many, for_many) = asked("Ấp 1"), asked("Chi bộ")

    assert (one, many, for_one) == (1, 4, for_many)


def test_a_program_sees_the_levels_and_adds_what_a_page_would(house: House) -> None:
    officer = signed_in("officer", house.province)
    stranger = signed_in("secretary", factories.commune(factories.province("Tỉnh Khác"), "Xã Lạ"))
    path = f"/api/v1/conferences/{house.conference.pk}/further-sites"
    told = {
        "levels": [Level.COMMUNE.value],
        "unit_ids": [house.cells[0].pk],
        "form": Form.ONLINE.value,
        "key": "k",
    }

    before = officer.get(path).json()
    added = [officer.post(path, told, content_type="application/json").json() for _ in range(2)]
    foreign = [stranger.get(path), stranger.post(path, told, content_type="application/json")]
    empty = officer.post(path, {**told, "levels": [], "unit_ids": []}, content_type="application/json")

    assert before == {"levels": [{"level": 2, "units": 2}, {"level": 4, "units": 4}]}
    assert added == [{"added": 3, "work_id": None}, {"added": 0, "work_id": None}]
    assert [answer.status_code for answer in foreign] == [404, 404]
    assert (empty.status_code, empty.json()["code"]) == (422, "site.nobody")
    assert house.seated() == ["Chi bộ Ấp 1", "Đảng bộ xã Hai", "Đảng bộ xã Một"]


# --- the worker -----------------------------------------------------------------------------------------------


def ordered(house: House, client: Client, key: str = "k") -> Work:
    """Ask for every level on the page, by more than is made at once."""
    told = {
        "what": "units",
        "level": [level.value for level, _count in client.get(address(house.conference)).context["levels"]],
        "site_form": Form.ONLINE.value,
        "key": key,
    }
    target = client.post(address(house.conference), told).headers["Location"]
    work = Work.objects.order_by("-pk")[0]
    assert target == reverse("work", args=[work.pk])
    return work


@pytest.mark.django_db(transaction=True)
def test_the_worker_makes_sites_for_the_units_of_who_ordered_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    monkeypatch.setattr(conference_jobs, "AT_ONCE", 1)
    work = ordered(house, signed_in("secretary", house.first))
    # Somebody wrote more into the order than its page offers.
    units = [unit.pk for unit in house.below]
    Work.objects.filter(pk=work.pk).update(ids={**work.ids, "units": units, "levels": [2, 4]})

    jobs.work_off()

    work.refresh_from_db()
    assert (work.state, house.seated()) == ("done", ["Chi bộ Ấp 1", "Chi bộ Ấp 2", "Đảng bộ xã Một"])


@pytest.mark.django_db(transaction=True)
def test_who_lost_his_role_before_the_worker_came_makes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    monkeypatch.setattr(conference_jobs, "AT_ONCE", 1)
    account = factories.account("officer", house.province)
    work = ordered(house, factories.signed_in(account))
    yesterday = timezone.localdate() - timedelta(days=1)
    account.assignments.update(from_on=yesterday, to_on=yesterday)

    jobs.work_off()

    work.refresh_from_db()
    assert (work.state, house.seated()) == ("failed", [])


@pytest.mark.django_db(transaction=True)
def test_a_stopped_work_goes_on_where_it_was_when_it_is_ordered_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House()
    monkeypatch.setattr(conference_jobs, "AT_ONCE", 1)
    monkeypatch.setattr(conference_jobs, "A_CHUNK", 2)
    client = signed_in("officer", house.province)
    work = ordered(house, client)
    add_chunk = sites.add_for_units

    def then_stop(*told: Any, **more: Any) -> int:
        count = add_chunk(*told, **more)
        jobs.cancel(work.pk)
        return count

    monkeypatch.setattr(sites, "add_for_units", then_stop)
    jobs.work_off()
    monkeypatch.setattr(sites, "add_for_units", add_chunk)
    work.refresh_from_db()
    stopped = (work.state, len(house.seated()))
    ordered(house, client, key="again")
    jobs.work_off()

    assert stopped == ("cancelled", 2)
    assert house.seated() == sorted(unit.name for unit in house.below)
    assert Notice.objects.filter(key=f"conference:{house.conference.pk}").count() == 6


def test_a_program_without_the_permission_is_refused(house: House) -> None:
    path = f"/api/v1/conferences/{house.conference.pk}/further-sites"
    told = {"levels": [Level.COMMUNE.value], "key": "k"}
    roles = ("clerk", "inspector", "lecturer", "member", "administrator")
    answers = [
        [client.get(path).status_code, client.post(path, told, content_type="application/json").status_code]
        for client in (signed_in(role, house.first) for role in roles)
    ]

    assert (answers, house.seated()) == ([[403, 403]] * 5, [])
