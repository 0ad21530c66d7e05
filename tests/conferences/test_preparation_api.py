"""Getting ready by the API: the same list, sums and refusals as on the pages, told once whatever is sent again."""

import itertools
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quantriet.conferences.commands import conferences
from quantriet.conferences.models import SiteCheck
from quantriet.conferences.readiness import Item
from quantriet.org import access
from quantriet.org.models import AuditEvent, Facility, Unit
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.factories import operator

pytestmark = pytest.mark.django_db

GOOD = [{"item": str(item), "is_good": True} for item in Item]
LINE = {"item": "line", "is_good": True, "line": {"down_kbits": 80_000, "up_kbits": 40_000, "delay_ms": 12}}


class House:
    """A province with two communes, each with a site online at the province's conference of tomorrow."""

    def __init__(self) -> None:
        self.province = factories.province()
        self.first = factories.commune(self.province, "Đảng bộ xã Một")
        self.second = factories.commune(self.province, "Đảng bộ xã Hai")
        begins = timezone.now() + timedelta(days=1)
        self.whole = made.called(self.province, starts_at=begins, ends_at=begins + timedelta(hours=3))
        self.site = made.site(self.whole, self.first)
        self.other = made.site(self.whole, self.second)
        self.stranger = factories.commune(factories.province("Đảng bộ tỉnh Khác"), "Đảng bộ xã Lạ")


@pytest.fixture
def house() -> House:
    return House()


def client_of(role: str, unit: Unit) -> Client:
    return factories.signed_in(factories.account(role, unit))


