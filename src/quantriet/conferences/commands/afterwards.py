"""After a session: one act thanks the sites where everybody has studied, asks those where somebody is missing to make
up for it, and reminds those that have not given a word. Each unit is told each of it once, however often the act is
done; who comes to another list later is told that then.
"""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from quantriet.conferences.models import Conference
from quantriet.conferences.queries import settled
from quantriet.conferences.settlement import Word
from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line
from quantriet.org import access, audit, notices
from quantriet.org.access import Actor
from quantriet.org.notices import NoticeText
from quantriet.org.permissions import Can


def tell(conference: Conference, texts: Mapping[Word, str], *, by: Actor) -> dict[Word, int]:
    """Send each list its text; returns how many units were told what they had not been told before.

    Refuses with ``conference.not_closed`` before the end is counted, and with ``afterwards.text`` an empty text: none
    is sent then.
    """
    access.require(by, Can.CONFERENCE_MANAGE, conference.unit_id)
    if conference.state != Conference.State.CLOSED:
        raise DomainError(
            "conference.not_closed",
            _("Hội nghị chưa kết thúc nên chưa biết ai đã học đủ. Chưa gửi gì; hãy kết thúc hội nghị trước."),
        )
    words = {word: clean_line(texts.get(word, ""))[:500] for word in Word}
    if not all(words.values()):
        raise DomainError("afterwards.text", _("Hãy ghi đủ ba lời nhắn. Chưa gửi gì."))
    lists = settled.lists(conference, by=by)
    with transaction.atomic():
        told = {
            word: notices.notify(
                lists[word],
                NoticeText(
                    title=conference.title,
                    text=words[word],
                    link=f"/hoi-nghi/{conference.pk}/ket-qua/",
                    key=f"conference-after:{conference.pk}:{word}",
                ),
            )
            for word in Word
        }
        detail: dict[str, object] = {str(word): count for word, count in told.items()}
        audit.record(by, "conference.tell_after", conference, unit=conference.unit_id, detail=detail)
    return told
