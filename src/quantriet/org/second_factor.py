"""What a session must have shown before a door opens: the rule, and the marks it leaves in the session.

Whoever sees other people's data above the cell shows a second factor (a code of an app, a recovery code or a
passkey); so does whoever set one up by choice. A card opens the cell and one's own record, nothing above.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q
from django.utils import timezone

from quantriet.org.access import Actor
from quantriet.org.models import Account, SignInCard
from quantriet.org.permissions import ROLES, Can, Reach

MARK = "second_factor"
CARD = "card"
WAY = "way"
"""How the session was opened, when not by the password: ``card``, ``passkey``, ``issuer``."""
RECENT = timedelta(minutes=15)
_FACTOR, _PASSWORD = "factor", "password"

_ABOUT_OTHERS = frozenset({Can.PERSON_READ, Can.ATTENDANCE_READ})


class Standing(StrEnum):
    """What stands between a signed-in session and the door."""

    OPEN = "open"
    ONE_TIME = "one_time"
    CONFIRM = "confirm"
    CARD_TOO_NARROW = "card_too_narrow"
    CARD_ENDED = "card_ended"


def roles_need(roles: Collection[str]) -> bool:
    """Whether one of the roles, held above the cell, shows other people's data."""
    return any(
        ROLES[role].reach is not Reach.SELF and not _ABOUT_OTHERS.isdisjoint(ROLES[role].can)
        for role in roles
    )


def needs_second_factor(actor: Actor) -> bool:
    """Whether this actor must show a second factor: he sees other people's data above the cell."""
    return actor.above_cell and roles_need(actor.roles)


def has_factor(account: Account) -> bool:
    """Whether the account has an app that was confirmed, or a passkey."""
    confirmed = Q(second_factor__confirmed_at__isnull=False) | Q(passkeys__isnull=False)
    return Account.objects.filter(confirmed, pk=account.pk).exists()


def standing(session: SessionBase, account: Account, actor: Actor) -> Standing:
    """What this session of ``account`` still lacks to act as ``actor``."""
    if account.must_change_password and WAY not in session:
        return Standing.ONE_TIME  # a one-time password opens the page where one's own is set, nothing else
    if account.is_demo and settings.QUANTRIET.demo:
        return Standing.OPEN
    if CARD in session:
        return _standing_by_card(session[CARD], account, actor)
    if confirmed_at(session, account) is not None:
        return Standing.OPEN
    return Standing.CONFIRM if needs_second_factor(actor) or has_factor(account) else Standing.OPEN


def confirm(session: SessionBase, account: Account) -> None:
    """Remember that the owner of ``account`` has just shown a second factor; the session gets a new key."""
    _mark(session, account, _FACTOR)


def confirm_by_password(session: SessionBase, account: Account) -> None:
    """Remember that he has just given his password again: enough to change credentials where there is no
    second factor yet, never enough where one is needed.
    """
    _mark(session, account, _PASSWORD)


def confirmed_at(session: SessionBase, account: Account) -> datetime | None:
    """When a second factor was shown in this session, by this very account."""
    return _shown_at(session, account, {_FACTOR})


def is_recent(session: SessionBase, account: Account) -> bool:
    """Whether he showed who he is within the last quarter of an hour: asked before credentials are changed.

    The password counts only while there is no second factor.
    """
    enough = {_FACTOR} if has_factor(account) else {_FACTOR, _PASSWORD}
    shown = _shown_at(session, account, enough)
    return shown is not None and timezone.now() - shown < RECENT


def _mark(session: SessionBase, account: Account, shown: str) -> None:
    session.cycle_key()
    session[MARK] = {"account": account.pk, "at": timezone.now().timestamp(), "shown": shown}


def _shown_at(session: SessionBase, account: Account, enough: Collection[str]) -> datetime | None:
    mark = session.get(MARK)
    if not isinstance(mark, dict) or mark.get("account") != account.pk or mark.get("shown") not in enough:
        return None
    return datetime.fromtimestamp(mark["at"], UTC)


def _standing_by_card(card_id: int, account: Account, actor: Actor) -> Standing:
    live = SignInCard.objects.filter(revoked_at=None, expires_at__gt=timezone.now())
    if not live.filter(pk=card_id, account=account).exists():
        return Standing.CARD_ENDED
    return Standing.CARD_TOO_NARROW if needs_second_factor(actor) else Standing.OPEN
