"""From the password to the first page: second factor, cards, one's own sessions, what ends them."""

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quantriet.org import access, second_factor, totp
from quantriet.org.commands import accounts, cards
from quantriet.org.commands import second_factor as commands
from quantriet.org.models import Account, Person, RoleAssignment, SecondFactor, SignInCard, Unit
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def province() -> Unit:
    return factories.province()


@pytest.fixture
def home(province: Unit) -> Unit:
    return factories.cell(factories.commune(province))


def by_password(account: Account) -> Client:
    client = Client()
    client.post("/dang-nhap/", {"username": account.username, "password": factories.PASSWORD})
    return client


def code_of(account: Account, beside: int = 0) -> str:
    secret = commands._secret(SecondFactor.objects.get(account=account))
    return totp.code_at(secret, totp.step_at(timezone.now().timestamp()) + beside)


def words(answer: Any) -> str:
    """A page without its tokens, which are new each time, and without the address that was asked for."""
    return re.sub(r"(?:content|value)=.[A-Za-z0-9]{64}|/tai-khoan/\d+/", "", answer.content.decode())


def set_up(account: Account) -> tuple[str, ...]:
    commands.pending_secret(account)
    return commands.confirm_app(account, code_of(account, -1)).codes


def test_after_the_password_the_app_is_set_up_before_any_page_answers(province: Unit) -> None:
    officer = factories.account("officer", province)
    client = by_password(officer)

    first = client.get("/viec/?x=1")
    asked = client.get(first.headers["Location"])
    page = client.get(asked.headers["Location"])
    picture = client.get("/dang-nhap/xac-nhan/ma.svg")
    key = client.session.session_key
    done = client.post("/dang-nhap/xac-nhan/thiet-lap/", {"code": code_of(officer), "next": "/viec/?x=1"})

    assert first.headers["Location"] == "/dang-nhap/xac-nhan/?next=%2Fviec%2F%3Fx%3D1"
    assert asked.headers["Location"] == "/dang-nhap/xac-nhan/thiet-lap/?next=%2Fviec%2F%3Fx%3D1"
    assert (page.status_code, picture.headers["Content-Type"]) == (200, "image/svg+xml")
    assert "no-store" in picture.headers["Cache-Control"]
    assert done.content.decode().count("<li><code>") == 10
    assert client.session.session_key != key
    assert client.get("/viec/").status_code == 200


def test_the_next_time_a_code_is_asked_and_wrong_ones_tell_nothing(province: Unit) -> None:
    officer = factories.account("officer", province)
    set_up(officer)
    client = by_password(officer)

    wrong = client.post("/dang-nhap/xac-nhan/", {"code": "12345x"})
    still = client.get("/viec/").status_code
    setup = client.get("/dang-nhap/xac-nhan/thiet-lap/").headers["Location"]
    picture = client.get("/dang-nhap/xac-nhan/ma.svg").status_code
    right = client.post("/dang-nhap/xac-nhan/", {"code": code_of(officer), "next": "https://evil.example/"})

    assert (wrong.status_code, still, picture) == (422, 302, 404)
    assert setup.startswith("/dang-nhap/xac-nhan/?")
    assert right.headers["Location"] == "/"
    assert client.get("/viec/").status_code == 200


def test_the_api_is_closed_to_half_a_sign_in(province: Unit) -> None:
    officer = factories.account("officer", province)
    set_up(officer)
    client = by_password(officer)

    half = client.get("/api/v1/me").status_code
    client.post("/dang-nhap/xac-nhan/", {"code": code_of(officer)})
    whole = client.get("/api/v1/me").status_code

    assert (half, whole) == (401, 200)


def test_a_member_is_asked_nothing_until_he_sets_one_up(home: Unit) -> None:
    member = factories.account("member", home)
    client = by_password(member)

    before = client.get("/viec/").status_code
    asked = client.get("/dang-nhap/xac-nhan/thiet-lap/").headers["Location"]
    client.post("/dang-nhap/xac-nhan/", {"password": "sai"})
    refused = client.get("/dang-nhap/xac-nhan/thiet-lap/").status_code
    client.post("/dang-nhap/xac-nhan/", {"password": factories.PASSWORD})
    client.get("/dang-nhap/xac-nhan/thiet-lap/")
    client.post("/dang-nhap/xac-nhan/thiet-lap/", {"code": code_of(member)})
    other = by_password(member).get("/viec/").status_code

    assert (before, refused, other) == (200, 302, 302)
    assert asked == "/dang-nhap/xac-nhan/?next=%2Fdang-nhap%2Fxac-nhan%2Fthiet-lap%2F"


