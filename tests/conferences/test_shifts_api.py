"""Shifts by the API: the same commands as on the pages, the same refusals, the same number of statements."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quantriet.org.models import Unit
from tests import factories
from tests.conferences.test_shifts import House, names

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()


def client_of(role: str, unit: Unit) -> Client:
    return factories.signed_in(factories.account(role, unit))


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")


def further(house: House, **told: Any) -> dict[str, Any]:
    begins = house.conference.ends_at + timedelta(hours=1)
    ends = begins + timedelta(hours=2)
    usual = {
        "starts_at": begins.isoformat(),
        "ends_at": ends.isoformat(),
        "site_ids": [house.site.pk],
        "key": "a",
    }
    return usual | told


def test_a_shift_is_added_divided_and_read(house: House) -> None:
    secretary = client_of("secretary", house.hospital)
    path = f"conferences/{house.conference.pk}/shifts"

    answers = [post(secretary, path, further(house)).json() for _time in range(2)]

    assert answers[0] == answers[1], "sent again it is the same shift"
    assert [(one["shift"], one["summoned"]) for one in answers[0]["shifts"]] == [(1, 6), (2, 0)]
    assert secretary.get(f"/api/v1/{path}").json() == answers[0]
    house.conference.refresh_from_db()
    second = house.conference.further_shifts.get().sites.select_related("conference").get()
    chosen = [house.people[1].pk]
    told = [post(secretary, f"sites/{second.pk}/shifts", {"person_ids": chosen}).json() for _time in range(2)]
    assert told == [{"people": 1}, {"people": 0}]
    assert names(second) == ["Trần Thị Bình"]
    assert post(secretary, f"sites/{house.site.pk}/shifts/spread", {}).json() == {"people": 6}
    people = secretary.get(f"/api/v1/sites/{second.pk}/shifts").json()["people"]
    assert sorted(one["conference_id"] == second.conference_id for one in people) == [False] * 3 + [True] * 3


def test_who_may_not_is_refused_and_bad_input_is_answered(house: House) -> None:
    second = house.add()
    path, members = f"conferences/{house.conference.pk}/shifts", f"sites/{second.pk}/shifts"
    stranger = client_of("secretary", factories.commune(house.province, "Đảng bộ xã khác"))
    clerk = client_of("clerk", house.hospital)
    secretary = client_of("secretary", house.hospital)

    assert stranger.get(f"/api/v1/{path}").status_code == 404
    assert stranger.get(f"/api/v1/{members}").status_code == 404
    assert post(stranger, members, {"person_ids": [house.people[0].pk]}).status_code == 404
    assert post(clerk, path, further(house)).status_code == 403
    overlapping = post(
        secretary, path, further(house, starts_at=house.conference.starts_at.isoformat(), key="b")
    )
    assert (overlapping.status_code, overlapping.json()["code"]) == (422, "shift.overlaps")
    assert "Trùng giờ với ca 1" in overlapping.json()["detail"]
    assert post(secretary, members, {"person_ids": []}).status_code == 422


@pytest.mark.parametrize("people", [1, 3])
def test_the_lists_ask_the_same_for_one_and_for_three(house: House, people: int) -> None:
    second = house.add()
    house.put(second, *house.people[:people])
    secretary = client_of("secretary", house.hospital)
    asked = []
    for path in (f"conferences/{house.conference.pk}/shifts", f"sites/{second.pk}/shifts"):
        secretary.get(f"/api/v1/{path}")
        with CaptureQueriesContext(connection) as caught:
            assert secretary.get(f"/api/v1/{path}").status_code == 200
        asked.append(len(caught))
    assert asked == STATEMENTS


STATEMENTS = [24, 11]
