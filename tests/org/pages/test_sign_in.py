"""Signing in: one answer for every wrong try, a lock, a new session, one-time passwords."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from quantriet.org import access
from quantriet.org.commands import accounts
from quantriet.org.commands.accounts import AccountSpec
from quantriet.org.doors import ACTING_UNIT
from quantriet.org.models import Account, Unit
from tests import factories

pytestmark = pytest.mark.django_db

NEW = "mot-cau-rat-dai-de-nho"


@pytest.fixture
def home() -> Unit:
    return factories.cell(factories.commune(factories.province()), "Chi bộ Nhà Mình")


def enter(client: Client, name: str, password: str, **more: str) -> Any:
    return client.post(reverse("sign-in"), {"username": name, "password": password, **more})


def test_the_right_password_opens_what_was_asked_for_in_a_new_session(home: Unit) -> None:
    factories.account("member", home, username="an")
    client = Client()
    client.get(reverse("sign-in"))
    before = client.session.session_key

    response = enter(client, "AN", factories.PASSWORD, next=reverse("roles"))

    assert (response.status_code, response["Location"]) == (302, reverse("roles"))
    assert client.session.session_key != before


def test_a_foreign_next_address_is_not_followed(home: Unit) -> None:
    factories.account("member", home, username="an")

    response = enter(Client(), "an", factories.PASSWORD, next="https://example.org/")

    assert response["Location"] == "/"


def body(response: Any) -> str:
    return str(response.content.decode()).replace("khong-co", "NAME").replace("co-that", "NAME")


def without_token(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if "csrf" not in line)


def test_an_unknown_name_is_answered_word_for_word_like_a_wrong_password_until_the_lock(home: Unit) -> None:
    factories.account("member", home, username="co-that")
    told = {
        name: [without_token(body(enter(Client(), name, "sai"))) for _try in range(11)]
        for name in ("co-that", "khong-co")
    }
    locked = enter(Client(), "co-that", factories.PASSWORD)

    assert told["co-that"] == told["khong-co"]
    assert told["co-that"][0] != told["co-that"][10]
    assert (locked.status_code, "15 phút" in locked.content.decode()) == (422, True)


def test_control_the_right_password_ends_the_count(home: Unit) -> None:
    factories.account("member", home, username="an")
    for _try in range(9):
        enter(Client(), "an", "sai")
    first = enter(Client(), "an", factories.PASSWORD)
    enter(Client(), "an", "sai")
    second = enter(Client(), "an", factories.PASSWORD)

    assert (first.status_code, second.status_code) == (302, 302)


def test_the_lock_is_of_the_pair_of_name_and_address(home: Unit) -> None:
    factories.account("member", home, username="an")
    for _try in range(10):
        enter(Client(REMOTE_ADDR="192.0.2.1"), "an", "sai")

    assert enter(Client(REMOTE_ADDR="192.0.2.1"), "an", factories.PASSWORD).status_code == 422
    assert enter(Client(REMOTE_ADDR="192.0.2.2"), "an", factories.PASSWORD).status_code == 302


def test_a_slip_opens_the_page_of_the_new_password_and_nothing_else(home: Unit) -> None:
    with access.acting(factories.operator()) as by:
        slip = accounts.open_accounts([AccountSpec("An", "member", home.pk)], by=by)[0]
    client = Client()

    signed = enter(client, slip.username, slip.password)
    shut = client.get(reverse("roles"))
    changed = client.post(
        reverse("change-password"), {"old": slip.password, "new": NEW, "again": NEW}, follow=False
    )
    opened = client.get(reverse("roles"))

    assert signed["Location"].startswith(reverse("change-password"))
    assert shut["Location"].startswith(reverse("change-password"))
    assert (changed.status_code, opened.status_code) == (302, 200)
    assert enter(Client(), slip.username, slip.password).status_code == 422


def test_other_sessions_end_with_the_old_password(home: Unit) -> None:
    factories.account("member", home, username="an")
    here, elsewhere = Client(), Client()
    enter(here, "an", factories.PASSWORD)
    enter(elsewhere, "an", factories.PASSWORD)

    here.post(reverse("change-password"), {"old": factories.PASSWORD, "new": NEW, "again": NEW})

    assert here.get(reverse("roles")).status_code == 200
    assert elsewhere.get(reverse("roles")).status_code == 302


def test_accounts_of_the_demonstration_stay_outside_elsewhere(home: Unit) -> None:
    account = factories.account("member", home, username="an")
    Account.objects.filter(pk=account.pk).update(is_demo=True)

    assert enter(Client(), "an", factories.PASSWORD).status_code == 422
    assert factories.signed_in(account).get(reverse("roles")).status_code == 302


def test_signing_out_needs_a_post_and_ends_the_session(home: Unit) -> None:
    client = factories.signed_in(factories.account("member", home))

    assert client.get(reverse("sign-out")).status_code == 405
    client.post(reverse("sign-out"))
    assert client.get(reverse("roles")).status_code == 302


def test_one_acts_in_ones_own_units_only(home: Unit) -> None:
    other = factories.cell(factories.commune(factories.province()), "Chi bộ Thứ Hai")
    foreign = factories.cell(factories.commune(factories.province()), "Chi bộ Lạ")
    account = factories.account("member", home)
    with access.acting(factories.operator()) as by:
        accounts.grant(account, "member", other, by=by)
    client = factories.signed_in(account)

    assert client.post(reverse("switch-unit"), {"unit": foreign.pk}).status_code == 404
    assert client.post(reverse("switch-unit"), {"unit": other.pk}).status_code == 302
    assert client.session[ACTING_UNIT] == other.pk
    assert "Chi bộ Thứ Hai" in client.get(reverse("my-account")).content.decode()
