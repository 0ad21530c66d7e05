"""The outline a campaign asks its reports to follow."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from quantriet.campaigns.models import Campaign
from quantriet.core.errors import ConflictError
from quantriet.core.text import clean_line
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.permissions import Can
from quantriet.reports import outlines
from quantriet.reports.models import ReportOutline
from quantriet.reports.outlines import Section


def set_outline(
    campaign: Campaign, sections: Sequence[Section], *, kind: str, citation: str, version: int, by: Actor
) -> ReportOutline:
    """Set the outline of a campaign's reports; what was sent keeps the outline it was sent with.

    ``version`` is the one the editor saw (0: the usual outline).
    """
    access.require(by, Can.CAMPAIGN_MANAGE, campaign.unit)
    outlines.check(sections)
    data = [section.to_data() for section in sections]
    with transaction.atomic():
        Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
        row = ReportOutline.objects.filter(campaign=campaign, kind=kind).first()
        if row is not None and row.sections == data and row.citation == clean_line(citation)[:200]:
            return row
        if (row.version if row is not None else 0) != version:
            raise ConflictError(
                "outline.changed",
                _("Người khác vừa sửa đề cương. Chưa lưu bản của bạn; hãy xem bản mới rồi sửa lại."),
                theirs=row.sections if row is not None else [],
                yours=data,
            )
        row = row or ReportOutline(campaign=campaign, kind=kind)
        row.sections, row.citation = data, clean_line(citation)[:200]
        row.version, row.actor = version + 1, by.name
        row.save()
        audit.record(by, "report.outline", row, unit=campaign.unit_id, detail={"version": row.version})
    return row
