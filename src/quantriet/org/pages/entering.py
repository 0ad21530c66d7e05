"""What every way of signing in does at its end."""

from django.contrib.auth import login
from django.http import HttpRequest
from django.urls import reverse

from quantriet.org import access, audit
from quantriet.org.models import Account


def let_in(request: HttpRequest, account: Account, *, way: str, then: str) -> str:
    """Sign ``account`` in by ``way`` (``passkey``, ``card``, ``issuer``); gives the address to go on to."""
    login(request, account)  # a new session key: what was known before signing in is worth nothing after
    found = access.actor(account)
    if found is not None:
        with access.acting(found):
            audit.record(found, "account.sign_in", account, unit=found.unit_id, detail={"way": way})
    return reverse("change-password") if account.must_change_password and way == "issuer" else then
