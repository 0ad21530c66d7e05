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
RECENT = timedelta(minutes=15)

_ABOUT_OTHERS = frozenset({Can.PERSON_READ, Can.ATTENDANCE_READ})


class Standing(StrEnum):
    """What stands between a signed-in session and the door."""

    OPEN = "open"
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
    if account.is_demo and settings.QUANTRIET.demo:
        return Standing.OPEN
    if CARD in session:
        if not _card_lives(session[CARD], account):
            return Standing.CARD_ENDED
        return Standing.CARD_TOO_NARROW if needs_second_factor(actor) else Standing.OPEN
    if confirmed_at(session, account) is not None:
        return Standing.OPEN
    if needs_second_factor(actor) or has_factor(account):
        return Standing.CONFIRM
    return Standing.OPEN


def confirm(session: SessionBase, account: Account) -> None:
    """Remember that the owner of ``account`` has just shown who he is; the session gets a new key."""
    session.cycle_key()
    session[MARK] = {"account": account.pk, "at": timezone.now().timestamp()}


def confirmed_at(session: SessionBase, account: Account) -> datetime | None:
    """When it was shown in this session, by this very account."""
    mark = session.get(MARK)
    if not isinstance(mark, dict) or mark.get("account") != account.pk:
        return None
    return datetime.fromtimestamp(mark["at"], UTC)


def is_recent(session: SessionBase, account: Account) -> bool:
    """Whether it was shown within the last quarter of an hour: asked before credentials are changed."""
    shown = confirmed_at(session, account)
    return shown is not None and timezone.now() - shown < RECENT


def _card_lives(card_id: object, account: Account) -> bool:
    return SignInCard.objects.filter(
        pk=card_id, account=account, revoked_at=None, expires_at__gt=timezone.now()
    ).exists()
