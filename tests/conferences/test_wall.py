"""The wall: counts that the triggers and the fold keep, cells down the tree, what a reader may see, what is new."""

import re
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quantriet.campaigns.commands import roll
from quantriet.campaigns.models import Campaign
from quantriet.conferences.commands import attendance, counts, sites
from quantriet.conferences.models import Conference, Site, SiteChange
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import counts as kept
from quantriet.conferences.queries import roster, wall
from quantriet.conferences.queries.wall import Level, Standing
from quantriet.conferences.verdicts import Act
from quantriet.core.errors import NotFoundError
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Membership, PersonClass
from quantriet.org.permissions import ROLES, Can
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.factories import operator


class House:
    """A province of two communes, the first with two cells of one member each; a conference of the province with a
    site in every unit but the second commune's cell.
    """

    def __init__(self) -> None:
        self.province = factories.province()
        self.first = factories.commune(self.province, "Đảng bộ xã Một")
        self.second = factories.commune(self.province, "Đảng bộ xã Hai")
        self.cells = [factories.cell(self.first, f"Chi bộ {name}") for name in ("Ấp Một", "Ấp Hai")]
        self.far = factories.cell(self.second, "Chi bộ Xa")
        self.an = factories.person(self.cells[0], "Nguyễn Văn An")
        self.binh = factories.person(self.cells[1], "Trần Bình")
        self.chi = factories.person(self.far, "Lê Chi")
        self.campaign: Campaign = campaigns_made.started(self.province)
        self.conference: Conference = made.called(self.province, self.campaign)
        self.sites = [made.site(self.conference, unit) for unit in (self.first, self.second, *self.cells)]

    def standing(self, by: Actor | None = None) -> Standing:
        by = by or operator()
        with access.acting(by):
            return Standing(self.conference, by=by)

    def level(self, unit_id: int | None = None, chosen: str = "", by: Actor | None = None) -> Level:
        by = by or operator()
        with access.acting(by):
            return wall.level(Standing(self.conference, by=by), unit_id, chosen)


@pytest.fixture
def house(db: None) -> House:
    return House()


def differing() -> list[int]:
    with factories.looking_everywhere():
        return kept.differing()


def counted(house: House) -> dict[str, tuple[int | None, int, int | None]]:
    standing = house.standing()
    cells = standing.cells(list(house.conference.sites.order_by("id")))
    return {cell.site.name: (cell.present, cell.away, cell.summoned) for cell in cells}


# --- counts ---------------------------------------------------------------------------------------------------


def test_counts_are_exact_before_and_after_each_fold_whatever_is_recorded(house: House) -> None:
    first_cell, second_cell = house.sites[2:]
    hub = made.hub(house.conference)
    guest = factories.person(house.cells[0], "Người Ngoài Danh Sách")
    by = operator()
    steps: list[Callable[[], object]] = [
        lambda: made.mark(first_cell, [house.an, guest]),
        lambda: made.mark(second_cell, [house.binh], Act.ABSENT),
        lambda: made.mark(second_cell, [house.binh], Act.PRESENT, key="returns"),
        lambda: made.mark(hub, [house.chi], key="elsewhere"),
    ]
    seen = []

    for step in steps:
        step()
        before = counted(house)
        assert differing() == []
        counts.fold()
        assert (counted(house), differing()) == (before, [])
        seen.append(before)
    with access.acting(by):
        attendance.undo(second_cell, "returns", by=by)

    assert [step[first_cell.name] for step in seen] == [(1, 0, 1)] * 4
    assert [step[second_cell.name] for step in seen] == [(None, 0, 1), (0, 1, 1), (1, 0, 1), (1, 0, 1)]
    assert (counted(house)[second_cell.name], differing()) == ((0, 1, 1), [])


def test_control_a_change_that_was_lost_is_found(house: House) -> None:
    made.mark(house.sites[2], [house.an])

    SiteChange.objects.filter(site_id=house.sites[2].pk, on_roll=1).delete()

    assert differing() == [house.sites[2].pk]


def test_folding_again_adds_nothing(house: House) -> None:
    made.mark(house.sites[2], [house.an])

    folded = counts.fold()
    again = counts.fold()

    assert (folded > 0, again, counted(house)[house.sites[2].name]) == (True, 0, (1, 0, 1))


def test_what_was_taken_back_with_its_transaction_is_not_kept(house: House) -> None:
    counts.fold()
    house.standing()

    before = transaction.savepoint()
    made.mark(house.sites[2], [house.an])
    within = counted(house)[house.sites[2].name]
    transaction.savepoint_rollback(before)

    assert (within, counted(house)[house.sites[2].name]) == ((1, 0, 1), (None, 0, 1))


