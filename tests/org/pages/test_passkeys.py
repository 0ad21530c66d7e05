"""Passkeys through the pages' addresses: adding, signing in, and everything that must not pass."""

import json
from typing import Any

import pytest
from django.test import Client

from quantriet.org.commands import passkeys as commands
from quantriet.org.models import Account, Passkey
from quantriet.org.passkeys import Shown
from tests import factories
from tests.soft_key import PRESENT, SoftKey

pytestmark = pytest.mark.django_db

ORIGIN = "http://testserver"


@pytest.fixture
def officer() -> Account:
    return factories.account("officer", factories.province())


def ask(client: Client, address: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    answer = client.post(address, json.dumps(body or {}), content_type="application/json")
    return answer.status_code, answer.json()


def add(client: Client, key: SoftKey, name: str = "Điện thoại") -> tuple[int, dict[str, Any]]:
    _status, options = ask(client, "/dang-nhap-cua-toi/khoa/bat-dau/")
    return ask(
        client, "/dang-nhap-cua-toi/khoa/", {"credential": key.make(options), "name": name, "next": "/x/"}
    )


def show(client: Client, key: SoftKey) -> tuple[int, dict[str, Any]]:
    _status, options = ask(client, "/dang-nhap/khoa/bat-dau/")
    return ask(client, "/dang-nhap/khoa/", {"credential": key.show(options), "next": "/viec/"})


def test_a_passkey_signs_in_as_both_factors(officer: Account) -> None:
    key = SoftKey(ORIGIN)
    added = add(factories.signed_in(officer), key)
    stranger = Client()

    before = stranger.get("/viec/").status_code
    shown = show(stranger, key)
    after = stranger.get("/viec/").status_code

    assert added == (200, {"next": "/x/"})
    assert (before, shown, after) == (302, (200, {"next": "/viec/"}), 200)
    assert Passkey.objects.get().name == "Điện thoại"


def test_after_the_password_a_passkey_is_the_second_factor(officer: Account) -> None:
    key = SoftKey(ORIGIN)
    add(factories.signed_in(officer), key)
    half = Client()
    half.force_login(officer)

    before = half.get("/viec/").headers["Location"]
    shown = show(half, key)
    after = half.get("/viec/").status_code

    assert before == "/dang-nhap/xac-nhan/?next=%2Fviec%2F"
    assert (shown[0], after) == (200, 200)


def test_another_accounts_passkey_confirms_nobody(officer: Account) -> None:
    other = factories.account("officer", factories.province("Đảng bộ tỉnh Khác"))
    mine, theirs = SoftKey(ORIGIN), SoftKey(ORIGIN)
    add(factories.signed_in(officer), mine)
    add(factories.signed_in(other), theirs)
    half = Client()
    half.force_login(officer)

    assert show(half, theirs)[0] == 422
    assert half.get("/viec/").status_code == 302
    assert show(half, mine)[0] == 200


@pytest.mark.parametrize(
    "fault", ["origin", "unverified", "signature", "challenge", "unknown", "no ceremony"]
)
def test_what_does_not_hold_is_refused_alike(officer: Account, fault: str) -> None:
    key = SoftKey(ORIGIN)
    add(factories.signed_in(officer), key)
    stranger = Client()
    _status, options = ask(stranger, "/dang-nhap/khoa/bat-dau/")
    if fault == "origin":
        key.origin = "http://testserver.evil.example"
    if fault == "unverified":
        key.flags = PRESENT
    if fault == "challenge":
        options["publicKey"]["challenge"] = "A" * 43
    if fault == "unknown":
        key.credential_id = bytes(32)
    answer = key.show(options)
    if fault == "signature":
        answer["response"]["signature"] = answer["response"]["signature"][:-4] + "AAAA"
    if fault == "no ceremony":
        stranger = Client()

    status, told = ask(stranger, "/dang-nhap/khoa/", {"credential": answer})

    assert (status, told["sentence"][:30]) == (422, "Khóa này không dùng được. Hãy ")
    assert stranger.get("/viec/").status_code == 302


def test_one_answer_opens_one_session(officer: Account) -> None:
    key = SoftKey(ORIGIN, counts=False)  # as passkeys kept in several devices: the counter tells nothing
    add(factories.signed_in(officer), key)
    thief = Client()
    _status, options = ask(thief, "/dang-nhap/khoa/bat-dau/")
    before = dict(thief.session.items())
    answer = key.show(options)

    first = ask(thief, "/dang-nhap/khoa/", {"credential": answer})
    again = Client()
    session = again.session
    session.update(before)  # the state of the ceremony as it was: what two requests at once would read
    session.save()
    again.cookies["quantriet"] = str(session.session_key)
    second = ask(again, "/dang-nhap/khoa/", {"credential": answer})

    assert (first[0], second[0]) == (200, 422)


def test_a_counter_that_does_not_grow_is_a_copy(officer: Account) -> None:
    add(factories.signed_in(officer), SoftKey(ORIGIN))
    passkey = Passkey.objects.get()

    used = [commands.use(passkey, Shown(b"", count)) for count in (5, 5, 4, 6, 0)]

    assert used == [True, False, False, True, False]


def test_adding_needs_to_have_shown_who_it_is(officer: Account) -> None:
    member = factories.account("member", factories.province("Đảng bộ tỉnh Khác"))
    half = Client()
    half.force_login(member)  # a password some time ago: no second factor is asked of a member

    _status, told = ask(half, "/dang-nhap-cua-toi/khoa/bat-dau/")

    assert told == {"next": "/dang-nhap/xac-nhan/?next=%2Fdang-nhap-cua-toi%2F"}
    assert Client().post("/dang-nhap-cua-toi/khoa/bat-dau/").status_code == 302


def test_adding_the_same_key_again_keeps_one(officer: Account) -> None:
    client, key = factories.signed_in(officer), SoftKey(ORIGIN)

    add(client, key)
    add(client, key, "Lần hai")

    assert [passkey.name for passkey in Passkey.objects.all()] == ["Điện thoại"]


def test_several_keys_are_removed_by_their_owner_only(officer: Account) -> None:
    client = factories.signed_in(officer)
    for name in ("một", "hai"):
        add(client, SoftKey(ORIGIN), name)
    first = Passkey.objects.get(name="một")
    other = factories.signed_in(factories.account("officer", factories.province("Đảng bộ tỉnh Khác")))

    other.post(f"/dang-nhap-cua-toi/khoa/{first.pk}/go/")
    kept = Passkey.objects.count()
    client.post(f"/dang-nhap-cua-toi/khoa/{first.pk}/go/")
    client.post(f"/dang-nhap-cua-toi/khoa/{first.pk}/go/")

    assert kept == 2
    assert [passkey.name for passkey in Passkey.objects.all()] == ["hai"]


def test_a_closed_account_has_no_passkey(officer: Account) -> None:
    key = SoftKey(ORIGIN)
    add(factories.signed_in(officer), key)
    Account.objects.filter(pk=officer.pk).update(is_active=False)

    assert show(Client(), key)[0] == 422


@pytest.mark.parametrize("body", ["", "[]", "{", '{"credential": 5}', '{"credential": {"rawId": 7}}'])
def test_nonsense_is_refused(officer: Account, body: str) -> None:
    client = Client()
    client.post("/dang-nhap/khoa/bat-dau/")

    assert client.post("/dang-nhap/khoa/", body, content_type="application/json").status_code == 422
