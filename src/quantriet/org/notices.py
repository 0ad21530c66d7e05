"""Notices: what a unit is told, once per key, in the page and by mail from the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass

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
