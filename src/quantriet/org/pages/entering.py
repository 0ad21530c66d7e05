"""What the pages of signing in share: letting in, and the account below that one has power over."""

from django.contrib.auth import login
from django.http import HttpRequest

from quantriet.core.errors import DomainError
from quantriet.org import access, audit, second_factor
from quantriet.org.commands import accounts
from quantriet.org.doors import ActorRequest
from quantriet.org.models import Account


def let_in(request: HttpRequest, account: Account, *, way: str) -> None:
    """Sign ``account`` in by ``way`` (``passkey``, ``card``, ``issuer``)."""
    login(request, account)  # a new session key: what was known before signing in is worth nothing after
    request.session[second_factor.WAY] = way
    found = access.actor(account)
    if found is not None:
        with access.acting(found):
            audit.record(found, "account.sign_in", account, unit=found.unit_id, detail={"way": way})


def account_below(request: ActorRequest, account_id: int) -> Account:
    """An account the actor has power over; any other answers like one that does not exist."""
    account = access.row_or_404(Account.objects.all(), account_id)
    try:
        accounts.require_power_over(account, request.actor)
    except DomainError as error:
        raise access.not_found() from error
    return account
