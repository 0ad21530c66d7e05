"""Calling a conference by the API: the same conference, refusals and warnings as on the page; sent again it is one."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from quantriet.conferences import jobs as conference_jobs
from quantriet.conferences.models import Conference, Site
from quantriet.ledger.measures import Form
from quantriet.org.models import AuditEvent, Unit
from quantriet.org.models.units import Level
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.conferences.test_preparation_api import client_of, sent

pytestmark = pytest.mark.django_db


class House:
    """A province with two communes and a cell, and its running campaign."""

    def __init__(self) -> None:
        self.province = factories.province()
        self.first = factories.commune(self.province, "Đảng bộ xã Một")
        self.second = factories.commune(self.province, "Đảng bộ xã Hai")
        self.cell = factories.cell(self.first, "Chi bộ Ấp 1")
        self.campaign = campaigns_made.started(self.province)
        self.document = self.campaign.documents.values_list("document_id", flat=True).get()
        self.officer = client_of("officer", self.province)

    def told(self, **more: Any) -> dict[str, Any]:
        begins = timezone.now() + timedelta(days=7)
        return {
            "title": "Hội nghị quán triệt",
            "starts_at": begins.isoformat(),
            "ends_at": (begins + timedelta(hours=3)).isoformat(),
            "campaign_id": self.campaign.pk,
            "head_taught": True,
            "agenda": [{"title": "Giới thiệu nghị quyết", "document_id": self.document, "minutes": 90}],
            "sites": {"levels": [Level.COMMUNE.value], "unit_ids": [self.cell.pk]},
            "key": "mot",
            **more,
        }


@pytest.fixture
def house() -> House:
    return House()


def called(client: Client, told: dict[str, Any]) -> Any:
    return sent(client, "post", "conferences", told)


def test_a_conference_is_called_with_its_sites_and_sent_again_it_is_the_same(house: House) -> None:
    answers = [called(house.officer, house.told()) for _ in range(2)]

    first, again = (answer.json() for answer in answers)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert first == again
    assert (first["sites"], first["work_id"], first["unit_id"]) == (4, None, house.province.pk)
    one = Conference.objects.get()
    assert (one.campaign_id, one.agenda.get().document_id) == (house.campaign.pk, house.document)
    assert sorted(Site.objects.filter(is_hub=False).values_list("unit_id", flat=True)) == sorted(
        [house.first.pk, house.second.pk, house.cell.pk]
    )
    assert AuditEvent.objects.filter(action="conference.call").count() == 1
    assert house.officer.get(f"/api/v1/conferences/{one.pk}").json() == {
        name: value for name, value in first.items() if name != "work_id"
    }


def test_very_many_sites_are_ordered_of_the_worker(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conference_jobs, "AT_ONCE", 2)

    answers = [called(house.officer, house.told()).json() for _ in range(2)]

    assert answers[0] == answers[1]
    assert (answers[0]["sites"], answers[0]["work_id"] is None) == (1, False)


def test_who_manages_no_conference_calls_none_and_a_stranger_reads_none(house: House) -> None:
    stranger: Unit = factories.commune(factories.province("Tỉnh Khác"), "Xã Lạ")
    roles = ("clerk", "inspector", "member", "lecturer", "administrator")
    refused = {role: called(client_of(role, house.province), house.told()).status_code for role in roles}
    foreign = called(client_of("officer", stranger), house.told()).status_code  # the campaign is not his
    own = called(
        client_of("secretary", stranger),
        house.told(campaign_id=None, agenda=[], sites=None, form=Form.ONLINE.value),
    ).json()
    one = made.called(house.province)

    assert (refused, foreign) == (dict.fromkeys(roles, 403), 404)
    assert (own["unit_id"], own["sites"]) == (stranger.pk, 1)
    readers = {unit.pk: client_of("inspector", unit) for unit in (house.province, house.first, stranger)}
    read = [client.get(f"/api/v1/conferences/{one.pk}").status_code for client in readers.values()]
    assert read == [200, 200, 404]
    assert Client().post("/api/v1/conferences").status_code == 401


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"title": " "}, "conference.title"),
        ({"ends_at": "2020-01-01T00:00:00+07:00"}, "conference.times"),
        ({"starts_at": "2026-12-01T08:00:00"}, "api.unfit"),  # an hour without a place
        ({"head_chaired": False}, "conference.deputy_reason"),
        ({"head_taught": False, "agenda": "presenter"}, "conference.deputy_reason"),
        ({"agenda": [{"title": "Khác", "document_id": 987654321}]}, "conference.agenda_document"),
        ({"join_link": "javascript:alert(1)"}, "api.unfit"),
        ({"stream": "https://vi-du.invalid/a.m3u8"}, "conference.stream_off"),
        ({"form": 9}, "api.unfit"),
        ({"sites": {"levels": [12]}}, "api.unfit"),
    ],
)
def test_what_makes_no_sense_is_refused_whole(house: House, more: dict[str, Any], code: str) -> None:
    told = house.told(**more)
    if told["agenda"] == "presenter":
        told["agenda"] = [
            {"title": "Giới thiệu", "document_id": house.document, "presenter": "Đồng chí Bình"}
        ]

    answer = called(house.officer, told)

    assert (answer.status_code, answer.json()["code"], Conference.objects.count()) == (422, code, 0)


def test_what_goes_over_the_quota_is_told_before_and_called_once_it_was_read(house: House) -> None:
    for _one in range(3):
        made.called(house.first, form=Form.ONLINE)
    client = client_of("secretary", house.first)
    told = house.told(campaign_id=None, agenda=[], sites=None, form=Form.ONLINE.value)

    warned = called(client, told)
    seen = [one["code"] for one in warned.json()["context"]["warnings"]]
    before = Conference.objects.count()
    done = called(client, {**told, "seen": seen})
    again = called(client, told)

    assert (warned.status_code, warned.json()["code"], seen, before) == (
        409,
        "conference.foreseen",
        ["over"],
        3,
    )
    assert (done.status_code, again.status_code, done.json()["id"]) == (201, 201, again.json()["id"])
