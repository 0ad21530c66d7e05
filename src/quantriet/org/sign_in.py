"""Signing in with a local account."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.utils import timezone

from quantriet.org.models import Account


class AccountBackend(BaseBackend):
    """Checks a password; an unknown name costs the same time as a wrong password."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django's signature
        username: str | None = None,
        password: str | None = None,
        **_kw: Any,
    ) -> Account | None:
        """The account, if the password is right and the account is open."""
        if not username or not password:
            return None
        account = Account.objects.filter(username__iexact=username.strip()).first()
        if account is None:
            Account().set_password(password)  # the same work as checking one
            return None
        return account if account.check_password(password) and may_sign_in(account) else None

    def get_user(self, user_id: int) -> Account | None:
        """The account of a running session; a closed account ends it."""
        account = Account.objects.filter(pk=user_id, is_active=True).first()
        return account if account is not None and (settings.QUANTRIET.demo or not account.is_demo) else None


def may_sign_in(account: Account) -> bool:
    """Whether its password opens the account: it is open, and its slip has not expired."""
    if account.one_time_until is not None and account.one_time_until <= timezone.now():
        return False
    return is_open(account)


def is_open(account: Account) -> bool:
    """Whether the account may be used at all: not closed, no account of the demonstration elsewhere."""
    return account.is_active and (settings.QUANTRIET.demo or not account.is_demo)
