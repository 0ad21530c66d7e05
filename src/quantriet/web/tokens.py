"""Tokens of the API: made, listed, revoked, and recognised when they come."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.commands import accounts
from quantriet.org.models import Account, Unit
from quantriet.org.permissions import Can
from quantriet.web.models import ApiToken

PREFIX = "qt_"
LONGEST_DAYS = 366
USE_NOTED_EVERY = timedelta(minutes=10)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def create(
    account: Account, unit: Unit, *, label: str, scopes: Collection[Can], days: int, by: Actor
) -> tuple[ApiToken, str]:
    """A token for ``account`` acting in ``unit``; returns it with its key, which is shown this once.

    A key does what its account may do, so for another's account the actor stands above everything it may do.
    Refuses with ``token.no_role``, ``token.scopes``, ``token.days`` and ``token.label``.
    """
    access.require(by, Can.ACCOUNT_MANAGE, unit)
    as_account = access.actor(account, unit_id=unit.pk)
    if as_account is None or as_account.unit_id != unit.pk:
        raise DomainError("token.no_role", _("Tài khoản không giữ vai trò nào ở đơn vị này. Chưa tạo khóa."))
    if account.pk != by.account_id:
        accounts.require_power_over(account, by)
    lacking = sorted(scope.value for scope in scopes if not as_account.can(scope))
    if lacking or not scopes:
        raise DomainError(
            "token.scopes",
            _("Khóa phải nêu ít nhất một quyền, và chỉ những quyền tài khoản đang có. Chưa tạo khóa."),
            field="scopes",
            lacking=lacking,
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise DomainError("token.days", _("Hạn của khóa là từ 1 đến 366 ngày. Chưa tạo khóa."), field="days")
    label = clean_line(label)
    if not label:
        raise _label_refused()
    key = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        _free_expired(account, unit, label)
        token, is_new = ApiToken.objects.get_or_create(
            account=account,
            unit=unit,
            label=label,
            revoked_at=None,
            defaults={
                "digest": _digest(key),
                "scopes": sorted(scope.value for scope in scopes),
                "expires_at": timezone.now() + timedelta(days=days),
            },
        )
        # A key is shown once: a request sent twice must not leave a second one that nobody knows of.
        if not is_new:
            raise _label_refused()
        audit.record(by, "token.create", token, unit=unit, detail={"label": label, "scopes": token.scopes})
    return token, key


def _free_expired(account: Account, unit: Unit, label: str) -> None:
    """A key that has expired gives its label free."""
    expired = ApiToken.objects.filter(
        account=account, unit=unit, label=label, revoked_at=None, expires_at__lte=timezone.now()
    )
    expired.update(revoked_at=F("expires_at"))


def _label_refused() -> DomainError:
    return DomainError(
        "token.label",
        _("Chưa ghi tên khóa, hoặc tên này đang dùng cho một khóa còn hạn. Chưa tạo khóa; hãy đặt tên khác."),
        field="label",
    )


def revoke(token: ApiToken, *, by: Actor) -> None:
    """End a token now; doing it again changes nothing."""
    access.require(by, Can.ACCOUNT_MANAGE, token.unit_id)
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
            audit.record(by, "token.revoke", token, unit=token.unit_id)


def of_units(by: Actor) -> QuerySet[ApiToken]:
    """The tokens of the units whose accounts ``by`` manages, newest first."""
    return (
        ApiToken.objects.filter(unit__in=access.units(by, Can.ACCOUNT_MANAGE))
        .select_related("account", "unit")
        .order_by("-id")
    )


def actor_of(key: str) -> Actor | None:
    """Who comes with this key: the account as it is today, narrowed to the token; nobody for a dead key."""
    now = timezone.now()
    token = (
        ApiToken.objects.filter(digest=_digest(key), revoked_at=None, expires_at__gt=now)
        .select_related("account")
        .first()
    )
    if token is None:
        return None
    found = access.actor(token.account, unit_id=token.unit_id)
    if found is None or found.unit_id != token.unit_id:
        return None
    if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return access.narrowed(found, frozenset(Can(scope) for scope in token.scopes if scope in set(Can)))
