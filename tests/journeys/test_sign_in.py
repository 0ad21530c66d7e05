"""Signing in in a real browser: a passkey of a virtual authenticator, the pages on a small phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from quantriet.org.models import Account, Passkey
from tests import factories
from tests.journeys.looking import faults as faults_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def phone(browser: Browser, live_site: str) -> Iterator[Page]:
    """A phone 360 px wide whose owner can unlock it; passkeys need a name, not a number, as host."""
    context = browser.new_context(
        base_url=live_site.replace("127.0.0.1", "localhost"),
        locale="vi-VN",
        viewport={"width": 360, "height": 740},
    )
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
    }
    unlocked = {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, **unlocked}})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    yield page
    context.close()
    assert faults == []


def test_an_officer_adds_a_passkey_and_comes_back_with_it(phone: Page) -> None:
    officer = factories.account("officer", factories.province())

    phone.goto("/dang-nhap/")
    at_door = faults_of(phone)
    phone.fill("[name=username]", officer.username)
    phone.fill("[name=password]", factories.PASSWORD)
    phone.press("[name=password]", "Enter")
    phone.wait_for_url("**/thiet-lap/**")
    at_set_up = faults_of(phone)
    qr = phone.evaluate("document.querySelector('.second-factor-qr').naturalWidth > 0")
    phone.fill("#passkey-name", "Máy thử 360")
    phone.click("[data-passkey=create] button")
    phone.wait_for_url(lambda url: url.endswith("/"))
    phone.goto("/dang-nhap-cua-toi/")
    mine, at_mine = phone.inner_text("main"), faults_of(phone)
    phone.on("dialog", lambda dialog: dialog.accept())
    phone.context.clear_cookies()
    phone.goto("/dang-nhap/?next=/dang-nhap-cua-toi/")
    phone.click("[data-passkey-start]")
    phone.wait_for_url(lambda url: url.endswith("/dang-nhap-cua-toi/") and "next" not in url)
    back = phone.inner_text("main")

    assert (at_door, at_set_up, at_mine) == ([], [], [])
    assert qr
    assert "Máy thử 360" in mine
    assert "dùng lần cuối" in back
    assert Passkey.objects.get().account_id == officer.pk


def test_a_device_that_does_not_open_leaves_the_password(phone: Page) -> None:
    phone.goto("/dang-nhap/")

    phone.click("[data-passkey-start]")
    phone.wait_for_selector("[data-passkey-words]:not(:empty)")

    assert phone.inner_text("[data-passkey-words]").startswith("Chưa đăng nhập")
    assert Account.objects.count() == 0


def test_the_page_of_cards_fits_the_phone_and_asks_for_the_pin(phone: Page) -> None:
    phone.goto("/dang-nhap/the/")
    faults = faults_of(phone)

    phone.evaluate(
        "document.querySelector('[name=code]').value = 'ABC'; document.querySelector('#card-form').requestSubmit()"
    )

    assert faults == []
    assert phone.url.endswith("/dang-nhap/the/")
    assert phone.evaluate("document.activeElement.name") == "pin"
