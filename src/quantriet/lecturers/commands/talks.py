"""Writes of sessions that a unit held of itself: recorded, corrected, struck out, posted to the book of the year."""

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import standing
from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line
from quantriet.lecturers.choices import Subject
from quantriet.lecturers.commands import results
from quantriet.lecturers.commands.results import Listeners, Session, Source
from quantriet.lecturers.models import Lecturer, OralTalk
from quantriet.lecturers.queries import corps
from quantriet.ledger import commands as ledger
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

EARLIEST = date(2020, 1, 1)


@dataclass(frozen=True)
class Talk:
    """A session as it was held. ``lecturer_id``: who spoke, where he serves in the unit's own corps; his name is then
    the speaker's.
    """

    title: str
    subject: str
    held_on: date
    listeners: Listeners
    speaker: str = ""
    lecturer_id: int | None = None
    place: str = ""

    def cleaned(self) -> "Talk":
        """The same with every text in its stored form."""
        told = self.listeners
        return replace(
            self,
            title=clean_line(self.title)[:300],
            speaker=clean_line(self.speaker)[:120],
            place=clean_line(self.place)[:300],
            listeners=Listeners(told.members, told.others, clean_line(told.paper)[:80]),
        )


def record(unit: Unit, talk: Talk, *, key: str, by: Actor) -> OralTalk:
    """A session was held: a row, and its counts in the standing book. The same ``key`` again is the same row.

    Refuses ``talk.empty`` (no title or nobody who spoke), ``talk.subject``, ``talk.day`` (to come, or too long ago),
    ``talk.lecturer`` (nobody of the unit's corps), ``result.empty``, and ``unit.former``.
    """
    access.require(by, Can.LECTURE_ASK, unit)
    standing.refuse_former([unit.pk])
    told, lecturer = _checked(unit, talk.cleaned())
    with transaction.atomic():
        # The book's lock lets two who send the same key follow one another: the second finds the first one's row.
        results.standing_book(unit, told.held_on.year)
        whole_key = f"{unit.pk}:{key}"[:80]
        found = OralTalk.objects.filter(key=whole_key).first()
        if found is not None:
            return found
        row = OralTalk(unit=unit, key=whole_key, actor=by.name)
        _write(row, told, lecturer, "", by)
        audit.record(by, "talk.record", row, unit=unit, detail=_counts(told))
    return row


def correct(row: OralTalk, talk: Talk, *, reason: str, by: Actor) -> OralTalk:
    """What was recorded was wrong: taken back with a reason and posted anew. The same again changes nothing.

    Refuses as ``record``, and ``talk.no_reason``, ``talk.struck``.
    """
    access.require(by, Can.LECTURE_ASK, row.unit_id)
    told, lecturer = _checked(row.unit, talk.cleaned())
    with transaction.atomic():
        kept = _locked(row)
        if _as_told(kept) == told:
            return kept
        why = _reason(reason)
        _refuse_struck(kept)
        ledger.reverse(kept.batch_id, by=by, reason=why)
        kept.version += 1
        _write(kept, told, lecturer, why, by)
        audit.record(by, "talk.correct", kept, unit=kept.unit_id, detail=_counts(told) | {"reason": why})
    return kept


def strike(row: OralTalk, *, reason: str, by: Actor) -> OralTalk:
    """It was recorded by mistake: the row stays with its reason and counts nothing. Struck again changes nothing."""
    access.require(by, Can.LECTURE_ASK, row.unit_id)
    with transaction.atomic():
        kept = _locked(row)
        if kept.struck_why:
            return kept
        kept.struck_why = _reason(reason)
        ledger.reverse(kept.batch_id, by=by, reason=kept.struck_why)
        kept.version += 1
        kept.save()
        audit.record(by, "talk.strike", kept, unit=kept.unit_id, detail={"reason": kept.struck_why})
    return kept


def _checked(unit: Unit, told: Talk) -> tuple[Talk, Lecturer | None]:
    lecturer = None
    if told.lecturer_id is not None:
        lecturer = corps.served(unit, on=told.held_on).filter(pk=told.lecturer_id).first()
        if lecturer is None:
            raise DomainError(
                "talk.lecturer",
                _("Người này không ở lực lượng báo cáo viên của đơn vị vào ngày đó. Chưa ghi; hãy chọn lại."),
            )
        told = replace(told, speaker=lecturer.person.full_name[:120])
    if not told.title or not told.speaker:
        raise DomainError("talk.empty", _("Hãy ghi nội dung và người nói. Chưa ghi gì."))
    if told.subject not in Subject.values:
        raise DomainError("talk.subject", _("Lĩnh vực không có trong danh mục. Chưa ghi; hãy chọn lại."))
    if not EARLIEST <= told.held_on <= timezone.localdate():
        raise DomainError("talk.day", _("Ngày nói phải là hôm nay hoặc đã qua. Chưa ghi; hãy xem lại ngày."))
    results.check_listeners(told.listeners)
    return told, lecturer


def _write(row: OralTalk, told: Talk, lecturer: Lecturer | None, reason: str, by: Actor) -> None:
    row.title, row.subject, row.held_on, row.place = told.title, told.subject, told.held_on, told.place
    row.speaker, row.lecturer = told.speaker, lecturer
    row.person_id = lecturer.person_id if lecturer else None
    row.members, row.others, row.paper = told.listeners.members, told.listeners.others, told.listeners.paper
    session = Session(row.unit, told.held_on, row.unit.level)
    source = Source("lecturers.talk", f"talk:{row.key}:{row.version}", reason)
    row.batch_id = results.post(session, told.listeners, source, by=by)
    row.save()


def _as_told(row: OralTalk) -> Talk:
    listeners = Listeners(row.members, row.others, row.paper)
    return Talk(row.title, row.subject, row.held_on, listeners, row.speaker, row.lecturer_id, row.place)


def _counts(told: Talk) -> dict[str, object]:
    return {
        "on": told.held_on.isoformat(),
        "members": told.listeners.members,
        "others": told.listeners.others,
    }


def _reason(text: str) -> str:
    why = clean_line(text)[:300]
    if not why:
        raise DomainError("talk.no_reason", _("Hãy ghi lý do sửa hoặc bỏ. Chưa thay đổi gì."))
    return why


def _refuse_struck(row: OralTalk) -> None:
    if row.struck_why:
        raise DomainError(
            "talk.struck", _("Buổi này đã bỏ nên không sửa được. Chưa ghi gì; hãy ghi một buổi mới.")
        )


def _locked(row: OralTalk) -> OralTalk:
    return OralTalk.objects.select_for_update(of=("self",)).select_related("unit").get(pk=row.pk)
