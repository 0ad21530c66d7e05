"""Signing in by an OpenID Connect provider, against a real one on this machine; every fault with its control."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.utils import timezone

from quantriet.core.errors import DomainError
from quantriet.org import access, issuer
from quantriet.org.commands import issuers as commands
from quantriet.org.models import Account, AuditEvent, IssuerIdentity, IssuerInvitation, Unit
from quantriet.web import configuration
from tests import factories, stand_in_issuer
from tests.org.pages.test_second_factor import words
from tests.stand_in_issuer import CLIENT_ID, CLIENT_SECRET, StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings: Any) -> Iterator[StandIn]:
    issuer.forget_documents()
    with stand_in_issuer.running() as running:
        client = configuration.Issuer(running.address, CLIENT_ID, CLIENT_SECRET, "Cổng đăng nhập tỉnh")
        settings.QUANTRIET = replace(settings.QUANTRIET, issuer=client)
        yield running
    issuer.forget_documents()


@pytest.fixture
def member() -> Account:
    home = factories.cell(factories.commune(factories.province()))
    return factories.account("member", home)


def known(account: Account, provider: StandIn, subject: str = "s-1") -> None:
    IssuerIdentity.objects.create(account=account, issuer=provider.address, subject=subject)


def sign_in(client: Client, provider: StandIn, subject: str = "s-1", begin: str = "?next=/viec/") -> Any:
    begun = client.get(f"/dang-nhap/to-chuc/{begin}")
    return client.get(provider.approve(begun.headers["Location"], subject))


def test_a_known_subject_signs_in_and_goes_on(provider: StandIn, member: Account) -> None:
    known(member, provider)
    client = Client()

    answer = sign_in(client, provider)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/viec/")
    assert client.get("/viec/").status_code == 200
    assert AuditEvent.objects.get(action="account.sign_in").detail == {"way": "issuer"}


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": [CLIENT_ID, "another-client"]},
        {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
        {"azp": "another-client"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iss": "https://evil.example"},
        {"sub": None},
        {"sub": "x" * 256},
        {"iat": 99_999_999_999},
    ],
)
def test_a_token_that_does_not_hold_opens_nothing(
    provider: StandIn, member: Account, claims: dict[str, Any]
) -> None:
    known(member, provider)
    client = Client()
    provider.claims = claims

    refused = sign_in(client, provider)
    inside = client.get("/viec/").status_code
    provider.claims = {}  # control: the same token without the fault signs in

    assert (refused.status_code, inside) == (422, 302)
    assert "trả lời không hợp lệ" in refused.content.decode()
    assert sign_in(client, provider).status_code == 302


@pytest.mark.parametrize("forgery", ["none", "HS256", "another key", "unknown key"])
def test_a_token_that_is_not_the_providers_opens_nothing(
    provider: StandIn, member: Account, forgery: str
) -> None:
    known(member, provider)
    if forgery == "none":
        provider.signing_key, provider.algorithm = None, "none"
    if forgery == "HS256":
        provider.signing_key, provider.algorithm = CLIENT_SECRET * 4, "HS256"
    if forgery in ("another key", "unknown key"):
        provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if forgery == "unknown key":
        provider.kid = "k2"

    assert sign_in(Client(), provider).status_code == 422
    provider.signing_key, provider.algorithm, provider.kid = provider.key, "RS256", "k1"
    assert sign_in(Client(), provider).status_code == 302


def test_an_answer_is_good_once_and_only_in_the_browser_that_asked(
    provider: StandIn, member: Account
) -> None:
    known(member, provider)
    client, other = Client(), Client()
    begun = client.get("/dang-nhap/to-chuc/").headers["Location"]
    back = provider.approve(begun, "s-1")

    elsewhere = other.get(back).status_code
    forged = client.get(back.partition("state=")[0] + "state=forged").status_code
    late = client.get(back).status_code  # the forged answer ended this sign-in
    again = provider.approve(client.get("/dang-nhap/to-chuc/").headers["Location"], "s-1")
    first, second = client.get(again).status_code, client.get(again).status_code

    assert (elsewhere, forged, late) == (422, 422, 422)
    assert (first, second) == (302, 422)


def test_pkce_binds_the_code_to_the_browser(provider: StandIn, member: Account) -> None:
    known(member, provider)
    victim, thief = Client(), Client()
    stolen = provider.approve(victim.get("/dang-nhap/to-chuc/").headers["Location"], "s-1")
    code = stolen.partition("code=")[2].partition("&")[0]
    state = thief.get("/dang-nhap/to-chuc/").headers["Location"].partition("state=")[2].partition("&")[0]

    answer = thief.get(f"/dang-nhap/to-chuc/tro-ve/?code={code}&state={state}")

    assert answer.status_code == 422


def test_an_unknown_subject_gets_no_account(provider: StandIn, member: Account) -> None:
    before = Account.objects.count()

    refused = sign_in(Client(), provider, "somebody-else")

    assert refused.status_code == 422
    assert "chưa gắn với tài khoản nào" in refused.content.decode()
    assert (Account.objects.count(), IssuerIdentity.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    ("claims", "twin", "opened"),
    [
        ({"email": "AN@an-giang.example", "email_verified": True}, False, True),
        ({"email": "an@an-giang.example", "email_verified": False}, False, False),
        ({"email": "an@an-giang.example", "email_verified": "true"}, False, False),
        ({"email": "an@an-giang.example"}, False, False),
        ({"email": "an@an-giang.example", "email_verified": True}, True, False),
        ({"email": "", "email_verified": True}, False, False),
    ],
)
def test_a_verified_e_mail_of_one_account_ties_it(
    provider: StandIn, member: Account, claims: dict[str, Any], *, twin: bool, opened: bool
) -> None:
    Account.objects.filter(pk=member.pk).update(email="an@an-giang.example")
    if twin:
        other = factories.account("member", Unit.objects.get(assignments__account=member))
        Account.objects.filter(pk=other.pk).update(email="An@An-Giang.example")
    provider.claims = claims

    first = sign_in(Client(), provider)
    provider.claims = {}
    again = sign_in(Client(), provider)

    assert (first.status_code == 302, again.status_code == 302) == (opened, opened)
    assert IssuerIdentity.objects.count() == int(opened)


def test_an_account_has_one_subject(provider: StandIn, member: Account) -> None:
    Account.objects.filter(pk=member.pk).update(email="an@an-giang.example")
    known(member, provider, "the-first")
    provider.claims = {"email": "an@an-giang.example", "email_verified": True}

    assert sign_in(Client(), provider, "the-second").status_code == 422
    assert sign_in(Client(), provider, "the-first").status_code == 302


def test_an_invitation_ties_the_account_once(provider: StandIn, member: Account) -> None:
    commune = Unit.objects.get(placements__unit__child_placements__unit__assignments__account=member)
    secretary = factories.signed_in(factories.account("secretary", commune))
    address = f"/tai-khoan/{member.pk}/loi-moi/"
    first = secretary.post(address).content.decode().partition("/dang-nhap/loi-moi/")[2].partition("/")[0]
    word = secretary.post(address).content.decode().partition("/dang-nhap/loi-moi/")[2].partition("/")[0]

    page = Client().get(f"/dang-nhap/loi-moi/{word}/")
    outdated = sign_in(Client(), provider, begin=f"?loi-moi={first}")
    tied = sign_in(Client(), provider, begin=f"?loi-moi={word}")
    reused = sign_in(Client(), provider, "another", begin=f"?loi-moi={word}")

    assert "Cổng đăng nhập tỉnh" in page.content.decode()
    assert (outdated.status_code, tied.status_code, reused.status_code) == (422, 302, 422)
    assert IssuerIdentity.objects.get().account_id == member.pk
    assert IssuerInvitation.objects.get().used_at is not None


def test_an_expired_invitation_ties_nothing(provider: StandIn, member: Account) -> None:
    with access.acting(factories.operator()) as by:
        word = commands.invite(member, by=by)
    IssuerInvitation.objects.update(expires_at=timezone.now())

    assert sign_in(Client(), provider, begin=f"?loi-moi={word}").status_code == 422


def test_invitations_are_made_from_above_only(provider: StandIn, member: Account) -> None:
    far = factories.signed_in(factories.account("secretary", factories.province("Đảng bộ tỉnh Khác")))

    foreign, missing = far.post(f"/tai-khoan/{member.pk}/loi-moi/"), far.post("/tai-khoan/999999/loi-moi/")

    assert (foreign.status_code, words(foreign)) == (404, words(missing))


def test_a_closed_account_stays_closed(provider: StandIn, member: Account) -> None:
    known(member, provider)
    Account.objects.filter(pk=member.pk).update(is_active=False)

    assert sign_in(Client(), provider).status_code == 422


@pytest.mark.parametrize(
    ("claims", "status"), [({}, 302), ({"amr": ["pwd"]}, 302), ({"amr": ["pwd", "mfa"]}, 200)]
)
def test_the_second_factor_is_asked_unless_the_provider_asked_for_it(
    provider: StandIn, claims: dict[str, Any], status: int
) -> None:
    officer = factories.account("officer", factories.province())
    known(officer, provider)
    provider.claims = claims
    client = Client()

    sign_in(client, provider)

    assert client.get("/viec/").status_code == status


def test_unlinking_ends_sessions_and_ways_in(provider: StandIn, member: Account) -> None:
    known(member, provider)
    client = Client()
    sign_in(client, provider)
    with access.acting(factories.operator()) as by:
        commands.unlink(member, by=by)
        commands.unlink(member, by=by)

    assert client.get("/viec/").status_code == 302
    assert sign_in(Client(), provider).status_code == 422


@pytest.mark.parametrize(
    "document",
    [{"issuer": "https://evil.example"}, {"token_endpoint": "file:///etc/passwd"}, {"jwks_uri": None}],
)
def test_a_discovery_that_does_not_hold_is_not_followed(provider: StandIn, document: dict[str, Any]) -> None:
    provider.document = document

    answer = Client().get("/dang-nhap/to-chuc/")

    assert answer.status_code == 422
    assert provider.asked == ["/.well-known/openid-configuration"]


def test_a_provider_that_is_away_leaves_the_password(provider: StandIn, settings: Any) -> None:
    away = replace(settings.QUANTRIET.issuer, address="http://127.0.0.1:9")
    settings.QUANTRIET = replace(settings.QUANTRIET, issuer=away)
    started = time.monotonic()

    answer = Client().get("/dang-nhap/to-chuc/")

    assert answer.status_code == 422
    assert time.monotonic() - started < 10


def test_without_a_provider_there_is_no_such_way() -> None:
    answers = [
        Client().get(address).status_code for address in ("/dang-nhap/to-chuc/", "/dang-nhap/loi-moi/x/")
    ]

    assert answers == [404, 404]
    assert "to-chuc" not in Client().get("/dang-nhap/").content.decode()


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"QUANTRIET_OIDC_ISSUER": "http://login.example"}, "https"),
        ({"QUANTRIET_OIDC_ISSUER": "https://login.example"}, "CLIENT_ID"),
    ],
)
def test_half_a_configuration_does_not_start(values: dict[str, str], fault: str, tmp_path: Any) -> None:
    with pytest.raises(ValueError, match=fault):
        configuration.read({**values, "QUANTRIET_HOME": str(tmp_path)})


def test_the_commands_refuse_in_words(member: Account) -> None:
    with pytest.raises(DomainError) as refused:
        commands.recognise("https://login.example", issuer.Told("x", "", by_two_factors=False))

    assert refused.value.code == "issuer.unknown"