def test_the_password_again_is_no_second_factor(home: Unit) -> None:
    member = factories.account("member", home)
    client = by_password(member)
    client.post("/dang-nhap/xac-nhan/", {"password": factories.PASSWORD})
    before = client.get("/viec/").status_code
    commune = Unit.objects.get(placements__unit__child_placements__unit=home)
    RoleAssignment.objects.create(account=member, role="clerk", unit=commune, from_on=timezone.localdate())
    client.post("/doi-don-vi/", {"unit": str(commune.pk)})

    above = client.get("/viec/")
    led = client.get(above.headers["Location"]).headers["Location"]
    client.post("/dang-nhap/xac-nhan/", {"password": factories.PASSWORD})
    still = client.get("/viec/").status_code
    client.get("/dang-nhap/xac-nhan/thiet-lap/")
    client.post("/dang-nhap/xac-nhan/thiet-lap/", {"code": code_of(member)})

    assert (before, above.status_code, still) == (200, 302, 302)
    assert led.startswith("/dang-nhap/xac-nhan/thiet-lap/")
    assert client.get("/viec/").status_code == 200


def test_the_mark_of_one_account_is_worth_nothing_to_another(province: Unit) -> None:
    officer = factories.account("officer", province)
    other = factories.account("officer", province)
    client = factories.signed_in(officer)
    session = client.session

    own = second_factor.confirmed_at(session, officer)
    foreign = second_factor.confirmed_at(session, other)

    assert own is not None
    assert foreign is None


def test_changing_credentials_asks_again_after_a_quarter_of_an_hour(province: Unit) -> None:
    officer = factories.account("officer", province)
    set_up(officer)
    client = factories.signed_in(officer)
    session = client.session
    session[second_factor.MARK] = {
        "account": officer.pk,
        "at": timezone.now().timestamp() - 901,
        "shown": "factor",
    }
    session.save()

    client.post("/dang-nhap-cua-toi/ung-dung/go/")
    kept = second_factor.has_factor(officer)
    codes = client.post("/dang-nhap-cua-toi/ma-du-phong/").status_code
    client.post("/dang-nhap/xac-nhan/", {"code": code_of(officer)})
    client.post("/dang-nhap-cua-toi/ung-dung/go/")

    assert (kept, codes, second_factor.has_factor(officer)) == (True, 302, False)


def test_the_level_above_clears_by_page_and_others_find_nothing(province: Unit, home: Unit) -> None:
    commune = Unit.objects.get(placements__unit__child_placements__unit=home)
    lost = factories.account("secretary", commune)
    set_up(lost)
    above = factories.signed_in(factories.account("secretary", province))
    below = factories.signed_in(factories.account("secretary", home))
    address = f"/tai-khoan/{lost.pk}/go-xac-nhan/"

    foreign, missing = below.post(address), below.post("/tai-khoan/999999/go-xac-nhan/")
    kept = second_factor.has_factor(lost)
    shown = above.get(address).status_code
    above.post(address)

    assert (foreign.status_code, words(foreign)) == (404, words(missing))
    assert (kept, shown, second_factor.has_factor(lost)) == (True, 200, False)


def issued(home: Unit, role: str = "member", name: str = "Nguyễn Văn An") -> tuple[Account, cards.IssuedCard]:
    person = factories.person(home, name)
    account = factories.account(role, home, of=person)
    with access.acting(factories.operator()) as by:
        return account, cards.issue([person], by=by)[0]


def by_card(card: cards.IssuedCard) -> tuple[Client, Any]:
    client = Client()
    return client, client.post("/dang-nhap/the/", {"code": card.code, "pin": card.pin, "next": "/viec/"})


def test_a_card_opens_the_cell_and_the_camera_may_read_it(home: Unit) -> None:
    _account, card = issued(home, "secretary")
    client, answer = by_card(card)

    page = Client().get("/dang-nhap/the/")

    assert answer.headers["Location"] == "/viec/"
    assert client.get("/viec/").status_code == 200
    assert "wasm-unsafe-eval" in page.headers["Content-Security-Policy"]
    assert client.get("/dang-nhap-cua-toi/").status_code == 200
    assert client.get("/dang-nhap/xac-nhan/thiet-lap/").status_code == 302


def test_a_card_opens_an_account_whose_slip_was_never_used(home: Unit) -> None:
    account, card = issued(home)
    yesterday = timezone.now() - timedelta(days=1)
    Account.objects.filter(pk=account.pk).update(must_change_password=True, one_time_until=yesterday)

    client, _answer = by_card(card)

    assert client.get("/viec/").status_code == 200
    assert by_password(account).get("/viec/").status_code == 302


