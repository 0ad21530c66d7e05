"""Writes of printed sign-in cards: issue, revoke, use."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.org import access, audit, secret_words
from quantriet.org.access import HOUSE, Actor
from quantriet.org.commands import accounts as account_commands
from quantriet.org.models import Account, Person, RoleAssignment, SignInCard
from quantriet.org.permissions import ROLES, Can
from quantriet.org.second_factor import roles_need
from quantriet.org.sign_in import is_open

CARD_LETTERS = 26
"""26 letters are 128.8 random bits."""
PIN_DIGITS = 6
CARD_DAYS = 730
LOCK_AFTER = 5
REVOKE_AFTER = 10
LOCK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class IssuedCard:
    """A card to print, and the PIN for its own slip; neither can be shown again."""

    account_id: int
    name: str
    unit: str
    code: str
    pin: str
    expires_at: datetime


def issue(people: Sequence[Person], *, by: Actor) -> list[IssuedCard]:
    """A card and a PIN for each of the people, in their order; a card they had before ends.

    Refuses the whole list: ``card.no_account`` and ``card.second_factor`` (who sees other people's data above
    the cell signs in with a second factor, never by a card), each with the names. Needs ``ACCOUNT_MANAGE``
    wherever the accounts hold roles, and roles the actor could give: who prints a card could use it.
    """
    now = timezone.now()
    with transaction.atomic():
        found = _accounts(people)
        held = _held(found.values())
        _require_power(people, held, by)
        _refuse_who_needs_more(people, found, held)
        SignInCard.objects.filter(account__in=found.values(), revoked_at=None).update(revoked_at=now)
        issued = [
            _issued(found[person.pk], person, expires_at=now + timedelta(days=CARD_DAYS)) for person in people
        ]
        SignInCard.objects.bulk_create([_row(card, by) for card in issued])
        if issued:
            audit.record(
                by,
                "card.issue",
                found[people[0].pk],
                unit=people[0].home_unit_id,
                detail={"count": len(issued), "accounts": [card.account_id for card in issued][:50]},
            )
    return issued


def revoke(account: Account, *, by: Actor) -> None:
    """End the account's card and the sessions opened by it, at their next request. May be repeated."""
    unit_id = account_commands.require_power_over(account, by)
    with transaction.atomic():
        if SignInCard.objects.filter(account=account, revoked_at=None).update(revoked_at=timezone.now()):
            audit.record(by, "card.revoke", account, unit=unit_id)


def use(code: str, pin: str) -> SignInCard:
    """The card with this code, if the PIN is right.

    Unknown, expired, revoked and wrong PIN sound alike (``card.wrong``). Five wrong PINs close the card for 15
    minutes (``card.locked``, not counted meanwhile), ten revoke it. Attempts come in turn, even at once.
    """
    digest = _digest(code)
    refusal: DomainError | None = _wrong()
    with transaction.atomic():
        card = (
            SignInCard.objects.select_for_update(of=("self",))
            .select_related("account")
            .filter(digest=digest)
            .first()
        )
        now = timezone.now()
        right = secrets.compare_digest(_pin_digest(digest, pin), bytes(card.pin_digest) if card else b"")
        if card is not None and card.revoked_at is None and card.expires_at > now:
            if card.locked_until is not None and card.locked_until > now:
                refusal = _locked()
            elif right and is_open(card.account):
                SignInCard.objects.filter(pk=card.pk).update(failures=0, locked_until=None, last_used_at=now)
                refusal = None
            elif not right:
                _count(card, now)
    if refusal is not None or card is None:
        raise refusal or _wrong()
    return card


def _count(card: SignInCard, now: datetime) -> None:
    """One more wrong PIN; nothing is raised here, so that the count stays."""
    card.failures += 1
    if card.failures >= REVOKE_AFTER:
        card.revoked_at = now
    elif card.failures == LOCK_AFTER:
        card.locked_until = now + LOCK
    card.save(update_fields=("failures", "revoked_at", "locked_until"))
    if card.failures in {LOCK_AFTER, REVOKE_AFTER}:
        owner = access.own(card.account)
        audit.record(owner, "card.guessed", card, unit=owner.unit_id or None, detail={"wrong": card.failures})


