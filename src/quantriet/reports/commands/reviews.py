"""What the level above does with a report, and the corrections a unit makes afterwards."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import obligations
from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.core.text import clean_line, clean_text
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade, Measure
from quantriet.org import access, audit, notices
from quantriet.org.access import Actor
from quantriet.org.notices import NoticeText
from quantriet.org.permissions import Can
from quantriet.org.queries import units
from quantriet.reports import queries
from quantriet.reports.commands.reports import require_own
from quantriet.reports.models import Report, ReportEvent

LONGEST_REASON = 500


def _require_superior(by: Actor, report: Report) -> None:
    """Reviewing is done from above: nobody accepts the report of the unit he acts in."""
    superior = units.superior_of(report.unit)
    if superior is None or queries.own_unit(by) == report.unit:
        raise ForbiddenError(
            "report.own_review",
            _(
                "Báo cáo do cấp trên trực tiếp duyệt; đơn vị không tự duyệt báo cáo của mình. Chưa có gì thay đổi."
            ),
        )
    access.require(by, Can.REPORT_REVIEW, superior)


def _locked(report: Report) -> Report:
    return (
        Report.objects.select_for_update(of=("self",))
        .select_related("campaign", "unit", "obligation")
        .get(pk=report.pk)
    )


def return_(report: Report, *, sending: int, reason: str, by: Actor) -> Report:
    """Send a report back with the reason; its unit owes it again. ``sending``: which sending was read.

    A retry finds it returned and changes nothing; what was sent again meanwhile is not returned unread.
    """
    _require_superior(by, report)
    reason = clean_line(reason)[:LONGEST_REASON]
    if not reason:
        raise DomainError(
            "report.return_reason",
            _("Hãy ghi lý do trả lại để đơn vị biết cần sửa gì. Chưa trả lại báo cáo."),
        )
    with transaction.atomic():
        locked = _locked(report)
        if locked.state == Report.State.RETURNED and locked.sending == sending:
            return locked
        _refuse_other(locked, sending)
        locked.state, locked.returned_reason = Report.State.RETURNED, reason
        locked.save(update_fields=["state", "returned_reason"])
        _remember(locked, ReportEvent.Kind.RETURNED, reason=reason, by=by)
        if locked.obligation is not None:
            obligations.reopen(locked.obligation, reason=reason[:300], by=by)
        _tell(locked, _("Báo cáo bị trả lại"), reason)
        audit.record(by, "report.return", locked, unit=locked.unit_id, detail={"reason": reason})
    return locked


def accept(report: Report, *, sending: int, by: Actor) -> Report:
    """Take a report as it was sent; it counts as accepted once. ``sending``: which sending was read."""
    _require_superior(by, report)
    with transaction.atomic():
        locked = _locked(report)
        if locked.state == Report.State.ACCEPTED:
            return locked
        _refuse_other(locked, sending)
        locked.state, locked.accepted_at = Report.State.ACCEPTED, timezone.now()
        locked.save(update_fields=["state", "accepted_at"])
        _remember(locked, ReportEvent.Kind.ACCEPTED, reason="", by=by)
        if locked.obligation_id is not None and locked.campaign.book_id is not None:
            line = Line(locked.unit_id, Measure.REPORTS_ACCEPTED, Grade.ON_SPOT, timezone.localdate(), 1)
            ledger.post(
                locked.campaign.book_id,
                [line],
                by=by,
                origin="reviews.accept",
                key=f"report:{locked.pk}:accepted",
                unit_id=locked.unit_id,
            )
        _tell(locked, _("Báo cáo đã được chấp nhận"), "")
        audit.record(by, "report.accept", locked, unit=locked.unit_id, detail={"sending": locked.sending})
    return locked


def correct(report: Report, *, text: str, reason: str, key: str, by: Actor) -> ReportEvent:
    """List a dated correction beside a sent report, which itself stays as it is. ``key`` makes a retry harmless."""
    require_own(by, report.unit)
    text, reason = clean_text(text)[:5000], clean_line(reason)[:LONGEST_REASON]
    if not text or not reason:
        raise DomainError(
            "report.correction", _("Đính chính cần nội dung đúng và lý do. Chưa ghi gì; báo cáo giữ nguyên.")
        )
    with transaction.atomic():
        locked = _locked(report)
        if locked.is_open:
            raise DomainError(
                "report.not_sent", _("Báo cáo chưa gửi nên sửa thẳng trong bài, không cần đính chính.")
            )
        known = ReportEvent.objects.filter(report=locked, key=f"corrected:{key}"[:80]).first()
        if known is not None:
            return known
        event = _remember(locked, ReportEvent.Kind.CORRECTED, reason=reason, by=by, text=text, key=key)
        superior = units.superior_of(locked.unit)
        if superior is not None:
            notice = NoticeText(
                title=_("%(unit)s đính chính báo cáo") % {"unit": locked.unit.name},
                text=text[:500],
                link=f"/bao-cao/{locked.pk}/",
                key=f"report-event:{event.pk}",
            )
            notices.notify([superior.pk], notice)
        audit.record(by, "report.correct", locked, unit=locked.unit_id, detail={"reason": reason})
    return event


def _refuse_other(report: Report, sending: int) -> None:
    if report.state != Report.State.SENT:
        raise DomainError(
            "report.not_waiting",
            _(
                "Báo cáo này không ở trạng thái chờ duyệt (%(state)s). Hãy tải lại trang để xem tình trạng mới."
            )
            % {"state": report.get_state_display()},
        )
    if report.sending != sending:
        raise DomainError(
            "report.sent_again",
            _("Đơn vị vừa gửi lại báo cáo. Chưa ghi ý kiến của bạn; hãy xem bản mới rồi duyệt."),
        )


def _remember(
    report: Report, kind: ReportEvent.Kind, *, reason: str, by: Actor, text: str = "", key: str = ""
) -> ReportEvent:
    return ReportEvent.objects.create(
        report=report,
        kind=kind,
        sending=report.sending,
        account_id=by.account_id or None,
        actor=by.name,
        unit_id=by.unit_id or None,
        reason=reason,
        text=text,
        freeze_id=report.freeze_id,
        key=f"{kind.value}:{key or report.sending}"[:80],
    )


def _tell(report: Report, title: str, text: str) -> None:
    notices.notify(
        [report.unit_id],
        NoticeText(
            title=f"{title}: {report.campaign.title}"[:200],
            text=text,
            link=f"/bao-cao/{report.pk}/",
            key=f"report:{report.pk}:{report.state}:{report.sending}",
        ),
    )
