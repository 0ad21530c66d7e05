"""Writes of the second factor: set up an app, answer with a code, recovery codes, clearing by the level above."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.org import access, audit, sealing, secret_words, totp
from quantriet.org.access import Actor
from quantriet.org.commands import accounts
from quantriet.org.models import Account, Passkey, RecoveryCode, SecondFactor
from quantriet.org.second_factor import RECENT, has_factor

WRONG_AT_MOST = 5
LOCK = RECENT
RECOVERY_CODES = 10
RECOVERY_LETTERS = 15
"""Fifteen letters are 74 bits: nobody guesses them, and they fit a line of a notebook."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """An app that was confirmed and the recovery codes to write down; they are shown this once."""

    codes: tuple[str, ...]


def pending_secret(account: Account) -> str:
    """The secret to show as a QR code while the app is not confirmed; asking again gives the same one."""
    with transaction.atomic():
        factor = _locked(account)
        if factor.confirmed_at is not None:
            raise DomainError(
                "second_factor.there", _("Tài khoản đã có ứng dụng mã. Muốn đổi, hãy gỡ ứng dụng cũ trước.")
            )
        if not factor.secret_sealed:
            factor.secret_sealed = sealing.seal(totp.new_secret(), about=_about(account))
            factor.save(update_fields=("secret_sealed",))
        return _secret(factor)


def confirm_app(account: Account, code: str) -> SetUp:
    """Turn the app on with a first code made by it; gives the recovery codes (old ones end)."""
    pending_secret(account)
    _try(account, lambda factor: _take_app_code(factor, code))
    with transaction.atomic():
        changed = SecondFactor.objects.filter(account=account, confirmed_at=None)
        if not changed.update(confirmed_at=timezone.now()):
            raise _wrong()
        _note("second_factor.app", account)
        return SetUp(_new_codes(account))


def answer(account: Account, code: str) -> None:
    """Check a code of the app or a recovery code; each is taken once, whoever else sends it at that moment.

    Refuses with ``second_factor.wrong`` and, after five wrong ones in a row, ``second_factor.locked``.
    """
    _try(
        account, lambda factor: _take_app_code(factor, code, confirmed=True) or _take_recovery(account, code)
    )


def answer_with_password(account: Account, password: str) -> None:
    """The owner of an account without second factor shows who he is by his password, under the same limit."""
    _try(account, lambda _factor: account.check_password(password))


def new_recovery_codes(account: Account) -> tuple[str, ...]:
    """Ten new recovery codes; the old ones end."""
    with transaction.atomic():
        _locked(account)
        _note("second_factor.codes", account)
        return _new_codes(account)


def remove_app(account: Account) -> None:
    """The owner takes his app away; recovery codes go with the last factor. May be repeated."""
    with transaction.atomic():
        factor = _locked(account)
        if factor.confirmed_at is None:
            return
        _forget_app(factor)
        _forget_codes_without_factor(account)
        _note("second_factor.app_removed", account)


def remove_passkey(account: Account, passkey_id: int) -> None:
    """The owner takes one of his passkeys away; another's is not there for him. May be repeated."""
    with transaction.atomic():
        passkey = account.passkeys.filter(pk=passkey_id).first()
        if passkey is None:
            return
        _note("passkey.remove", account)
        passkey.delete()
        _forget_codes_without_factor(account)


def clear(account: Account, *, by: Actor) -> None:
    """The level above takes away app, passkeys and recovery codes of who lost his phone.

    The next sign-in sets up anew. The password stays: whoever clears cannot sign in by that alone.
    """
    unit_id = accounts.require_power_over(account, by)
    with transaction.atomic():
        _forget_app(_locked(account))
        Passkey.objects.filter(account=account).delete()
        RecoveryCode.objects.filter(account=account).delete()
        account.sessions.all().delete()
        audit.record(by, "second_factor.clear", account, unit=unit_id)


def _forget_app(factor: SecondFactor) -> None:
    SecondFactor.objects.filter(pk=factor.pk).update(
        secret_sealed=b"", confirmed_at=None, failures=0, locked_until=None
    )


def _forget_codes_without_factor(account: Account) -> None:
    if not has_factor(account):
        account.recovery_codes.all().delete()


def _locked(account: Account) -> SecondFactor:
    """The account's row, held until the transaction ends: two answers at once are two answers in turn."""
    SecondFactor.objects.bulk_create([SecondFactor(account=account)], ignore_conflicts=True)
    return SecondFactor.objects.select_for_update().get(account=account)


def _try(account: Account, check: Callable[[SecondFactor], bool]) -> None:
    """One attempt. A wrong one is counted even though the caller is refused, so nothing is raised inside."""
    with transaction.atomic():
        factor = _locked(account)
        now = timezone.now()
        if factor.locked_until is not None and factor.locked_until > now:
            refusal: DomainError | None = _too_many()
        elif check(factor):
            SecondFactor.objects.filter(pk=factor.pk).update(failures=0, locked_until=None)
            refusal = None
        elif factor.failures + 1 < WRONG_AT_MOST:
            SecondFactor.objects.filter(pk=factor.pk).update(failures=F("failures") + 1)
            refusal = _wrong()
        else:
            SecondFactor.objects.filter(pk=factor.pk).update(failures=0, locked_until=now + LOCK)
            _note("second_factor.locked", account)
            refusal = _too_many()
    if refusal is not None:
        raise refusal


def _take_app_code(factor: SecondFactor, code: str, *, confirmed: bool = False) -> bool:
    if not factor.secret_sealed or (confirmed and factor.confirmed_at is None):
        return False
    step = totp.matching_step(_secret(factor), secret_words.plain(code), timezone.now().timestamp())
    fresh = SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step) if step is not None else None
    return fresh is not None and fresh.update(last_step=step) == 1


def _take_recovery(account: Account, code: str) -> bool:
    known = RecoveryCode.objects.filter(account=account, digest=_digest(account, code), used_at=None)
    taken = known.update(used_at=timezone.now()) == 1
    if taken:
        _note("second_factor.recovery_used", account)
    return taken


def _new_codes(account: Account) -> tuple[str, ...]:
    account.recovery_codes.all().delete()
    codes = tuple(secret_words.new_word(RECOVERY_LETTERS, group=5) for _number in range(RECOVERY_CODES))
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(account=account, digest=_digest(account, code)) for code in codes]
    )
    return codes


def _digest(account: Account, code: str) -> bytes:
    return secret_words.digest("recovery", str(account.pk), secret_words.plain(code))


def _secret(factor: SecondFactor) -> str:
    return sealing.unseal(bytes(factor.secret_sealed), about=_about(factor.account))


def _about(account: Account) -> bytes:
    return f"org_secondfactor.secret:{account.pk}".encode()


def _note(action: str, account: Account) -> None:
    by = access.own(account)
    audit.record(by, action, account, unit=by.unit_id or None)


def _wrong() -> DomainError:
    return DomainError(
        "second_factor.wrong",
        _("Mã không đúng hoặc đã dùng rồi. Hãy đợi mã mới trong ứng dụng rồi nhập lại."),
    )


def _too_many() -> DomainError:
    return DomainError(
        "second_factor.locked", _("Đã nhập sai 5 lần. Hãy thử lại sau 15 phút, hoặc nhờ đơn vị cấp trên.")
    )
