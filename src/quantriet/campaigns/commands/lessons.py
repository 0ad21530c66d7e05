"""What a campaign left to put right: noted as carried out."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.models import Lesson
from quantriet.core.errors import DomainError
from quantriet.core.text import format_date
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.permissions import Can


def settle_lesson(lesson: Lesson, *, on: date, by: Actor) -> Lesson:
    """Note the day on which a remedy was carried out; settled already, it stays as it is.

    Refuses a lesson that asks for nothing, a day to come and a day before the campaign began.
    """
    campaign = lesson.campaign
    access.require(by, Can.CAMPAIGN_MANAGE, campaign.unit_id)
    if not lesson.is_remedy:
        raise DomainError(
            "lesson.no_remedy", _("Đây là bài học, không phải việc cần khắc phục. Chưa ghi gì.")
        )
    if on > timezone.localdate():
        raise DomainError("lesson.future", _("Ngày khắc phục ở sau hôm nay. Chưa ghi gì; hãy sửa lại ngày."))
    if on < campaign.starts_on:
        raise DomainError(
            "lesson.too_early",
            _("Ngày khắc phục trước khi đợt bắt đầu (%(day)s). Chưa ghi gì; hãy sửa lại ngày.")
            % {"day": format_date(campaign.starts_on)},
        )
    with transaction.atomic():
        locked = Lesson.objects.select_for_update().get(pk=lesson.pk)
        if locked.settled_on is None:
            locked.settled_on = on
            locked.save(update_fields=["settled_on"])
            told = {"lesson": locked.pk, "settled_on": on.isoformat()}
            audit.record(by, "lesson.settle", campaign, unit=campaign.unit_id, detail=told)
    return locked
