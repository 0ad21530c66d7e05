"""Lecturers by the API: who serves, asking once whatever is sent again, nothing of foreign units."""

import json
from typing import Any

import pytest

from quantriet.org.models import Unit
from tests import factories
from tests import factories_lecturers as made

pytestmark = pytest.mark.django_db


@pytest.fixture
def commune() -> Unit:
    return factories.commune(factories.province())


def post(client: Any, body: dict[str, Any]) -> Any:
    return client.post("/api/v1/lectures", json.dumps(body), content_type="application/json")


def request_of(unit: Unit, to_unit: Unit) -> dict[str, Any]:
    return {
        "key": "tuan-47-so-1",
        "unit_id": unit.pk,
        "to_unit_id": to_unit.pk,
        "title": "Thời sự",
        "subject": "party",
        "starts_at": made.in_days(9).isoformat(),
        "ends_at": made.in_days(9, 10).isoformat(),
        "place": "Hội trường xã",
    }


def test_asked_twice_with_one_key_is_one_request(commune: Unit) -> None:
    client = factories.signed_in(factories.account("clerk", commune))
    first, again = (post(client, request_of(commune, commune)) for _one in range(2))
    listed = client.get("/api/v1/lectures").json()["items"]
    assert (first.status_code, again.status_code, first.json()["id"]) == (201, 201, again.json()["id"])
    assert [(one["id"], one["state"], one["lecturer_name"]) for one in listed] == [
        (first.json()["id"], "asked", "")
    ]


def test_two_units_may_use_the_same_key(commune: Unit) -> None:
    other = factories.commune(factories.province("Tỉnh Khác"), "Xã Khác")
    clients = [factories.signed_in(factories.account("clerk", unit)) for unit in (commune, other)]
    made_ids = [
        post(client, request_of(unit, unit)).json()["id"]
        for client, unit in zip(clients, (commune, other), strict=True)
    ]
    assert len(set(made_ids)) == 2


def test_foreign_units_answer_like_none_and_bad_input_is_told(commune: Unit) -> None:
    other = factories.commune(factories.province("Tỉnh Khác"), "Xã Khác")
    client = factories.signed_in(factories.account("clerk", commune))
    foreign = post(client, request_of(other, other))
    sideways = post(client, request_of(commune, other))
    unfit = post(client, request_of(commune, commune) | {"subject": "bói toán"})
    assert [one.status_code for one in (foreign, sideways, unfit)] == [404, 422, 422]
    assert (sideways.json()["code"], unfit.json()["code"]) == ("lecture.not_above", "api.unfit")


def test_the_corps_of_my_units_alone(commune: Unit) -> None:
    mine = made.serving(commune)
    made.serving(factories.commune(factories.province("Tỉnh Khác"), "Xã Khác"))
    client = factories.signed_in(factories.account("officer", commune))
    items = client.get("/api/v1/lecturers").json()["items"]
    assert [(one["id"], one["full_name"], one["serves"]) for one in items] == [
        (mine.pk, mine.person.full_name, True)
    ]
    member = factories.signed_in(factories.account("member", commune, of=factories.person(commune)))
    assert member.get("/api/v1/lecturers").status_code == 403


def sent(client: Any, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")


def test_a_session_sent_twice_is_recorded_once_and_names_nobody(commune: Unit) -> None:
    client = factories.signed_in(factories.account("clerk", commune))
    told = {
        "key": "tuan-47-so-1", "unit_id": commune.pk, "title": "Biển đảo", "subject": "defence", "members": 30,
        "held_on": made.in_days(-1).date().isoformat(), "speaker": "Lê Thị Nói", "others": 12,
    }  # fmt: skip
    first, again = (sent(client, "oral-talks", told) for _one in range(2))
    other = factories.commune(factories.province("Tỉnh Khác"), "Xã Khác")
    foreign = sent(client, "oral-talks", told | {"unit_id": other.pk})
    to_come = sent(
        client, "oral-talks", told | {"key": "k-2-moi-1", "held_on": made.in_days(2).date().isoformat()}
    )
    listed = client.get("/api/v1/oral-talks")

    assert (first.status_code, first.json()) == (201, again.json())
    assert [(one["members"], one["others"]) for one in listed.json()["items"]] == [(30, 12)]
    assert "Lê Thị Nói" not in listed.content.decode()
    assert (foreign.status_code, to_come.status_code, to_come.json()["code"]) == (404, 422, "talk.day")


def test_an_issue_is_read_and_its_arrival_confirmed_once(commune: Unit) -> None:
    own = made.issue(made.bulletin(commune), title="Số của xã")
    cell = factories.cell(commune)
    foreign = made.issue(made.bulletin(factories.province("Tỉnh Khác")))
    client = factories.signed_in(factories.account("clerk", cell))
    listed = [one["title"] for one in client.get("/api/v1/bulletin-issues").json()["items"]]
    body = {"unit_id": cell.pk}
    told = [sent(client, f"bulletin-issues/{own.pk}/receipts", body).json() for _again in range(2)]
    strange = sent(client, f"bulletin-issues/{foreign.pk}/receipts", body).status_code
    above = sent(client, f"bulletin-issues/{own.pk}/receipts", {"unit_id": commune.pk}).status_code

    assert (listed, told) == (["Số của xã"], [{"is_new": True}, {"is_new": False}])
    assert (strange, above) == (404, 404)
