"""Freeze the figures of a period: they stay as they are, and what comes late stands beside them."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.models import Campaign
from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line
from quantriet.ledger import commands as ledger
from quantriet.ledger import queries
from quantriet.ledger.models import Freeze
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


def freeze(campaign: Campaign, unit: Unit, *, label: str, by: Actor) -> Freeze:
    """Keep the figures below ``unit`` as they stand now, until today. The same words on the same day freeze once.

    Writers are not held up: what is being written at this moment will be shown as an amendment.
    """
    access.require(by, Can.CAMPAIGN_MANAGE, unit)
    label = clean_line(label)[:200]
    if not label:
        raise DomainError("freeze.label", _("Hãy đặt tên kỳ số liệu. Chưa chốt gì."))
    if campaign.book is None:
        raise DomainError("campaign.not_started", _("Đợt này chưa bắt đầu nên chưa có số liệu để chốt."))
    today = timezone.localdate()
    with transaction.atomic():
        # Of two who freeze at once the second waits here and finds the first one's.
        Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=unit.pk)
        known = Freeze.objects.filter(book=campaign.book, unit=unit, label=label, on=today).first()
        if known is not None:
            return known
        parts = queries.parts_below(campaign.book.pk, unit.pk, on=today)
        frozen = ledger.freeze(campaign.book, unit, label=label, figures=parts.whole, by=by, clock=parts.mark)
        audit.record(by, "campaign.freeze", campaign, unit=unit, detail={"freeze": frozen.pk, "label": label})
    return frozen
