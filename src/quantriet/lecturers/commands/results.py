"""Writes of results: a lecture was held before so many, posted to the standing book of the year."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line
from quantriet.lecturers.choices import LectureState
from quantriet.lecturers.models import Lecture, LectureResult
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Form, Grade, Measure, Slice
from quantriet.ledger.models import Book
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import PersonClass, Unit
from quantriet.org.permissions import Can

MOST = 100_000


@dataclass(frozen=True)
class Listeners:
    """How many listened: members of the Party, others; the minutes that say so, if there are any."""

    members: int
    others: int
    paper: str = ""


def record(lecture: Lecture, listeners: Listeners, *, reason: str = "", by: Actor) -> LectureResult:
    """The lecture was held before so many. The same again changes nothing; other counts need a ``reason``: what was
    posted is taken back and posted anew.

    Refuses ``result.not_sent``, ``result.too_early`` (it has not begun), ``result.empty``, ``result.no_reason``.
    """
    access.require(by, Can.LECTURE_ASK, lecture.unit_id)
    told = Listeners(listeners.members, listeners.others, clean_line(listeners.paper)[:80])
    with transaction.atomic():
        row = (
            Lecture.objects.select_for_update(of=("self",))
            .select_related("unit", "to_unit")
            .get(pk=lecture.pk)
        )
        _check(row, told)
        standing = LectureResult.objects.filter(lecture=row).first()
        if standing is not None:
            if Listeners(standing.members, standing.others, standing.paper) == told:
                return standing
            why = clean_line(reason)[:300]
            if not why:
                raise DomainError(
                    "result.no_reason", _("Số đã ghi khác. Chưa sửa; hãy ghi lý do đính chính rồi lưu lại.")
                )
            ledger.reverse(standing.batch_id, by=by, reason=why)
        version = standing.version + 1 if standing else 1
        result, _is_new = LectureResult.objects.update_or_create(
            lecture=row,
            defaults={
                "unit_id": row.unit_id,
                "held_on": access.local_day(row.starts_at),
                "members": told.members,
                "others": told.others,
                "paper": told.paper,
                "batch_id": _post(row, told, version, reason, by),
                "version": version,
                "actor": by.name,
            },
        )
        detail = {"members": told.members, "others": told.others, "version": version}
        audit.record(by, "lecture.result", row, unit=row.unit_id, detail=detail)
    return result


def _check(row: Lecture, told: Listeners) -> None:
    if row.state != LectureState.ACCEPTED:
        raise DomainError("result.not_sent", _("Chưa cử ai đến buổi này. Chưa ghi kết quả."))
    if row.starts_at > timezone.now():
        raise DomainError("result.too_early", _("Buổi này chưa đến giờ. Chưa ghi; hãy ghi sau khi đã nói."))
    check_listeners(told)


def check_listeners(told: Listeners) -> None:
    """Refuse ``result.empty``: a session without a listener, or with an impossible number."""
    if not (0 <= told.members <= MOST and 0 <= told.others <= MOST and told.members + told.others):
        raise DomainError("result.empty", _("Hãy ghi số người nghe, ít nhất một người. Chưa ghi gì."))


def _post(row: Lecture, told: Listeners, version: int, reason: str, by: Actor) -> int:
    """Counts of one lecture at the unit that asked, at the level of who sent the lecturer."""
    session = Session(row.unit, access.local_day(row.starts_at), row.to_unit.level)
    source = Source("lecturers.result", f"lecture:{row.pk}:{version}", clean_line(reason)[:300])
    return post(session, told, source, by=by)


@dataclass(frozen=True)
class Session:
    """Where and when people listened, and the level whose session it was."""

    unit: Unit
    on: date
    level: int


@dataclass(frozen=True)
class Source:
    """What rows are posted: their kind, the key that makes posting again harmless, why they were corrected."""

    origin: str
    key: str
    reason: str = ""


def post(session: Session, told: Listeners, source: Source, *, by: Actor) -> int:
    """Post one session to the standing book of its year: declared, with the minutes or alone; the batch."""
    grade = Grade.DOCUMENTED if told.paper else Grade.DECLARED
    at, on, level = session.unit.pk, session.on, session.level + 1
    lines = [Line(at, Measure.ORAL_SESSIONS, grade, on, 1, Slice(0, level, Form.IN_PERSON))]
    for person_class, count in ((PersonClass.MEMBER, told.members), (PersonClass.PUBLIC, told.others)):
        cut = Slice(person_class, level, Form.IN_PERSON)
        lines.append(Line(at, Measure.ATTENDANCES, grade, on, count, cut))
    posted = ledger.post(
        standing_book(session.unit, on.year).pk,
        lines,
        by=by,
        origin=source.origin,
        key=source.key,
        unit_id=at,
        reason=source.reason,
    )
    return posted.batch_id


def standing_book(unit: Unit, year: int) -> Book:
    """The book of a year's work that belongs to no campaign: one for each tree's top, opened when first needed."""
    path = access.today_placements().filter(unit=unit).values_list("path", flat=True).first()
    if path is None:
        raise access.not_found()
    top = Unit.objects.select_for_update(no_key=True).get(pk=int(str(path).split(".", maxsplit=1)[0]))
    found = Book.objects.filter(unit=top, kind=Book.Kind.STANDING, year=year).order_by("id").first()
    if found is not None:
        return found
    title = _("Việc thường xuyên năm {year}").format(year=year)
    return ledger.open_book(top, kind=Book.Kind.STANDING, title=title, year=year)
