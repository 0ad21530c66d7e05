"""Drafting a campaign and giving it down as somebody asks for it: what may be chosen, then the commands."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from quantriet.campaigns import jobs
from quantriet.campaigns.commands import campaigns
from quantriet.campaigns.commands.campaigns import Answers
from quantriet.campaigns.drafts import Changes
from quantriet.campaigns.models import Campaign
from quantriet.campaigns.queries import starting as choices
from quantriet.campaigns.queries.obligations import units_below
from quantriet.core.errors import DomainError
from quantriet.core.models import Work
from quantriet.org import access, doors
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


def draft(unit: Unit, *, preset: str, answers: Answers, by: Actor) -> Campaign:
    """Draft a campaign for documents the actor may read. Refuses with ``campaign.no_document`` where the preset
    needs one, and as ``campaigns.plan`` does.
    """
    if preset != "standing" and not answers.documents:
        raise DomainError(
            "campaign.no_document",
            _("Chưa chọn văn bản nào. Hãy chọn văn bản, hoặc dùng mẫu “Việc thường xuyên trong năm”."),
        )
    _refuse_unread((pk for pk, _mode in answers.documents), by)
    return campaigns.plan(unit, preset=preset, answers=answers, by=by)


def adjust(campaign: Campaign, changes: Changes, *, by: Actor) -> Campaign:
    """Change a draft within what may be chosen: documents the actor reads, units that may lead, units below that
    are left out with a reason. Refuses with ``scope.reason``, and as ``campaigns.adjust`` does.
    """
    _refuse_unread((pk for pk, _mode in changes.documents or ()), by)
    may_lead = dict(choices.leads(campaign))
    out = {unit_id for unit_id, _reason in changes.excluded}
    if not {changes.lead_id, *changes.partner_ids} <= set(may_lead):
        raise access.not_found()
    if out and units_below(campaign.unit).filter(pk__in=out).count() != len(out):
        raise access.not_found()
    if any(not reason.strip() for _unit, reason in changes.excluded):
        raise DomainError(
            "scope.reason",
            _("Đơn vị không triển khai phải có lý do. Chưa lưu gì; hãy ghi lý do cho từng đơn vị."),
        )
    return campaigns.adjust(campaign, changes, by=by)


def give_down(campaign: Campaign, *, by: Actor) -> Work:
    """Order the start; ordered again it is the work that is there, which goes on where it stopped.

    Refuses with ``campaign.no_duty`` before anything is ordered.
    """
    access.require(by, Can.CAMPAIGN_MANAGE, campaign.unit_id)
    if not campaign.requirements.filter(deadlines__isnull=False).exists():
        raise DomainError(
            "campaign.no_duty", _("Đợt này chưa giao việc cho cấp nào. Hãy đặt ít nhất một thời hạn.")
        )
    return doors.order(
        jobs.start_campaign,
        by=by,
        title=_("Giao xuống: %(title)s") % {"title": campaign.title},
        key=f"campaign-start:{campaign.pk}",
        campaign=campaign.pk,
    )


def _refuse_unread(ids: Iterable[int], by: Actor) -> None:
    """A document somebody may not read answers like one that was never published."""
    wanted = set(ids)
    if wanted and choices.readable_documents(by).filter(pk__in=wanted).count() != len(wanted):
        raise DomainError(
            "campaign.document_not_published",
            _("Văn bản chưa phát hành nên chưa mở đợt được. Hãy phát hành văn bản trước."),
        )
