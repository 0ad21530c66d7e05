"""Signing in with a local account."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from quantriet.org.models import Account


class AccountBackend(BaseBackend):
    """Checks a password; an unknown name costs the same time as a wrong password."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_kw: Any
    ) -> Account | None:
        """The account, if the password is right and the account is open."""
        if not username or not password:
            return None
        account = Account.objects.filter(username__iexact=username.strip()).first()
        if account is None:
            Account().set_password(password)  # the same work as checking one
            return None
        if not account.check_password(password) or not account.is_active:
            return None
        return account

    def get_user(self, user_id: int) -> Account | None:
        """The account of a running session; a closed account ends it."""
        return Account.objects.filter(pk=user_id, is_active=True).first()
