"""A unit's own report: begin, write, dispute a figure, send.

Figures are never written: they come from the ledger. Sending reads them once, keeps them for ever, meets the
unit's obligation and tells the superior, in one transaction; sent again it changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import obligations, standing
from quantriet.campaigns.commands.obligations import Done
from quantriet.campaigns.models import Campaign, Obligation, Requirement
from quantriet.core.errors import ConflictError, DomainError, ForbiddenError
from quantriet.core.text import clean_line, clean_text, format_int
from quantriet.ledger import commands as ledger
from quantriet.ledger.measures import Grade
from quantriet.org import access, audit, notices, paper_words
from quantriet.org.access import Actor
from quantriet.org.models import Post, Tree, Unit
from quantriet.org.models.people import PostTitle
from quantriet.org.models.units import Level
from quantriet.org.notices import NoticeText
from quantriet.org.permissions import Can
from quantriet.org.queries import units
from quantriet.reports import outlines, queries
from quantriet.reports.checking import blockers
from quantriet.reports.models import Kind, Report, ReportEvent, ReportFigure
from quantriet.reports.outlines import FIGURES
from quantriet.reports.queries import Contents, Reading

LONGEST_TEXT = 20_000


def require_own(by: Actor, unit: Unit) -> None:
    """Only the unit itself writes its report: who reviews it does not also write it."""
    access.require(by, Can.REPORT_WRITE, unit)
    own = queries.own_unit(by)
    if own is not None and own != unit:
        raise ForbiddenError(
            "report.not_yours",
            _(
                "Báo cáo của đơn vị nào do đơn vị đó soạn và gửi. Chưa có gì thay đổi; "
                "hãy đổi sang đơn vị đó ở góc trên nếu bạn có vai trò ở đó."
            ),
        )


def draft(campaign: Campaign, unit: Unit, *, kind: str = Kind.RESULT, by: Actor) -> Report:
    """Begin the report of a unit, or give the one begun before.

    Only base organisations and above have a seal and number papers: a cell owes no report.
    """
    require_own(by, unit)
    if unit.level == Level.CELL:
        raise DomainError(
            "report.cell",
            _("Chi bộ trực thuộc không phát hành văn bản có số, nên không lập báo cáo. Cấp ủy cấp trên lập."),
        )
    if campaign.state not in {Campaign.State.ACTIVE, Campaign.State.CLOSED}:
        raise DomainError(
            "campaign.not_started", _("Đợt này chưa bắt đầu nên chưa có số liệu để lập báo cáo.")
        )
    with transaction.atomic():
        # Of two that begin at once the second waits here and finds the first one's.
        Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=unit.pk)
        mine = Report.objects.filter(campaign=campaign, unit=unit, kind=kind)
        open_states = (Report.State.DRAFT, Report.State.RETURNED)
        known = (mine if kind == Kind.RESULT else mine.filter(state__in=open_states)).first()
        if known is not None:
            return known
        standing.refuse_former([unit.pk])
        owed = Obligation.objects.filter(campaign=campaign, unit=unit, kind=Requirement.Kind.REPORT).first()
        report = Report.objects.create(
            campaign=campaign,
            unit=unit,
            kind=kind,
            obligation=owed if kind == Kind.RESULT else None,
            dated_on=timezone.localdate(),
            place=paper_words.place_of(unit.name),
            authority=paper_words.authority_of(unit.name, party=unit.tree == Tree.PARTY),
            signer_position=paper_words.position_of(unit.name, party=unit.tree == Tree.PARTY),
            signer_name=_head_of(unit),
            recipients="\n".join(_recipients(unit)),
        )
        audit.record(by, "report.draft", report, unit=unit, detail={"kind": kind})
    return report


def _head_of(unit: Unit) -> str:
    post = (
        Post.objects.filter(unit=unit, title=PostTitle.HEAD, to_on=None)
        .select_related("person")
        .order_by("id")
        .first()
    )
    return post.person.full_name if post is not None else ""


def _recipients(unit: Unit) -> list[str]:
    superior = units.superior_of(unit)
    first = (
        []
        if superior is None
        else [f"{paper_words.issuer_of(superior.name, superior.tree == Tree.PARTY)} (báo cáo)"]
    )
    return [*first, "Lưu Văn phòng."]


def _open(report: Report) -> Report:
    """The report, locked, if its unit may still write in it."""
    locked = (
        Report.objects.select_for_update(of=("self",)).select_related("campaign", "unit").get(pk=report.pk)
    )
    if not locked.is_open:
        raise DomainError(
            "report.sent",
            _("Báo cáo đã gửi nên không sửa được. Nếu cần sửa, nhờ cấp trên trả lại hoặc ghi đính chính."),
        )
    return locked


def write(report: Report, *, section: str, text: str, version: int, by: Actor) -> int:
    """Keep the words of one section; returns its new version. Saving the same words again changes nothing.

    ``version`` is the one the writer saw (0: none). Who saw an older one gets both texts.
    """
    require_own(by, report.unit)
    text = clean_text(text)
    if len(text) > LONGEST_TEXT:
        raise DomainError(
            "report.too_long",
            _("Mục này dài quá %(most)s ký tự. Chưa lưu; hãy rút gọn hoặc đưa vào phụ lục.")
            % {"most": format_int(LONGEST_TEXT)},
        )
    with transaction.atomic():
        locked = _open(report)
        if section not in {one.code for one in queries.sections_of(locked) if one.kind != "table"}:
            raise access.not_found()
        kept: Mapping[str, Any] = locked.texts.get(section, {"text": "", "version": 0, "by": ""})
        if kept["text"] == text:
            return int(kept["version"])
        if kept["version"] != version:
            raise ConflictError(
                "report.changed",
                _("%(who)s vừa sửa mục này. Chưa lưu bản của bạn; hãy xem hai bản và chọn.")
                % {"who": kept["by"]},
                theirs=kept["text"],
                yours=text,
                version=kept["version"],
            )
        locked.texts = {**locked.texts, section: {"text": text, "version": version + 1, "by": by.name}}
        locked.edited_at = timezone.now()
        locked.save(update_fields=["texts", "edited_at"])
    return version + 1


@dataclass(frozen=True)
class Head:
    """Number, place and date, who signs and who receives. ``version`` is the one the editor saw."""

    version: int
    number: str
    place: str
    dated_on: date
    authority: str
    signer_position: str
    signer_name: str
    recipients: str


def set_head(report: Report, head: Head, *, by: Actor) -> Report:
    """Keep the head and foot of the paper. A second editor who saw an older version is told and shown both."""
    require_own(by, report.unit)
    wanted = {
        "number": clean_line(head.number)[:40],
        "place": clean_line(head.place)[:120],
        "dated_on": head.dated_on,
        "authority": clean_line(head.authority)[:120],
        "signer_position": clean_line(head.signer_position)[:120],
        "signer_name": clean_line(head.signer_name)[:120],
        "recipients": clean_text(head.recipients)[:2000],
    }
    with transaction.atomic():
        locked = _open(report)
        kept = {name: getattr(locked, name) for name in wanted}
        if kept == wanted:
            return locked
        if locked.version != head.version:
            raise ConflictError(
                "report.head_changed",
                _(
                    "Người khác vừa sửa phần đầu và cuối trang. Chưa lưu bản của bạn; hãy xem hai bản và chọn."
                ),
                theirs={name: str(value) for name, value in kept.items()},
                yours={name: str(value) for name, value in wanted.items()},
                version=locked.version,
            )
        for name, value in wanted.items():
            setattr(locked, name, value)
        locked.version += 1
        locked.edited_at = timezone.now()
        locked.save(update_fields=[*wanted, "version", "edited_at"])
    return locked


def dispute(report: Report, *, code: str, value: int | None, reason: str, by: Actor) -> ReportFigure | None:
    """Write "số khác" beside a figure, with the reason; ``None`` takes it back. The figure itself stays.

    Refuses a number that cannot be true: below nothing, or people present above people summoned.
    """
    require_own(by, report.unit)
    reason = clean_line(reason)[:300]
    with transaction.atomic():
        locked = _open(report)
        codes = outlines.figure_codes(queries.sections_of(locked))
        if code not in codes:
            raise access.not_found()
        if value is None:
            ReportFigure.objects.filter(report=locked, code=code).update(
                disputed_value=None, disputed_reason=""
            )
            return None
        if not reason:
            raise DomainError(
                "report.dispute_reason",
                _("Số khác cần có lý do. Chưa lưu; hãy ghi vì sao số trong sổ chưa đúng."),
            )
        _refuse_impossible(queries.reading(locked.campaign, locked.unit, [code]), code, value)
        row, _is_new = ReportFigure.objects.update_or_create(
            report=locked, code=code, defaults={"disputed_value": value, "disputed_reason": reason}
        )
        locked.edited_at = timezone.now()
        locked.save(update_fields=["edited_at"])
        audit.record(
            by, "report.dispute", locked, unit=locked.unit_id, detail={"figure": code, "value": value}
        )
    return row


def _refuse_impossible(read: Reading, code: str, value: int) -> None:
    whole = read.figures[code].denominator
    if value < 0:
        raise DomainError("report.negative", _("Số khác không được âm. Chưa lưu; hãy sửa lại."))
    if value >= 2**53:
        raise DomainError("report.too_large", _("Số khác lớn quá. Chưa lưu; hãy sửa lại."))
    if whole is not None and value > whole:
        raise DomainError(
            "report.above_whole",
            _(
                "Số khác %(value)s lớn hơn tổng %(whole)s (%(figure)s). Chưa lưu; hãy xem lại số, "
                "hoặc bổ sung danh sách ở đợt triển khai."
            )
            % {
                "value": format_int(value),
                "whole": format_int(whole),
                "figure": FIGURES[code].label,
            },
            whole=whole,
        )


def send(report: Report, *, by: Actor) -> Report:
    """Send the report up: freeze its figures, meet the obligation, tell the superior.

    Of two that send at once one does it; a retry finds it sent. Refused while something blocks (the context
    names every blocker).
    """
    require_own(by, report.unit)
    with transaction.atomic():
        locked = (
            Report.objects.select_for_update(of=("self",))
            .select_related("campaign", "campaign__book", "unit")
            .get(pk=report.pk)
        )
        if not locked.is_open:
            return locked
        standing.refuse_former([locked.unit_id])
        book = locked.campaign.book
        if book is None:
            raise DomainError(
                "campaign.not_started", _("Đợt này chưa bắt đầu nên chưa có số liệu để gửi báo cáo.")
            )
        shown, read = _ready(locked)
        sending = locked.sending + 1
        frozen = ledger.freeze(
            book,
            locked.unit,
            label=f"{Kind(locked.kind).label}, lần gửi {sending}",
            figures=read.whole,
            by=by,
            clock=read.clock,
        )
        _keep_figures(locked, read)
        locked.sections = [section.to_data() for section in shown.sections]
        locked.annex = read.annex.to_data()
        locked.freeze = frozen
        locked.sending, locked.sent_at = sending, timezone.now()
        locked.state, locked.returned_reason = Report.State.SENT, ""
        locked.save()
        _remember(locked, by=by)
        # After the reading: a report does not count its own sending.
        if locked.obligation_id is not None:
            done = Done(timezone.localdate(), Grade.ON_SPOT, f"report:{locked.pk}#{sending}")
            obligations.fulfil(
                locked.campaign, [locked.unit_id], kind=Requirement.Kind.REPORT, done=done, by=by
            )
        _tell_superior(locked)
        audit.record(by, "report.send", locked, unit=locked.unit_id, detail={"sending": sending})
    return locked


def _ready(report: Report) -> tuple[Contents, Reading]:
    """The report with its figures read once, if nothing blocks it."""
    sections = queries.outline(report.campaign, report.kind)
    read = queries.reading(report.campaign, report.unit, outlines.figure_codes(sections))
    shown = queries.contents_with(report, sections, read)
    found = blockers(queries.findings(shown))
    if found:
        sentence = _("Chưa gửi được, còn %(count)s chỗ phải sửa: %(first)s Bản soạn vẫn được giữ nguyên.") % {
            "count": len(found),
            "first": found[0].sentence,
        }
        raise DomainError(
            "report.blocked",
            sentence,
            findings=[{"code": one.code, "section": one.section, "sentence": one.sentence} for one in found],
        )
    return shown, read


def _keep_figures(report: Report, read: Reading) -> None:
    """Write the counts beside what is disputed; what the outline no longer asks for goes."""
    ReportFigure.objects.filter(report=report).exclude(code__in=list(read.figures)).delete()
    ReportFigure.objects.bulk_create(
        [
            ReportFigure(
                report=report,
                code=code,
                numerator=value.numerator,
                denominator=value.denominator,
                grades=list(value.grades),
            )
            for code, value in read.figures.items()
        ],
        update_conflicts=True,
        unique_fields=["report", "code"],
        update_fields=["numerator", "denominator", "grades"],
    )


def _remember(report: Report, *, by: Actor) -> None:
    """The event with everything as sent: what is returned can be compared with what comes after."""
    figures = {
        row.code: {
            "numerator": row.numerator,
            "denominator": row.denominator,
            "grades": row.grades,
            "disputed_value": row.disputed_value,
            "disputed_reason": row.disputed_reason,
        }
        for row in ReportFigure.objects.filter(report=report).order_by("id")
    }
    head = {
        name: getattr(report, name)
        for name in ("number", "place", "authority", "signer_position", "signer_name", "recipients")
    }
    ReportEvent.objects.create(
        report=report,
        kind=ReportEvent.Kind.SENT,
        sending=report.sending,
        key=f"sent:{report.sending}",
        account_id=by.account_id or None,
        actor=by.name,
        unit_id=by.unit_id or None,
        freeze=report.freeze,
        snapshot={
            "texts": report.texts,
            "sections": report.sections,
            "annex": report.annex,
            "figures": figures,
            "head": {**head, "dated_on": report.dated_on.isoformat() if report.dated_on else None},
        },
    )


def _tell_superior(report: Report) -> None:
    superior = units.superior_of(report.unit)
    if superior is None:
        return
    notices.notify(
        [superior.pk],
        NoticeText(
            title=_("%(unit)s đã gửi báo cáo") % {"unit": report.unit.name},
            text=report.campaign.title,
            link=f"/bao-cao/{report.pk}/",
            key=f"report:{report.pk}:sent:{report.sending}",
        ),
    )
