"""Private addresses of calendars: made, renewed, revoked, and recognised when a program asks."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import ForbiddenError
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Account
from quantriet.org.permissions import Can
from quantriet.web.models import CalendarFeed

AN_HOUR_AT_MOST = 60
"""Calendar programs ask once in some minutes to some hours."""

# What a calendar needs; whoever has its address can do nothing else, and nothing is written.
READS = frozenset(
    {
        Can.HOME,
        Can.OWN_RECORD,
        Can.CONFERENCE_READ,
        Can.LECTURER_READ,
        Can.LECTURE_GIVE,
        Can.OBLIGATION_FULFIL,
    }
)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def offered(by: Actor) -> list[CalendarFeed.Kind]:
    """The calendars the actor may have: his own, and that of the unit he looks down from."""
    kinds = [CalendarFeed.Kind.OWN]
    home = access.home(by)
    if home is not None and access.may(by, Can.CONFERENCE_READ, home):
        kinds.append(CalendarFeed.Kind.UNIT)
    return kinds


def alive(by: Actor) -> QuerySet[CalendarFeed]:
    """The addresses the actor has in the unit he acts in."""
    return CalendarFeed.objects.filter(account=by.account_id, unit=by.unit_id, revoked_at=None).order_by(
        "kind", "id"
    )


def renew(kind: CalendarFeed.Kind, *, by: Actor) -> str:
    """A new address for a calendar of the actor; returns its secret, shown this once. The one before ends."""
    if kind not in offered(by):
        raise ForbiddenError(
            "calendar.not_offered", _("Vai trò đang dùng không có lịch này. Chưa tạo địa chỉ.")
        )
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=by.account_id)
        alive(by).filter(kind=kind).update(revoked_at=timezone.now())
        feed = CalendarFeed.objects.create(
            account_id=by.account_id, unit_id=by.unit_id, kind=kind, digest=_digest(secret)
        )
        audit.record(by, "calendar.renew", feed, unit=by.unit_id, detail={"kind": kind.value})
    return secret


def revoke(kinds: Collection[CalendarFeed.Kind], *, by: Actor) -> int:
    """End the actor's addresses of these kinds now; how many there were. Again: none."""
    with transaction.atomic():
        feeds = list(alive(by).filter(kind__in=list(kinds)))
        for feed in feeds:
            audit.record(by, "calendar.revoke", feed, unit=by.unit_id, detail={"kind": feed.kind})
        return CalendarFeed.objects.filter(pk__in=[feed.pk for feed in feeds]).update(
            revoked_at=timezone.now()
        )


def of_secret(secret: str) -> CalendarFeed | None:
    """The address that has this secret, if it is alive."""
    rows = CalendarFeed.objects.filter(digest=_digest(secret), revoked_at=None)
    return rows.select_related("account").first()


def actor_of(feed: CalendarFeed) -> Actor | None:
    """Whose calendar it is, as he stands today; nobody when the account is closed or acts there no more."""
    found = access.actor(feed.account, unit_id=feed.unit_id)
    if found is None or found.unit_id != feed.unit_id:
        return None
    return access.narrowed(found, READS)


def counted(feed: CalendarFeed, *, now: datetime | None = None) -> bool:
    """Count one reading; false when there were too many since the full hour."""
    moment = now or timezone.now()
    hour = moment.replace(minute=0, second=0, microsecond=0)
    CalendarFeed.objects.filter(pk=feed.pk).update(
        asked_in_hour=Case(When(hour_at=hour, then=F("asked_in_hour") + 1), default=Value(1)),
        hour_at=hour,
        last_used_at=moment,
    )
    feed.refresh_from_db(fields=["asked_in_hour"])
    return feed.asked_in_hour <= AN_HOUR_AT_MOST
