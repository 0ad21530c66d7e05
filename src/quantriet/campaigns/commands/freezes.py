"""Freeze the figures of a period: they stay as they are, and what comes late stands beside them."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.models import Campaign
from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line, format_date
from quantriet.ledger import commands as ledger
from quantriet.ledger import queries
from quantriet.ledger.commands import Ended
from quantriet.ledger.models import Book, Freeze
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Placement, Unit
from quantriet.org.permissions import Can


def freeze(campaign: Campaign, unit: Unit, *, label: str, by: Actor, on: date | None = None) -> Freeze:
    """Keep the figures below ``unit`` as they are known now, until the end of ``on`` (today if it is not told), over
    the tree of that day. The same words for the same day freeze once.

    Writers are not held up: what is being written at this moment will be shown as an amendment, as will whatever is
    written later of a day until ``on``.
    """
    access.require(by, Can.CAMPAIGN_MANAGE, unit)
    label = clean_line(label)[:200]
    if not label:
        raise DomainError("freeze.label", _("Hãy đặt tên kỳ số liệu. Chưa chốt gì."))
    if campaign.book is None:
        raise DomainError("campaign.not_started", _("Đợt này chưa bắt đầu nên chưa có số liệu để chốt."))
    today = timezone.localdate()
    last = today if on is None else on
    if last != today:
        _refuse_day(campaign, unit, last, today=today)
    with transaction.atomic():
        # Of two who freeze at once the second waits here and finds the first one's.
        Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=unit.pk)
        known = Freeze.objects.filter(book=campaign.book, unit=unit, label=label, on=last).first()
        if known is not None:
            return known
        frozen = (
            _freeze_now(campaign.book, unit, label, by=by)
            if last == today
            else _freeze_ended(campaign.book, unit, label, on=last, by=by)
        )
        told = {"freeze": frozen.pk, "label": label, "on": last.isoformat()}
        audit.record(by, "campaign.freeze", campaign, unit=unit, detail=told)
    return frozen


def _refuse_day(campaign: Campaign, unit: Unit, last: date, *, today: date) -> None:
    """A day that has not come, one before the campaign, one on which the unit did not exist."""
    told = {"day": format_date(last), "first": format_date(campaign.starts_on), "unit": unit.name}
    if last > today:
        raise DomainError(
            "freeze.future",
            _(
                "Ngày %(day)s chưa tới nên chưa có số liệu để chốt. Chưa chốt gì; hãy chọn hôm nay hoặc ngày đã qua."
            )
            % told,
            field="on",
        )
    if last < campaign.starts_on:
        raise DomainError(
            "freeze.before_campaign",
            _("Đợt bắt đầu ngày %(first)s, sau ngày %(day)s. Chưa chốt gì; hãy chọn ngày trong đợt.") % told,
            field="on",
        )
    if not Placement.objects.filter(unit=unit, valid__contains=last).exists():
        raise DomainError(
            "freeze.no_unit",
            _("Ngày %(day)s chưa có %(unit)s. Chưa chốt gì; hãy chọn ngày sau, hoặc chốt ở đơn vị cấp trên.")
            % told,
            field="on",
        )


def _freeze_now(book: Book, unit: Unit, label: str, *, by: Actor) -> Freeze:
    parts = queries.parts_below(book.pk, unit.pk, on=timezone.localdate())
    return ledger.freeze(book, unit, label=label, figures=parts.whole, by=by, clock=parts.mark)


def _freeze_ended(book: Book, unit: Unit, label: str, *, on: date, by: Actor) -> Freeze:
    parts = queries.parts_as_of(book.pk, unit.pk, on=on, tree_on=on)
    ended = Ended(on, parts.beside)
    return ledger.freeze(book, unit, label=label, figures=parts.whole, by=by, clock=parts.mark, ended=ended)