def test_a_silent_site_is_a_dash_and_no_zero(house: House) -> None:
    made.mark(house.sites[3], [house.binh], Act.ABSENT)

    cells = house.standing().cells(house.sites)

    assert [(cell.site.name, cell.present, cell.is_silent, cell.shape) for cell in cells] == [
        ("Đảng bộ xã Một", None, True, "missing"),
        ("Đảng bộ xã Hai", None, True, "missing"),
        ("Chi bộ Ấp Một", None, True, "missing"),
        ("Chi bộ Ấp Hai", 0, False, "doing"),
    ]


def test_units_that_move_to_another_site_are_summoned_there(house: House) -> None:
    by = operator()
    before = counted(house)

    with access.acting(by):
        sites.assign(house.sites[1], [house.cells[0].pk], by=by)

    after = counted(house)
    assert [before[site.name][2] for site in house.sites] == [0, 1, 1, 1]
    assert [after[site.name][2] for site in house.sites] == [0, 2, 0, 1]


# --- down the tree --------------------------------------------------------------------------------------------


def test_sites_with_fewer_seats_than_people_are_found(house: House) -> None:
    Conference.objects.filter(pk=house.conference.pk).update(state=Conference.State.PLANNED)
    hall = next(site for site in house.sites if site.unit == house.cells[0])

    def short(capacity: int) -> tuple[tuple[int, ...], int]:
        Site.objects.filter(pk=hall.pk).update(capacity=capacity)
        level = house.level(chosen="thieu-cho")
        return level.site_ids, level.sums.short

    assert short(1) == ((), 0)
    with access.acting(operator()):
        person = factories.person(house.cells[0], "Phạm Dung")
        roll.add(house.campaign, person, house.cells[0], person_class=3, reason="Bổ sung", by=operator())
    assert short(1) == ((hall.pk,), 1)
    assert short(2) == ((), 0), "the wall hears of a larger hall"


def test_without_a_campaign_the_wall_summons_whom_the_list_summons(house: House) -> None:
    with factories.looking_everywhere():
        Membership.objects.filter(person=house.an).update(person_class=PersonClass.KEY_CADRE)
    meeting = made.called(house.first, None, classes=(int(PersonClass.KEY_CADRE),))
    site = made.hub(meeting)
    with access.acting(operator()):
        listed = roster.expected_count(site)
        (cell,) = Standing(meeting, by=operator()).cells([site])
    assert (listed, cell.summoned) == (1, 1)


def test_more_sites_than_fit_are_shown_by_the_units_below(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall, "FLAT", 2)
    made.mark(house.sites[2], [house.an])
    by = operator()
    with access.acting(by):
        sites.begin_incident(house.sites[3], kind="no_sound", by=by)

    whole = house.level()
    below = house.level(house.first.pk)

    (group,) = whole.groups
    hub = made.hub(house.conference)
    assert (group.name, group.shape, group.sums.sites, group.sums.present) == (
        "Đảng bộ xã Một",
        "overdue",
        3,
        1,
    )
    assert set(whole.site_ids) == {hub.pk, house.sites[1].pk}
    assert (whole.sums.sites, whole.sums.present, whole.sums.summoned) == (5, 1, 3)
    assert (whole.sums.troubled, whole.sums.silent, whole.sums.connected) == (1, 4, 1)
    assert [name for _unit, name in below.way] == [house.province.name, house.first.name]
    assert (below.groups, len(below.site_ids), below.sums.summoned) == ((), 3, 2)


def test_filters_tell_the_sites_one_by_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wall, "FLAT", 2)
    by = operator()
    with access.acting(by):
        incident = sites.begin_incident(house.sites[3], kind="no_sound", by=by)
        sites.report(house.sites[1], state="ready", by=by)

    troubled, silent = house.level(chosen="su-co"), house.level(chosen="chua-bao-cao")
    with access.acting(by):
        sites.end_incident(incident, remedy="Thay dây", by=by)

    assert troubled.site_ids == (house.sites[3].pk,)
    quiet = (made.hub(house.conference), house.sites[0], *house.sites[2:])
    assert set(silent.site_ids) == {site.pk for site in quiet}
    assert house.level(chosen="su-co").site_ids == ()