def sent(client: Client, method: str, path: str, body: Any, **headers: str) -> Any:
    """A write; ``Idempotency_Key`` and its like become headers."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return getattr(client, method)(
        f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=told
    )


def queries_of(client: Client, path: str, grow: Callable[[int], object]) -> list[int]:
    """How many statements a list takes with one row more and with three more."""
    counts = []
    for number in (1, 3):
        for at in range(number):
            grow(10 * number + at)
        client.get(f"/api/v1/{path}")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/api/v1/{path}").status_code == 200
        counts.append(len(asked))
    return counts


# --- the checklist --------------------------------------------------------------------------------------------


def test_what_was_found_is_told_and_sent_again_it_stays_good_since_then(house: House) -> None:
    clerk, path = client_of("clerk", house.first), f"sites/{house.site.pk}/readiness"
    before = clerk.get(f"/api/v1/{path}").json()
    body = {"looks": [*(one for one in GOOD if one["item"] != "line"), LINE]}
    told = [
        sent(clerk, "post", path, body, **headers).json()
        for headers in ({}, {}, {"Idempotency_Key": "mot"}, {"Idempotency_Key": "mot"})
    ]

    assert [(one["item"], one["is_good"]) for one in before["items"]] == [(str(item), None) for item in Item]
    assert (before["ready_since"], before["state"], told[0]["state"]) == (None, "planned", "ready")
    (line,) = (one["line"] for one in told[0]["items"] if one["line"])
    assert line == {"down_kbits": 80_000, "up_kbits": 40_000, "delay_ms": 12, "figures_are": "typed"}
    since = [(one["ready_since"], one["tested_at"], one["minutes_late"]) for one in told]
    assert since == [(told[0]["ready_since"], told[0]["tested_at"], 0)] * 4
    assert told[2] == told[3]
    with factories.looking_everywhere():
        assert AuditEvent.objects.filter(action="site.check").count() == 3


def test_who_looks_only_reads_a_neighbour_finds_nothing_and_nobody_above_answers_for_a_stranger(
    house: House,
) -> None:
    path = f"sites/{house.site.pk}/readiness"
    readers = {
        "own": client_of("clerk", house.first),
        "neighbour": client_of("clerk", house.second),
        "above": client_of("clerk", house.province),
        "inspector": client_of("inspector", house.province),
        "stranger": client_of("clerk", house.stranger),
        "member": client_of("member", house.first),
    }
    read = {name: client.get(f"/api/v1/{path}").status_code for name, client in readers.items()}
    told = {name: sent(client, "post", path, {"looks": GOOD[:1]}) for name, client in readers.items()}

    assert read == {
        "own": 200, "neighbour": 404, "above": 200, "inspector": 200, "stranger": 404, "member": 403,
    }  # fmt: skip
    assert {name: answer.status_code for name, answer in told.items()} == {
        "own": 200, "neighbour": 404, "above": 200, "inspector": 403, "stranger": 404, "member": 403,
    }  # fmt: skip
    nowhere = sent(readers["stranger"], "post", "sites/987654321/readiness", {"looks": GOOD[:1]})
    assert told["stranger"].json() == nowhere.json()


def test_who_only_sits_at_a_site_reads_its_list_and_tells_nothing(house: House) -> None:
    path = f"sites/{made.hub(house.whole).pk}/readiness"
    guest = client_of("clerk", factories.commune(house.province, "Đảng bộ xã Ba"))
    told = sent(guest, "post", path, {"looks": GOOD[:1]})

    assert (guest.get(f"/api/v1/{path}").status_code, told.status_code) == (200, 404)
    assert SiteCheck.objects.count() == 0


@pytest.mark.parametrize(
    ("looks", "code"),
    [
        ([{"item": "sound", "is_good": False}], "readiness.note"),
        ([*GOOD, {"item": "sound", "is_good": True}], "api.unfit"),
        ([GOOD[0], GOOD[0]], "readiness.items"),
        ([{"item": "sound", "is_good": True, "line": LINE["line"]}], "readiness.line"),
        ([{"item": "gold", "is_good": True}], "api.unfit"),
        ([{"item": "line", "is_good": True, "line": {"down_kbits": 5}}], "api.unfit"),
        ([{"item": "line", "is_good": True, "line": {"down_kbits": -1, "up_kbits": 10**9}}], "api.unfit"),
        ([{"item": "sound", "is_good": False, "note": "x" * 301}], "api.unfit"),
        ([], "api.unfit"),
    ],
)
def test_bad_looks_are_refused_in_vietnamese_and_nothing_is_kept(house: House, looks: Any, code: str) -> None:
    clerk = client_of("clerk", house.first)
    answer = sent(clerk, "post", f"sites/{house.site.pk}/readiness", {"looks": looks})

    told = answer.json()
    assert (answer.status_code, told["code"], SiteCheck.objects.count()) == (422, code, 0)
    assert any(words in told["detail"] for words in ("Chưa lưu gì", "Chưa ghi gì"))


def test_after_the_end_nothing_is_told_and_nobody_is_behind(house: House) -> None:
    by = operator()
    with access.acting(by):
        conferences.cancel(house.whole, reason="Hoãn", by=by)
    clerk = client_of("clerk", house.first)
    answer = sent(clerk, "post", f"sites/{house.site.pk}/readiness", {"looks": GOOD})
    above = client_of("inspector", house.province)
    address = f"/api/v1/conferences/{house.whole.pk}/readiness"
    sums = above.get(address).json()

    assert (answer.status_code, answer.json()["code"]) == (422, "conference.over")
    assert (sums["sites"], sums["unready"], sums["untested"]) == (3, 0, 0)
    assert above.get(f"{address}/sites").json()["items"] == []


# --- sites that are behind ------------------------------------------------------------------------------------


def test_sites_that_are_behind_are_those_of_the_sums_and_only_mine(house: House) -> None:
    clerk = client_of("clerk", house.first)
    sent(clerk, "post", f"sites/{house.site.pk}/readiness", {"looks": GOOD[1:4]})  # picture, sound, line
    address = f"/api/v1/conferences/{house.whole.pk}/readiness"
    above = client_of("inspector", house.province)
    sums = above.get(address).json()
    hall = made.hub(house.whole).pk

    def listed(client: Client, query: str = "") -> dict[int, list[str]]:
        return {one["id"]: one["lacks"] for one in client.get(f"{address}/sites{query}").json()["items"]}

    both = ["unready", "untested"]
    assert (sums["sites"], sums["unready"], sums["untested"]) == (3, 3, 2)
    assert listed(above) == {hall: both, house.site.pk: ["unready"], house.other.pk: both}
    assert set(listed(above, "?only=untested")) == {hall, house.other.pk}
    assert listed(clerk) == {house.site.pk: ["unready"]}
    assert client_of("inspector", house.stranger).get(f"{address}/sites").status_code == 404
    assert above.get(f"{address}/sites?only=gold").status_code == 422


def test_sites_that_are_behind_come_in_pages_in_as_many_statements_for_more(house: House) -> None:
    above = client_of("inspector", house.province)
    path = f"conferences/{house.whole.pk}/readiness/sites"
    counts = queries_of(
        above, path, lambda at: made.site(house.whole, factories.commune(house.province, f"Xã {at}"))
    )
    pages: list[list[int]] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = above.get(f"/api/v1/{path}?limit=4&cursor={cursor}").json()
        pages.append([one["id"] for one in answer["items"]])
        cursor = answer["next"]

    assert counts[0] == counts[1]
    assert [len(one) for one in pages] == [4, 3]
    seen = list(itertools.chain.from_iterable(pages))
    assert seen == sorted(set(seen))


# --- what halls lack ------------------------------------------------------------------------------------------


def hall(unit: Unit, seats: int, **told: Any) -> None:
    usual = {"has_screen": True, "line_mbits": 100, "confirmed_on": timezone.localdate()}
    with factories.looking_everywhere():
        Facility.objects.create(unit=unit, name="Hội trường", seats=seats, **{**usual, **told})


def test_units_whose_halls_lack_something_beside_the_roll_of_a_campaign(house: House) -> None:
    for number in range(2):
        factories.person(factories.cell(house.first, f"Chi bộ {number}"))
    campaign = campaigns_made.started(house.province)
    hall(house.first, 1)
    hall(house.province, 500, has_screen=False)
    above, beside = client_of("inspector", house.province), client_of("inspector", house.stranger)

    def gaps(client: Client, query: str = "") -> dict[int, tuple[int | None, list[str]]]:
        items = client.get(f"/api/v1/facilities/gaps{query}").json()["items"]
        return {one["unit_id"]: (one["summoned"], one["gaps"]) for one in items}

    roll = f"?campaign_id={campaign.pk}"
    assert gaps(above) == {house.province.pk: (None, ["screen"]), house.second.pk: (None, ["hall"])}
    assert gaps(above, f"{roll}&gap=seats") == {house.first.pk: (2, ["seats"])}
    assert set(gaps(above, f"{roll}&level={house.first.level}")) == {house.first.pk, house.second.pk}
    assert set(gaps(beside)) == {house.stranger.pk}
    refused = [
        beside.get(f"/api/v1/facilities/gaps{roll}").status_code,
        above.get("/api/v1/facilities/gaps?gap=gold").status_code,
        above.get("/api/v1/facilities/gaps?level=x").status_code,
        client_of("member", house.first).get("/api/v1/facilities/gaps").status_code,
    ]
    assert refused == [404, 422, 422, 403]


def test_gaps_cost_the_same_for_more_units(house: House) -> None:
    client = client_of("inspector", house.province)
    counts = queries_of(
        client,
        "facilities/gaps",
        lambda at: hall(factories.commune(house.province, f"Xã {at}"), 0, line_mbits=0),
    )

    assert counts[0] == counts[1]
