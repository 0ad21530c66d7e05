"""What was said: remarks (unsigned allowed) and the minutes."""

from django.db import transaction
from django.utils.translation import gettext as _

from quantriet.conferences.commands import gate
from quantriet.conferences.models import Conference, Remark
from quantriet.core.errors import ConflictError, DomainError
from quantriet.core.text import clean_text
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade, Measure, Slice
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


def remark(
    conference: Conference, unit: Unit, *, text: str, author_id: int | None, key: str, by: Actor
) -> Remark | None:
    """Note a remark of the discussion; ``author_id`` ``None``: unsigned. Counted by unit, never by speaker.

    ``None``: this call was kept before (a retry). Refuses with ``conference.over`` where the conference was cancelled.
    """
    access.require(by, Can.ATTENDANCE_RECORD, unit)
    words = clean_text(text)
    if not words:
        raise DomainError("remark.empty", _("Hãy ghi nội dung ý kiến. Chưa lưu gì."))
    campaign = conference.campaign
    with transaction.atomic():
        gate.enter_uncancelled(conference)
        batch_id = None
        if campaign is not None and campaign.book_id is not None:
            on = access.local_day(conference.starts_at)
            cut = Slice(0, conference.level + 1, conference.form)
            posted = ledger.post(
                campaign.book_id,
                [Line(unit.pk, Measure.REMARKS, Grade.AFTERWARDS, on, 1, cut)],
                by=by,
                origin="meetings.remark",
                key=f"remark:{conference.pk}:{key}"[:120],
                unit_id=unit.pk,
            )
            if not posted.is_new:
                return None
            batch_id = posted.batch_id
        elif Remark.objects.filter(
            conference=conference, unit=unit, text=words, author_id=author_id
        ).exists():
            return None
        return Remark.objects.create(
            conference=conference, unit=unit, text=words, author_id=author_id, batch_id=batch_id
        )


def write_minutes(
    conference: Conference, *, content: str, minutes: str, version: int, by: Actor
) -> Conference:
    """Keep content and minutes. A second writer who saw an older version is told and shown both texts."""
    access.require(by, Can.ATTENDANCE_RECORD, conference.unit_id)
    with transaction.atomic():
        locked = Conference.objects.select_for_update().get(pk=conference.pk)
        told = (clean_text(content), clean_text(minutes))
        if (locked.content, locked.minutes) == told:
            return locked
        if locked.version != version:
            raise ConflictError(
                "minutes.changed",
                _("Người khác vừa sửa biên bản. Chưa lưu bản của bạn; hãy xem hai bản và chọn."),
                theirs={"content": locked.content, "minutes": locked.minutes},
                yours={"content": told[0], "minutes": told[1]},
                version=locked.version,
            )
        locked.content, locked.minutes = told
        locked.version += 1
        locked.save(update_fields=["content", "minutes", "version"])
        audit.record(by, "minutes.write", locked, unit=locked.unit_id, detail={"version": locked.version})
    return locked
