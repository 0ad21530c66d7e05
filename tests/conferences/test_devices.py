"""Devices: offered with a code that is good once, enrolled by the page of a clerk, stopped; and the pages' own door."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from quantriet.conferences import scanning
from quantriet.conferences.commands import devices
from quantriet.conferences.models import Device
from quantriet.conferences.queries import devices as reads
from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.ledger.measures import Measure
from quantriet.org import access, sealing
from quantriet.org.access import Actor
from quantriet.org.models import AuditEvent
from tests import factories
from tests.conferences.test_attendance import Town
from tests.factories_devices import Reader, reader


@pytest.fixture
def town(db: None) -> Town:
    return Town()


@pytest.fixture
def clerk(town: Town) -> Actor:
    return factories.actor("clerk", town.commune)


def offered(town: Town, clerk: Actor) -> devices.Offer:
    with access.acting(clerk):
        return devices.offer(town.site, label="Máy cửa chính", by=clerk)


def test_a_code_makes_a_device_once(town: Town, clerk: Actor) -> None:
    offer = offered(town, clerk)

    key = devices.claim(f" {offer.code[:5].lower()}-{offer.code[5:]} ")

    assert (key.device.pk, key.device.label, len(key.key)) == (offer.device.pk, "Máy cửa chính", 32)
    with pytest.raises(NotFoundError, match="đã dùng"):
        devices.claim(offer.code)
    assert list(AuditEvent.objects.values_list("action", flat=True)).count("device.offer") == 1


def test_letters_people_confuse_are_read_as_what_was_meant(town: Town, clerk: Actor) -> None:
    offer = offered(town, clerk)
    Device.objects.filter(pk=offer.device.pk).update(code_index=sealing.index("0123456V01"))

    assert devices.claim("oI234-56u0l").device.pk == offer.device.pk


def test_under_another_data_key_a_device_is_unknown_and_is_enrolled_anew(town: Town, clerk: Actor) -> None:
    with access.acting(clerk):
        first = devices.enrol(town.site, session_key="a", by=clerk)
    sealed = bytearray(first.device.sealed_key or b"")
    sealed[-1] ^= 1
    Device.objects.filter(pk=first.device.pk).update(sealed_key=bytes(sealed))

    assert reads.key_of(first.device.pk) is None
    with access.acting(clerk):
        again = devices.enrol(town.site, session_key="a", by=clerk)

    assert (again.device.pk, reads.key_of(first.device.pk)) == (first.device.pk, again.key)
    assert again.key != first.key


def test_the_code_itself_is_not_kept(town: Town, clerk: Actor) -> None:
    offer = offered(town, clerk)

    kept = Device.objects.values().get()

    assert offer.code.encode() not in b"".join(
        bytes(value) for value in kept.values() if isinstance(value, bytes | memoryview)
    )


def test_a_code_grows_old(town: Town, clerk: Actor) -> None:
    offer = offered(town, clerk)
    Device.objects.update(code_until=timezone.now() - timedelta(seconds=1))

    with pytest.raises(NotFoundError):
        devices.claim(offer.code)


@pytest.mark.parametrize("code", ["", "2222222222", "x" * 40])
def test_another_code_is_none(town: Town, clerk: Actor, code: str) -> None:
    offered(town, clerk)

    with pytest.raises(NotFoundError):
        devices.claim(code)


def test_a_session_is_one_device_with_one_key(town: Town, clerk: Actor) -> None:
    with access.acting(clerk):
        first, again = (devices.enrol(town.site, session_key="a", by=clerk) for _ in range(2))
        other = devices.enrol(town.site, session_key="b", by=clerk)

    assert (first.device.pk, first.key) == (again.device.pk, again.key)
    assert (other.device.pk, other.key) != (first.device.pk, first.key)


def test_a_stopped_session_is_not_enrolled_again(town: Town, clerk: Actor) -> None:
    with access.acting(clerk):
        devices.revoke(devices.enrol(town.site, session_key="a", by=clerk).device, by=clerk)
        with pytest.raises(DomainError) as refused:
            devices.enrol(town.site, session_key="a", by=clerk)

    assert refused.value.code == "device.revoked"


def test_whoever_may_not_record_there_enrols_and_stops_nothing(town: Town) -> None:
    far = factories.actor("clerk", factories.commune(town.province, "Đảng bộ xã Khác"))
    phone = reader(town.site)

    with access.acting(far):
        for act in (
            lambda: devices.offer(town.site, label="", by=far),
            lambda: devices.enrol(town.site, session_key="a", by=far),
            lambda: devices.revoke(phone.device, by=far),
        ):
            with pytest.raises(ForbiddenError):
                act()


def post(client: Client, path: str, body: bytes, authorization: str = "") -> tuple[int, dict[str, object]]:
    headers = {"authorization": authorization} if authorization else {}
    answer = client.post(path, body, "application/json", headers=headers)
    return answer.status_code, json.loads(answer.content)


def body_of(phone: Reader, town: Town) -> bytes:
    event = phone.event(town.an)
    told = {
        "id": str(event.id),
        "seq": event.seq,
        "act": "in",
        "code": event.code,
        "at": event.at,
        "mac": event.mac,
    }
    return json.dumps({"clock": phone.clock, "events": [told]}).encode()


def test_the_pages_answer_the_address_of_the_intake(town: Town, clerk: Actor, client: Client) -> None:
    offer = offered(town, clerk)
    status, told = post(client, "/api/v1/devices", json.dumps({"code": offer.code}).encode())
    assert (status, told["device"], told["site"]) == (200, offer.device.pk, town.site.name)
    phone = Reader(offer.device, bytes.fromhex(str(told["key"])), town.site, clerk)
    body = body_of(phone, town)
    proof = f"{scanning.SCHEME} {offer.device.pk}:{scanning.mac(phone.key, body)}"

    found = [post(client, "/api/v1/scans", body, proof) for _ in range(2)]

    answers = [(status, [one["code"] for one in told["answers"]]) for status, told in found]  # type: ignore[attr-defined]
    assert answers == [(200, ["attendance.recorded"]), (200, ["attendance.already"])]
    assert town.counts(Measure.PRESENT) == [1]


def test_the_pages_refuse_as_the_intake_does(town: Town, client: Client) -> None:
    phone = reader(town.site)
    body = body_of(phone, town)
    unfit = b'{"clock": 1}'

    refused = [
        post(client, "/api/v1/scans", body),
        post(client, "/api/v1/scans", body, f"{scanning.SCHEME} {phone.device.pk}:{'0' * 64}"),
        post(client, "/api/v1/scans", body, f"{scanning.SCHEME} 987654:{scanning.mac(phone.key, body)}"),
        post(
            client,
            "/api/v1/scans",
            unfit,
            f"{scanning.SCHEME} {phone.device.pk}:{scanning.mac(phone.key, unfit)}",
        ),
        post(client, "/api/v1/devices", b'{"code": "2222222222"}'),
    ]

    assert [(status, told["code"]) for status, told in refused] == [
        (401, "device.unknown"),
        (401, "device.unknown"),
        (401, "device.unknown"),
        (422, "scan.unfit"),
        (404, "device.code"),
    ]


def test_a_clerk_looks_offers_and_stops_on_a_page(town: Town) -> None:
    account = factories.account("clerk", town.commune)
    browser = factories.signed_in(account)
    address = reverse("site-devices", args=[town.site.pk])

    shown = browser.post(address, {"label": "Máy cửa sau"}).content.decode()
    device = Device.objects.get()
    assert "Máy cửa sau" in shown
    assert "Chờ nhập mã" in shown

    browser.post(reverse("site-device-revoke", args=[town.site.pk]), {"device": str(device.pk)})

    device.refresh_from_db()
    assert device.revoked_by == account.display_name
    assert "Đã ngừng" in browser.get(address).content.decode()


def test_the_scan_page_becomes_a_device(town: Town) -> None:
    browser = factories.signed_in(factories.account("clerk", town.commune))
    address = reverse("site-device", args=[town.site.pk])

    first, again = (browser.post(address).json() for _ in range(2))

    assert first == again
    assert bytes.fromhex(first["key"]) == reads.key_in(Device.objects.get())
    assert address in browser.get(reverse("site-scan", args=[town.site.pk])).content.decode()


@pytest.mark.parametrize("route", ["site-devices", "site-device", "site-device-revoke"])
def test_a_neighbour_finds_no_such_page(town: Town, route: str) -> None:
    neighbour = factories.account("clerk", factories.commune(town.province, "Đảng bộ xã Khác"))
    browser = factories.signed_in(neighbour)

    assert browser.post(reverse(route, args=[town.site.pk]), {"device": "1"}).status_code == 404
