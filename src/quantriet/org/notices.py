"""Notices: what a unit is told, once per key, in the page and by mail from the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from quantriet.org.access import Actor
from quantriet.org.models import Notice


@dataclass(frozen=True)
class NoticeText:
    """What is said and where it leads. ``key`` makes a retry harmless: a unit is told once per key."""

    title: str
    text: str
    link: str
    key: str


def notify(unit_ids: Sequence[int], notice: NoticeText) -> int:
    """Tell units in the page; returns how many had not been told yet."""
    before = Notice.objects.filter(key=notice.key, channel=Notice.Channel.PAGE).count()
    Notice.objects.bulk_create(
        [
            Notice(unit_id=unit_id, title=notice.title, text=notice.text, link=notice.link, key=notice.key)
            for unit_id in unit_ids
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    return Notice.objects.filter(key=notice.key, channel=Notice.Channel.PAGE).count() - before


def mail(addresses: Sequence[tuple[int, str]], notice: NoticeText) -> None:
    """Put mails into the outbox, one per (unit, address); the worker sends them after the commit."""
    Notice.objects.bulk_create(
        [
            Notice(
                unit_id=unit_id,
                channel=Notice.Channel.EMAIL,
                address=address,
                title=notice.title,
                text=notice.text,
                link=notice.link,
                key=notice.key,
            )
            for unit_id, address in addresses
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )


def of(actor: Actor) -> QuerySet[Notice]:
    """What is shown to the actor in the page, newest first: his own and those of the unit he acts in."""
    to_him = Q(account_id=actor.account_id) | Q(account=None, unit_id=actor.unit_id)
    return Notice.objects.filter(to_him, channel=Notice.Channel.PAGE).order_by("-id")


def unread_count(actor: Actor) -> int:
    """How many of them are new (the bell)."""
    return of(actor).filter(read_at=None).count()


def mark_read(notice_ids: Sequence[int], *, by: Actor) -> int:
    """Mark notices as read; of what is not the actor's nothing changes. Returns how many were new."""
    return of(by).filter(pk__in=notice_ids, read_at=None).update(read_at=timezone.now())


def mark_all_read(*, by: Actor) -> int:
    """Mark everything as read."""
    return of(by).filter(read_at=None).update(read_at=timezone.now())
