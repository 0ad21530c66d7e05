"""Keeping where a session can be watched again."""

from django.db import transaction
from django.utils.translation import gettext as _

from quantriet.conferences import recordings
from quantriet.conferences.commands import telling
from quantriet.conferences.models import Conference
from quantriet.core.errors import DomainError
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.permissions import Can


def keep(conference: Conference, address: str, *, by: Actor) -> Conference:
    """Keep the link of the recording; an empty one takes it away. The units with a site are told the first time.

    The same link again changes nothing. Refuses with ``recording.link``, and with ``conference.over`` once cancelled.
    """
    access.require(by, Can.CONFERENCE_MANAGE, conference.unit_id)
    told = address.strip()
    if told:
        recordings.check(told)
    with transaction.atomic():
        locked = Conference.objects.select_for_update(no_key=True).get(pk=conference.pk)
        if locked.state == Conference.State.CANCELLED:
            raise DomainError("conference.over", _("Hội nghị đã hủy. Chưa ghi gì."))
        if locked.recording == told:
            return locked
        locked.recording = told
        locked.save(update_fields=["recording"])
        if told:
            telling.tell_all(locked, telling.recorded(locked))
        audit.record(by, "conference.recording", locked, unit=locked.unit_id, detail={"link": told})
    return locked