def test_what_lies_above_or_beside_is_not_there(house: House) -> None:
    secretary = factories.actor("secretary", house.second)

    own = house.level(by=secretary)

    assert own.site_ids == (house.sites[1].pk,)
    for unit in (house.province, house.first, house.cells[0]):
        with pytest.raises(NotFoundError):
            house.level(unit.pk, by=secretary)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_ranges_of_the_wall_are_the_units_of_the_gate(house: House, role: str) -> None:
    for unit in (house.province, house.first, house.cells[0]):
        by = factories.actor(role, unit)
        standing = house.standing(by)
        with access.acting(by):
            may_see = set(
                reads.sites(by, Can.CONFERENCE_READ)
                .filter(conference=house.conference)
                .values_list("pk", flat=True)
            )
            may_count = set(
                Site.objects.filter(
                    conference=house.conference, unit__in=access.units(by, Can.ATTENDANCE_READ)
                ).values_list("pk", flat=True)
            )
        assert set(standing.rows["site"][standing.seen].tolist()) == may_see
        assert set(standing.rows["site"][standing.counted].tolist()) == may_count


def test_without_the_right_to_read_attendances_counts_are_dashes(house: House) -> None:
    made.mark(house.sites[2], [house.an])
    by = factories.actor("secretary", house.province)
    standing = house.standing(by)
    control = standing.sums(standing.all)

    standing.counted = standing.counted & False
    sums = standing.sums(standing.all)

    assert ((control.present, control.summoned), (sums.present, sums.summoned)) == ((1, 3), (None, None))


# --- the page -------------------------------------------------------------------------------------------------


@pytest.fixture
def browser(house: House, client: Client) -> Client:
    client.force_login(factories.account("secretary", house.province))
    return client


def news_of(page: str) -> str:
    found = re.search(r'id="wall-news" hidden hx-get="([^"]+)"', page)
    assert found is not None
    return found.group(1).replace("&amp;", "&")


def cells_of(page: str) -> set[str]:
    return set(re.findall(r'id="wall-((?:site|unit)-\d+)"', page))


def test_the_page_fetches_only_what_changed(house: House, browser: Client) -> None:
    counts.fold()
    whole = browser.get(reverse("conference-wall", args=[house.conference.pk])).content.decode()
    quiet = browser.get(news_of(whole))
    made.mark(house.sites[2], [house.an])
    counts.fold()

    changed = browser.get(news_of(whole)).content.decode()

    assert (len(cells_of(whole)), quiet.status_code, quiet.content) == (5, 204, b"")
    assert cells_of(changed) == {f"site-{house.sites[2].pk}"}
    assert "1/1" in changed
    assert browser.get(news_of(changed)).status_code == 204


def test_another_site_brings_the_whole_wall(house: House, browser: Client) -> None:
    counts.fold()
    whole = browser.get(reverse("conference-wall", args=[house.conference.pk])).content.decode()
    added = made.site(house.conference, house.far)
    counts.fold()

    changed = browser.get(news_of(whole)).content.decode()

    assert cells_of(changed) == cells_of(whole) | {f"site-{added.pk}"}
    assert 'id="wall" class="stack" hx-swap-oob="true"' in changed


def test_any_number_of_sites_is_asked_for_with_the_same_statements(
    house: House, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall, "FLAT", 2)
    address = reverse("conference-wall", args=[house.conference.pk])

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    asked()  # the figures are in memory from here on
    one = asked()
    for name in ("Ba", "Bốn", "Năm"):
        unit = factories.commune(house.province, f"Đảng bộ xã {name}")
        made.site(house.conference, unit)
        made.site(house.conference, factories.cell(unit))
    asked()

    assert asked() == one


@pytest.mark.parametrize("query", ["?don_vi=999999", "?don_vi=abc", "?so=x&khung=<b>", "?page=99", "?loc=la"])
def test_addresses_that_were_tampered_with_are_answered(house: House, browser: Client, query: str) -> None:
    answer = browser.get(reverse("conference-wall", args=[house.conference.pk]) + query)

    assert answer.status_code == (404 if query == "?don_vi=999999" else 200)


def test_programs_read_the_same_wall(
    house: House, browser: Client, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall, "FLAT", 2)
    made.mark(house.sites[2], [house.an])
    by = operator()
    with access.acting(by):
        sites.begin_incident(house.sites[3], kind="no_sound", by=by)
    address = f"/api/v1/conferences/{house.conference.pk}/wall"

    whole = browser.get(address).json()
    troubled = browser.get(f"{address}?only=troubled").json()
    refused = [browser.get(f"{address}?{query}").status_code for query in ("unit_id=987654321", "only=la")]
    client.force_login(factories.account("secretary", factories.province("Đảng bộ tỉnh Khác")))

    assert (whole["total"]["sites"], whole["total"]["present"], whole["more"]) == (5, 1, 0)
    assert [(group["name"], group["sites"], group["troubled"]) for group in whole["groups"]] == [
        ("Đảng bộ xã Một", 3, 1)
    ]
    assert [(one["id"], one["incident"], one["present"]) for one in troubled["sites"]] == [
        (house.sites[3].pk, "Mất tiếng", None)
    ]
    assert (refused, client.get(address).status_code) == ([404, 422], 404)
