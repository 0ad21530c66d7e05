"""The roll a device takes along: names and units of its site, sealed for it alone; nothing else, and nobody else."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quantriet.conferences import codes, device_rolls, scanning
from quantriet.conferences.commands import devices
from quantriet.conferences.device_rolls import Listed, Roll
from quantriet.conferences.models import Conference, Site
from quantriet.org import access
from quantriet.org.models import RoleAssignment
from tests import factories
from tests.conferences.test_attendance import Town
from tests.factories_devices import Reader, reader

KEY, OTHER_KEY = bytes(range(32)), bytes(32)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PEOPLE = (Listed(7, "Nguyễn Văn An", "Chi bộ 1"), Listed(9, "Trần Thị Bình", "Chi bộ 2"))
ROLL = Roll("Hội trường A", "Hội nghị", 3, b"k" * 32, NOON, NOON + timedelta(hours=48), PEOPLE)


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def test_each_code_of_the_site_leads_to_its_person_and_no_code_stands_there() -> None:
    plain = device_rolls.written(ROLL, KEY, now=NOON)
    told = json.loads(plain)

    cards = [codes.personal(ROLL.code_key, 3, one.person_id) for one in PEOPLE]
    shorts = [codes.short(ROLL.code_key, 3, one.person_id) for one in PEOPLE]
    typed = [f" {codes.shown(short).lower()} " for short in shorts]
    found = [told["codes"][device_rolls.index(KEY, code)] for code in (*cards, *shorts, *typed)]

    assert found == [0, 1] * 3
    assert told["people"] == [["Nguyễn Văn An", "Chi bộ 1"], ["Trần Thị Bình", "Chi bộ 2"]]
    assert [code for code in (*cards, *shorts) if code.encode() in plain] == []
    assert (told["now"], told["valid_until"]) == (1795435200000, 1795435200000 + 48 * 3_600_000)
    assert set(told["codes"]).isdisjoint({device_rolls.index(OTHER_KEY, code) for code in cards})


def test_a_roll_opens_for_its_device_and_its_question_only() -> None:
    sealed = device_rolls.seal(b"x", KEY, device_id=5, asked="a" * 32)

    assert device_rolls.unseal(sealed, KEY, device_id=5, asked="a" * 32) == b"x"
    for key, device_id, asked in ((OTHER_KEY, 5, "a" * 32), (KEY, 6, "a" * 32), (KEY, 5, "b" * 32)):
        with pytest.raises(InvalidTag):
            device_rolls.unseal(sealed, key, device_id=device_id, asked=asked)


def ask(phone: Reader, *, body: bytes = b"", proof: str = "") -> tuple[int, dict[str, Any]]:
    said = body or json.dumps({"asked": "a" * 32}).encode()
    proven = proof or scanning.mac(phone.key, said)
    answer = Client().post(
        "/api/v1/devices/roll",
        said,
        "application/json",
        headers={"authorization": f"{scanning.SCHEME} {phone.device.pk}:{proven}"},
    )
    return answer.status_code, answer.json()


def roll_of(phone: Reader) -> dict[str, Any]:
    status, told = ask(phone)
    assert status == 200
    plain = device_rolls.unseal(told["roll"], phone.key, device_id=phone.device.pk, asked="a" * 32)
    found: dict[str, Any] = json.loads(plain)
    return found


def test_a_device_gets_the_people_of_its_site_and_nothing_more_of_them(town: Town) -> None:
    factories.person(factories.commune(town.province, "Đảng bộ xã Khác"), "Ngô Người Xã Khác")

    told = roll_of(reader(town.site))

    assert [name for name, _unit in told["people"]] == ["Nguyễn Văn An", "Trần Thị Bình", "Lê Chi"]
    assert {unit for _name, unit in told["people"]} == {"Chi bộ 1", "Chi bộ 2"}
    assert set(told) == {
        "site", "conference", "conference_id", "starts_at", "valid_until", "now", "people", "codes",
    }  # fmt: skip
    assert len(told["codes"]) == 6


def test_a_longer_roll_takes_no_more_queries(town: Town) -> None:
    phone = reader(town.site)
    with CaptureQueriesContext(connection) as three:
        roll_of(phone)
    for number in range(5):
        factories.person(town.cell, f"Đỗ Thêm {number}")
    with CaptureQueriesContext(connection) as more:
        roll_of(phone)

    assert len(three) == len(more)


def test_whoever_does_not_prove_himself_gets_nothing(town: Town) -> None:
    phone = reader(town.site)
    stranger = Reader(phone.device, OTHER_KEY, town.site, phone.by)

    assert [ask(stranger)[0], ask(phone, proof="0" * 64)[0], ask(phone, body=b"{}")[0]] == [401, 401, 422]


def test_what_was_signed_as_scans_is_no_question_for_the_roll(town: Town) -> None:
    phone = reader(town.site)
    event = {"id": str(uuid4()), "seq": 1, "act": "in", "code": "x", "at": phone.clock, "mac": "0" * 64}

    status, told = ask(phone, body=json.dumps({"clock": phone.clock, "events": [event]}).encode())

    assert (status, told["code"]) == (422, "scan.unfit")


def stop(phone: Reader) -> None:
    with access.acting(phone.by):
        devices.revoke(phone.device, by=phone.by)


def grow_old(phone: Reader) -> None:
    then = timezone.now() - timedelta(days=3)
    Conference.objects.filter(pk=phone.site.conference_id).update(
        starts_at=then - timedelta(hours=2), ends_at=then
    )


def take_the_right(phone: Reader) -> None:
    RoleAssignment.objects.filter(account=phone.device.account_id).delete()


def close(phone: Reader) -> None:
    Site.objects.filter(pk=phone.site.pk).update(state=Site.State.CLOSED)


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (stop, "device.revoked"),
        (grow_old, "device.expired"),
        (take_the_right, "device.not_allowed"),
        (close, "device.site_closed"),
    ],
)
def test_a_device_that_may_record_no_more_gets_no_roll(town: Town, happens: Any, code: str) -> None:
    phone = reader(town.site)
    before = len(roll_of(phone)["people"])

    happens(phone)

    status, told = ask(phone)
    assert (before, status, told["code"], "roll" in told) == (3, 403, code, False)
