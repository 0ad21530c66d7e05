"""Reminding units of what they owe: in the page, by e-mail, as a text for Zalo, as a telephone list."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.models import Campaign, Reminder, ReminderLine, Requirement
from quantriet.campaigns.queries import missing
from quantriet.core.errors import DomainError
from quantriet.org import access, audit, notices
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.notices import NoticeText
from quantriet.org.permissions import Can


def remind(
    campaign: Campaign, unit_ids: Sequence[int], *, kind: str, channel: str, text: str, key: str, by: Actor
) -> Reminder:
    """Remind units and keep the record; the same ``key`` again (a double click, a lost answer) reminds nobody
    twice. Units outside the actor's authority are passed over, and by e-mail those without an address: who was
    not reached stands in no record. Refuses with ``reminder.no_address`` when that leaves nobody.
    """
    access.require(by, Can.REMINDER_SEND, campaign.unit if by.roots == access.HOUSE else by.unit_id)
    allowed = list(
        access.units(by, Can.REMINDER_SEND).filter(pk__in=list(unit_ids)).order_by("sort_key", "id")
    )
    with transaction.atomic():
        reminder, is_new = Reminder.objects.get_or_create(
            key=key,
            defaults={
                "campaign": campaign,
                "kind": kind,
                "channel": channel,
                "text": text,
                "account_id": by.account_id or None,
                "actor": by.name,
            },
        )
        if not is_new:
            return reminder
        reached = _reached(channel, allowed)
        ReminderLine.objects.bulk_create(
            [ReminderLine(reminder=reminder, unit=unit) for unit in reached], batch_size=1000
        )
        _send(reminder, reached)
        audit.record(
            by,
            "reminder.send",
            reminder,
            unit=by.unit_id or campaign.unit_id,
            detail={"kind": kind, "channel": channel, "units": len(reached)},
        )
    return reminder


@dataclass(frozen=True)
class Message:
    """A reminder to send: of which kind of thing (``missing.PEOPLE``: who has not studied), how, in which words;
    ``key`` is the sender's own, so that sending again reminds nobody twice.
    """

    kind: str
    channel: str
    text: str
    key: str


def remind_missing(
    campaign: Campaign, below: Unit, unit_ids: Collection[int], *, message: Message, by: Actor
) -> Reminder:
    """Remind those of the units that still have something to do below a unit. Refuses with ``reminder.nobody`` when
    none of them has, and as ``remind`` does; what was sent already is found, whoever still owes.
    """
    key = f"{by.account_id}:{message.key}"
    known = Reminder.objects.filter(key=key).first()
    if known is not None:
        return known
    chosen = [unit.pk for unit in missing.whom(campaign, below, message.kind) if unit.pk in set(unit_ids)]
    if not chosen:
        raise DomainError(
            "reminder.nobody", _("Chưa chọn đơn vị nào. Chưa nhắc ai; hãy đánh dấu ít nhất một.")
        )
    return remind(
        campaign,
        chosen,
        kind=Requirement.Kind.CONFERENCE if message.kind == missing.PEOPLE else message.kind,
        channel=message.channel,
        text=message.text,
        key=key,
        by=by,
    )


def _reached(channel: str, units: Sequence[Unit]) -> Sequence[Unit]:
    """Those whom a channel reaches."""
    if channel != Reminder.Channel.EMAIL:
        return units
    found = [unit for unit in units if unit.email]
    if not found:
        raise DomainError(
            "reminder.no_address",
            _(
                "Không đơn vị nào được chọn có địa chỉ thư. Chưa nhắc ai; hãy nhắc trong trang, "
                "qua Zalo hoặc gọi điện."
            ),
        )
    return found


def _send(reminder: Reminder, units: Sequence[Unit]) -> None:
    notice = NoticeText(
        title=reminder.campaign.title,
        text=reminder.text,
        link=f"/dot/{reminder.campaign_id}/",
        key=f"reminder:{reminder.pk}",
    )
    if reminder.channel == Reminder.Channel.PAGE:
        notices.notify([unit.pk for unit in units], notice)
    if reminder.channel == Reminder.Channel.EMAIL:
        notices.mail([(unit.pk, unit.email) for unit in units], notice)


def mark_called(line: ReminderLine, *, by: Actor) -> ReminderLine:
    """Tick "đã gọi" on a telephone list, once."""
    access.require(by, Can.REMINDER_SEND, line.unit)
    ReminderLine.objects.filter(pk=line.pk, called_at=None).update(
        called_at=timezone.now(), called_by=by.name
    )
    line.refresh_from_db()
    return line
