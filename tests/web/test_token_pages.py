"""Tokens of the API by their page: shown once, narrowed, revoked, nobody else's."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from quantriet.org.models import Account, Unit
from quantriet.web.models import ApiToken
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def commune() -> Unit:
    return factories.commune(factories.province())


@pytest.fixture
def head(commune: Unit) -> Account:
    return factories.account("secretary", commune)


@pytest.fixture
def browser(head: Account) -> Client:
    return factories.signed_in(head)


def told(head: Account, commune: Unit, **other: object) -> dict[str, object]:
    usual = {"label": "khóa của tổ thống kê", "account": head.username, "unit": commune.code, "days": "30"}
    return {**usual, "scopes": ["unit_read"], **other}


def test_the_key_is_shown_once_works_and_a_second_sending_makes_none(
    browser: Client, head: Account, commune: Unit
) -> None:
    address = reverse("api-tokens")
    first = browser.post(address, told(head, commune))
    second = browser.post(address, told(head, commune))
    key = re.search(r"qt_[\w-]{43}", first.content.decode())

    assert key is not None
    assert (first.status_code, second.status_code, ApiToken.objects.count()) == (200, 422, 1)
    assert "tên này đang dùng" in second.content.decode()
    assert key[0] not in browser.get(address).content.decode()
    answer = Client().get("/api/v1/units", headers={"Authorization": f"Bearer {key[0]}"})
    assert (answer.status_code, commune.code in answer.content.decode()) == (200, True)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"account": "khong-co"}, "Không có tài khoản này"),
        ({"unit": "không có"}, "Không có đơn vị nào"),
        ({"scopes": ["unit_manage"]}, "chỉ những quyền tài khoản đang có"),
        ({"scopes": []}, "Được làm"),
        ({"days": "367"}, "Số ngày có hiệu lực"),
    ],
)
def test_a_fault_is_told_and_no_token_made(
    browser: Client, head: Account, commune: Unit, change: dict[str, object], sentence: str
) -> None:
    answer = browser.post(reverse("api-tokens"), told(head, commune, **change))

    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert ApiToken.objects.count() == 0


def test_who_manages_accounts_makes_no_key_of_an_account_above_him(
    browser: Client, head: Account, commune: Unit
) -> None:
    above = factories.account("administrator", commune)
    below = factories.account("clerk", commune)

    codes = [
        browser.post(reverse("api-tokens"), told(one, commune, label=one.username)).status_code
        for one in (above, below, head)
    ]

    assert codes == [403, 200, 200]
    assert set(ApiToken.objects.values_list("account", flat=True)) == {below.pk, head.pk}


def test_an_account_elsewhere_is_answered_as_one_that_is_not(
    browser: Client, head: Account, commune: Unit
) -> None:
    elsewhere = factories.account("clerk", factories.commune(factories.province("Đảng bộ tỉnh Khác")))
    asked = [told(head, commune, account=name) for name in (elsewhere.username, "khong-co")]

    answers = [browser.post(reverse("api-tokens"), one) for one in asked]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert [answer.context["form"].errors for answer in answers] == [
        {"account": ["Không có tài khoản này ở đơn vị đã ghi. Chưa tạo khóa; hãy xem lại tên đăng nhập."]}
    ] * 2
    assert ApiToken.objects.count() == 0


def test_a_token_is_revoked_once_and_by_nobody_elsewhere(
    browser: Client, head: Account, commune: Unit
) -> None:
    browser.post(reverse("api-tokens"), told(head, commune))
    token = ApiToken.objects.get()
    stranger = factories.signed_in(
        factories.account("secretary", factories.commune(factories.province("Đảng bộ tỉnh Khác")))
    )
    address = reverse("api-token-revoke", args=[token.pk])

    codes = [stranger.post(address).status_code, browser.post(address).status_code]
    token.refresh_from_db()
    first = token.revoked_at
    codes.append(browser.post(address).status_code)
    token.refresh_from_db()

    assert codes == [404, 302, 302]
    assert (first is not None, token.revoked_at) == (True, first)
    assert "tổ thống kê" not in stranger.get(reverse("api-tokens")).content.decode()
