"""Writes of passkeys: add, use."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line
from quantriet.org import access, audit
from quantriet.org.models import Account, Passkey
from quantriet.org.passkeys import Made, Shown

PASSKEYS_AT_MOST = 20


def add(account: Account, made: Made, *, name: str) -> Passkey:
    """Keep a passkey the device has just made; the same one again is the one that stands."""
    with transaction.atomic():
        known = Passkey.objects.filter(credential_id=made.credential_id).first()
        if known is not None and known.account_id == account.pk:
            return known
        if known is not None or account.passkeys.count() >= PASSKEYS_AT_MOST:
            raise DomainError(
                "passkey.too_many", _("Chưa thêm khóa: tài khoản đã có đủ khóa. Hãy gỡ bớt khóa cũ.")
            )
        passkey = Passkey.objects.create(
            account=account,
            name=clean_line(name)[:60] or _("Khóa"),
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
        )
        by = access.own(account)
        audit.record(by, "passkey.add", passkey, unit=by.unit_id or None)
    return passkey


def use(passkey: Passkey, shown: Shown) -> bool:
    """Note that the passkey proved itself; a counter that does not grow is a copy of the key and refused.

    Passkeys kept in several devices always count zero (WebAuthn 6.1.1): nothing to compare then.
    """
    grows = Q(sign_count__lt=shown.sign_count)
    if shown.sign_count == 0:
        grows = Q(sign_count=0)
    fresh = Passkey.objects.filter(grows, pk=passkey.pk)
    return fresh.update(sign_count=shown.sign_count, last_used_at=timezone.now()) == 1
