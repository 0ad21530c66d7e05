"""Halls and requests by the API: mine alone, asked and answered once, refused in Vietnamese."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quantriet.org.models import AuditEvent, Facility, FacilityRequest, Unit
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def province() -> Unit:
    return factories.province()


@pytest.fixture
def commune(province: Unit) -> Unit:
    return factories.commune(province, "Đảng bộ xã Một")


@pytest.fixture
def stranger() -> Unit:
    return factories.commune(factories.province("Đảng bộ tỉnh Khác"), "Đảng bộ xã Lạ")


def client_of(role: str, unit: Unit) -> Client:
    return factories.signed_in(factories.account(role, unit))


def post(client: Client, path: str, body: dict[str, Any], **headers: str) -> Any:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=told)


def hall(unit: Unit, name: str, **told: Any) -> Facility:
    with factories.looking_everywhere():
        return Facility.objects.create(unit=unit, name=name, **told)


def wish(unit: Unit, **told: Any) -> dict[str, Any]:
    return {"unit_id": unit.pk, "need": "screen", "text": "1 màn hình", **told}


def asked(unit: Unit) -> int:
    return int(post(client_of("secretary", unit), "facility-requests", wish(unit)).json()["id"])


def test_halls_of_my_units_alone_and_whether_they_were_looked_at(
    province: Unit, commune: Unit, stranger: Unit
) -> None:
    own = hall(commune, "Hội trường xã", seats=80, confirmed_on=timezone.localdate())
    above = hall(province, "Hội trường tỉnh")
    foreign = hall(stranger, "Hội trường lạ")
    reader, below = client_of("inspector", province), client_of("clerk", commune)
    told = reader.get("/api/v1/facilities").json()["items"]
    narrowed = reader.get(f"/api/v1/facilities?unit_id={commune.pk}").json()["items"]
    refused = [below.get(f"/api/v1/facilities?unit_id={pk}").status_code for pk in (province.pk, stranger.pk)]

    assert {one["id"]: (one["seats"], one["is_confirmed"]) for one in told} == {
        own.pk: (80, True),
        above.pk: (None, False),
    }
    assert [one["id"] for one in narrowed] == [own.pk]
    assert [one["id"] for one in below.get("/api/v1/facilities").json()["items"]] == [own.pk]
    assert refused == [404, 404]
    assert foreign.name not in reader.get("/api/v1/facilities").content.decode()


def test_asked_again_it_is_one_request(commune: Unit) -> None:
    client = client_of("secretary", commune)
    first, again = (post(client, "facility-requests", wish(commune)) for _one in range(2))
    keyed = [
        post(client, "facility-requests", wish(commune, need="line"), Idempotency_Key="mot")
        for _one in range(2)
    ]
    listed = client.get("/api/v1/facility-requests?state=asked").json()["items"]

    assert (first.status_code, first.json()) == (201, again.json())
    assert keyed[0].json() == keyed[1].json()
    assert [(one["need"], one["state"], one["answered_at"]) for one in listed] == [
        ("screen", "asked", None),
        ("line", "asked", None),
    ]
    with factories.looking_everywhere():
        assert AuditEvent.objects.filter(action="facility_request.ask").count() == 2


def test_the_level_above_answers_once_and_nobody_himself(
    province: Unit, commune: Unit, stranger: Unit
) -> None:
    path = f"facility-requests/{asked(commune)}/answer"
    refusal = {"verdict": "refused", "answer": "Chưa có kinh phí"}
    own, foreign = (post(client_of("secretary", unit), path, refusal) for unit in (commune, stranger))
    above = client_of("officer", province)
    told = [
        post(above, path, body)
        for body in ({"verdict": "refused"}, refusal, refusal, {"verdict": "granted"}, {"verdict": "perhaps"})
    ]

    assert (own.status_code, own.json()["code"]) == (422, "facility_request.own")
    assert foreign.status_code == 404
    nowhere = post(client_of("secretary", stranger), "facility-requests/987654321/answer", refusal)
    assert foreign.json() == nowhere.json()
    assert [one.status_code for one in told] == [422, 200, 200, 422, 422]
    assert [told[at].json()["code"] for at in (0, 3, 4)] == [
        "facility_request.reason", "facility_request.answered", "api.unfit",
    ]  # fmt: skip
    assert (told[1].json()["state"], told[1].json()["answer"]) == ("refused", "Chưa có kinh phí")
    with factories.looking_everywhere():
        assert AuditEvent.objects.filter(action="facility_request.refused").count() == 1


def test_granted_it_leaves_the_list_of_what_waits(province: Unit, commune: Unit) -> None:
    above = client_of("officer", province)
    granted = post(
        above, f"facility-requests/{asked(commune)}/answer", {"verdict": "granted", "answer": "Quý I"}
    )
    waiting, done = (
        above.get(f"/api/v1/facility-requests?state={state}").json()["items"]
        for state in ("asked", "granted")
    )

    assert (granted.json()["state"], waiting, done) == ("granted", [], [granted.json()])


def test_who_may_only_read_neither_asks_nor_answers(province: Unit, commune: Unit, stranger: Unit) -> None:
    number = asked(commune)
    reader = client_of("inspector", province)
    told = [
        post(reader, "facility-requests", wish(commune)).status_code,
        post(reader, f"facility-requests/{number}/answer", {"verdict": "granted"}).status_code,
        post(client_of("secretary", stranger), "facility-requests", wish(commune)).status_code,
        client_of("member", commune).get("/api/v1/facility-requests").status_code,
    ]

    assert told == [403, 403, 404, 403]
    assert client_of("inspector", stranger).get("/api/v1/facility-requests").json()["items"] == []


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"need": "gold"}, "api.unfit"),
        ({"text": ""}, "api.unfit"),
        ({"text": " "}, "facility_request.what"),
        ({"text": "x" * 301}, "api.unfit"),
    ],
)
def test_nonsense_is_not_sent(commune: Unit, told: dict[str, str], code: str) -> None:
    answer = post(client_of("secretary", commune), "facility-requests", wish(commune, **told))

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert any(words in answer.json()["detail"] for words in ("Chưa gửi gì", "Chưa ghi gì"))
    with factories.looking_everywhere():
        assert FacilityRequest.objects.count() == 0


@pytest.mark.parametrize("path", ["facilities", "facility-requests"])
def test_lists_cost_the_same_for_more_rows(province: Unit, path: str) -> None:
    client = client_of("inspector", province)
    counts = []
    for number in (1, 3):
        for at in range(number):
            unit = factories.commune(province, f"Xã {number}{at}")
            hall(unit, "Hội trường")
            asked(unit)
        client.get(f"/api/v1/{path}")
        with CaptureQueriesContext(connection) as queries:
            items = client.get(f"/api/v1/{path}").json()["items"]
        counts.append((len(queries), len(items)))

    assert [rows for _asked, rows in counts] == [1, 4]
    assert counts[0][0] == counts[1][0]
