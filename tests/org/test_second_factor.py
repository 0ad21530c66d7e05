"""The second factor: who needs it, codes taken once, locks; each guard with a control."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.utils import timezone

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.org import access, second_factor, secret_words, totp
from quantriet.org.commands import second_factor as commands
from quantriet.org.models import Account, AuditEvent, RecoveryCode, SecondFactor
from quantriet.org.permissions import ROLES
from tests import factories, racing


def with_app(account: Account) -> tuple[str, tuple[str, ...]]:
    """Set up the app; gives its secret and the recovery codes. The code used lies a step back."""
    secret = commands.pending_secret(account)
    done = commands.confirm_app(account, totp.code_at(secret, now_step() - 1))
    return secret, done.codes


def now_step() -> int:
    return totp.step_at(timezone.now().timestamp())


def refusal(account: Account, code: str) -> str:
    with pytest.raises(DomainError) as refused:
        commands.answer(account, code)
    return refused.value.code


@pytest.mark.django_db
def test_who_needs_a_second_factor() -> None:
    province = factories.province()
    commune = factories.commune(province)
    base = factories.base(commune)
    cell = factories.cell(base)
    base_cell = factories.unit(commune, "base_cell", "Chi bộ cơ sở")
    section = factories.unit(base, "section", "Đảng bộ bộ phận")
    body = factories.body(province)
    youth = factories.unit(None, "mass", "Chi đoàn", tree="youth", committee=cell)
    places = {"province": province, "commune": commune, "base": base, "body": body, "section": section}
    needing = {
        (name, role)
        for name, unit in {**places, "cell": cell, "base_cell": base_cell, "youth": youth}.items()
        for role in (
            "secretary",
            "clerk",
            "inspector",
            "administrator",
            "member",
            "lecturer",
            "front_officer",
        )
        if second_factor.needs_second_factor(factories.actor(role, unit))
    }

    sees = {"secretary", "clerk", "inspector", "administrator", "front_officer"}
    assert needing == {(name, role) for name in places for role in sees}


def test_the_rule_is_read_from_the_roles() -> None:
    sees = {role for role in ROLES if second_factor.roles_need({role})}

    assert sees == set(ROLES) - {"member", "lecturer"}


@pytest.mark.django_db
def test_a_code_is_good_once_and_not_before_a_newer_one() -> None:
    account = factories.account("officer", factories.province())
    secret, _codes = with_app(account)
    step = now_step()

    commands.answer(account, f" {totp.code_at(secret, step)[:3]} {totp.code_at(secret, step)[3:]} ")
    again = refusal(account, totp.code_at(secret, step))
    older = refusal(account, totp.code_at(secret, step - 1))
    SecondFactor.objects.update(last_step=0)  # control: without the memory of the step it would pass
    commands.answer(account, totp.code_at(secret, now_step()))

    assert (again, older) == ("second_factor.wrong", "second_factor.wrong")


@pytest.mark.django_db
def test_the_secret_is_sealed_for_its_account() -> None:
    first, second = (factories.account("officer", factories.province()) for _ in range(2))
    secret, _codes = with_app(first)
    with_app(second)
    sealed = bytes(SecondFactor.objects.get(account=first).secret_sealed)
    SecondFactor.objects.filter(account=second).update(secret_sealed=sealed)

    assert secret.encode() not in sealed
    with pytest.raises(InvalidTag):
        commands.answer(second, totp.code_at(secret, now_step()))


@pytest.mark.django_db
def test_recovery_codes_are_good_once_in_any_writing_and_only_for_their_account() -> None:
    province = factories.province()
    account, other = factories.account("officer", province), factories.account("officer", province)
    _secret, codes = with_app(account)
    with_app(other)

    foreign = refusal(other, codes[0])
    commands.answer(account, codes[0].lower().replace("-", " "))
    again = refusal(account, codes[0])

    assert len(set(codes)) == 10
    assert (foreign, again) == ("second_factor.wrong", "second_factor.wrong")
    assert RecoveryCode.objects.filter(account=account, used_at=None).count() == 9


@pytest.mark.django_db
def test_new_recovery_codes_end_the_old_ones() -> None:
    account = factories.account("officer", factories.province())
    _secret, old = with_app(account)

    new = commands.new_recovery_codes(account)

    assert refusal(account, old[3]) == "second_factor.wrong"
    commands.answer(account, new[3])


@pytest.mark.django_db
def test_five_wrong_codes_lock_for_a_quarter_of_an_hour_even_for_the_right_one() -> None:
    account = factories.account("officer", factories.province())
    secret, _codes = with_app(account)

    told = [refusal(account, "000000x") for _ in range(5)]
    locked = refusal(account, totp.code_at(secret, now_step()))
    SecondFactor.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    commands.answer(account, totp.code_at(secret, now_step()))

    assert told == ["second_factor.wrong"] * 4 + ["second_factor.locked"]
    assert locked == "second_factor.locked"
    assert SecondFactor.objects.get(account=account).failures == 0
    assert AuditEvent.objects.filter(action="second_factor.locked").count() == 1


@pytest.mark.django_db
def test_an_app_counts_only_once_it_was_confirmed() -> None:
    account = factories.account("officer", factories.province())
    secret = commands.pending_secret(account)

    same = commands.pending_secret(account)
    before = refusal(account, totp.code_at(secret, now_step()))
    has_before = second_factor.has_factor(account)
    commands.confirm_app(account, totp.code_at(secret, now_step()))

    assert (same, before, has_before) == (secret, "second_factor.wrong", False)
    assert second_factor.has_factor(account)
    with pytest.raises(DomainError) as there:
        commands.pending_secret(account)
    assert there.value.code == "second_factor.there"


@pytest.mark.django_db
def test_the_owner_removes_his_app_twice_and_its_codes_go() -> None:
    account = factories.account("officer", factories.province())
    _secret, codes = with_app(account)

    commands.remove_app(account)
    commands.remove_app(account)

    assert not second_factor.has_factor(account)
    assert refusal(account, codes[0]) == "second_factor.wrong"


@pytest.mark.django_db
def test_the_level_above_clears_and_nobody_clears_upwards_or_himself() -> None:
    province = factories.province()
    commune = factories.commune(province)
    below = factories.account("secretary", commune)
    with_app(below)
    above = factories.actor("secretary", province)
    upwards = factories.actor("secretary", commune)
    himself = access.actor(below)
    assert himself is not None
    refused = []
    for by, account in ((upwards, Account.objects.get(pk=above.account_id)), (himself, below)):
        with access.acting(by), pytest.raises(ForbiddenError) as refusal_of:
            commands.clear(account, by=by)
        refused.append(refusal_of.value.code)
    factories.signed_in(below)

    with access.acting(above):
        commands.clear(below, by=above)
        commands.clear(below, by=above)

    assert refused == ["gate.forbidden"] * 2
    assert not second_factor.has_factor(below)
    assert below.sessions.count() == 0


@pytest.mark.django_db
def test_demo_accounts_are_excepted_in_the_demonstration_only(settings: object) -> None:
    account = factories.account("officer", factories.province())
    account.is_demo = True
    actor = access.actor(account)
    assert actor is not None
    found = []
    for demo in (True, False):
        settings.QUANTRIET = replace(settings.QUANTRIET, demo=demo)  # type: ignore[attr-defined]
        found.append(second_factor.standing(factories.Browser().session, account, actor).value)

    assert found == ["open", "confirm"]


@pytest.mark.django_db(transaction=True)
def test_of_many_with_the_same_code_one_gets_in() -> None:
    account = factories.account("officer", factories.province())
    secret, codes = with_app(account)
    code = totp.code_at(secret, now_step())

    by_app = racing.outcomes(4, lambda _number: commands.answer(account, code))
    SecondFactor.objects.update(failures=0)
    by_paper = racing.outcomes(4, lambda _number: commands.answer(account, codes[0]))

    assert by_app == ["done"] + ["second_factor.wrong"] * 3
    assert by_paper == ["done"] + ["second_factor.wrong"] * 3


@pytest.mark.django_db(transaction=True)
def test_wrong_codes_at_the_same_moment_are_all_counted() -> None:
    account = factories.account("officer", factories.province())
    with_app(account)

    told = racing.outcomes(7, lambda number: commands.answer(account, f"wrong{number}"))

    assert told == ["second_factor.locked"] * 3 + ["second_factor.wrong"] * 4


def test_words_on_paper_have_no_letters_that_look_alike() -> None:
    word = secret_words.new_word(26, group=5)

    assert len(secret_words.plain(word)) == 26
    assert set(secret_words.plain(word)) <= set(secret_words.LETTERS)
    assert not set("01ILO") & set(secret_words.LETTERS)
    assert secret_words.digest("card", "A") != secret_words.digest("pin", "A")
