"""The queue of claims by the API: evidence of both sides to whoever decides alone; the first verdict holds."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quantriet.conferences.models import Attendance, AttendanceConflict, AttendanceVerdict
from quantriet.conferences.scanning import SENTENCES
from quantriet.org.models import AccessEvent
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_conflicts import MINUTE, Session, kinds
from tests.conferences.test_preparation_api import client_of, sent
from tests.factories_devices import Reader, reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Session:
    return Session()


def claimed(town: Session) -> tuple[Reader, Reader]:
    """Two devices let An in, an hour apart."""
    near, far = reader(town.site), reader(town.site)
    near.send(near.event(town.an, ago=100 * MINUTE))
    far.send(far.event(town.an, ago=40 * MINUTE))
    return near, far


def queue(client: Client, town: Session, query: str = "") -> Any:
    return client.get(f"/api/v1/conferences/{town.conference.pk}/claims{query}")


def test_the_queue_shows_both_sides_and_who_read_it_is_written_down(town: Session) -> None:
    near, far = claimed(town)
    by = factories.account("officer", town.commune)
    (claim,) = queue(factories.signed_in(by), town).json()["items"]

    assert (claim["kind"], claim["full_name"], claim["site_id"]) == (
        "two_devices",
        town.an.full_name,
        town.site.pk,
    )
    assert (claim["device"], claim["evidence"], claim["decisions"]) == (
        far.device.label,
        "on_site",
        ["elsewhere", "away"],
    )
    assert (claim["recorded"]["state"], claim["recorded"]["actor"]) == ("late", near.by.name)
    assert [(one["act"], one["site_id"]) for one in claim["scans"]] == [("in", town.site.pk)] * 2
    assert {one["sentence"] for one in claim["scans"]} <= {str(words) for words in SENTENCES.values()}
    with factories.looking_everywhere():
        noted = AccessEvent.objects.filter(person=town.an, page="conferences.claims")
        assert [event.reader for event in noted] == [by.display_name]


def test_the_page_of_the_queue_writes_down_the_same_before_and_after_the_decision(town: Session) -> None:
    claimed(town)
    address = reverse("conference-conflicts", args=[town.conference.pk])
    first, second = (client_of("officer", town.commune) for _one in range(2))
    first.get(address)
    with factories.looking_everywhere():
        chosen = AttendanceConflict.objects.get().pk
    first.post(address, {"conflict": chosen, "decision": "elsewhere"})
    second.get(address)

    with factories.looking_everywhere():
        noted = AccessEvent.objects.filter(person=town.an, page="conferences.claims")
        assert len({event.reader for event in noted}) == noted.count() == 2


def test_the_first_verdict_holds_and_is_the_answer_to_any_that_follows(town: Session) -> None:
    claimed(town)
    officer = client_of("officer", town.commune)
    path = f"claims/{queue(officer, town).json()['items'][0]['id']}/verdict"
    unfit = sent(officer, "post", path, {"decision": "matched"})
    wrong = sent(officer, "post", path, {"decision": "here"})
    first = sent(officer, "post", path, {"decision": "away", "note": "Thẻ đưa cho người khác"})
    again = [
        sent(officer, "post", path, {"decision": "elsewhere"}, **headers).json()
        for headers in ({}, {"Idempotency_Key": "mot"}, {"Idempotency_Key": "mot"})
    ]

    assert [(one.status_code, one.json()["code"]) for one in (unfit, wrong)] == [
        (422, "api.unfit"),
        (422, "conflict.decision"),
    ]
    assert "Chưa thay đổi gì" in wrong.json()["detail"]
    assert (first.status_code, first.json()["decision"], first.json()["note"]) == (
        200,
        "away",
        "Thẻ đưa cho người khác",
    )
    assert again == [first.json()] * 3
    assert (queue(officer, town).json()["items"], kinds()) == ([], [("two_devices", "away")])
    with factories.looking_everywhere():
        assert AttendanceVerdict.objects.count() == 1
        assert Attendance.objects.get(person=town.an).state == "absent"


def test_nobody_but_who_manages_the_conference_reads_or_decides(town: Session) -> None:
    claimed(town)
    with factories.looking_everywhere():
        path = f"claims/{AttendanceConflict.objects.get().pk}/verdict"
    stranger = factories.commune(factories.province("Đảng bộ tỉnh Khác"), "Đảng bộ xã Lạ")
    told = {}
    for name, role, unit in (
        ("above", "officer", town.province),
        ("clerk", "clerk", town.commune),
        ("inspector", "inspector", town.province),
        ("below", "secretary", town.cell),
        ("stranger", "officer", stranger),
    ):
        client = client_of(role, unit)
        answer = sent(client, "post", path, {"decision": "elsewhere"})
        told[name] = (queue(client, town).status_code, answer.status_code)
        if name == "stranger":
            nowhere = sent(client, "post", "claims/987654321/verdict", {"decision": "elsewhere"})
            assert answer.json() == nowhere.json()

    assert told == {
        "above": (200, 200), "clerk": (403, 403), "inspector": (403, 403), "below": (404, 404),
        "stranger": (404, 404),
    }  # fmt: skip


def test_who_runs_the_claiming_site_does_not_decide_on_a_conference_from_above(town: Session) -> None:
    whole = made.called(town.province, town.campaign, starts_at=town.conference.starts_at)
    phone = reader(made.site(whole, town.cell))
    phone.send(phone.event(town.chi, ago=50 * MINUTE))
    with factories.looking_everywhere():
        path = f"claims/{AttendanceConflict.objects.get(conference=whole).pk}/verdict"
    below, above = client_of("secretary", town.cell), client_of("officer", town.province)
    told = [sent(client, "post", path, {"decision": "elsewhere"}).status_code for client in (below, above)]

    assert told == [404, 200]


def test_what_has_matched_by_itself_is_not_decided(town: Session) -> None:
    claimed(town)
    with factories.looking_everywhere():
        AttendanceConflict.objects.update(decision="matched")
        pk = AttendanceConflict.objects.get().pk
    officer = client_of("officer", town.commune)
    answer = sent(officer, "post", f"claims/{pk}/verdict", {"decision": "away"})

    assert (answer.status_code, answer.json()["code"]) == (422, "conflict.matched")
    assert queue(officer, town).json()["items"] == []


def test_the_queue_comes_in_pages_and_costs_the_same_for_one_and_for_three(town: Session) -> None:
    phone, officer = reader(town.site), client_of("officer", town.commune)
    counts = []
    for people in ((town.an,), (town.binh, town.chi)):
        for person in people:
            phone.send(phone.event(person, "out", ago=timedelta(minutes=30)))
        queue(officer, town)
        with CaptureQueriesContext(connection) as asked:
            items = queue(officer, town).json()["items"]
        counts.append((len(asked), [len(one["scans"]) for one in items]))
    first = queue(officer, town, "?limit=2").json()
    rest = queue(officer, town, f"?limit=2&cursor={first['next']}").json()

    assert [scans for _asked, scans in counts] == [[1], [1, 1, 1]]
    assert counts[0][0] == counts[1][0]
    assert [len(one["items"]) for one in (first, rest)] == [2, 1]
    assert rest["next"] is None