def _accounts(people: Sequence[Person]) -> dict[int, Account]:
    """Their accounts, held until the transaction ends: two who print at once print in turn."""
    rows = Account.objects.filter(person__in=people, is_active=True).order_by("id")
    found = {
        person_id: account
        for account in rows.select_for_update(no_key=True)
        if (person_id := account.person_id) is not None
    }
    missing = [person.full_name for person in people if person.pk not in found]
    if missing:
        raise DomainError(
            "card.no_account",
            _("Chưa in thẻ nào: {names} chưa có tài khoản. Hãy mở tài khoản trước.").format(
                names=_names(missing)
            ),
        )
    return found


def _held(accounts: Collection[Account]) -> list[RoleAssignment]:
    today = timezone.localdate()
    running: QuerySet[RoleAssignment] = RoleAssignment.objects.filter(account__in=accounts, role__in=ROLES)
    return [
        assignment
        for assignment in running.select_related("unit__committee").order_by("id")
        if assignment.to_on is None or assignment.to_on > today
    ]


def _require_power(people: Sequence[Person], held: Sequence[RoleAssignment], by: Actor) -> None:
    units = {assignment.unit_id for assignment in held} | {person.home_unit_id for person in people}
    allowed = access.units(by, Can.ACCOUNT_MANAGE).filter(pk__in=units).count() == len(units)
    gives = all(account_commands.may_give(by, assignment.role) for assignment in held)
    own = by.roots != HOUSE and by.account_id in {assignment.account_id for assignment in held}
    if not (allowed and gives) or own:
        raise ForbiddenError(
            "gate.forbidden",
            _(
                "Vai trò đang dùng không in được thẻ cho những người này. Chưa in thẻ nào; hãy nhờ đơn vị cấp trên."
            ),
        )


def _refuse_who_needs_more(
    people: Sequence[Person], found: dict[int, Account], held: Sequence[RoleAssignment]
) -> None:
    above = {
        assignment.account_id
        for assignment in held
        if roles_need({assignment.role}) and access.stands_above_cell(assignment.unit)
    }
    names = [person.full_name for person in people if found[person.pk].pk in above]
    if names:
        raise DomainError(
            "card.second_factor",
            _(
                "Chưa in thẻ nào: {names} xem được dữ liệu của nhiều chi bộ nên phải đăng nhập bằng mật khẩu "
                "và xác nhận hai bước. Hãy bỏ chọn rồi in lại."
            ).format(names=_names(names)),
        )


def _issued(account: Account, person: Person, *, expires_at: datetime) -> IssuedCard:
    return IssuedCard(
        account_id=account.pk,
        name=person.full_name,
        unit=person.home_unit.name,
        code=secret_words.new_word(CARD_LETTERS, group=5),
        pin=str(secrets.randbelow(10**PIN_DIGITS)).zfill(PIN_DIGITS),
        expires_at=expires_at,
    )


def _row(card: IssuedCard, by: Actor) -> SignInCard:
    digest = _digest(card.code)
    return SignInCard(
        account_id=card.account_id,
        digest=digest,
        pin_digest=_pin_digest(digest, card.pin),
        issued_by_id=by.account_id or None,
        expires_at=card.expires_at,
    )


def _digest(code: str) -> bytes:
    return secret_words.digest("card", secret_words.plain(code))


def _pin_digest(card: bytes, pin: str) -> bytes:
    return secret_words.digest("pin", card.hex(), secret_words.plain(pin))


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return (
        shown
        if len(names) <= 5
        else _("{names} và {more} người khác").format(names=shown, more=len(names) - 5)
    )


def _wrong() -> DomainError:
    return DomainError(
        "card.wrong",
        _("Thẻ hoặc mã PIN không đúng, hoặc thẻ đã hết hiệu lực. Hãy nhập lại hoặc xin thẻ mới."),
    )


def _locked() -> DomainError:
    return DomainError("card.locked", _("Đã nhập sai PIN 5 lần. Hãy chờ 15 phút rồi thử lại."))
