"""Writes of outlines: the lecturer writes and submits, who sent him approves or sends back."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import ConflictError, DomainError, ForbiddenError
from quantriet.core.text import clean_line, clean_text
from quantriet.lecturers.choices import LectureState, OutlineState
from quantriet.lecturers.commands.telling import tell
from quantriet.lecturers.models import Outline
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.permissions import Can

LONGEST = 50_000


def write(outline: Outline, *, text: str, local_examples: str, seen: int, by: Actor) -> Outline:
    """Keep what the lecturer wrote so far. ``seen``: the version he had before him; when it changed meanwhile,
    ``ConflictError`` (``outline.changed``) with both texts. The same text again changes nothing.
    """
    _require_author(outline, by)
    wanted = (clean_text(text)[:LONGEST], clean_text(local_examples)[:LONGEST])
    with transaction.atomic():
        row = _locked(outline)
        if (row.text, row.local_examples) == wanted:
            return row
        _refuse_handed_in(row)
        if row.version != seen:
            raise ConflictError(
                "outline.changed",
                _("Đề cương vừa được sửa ở nơi khác. Bản của bạn chưa ghi; hãy so hai bản rồi lưu lại."),
                theirs={"text": row.text, "local_examples": row.local_examples},
                version=row.version,
            )
        row.text, row.local_examples = wanted
        row.version += 1
        row.save()
        audit.record(by, "outline.write", row, unit=row.unit_id)
    return row


def submit(outline: Outline, *, by: Actor) -> Outline:
    """Hand the outline in for review; handed in already, nothing changes.

    Refuses ``outline.empty`` and ``outline.no_examples``: a lecture that says nothing of the place is read from paper.
    """
    _require_author(outline, by)
    with transaction.atomic():
        row = _locked(outline)
        if row.state in (OutlineState.SUBMITTED, OutlineState.APPROVED):
            return row
        if not row.text:
            raise DomainError("outline.empty", _("Đề cương còn trống. Chưa gửi; hãy soạn nội dung rồi gửi."))
        if not row.local_examples:
            raise DomainError(
                "outline.no_examples",
                _("Chưa có ví dụ ở địa phương nơi đến nói. Chưa gửi; hãy ghi ít nhất một ví dụ."),
            )
        row.state, row.submitted_at = OutlineState.SUBMITTED, timezone.now()
        row.version += 1
        row.save()
        audit.record(by, "outline.submit", row, unit=row.unit_id)
        text = _("Đề cương đã gửi, chờ duyệt.")
        tell(row.lecture.to_unit_id, row.lecture, text, key=_key(row))
    return row


def approve(outline: Outline, *, seen: int, by: Actor) -> Outline:
    """The outline is good as read (``seen`` is its version); the unit that asked may read it from now on."""
    return _reviewed(outline, OutlineState.APPROVED, "", seen=seen, by=by)


def send_back(outline: Outline, *, comment: str, seen: int, by: Actor) -> Outline:
    """The outline goes back to the lecturer with what is to be better."""
    why = clean_line(comment)[:500]
    if not why:
        raise DomainError("outline.no_comment", _("Hãy ghi điều cần sửa. Chưa trả lại."))
    return _reviewed(outline, OutlineState.RETURNED, why, seen=seen, by=by)


def _reviewed(outline: Outline, state: OutlineState, comment: str, *, seen: int, by: Actor) -> Outline:
    access.require(by, Can.LECTURER_MANAGE, outline.lecture.to_unit_id)
    with transaction.atomic():
        row = _locked(outline)
        if row.state == state and row.comment == comment:
            return row
        if row.state != OutlineState.SUBMITTED or row.version != seen:
            raise ConflictError(
                "outline.not_waiting",
                _("Đề cương nay là “{state}” hoặc vừa được sửa. Chưa ghi gì; hãy tải lại trang.").format(
                    state=row.get_state_display()
                ),
            )
        row.state, row.comment = state, comment
        row.reviewed_at, row.reviewed_by = timezone.now(), by.name
        row.version += 1
        row.save()
        audit.record(by, f"outline.{state}", row, unit=row.unit_id)
        if state == OutlineState.APPROVED:
            text = _("Đề cương buổi nói đã được duyệt, đơn vị xem trước được.")
            tell(row.unit_id, row.lecture, text, key=_key(row))
    return row


def _require_author(outline: Outline, by: Actor) -> None:
    """Nobody writes for the lecturer: his outline is his own."""
    if by.person_id is None or by.person_id != outline.person_id or not by.can(Can.LECTURE_GIVE):
        raise ForbiddenError(
            "outline.not_yours", _("Chỉ báo cáo viên được cử mới soạn đề cương này. Chưa ghi gì.")
        )


def _refuse_handed_in(row: Outline) -> None:
    if row.state in (OutlineState.SUBMITTED, OutlineState.APPROVED):
        raise DomainError(
            "outline.handed_in",
            _("Đề cương đã gửi duyệt nên không sửa được. Chưa ghi; nếu cần, hãy nhờ nơi cử trả lại."),
        )
    if row.lecture.state != LectureState.ACCEPTED:
        raise DomainError("outline.no_lecture", _("Buổi này không còn cử bạn nữa. Chưa ghi gì."))


def _locked(outline: Outline) -> Outline:
    return Outline.objects.select_for_update(of=("self",)).select_related("lecture").get(pk=outline.pk)


def _key(row: Outline) -> str:
    """What is told of an outline is told once for each of its versions."""
    return f"outline:{row.pk}:{row.version}"