def test_a_card_never_shows_what_lies_above_the_cell(home: Unit) -> None:
    account, card = issued(home)
    client, _answer = by_card(card)
    commune = Unit.objects.get(placements__unit__child_placements__unit=home)
    RoleAssignment.objects.filter(account=account).update(unit=commune, role="clerk")

    refused = client.get("/viec/")
    RoleAssignment.objects.filter(account=account).update(unit=home)  # control: at the cell it does

    assert refused.status_code == 403
    assert "Thẻ chỉ dùng cho chi bộ" in refused.content.decode()
    assert client.get("/viec/").status_code == 200


def test_a_revoked_card_ends_its_sessions_at_the_next_request(home: Unit) -> None:
    account, card = issued(home)
    client, _answer = by_card(card)
    before = client.get("/viec/").status_code
    with access.acting(factories.operator()) as by:
        cards.revoke(account, by=by)

    after = client.get("/viec/")

    assert (before, after.status_code, after.headers["Location"]) == (200, 302, "/dang-nhap/?next=%2Fviec%2F")
    assert "_auth_user_id" not in client.session


def test_cards_and_pins_are_printed_as_two_papers(province: Unit, home: Unit) -> None:
    person = factories.person(home, "Nguyễn Thị Đào")
    factories.account("member", home, of=person)
    secretary = factories.signed_in(factories.account("secretary", home))
    address = f"/don-vi/{home.pk}/the/"

    nobody = secretary.post(address, {})
    printed = secretary.post(address, {"person": [str(person.pk), "999999"]})
    again = secretary.get(address).content.decode()
    secretary.post(f"/don-vi/{home.pk}/the/{person.pk}/thu-hoi/")

    with zipfile.ZipFile(io.BytesIO(printed.content)) as papers:
        kinds = {name: papers.read(name)[:5] for name in papers.namelist()}
    assert nobody.status_code == 422
    assert kinds == {"the-dang-nhap.pdf": b"%PDF-", "phieu-ma-pin.pdf": b"%PDF-"}
    assert "Nguyễn Thị Đào" in again
    assert SignInCard.objects.filter(revoked_at=None).count() == 0
    foreign = factories.signed_in(factories.account("secretary", factories.cell(province, "Chi bộ Xa")))
    assert foreign.get(address).status_code == 404


def test_the_page_of_cards_costs_the_same_for_one_and_for_three(home: Unit) -> None:
    secretary = factories.signed_in(factories.account("secretary", home))
    counts = []
    for names in (("An",), ("Bình", "Cường")):
        for name in names:
            factories.account("member", home, of=factories.person(home, f"Nguyễn Văn {name}"))
        with CaptureQueriesContext(connection) as queries:
            secretary.get(f"/don-vi/{home.pk}/the/")
        counts.append(len(queries))

    assert counts[0] == counts[1]
    with access.whole_house("test"):
        assert Person.objects.filter(home_unit=home).count() == 3


def test_my_sessions_are_listed_and_ended_everywhere(home: Unit) -> None:
    member = factories.account("member", home)
    here, there = by_password(member), by_password(member)
    there.get("/viec/", headers={"User-Agent": "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile"})
    other = by_password(factories.account("member", home))

    shown = here.get("/dang-nhap-cua-toi/").content.decode()
    here.post("/dang-nhap-cua-toi/phien/ket-thuc/")
    after = [client.get("/viec/").status_code for client in (here, there, other)]

    assert ("Chrome, Android" in shown, shown.count("máy này</strong>")) == (True, 1)
    assert after == [302, 302, 200]


@pytest.mark.parametrize("act", ["role ended", "account closed", "password changed", "nothing"])
def test_what_ends_a_session_ends_it_at_the_next_request(home: Unit, act: str) -> None:
    member = factories.account("clerk", home)
    client = by_password(member)
    before = client.get("/viec/").status_code
    with access.acting(factories.operator()) as by:
        if act == "role ended":
            accounts.revoke(RoleAssignment.objects.get(account=member), by=by)
        if act == "account closed":
            accounts.close(member, by=by)
    if act == "password changed":
        accounts.change_password(member, old=factories.PASSWORD, new="mot-cau-rat-dai-de-nho")

    after = client.get("/viec/").status_code

    expected = {"role ended": 403, "account closed": 302, "password changed": 302, "nothing": 200}
    assert (before, after) == (200, expected[act])
