"""Writes of bulletins: begun and ended; an issue written, published, withdrawn; its arrival confirmed; who has not
confirmed it is reminded.
"""

from dataclasses import dataclass, replace
from datetime import date

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import standing
from quantriet.core.errors import ConflictError, DomainError, ForbiddenError
from quantriet.core.text import clean_line, clean_text, format_date
from quantriet.documents import queries as document_queries
from quantriet.documents.choices import Circulation, State
from quantriet.lecturers import periods
from quantriet.lecturers.choices import BulletinKind, Rhythm
from quantriet.lecturers.models import Bulletin, Issue, IssueReceipt
from quantriet.lecturers.queries import bulletins as queries
from quantriet.org import access, audit, notices
from quantriet.org.access import Actor
from quantriet.org.models import Person, Unit
from quantriet.org.models.units import Level
from quantriet.org.notices import NoticeText
from quantriet.org.permissions import Can

LONGEST = 50_000


@dataclass(frozen=True)
class Plan:
    """What a bulletin is: kind, title, how often, how far down, since when an issue is owed."""

    kind: str
    title: str
    rhythm: str
    starts_on: date
    down_to: int = Level.CELL
    circulation: str = Circulation.PARTY


@dataclass(frozen=True)
class Text:
    """An issue as it is written. ``on``: a day of its period."""

    on: date
    title: str
    text: str = ""
    document_id: int | None = None


def begin(unit: Unit, plan: Plan, *, by: Actor) -> Bulletin:
    """Begin a bulletin of ``unit``; one with the same title is the one there is, if it is the same in all else.

    Refuses ``bulletin.exists``, ``bulletin.empty``, ``bulletin.wrong``, ``bulletin.above`` (down to a level that is not
    below), ``bulletin.orientation`` (a unit has one orientation), ``unit.former``.
    """
    access.require(by, Can.LECTURER_MANAGE, unit)
    standing.refuse_former([unit.pk])
    told = _checked(unit, plan)
    facts = {
        "kind": told.kind,
        "rhythm": told.rhythm,
        "down_to": told.down_to,
        "circulation": told.circulation,
        "starts_on": periods.first_day(told.starts_on, Rhythm(told.rhythm)),
    }
    with transaction.atomic():
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        standing_ones = Bulletin.objects.filter(unit=unit, ended_on=None)
        same = standing_ones.filter(title=told.title).first()
        if same is not None and all(getattr(same, name) == value for name, value in facts.items()):
            return same
        if same is not None:
            raise DomainError(
                "bulletin.exists", _("Đơn vị đang có bản tin tên này. Chưa lập; hãy đặt tên khác.")
            )
        if told.kind == BulletinKind.ORIENTATION and standing_ones.filter(kind=told.kind).exists():
            raise DomainError(
                "bulletin.orientation",
                _("Đơn vị đang có một bản định hướng. Chưa lập thêm; hãy phát hành tiếp ở bản đó."),
            )
        row = Bulletin.objects.create(unit=unit, title=told.title, **facts)
        audit.record(by, "bulletin.begin", row, unit=unit, detail={"kind": told.kind, "rhythm": told.rhythm})
    return row


def end(bulletin: Bulletin, *, by: Actor) -> Bulletin:
    """No more issues are owed from today; those that were published stay. Ended again changes nothing."""
    access.require(by, Can.LECTURER_MANAGE, bulletin.unit_id)
    with transaction.atomic():
        row = Bulletin.objects.select_for_update().get(pk=bulletin.pk)
        if row.ended_on is None:
            row.ended_on = timezone.localdate()
            row.save()
            audit.record(by, "bulletin.end", row, unit=row.unit_id)
    return row


def write(bulletin: Bulletin, told: Text, *, seen: int = 0, by: Actor) -> Issue:
    """The issue of a period, as a draft. The same again changes nothing; one that is published is not changed.

    ``seen``: the version that was on the screen (0: there was none). Refuses ``issue.empty``, ``issue.document`` (one
    that is not published for the unit), ``issue.published``, ``issue.changed``, ``bulletin.ended``, ``unit.former``.
    """
    access.require(by, Can.LECTURER_MANAGE, bulletin.unit_id)
    standing.refuse_former([bulletin.unit_id])
    wanted = replace(told, title=clean_line(told.title)[:300], text=clean_text(told.text)[:LONGEST])
    _check(bulletin, wanted)
    period = periods.first_day(wanted.on, Rhythm(bulletin.rhythm))
    with transaction.atomic():
        Bulletin.objects.select_for_update().get(pk=bulletin.pk)
        row = Issue.objects.filter(bulletin=bulletin, period_on=period, withdrawn_at=None).first()
        row = row or Issue(bulletin=bulletin, period_on=period, version=0)
        if row.version and (row.title, row.text, row.document_id) == (
            wanted.title,
            wanted.text,
            wanted.document_id,
        ):
            return row
        if row.published_at is not None:
            raise _published()
        if row.version != seen:
            raise ConflictError(
                "issue.changed",
                _("Số này vừa được soạn ở nơi khác. Bản của bạn chưa ghi; hãy tải lại trang rồi sửa tiếp."),
                version=row.version,
            )
        row.title, row.text, row.document_id = wanted.title, wanted.text, wanted.document_id
        row.version += 1
        row.save()
        audit.record(by, "issue.write", row, unit=bulletin.unit_id)
    return row


def publish(issue: Issue, *, by: Actor) -> Issue:
    """Let it reach the units below and the corps; the units directly below are told. Again changes nothing."""
    access.require(by, Can.LECTURER_MANAGE, issue.bulletin.unit_id)
    with transaction.atomic():
        row = _locked(issue)
        if row.published_at is not None:
            return row
        if not row.text and row.document_id is None:
            raise DomainError(
                "issue.nothing",
                _("Số này chưa có nội dung, chưa kèm văn bản. Chưa phát hành; hãy soạn thêm."),
            )
        row.published_at = timezone.now()
        row.version += 1
        row.save()
        due = queries.due_units(row)
        audit.record(by, "issue.publish", row, unit=row.bulletin.unit_id, detail={"units": due.count()})
        below = access.today_placements().filter(parent=row.bulletin.unit).values("unit")
        text = _("Vừa phát hành {period}. Hãy đọc và xác nhận đã nhận.").format(period=queries.period_of(row))
        _tell(row, list(due.filter(pk__in=below).values_list("pk", flat=True)), text, "published")
    return row


def withdraw(issue: Issue, *, reason: str, by: Actor) -> Issue:
    """It was wrong: nobody below reads it any more; another may take its place. Again changes nothing."""
    access.require(by, Can.LECTURER_MANAGE, issue.bulletin.unit_id)
    why = clean_line(reason)[:300]
    if not why:
        raise DomainError("issue.no_reason", _("Hãy ghi lý do thu hồi. Chưa thu hồi."))
    with transaction.atomic():
        row = _locked(issue)
        if row.withdrawn_at is not None:
            return row
        if row.published_at is None:
            raise DomainError("issue.draft", _("Số này chưa phát hành nên không có gì để thu hồi."))
        row.withdrawn_at, row.withdrawn_why = timezone.now(), why
        row.version += 1
        row.save()
        audit.record(by, "issue.withdraw", row, unit=row.bulletin.unit_id, detail={"reason": why})
        got = IssueReceipt.objects.filter(issue=row, person=None).values_list("unit_id", flat=True)
        _tell(row, list(got), _("Đã thu hồi: {reason}").format(reason=why), "withdrawn")
    return row


def receive(issue: Issue, unit: Unit, *, by: Actor) -> bool:
    """``unit`` says that the issue arrived; whether it had not said so before. The first word stands."""
    access.require(by, Can.OBLIGATION_FULFIL, unit)
    if not queries.due_units(issue).filter(pk=unit.pk).exists():
        raise access.not_found()
    return _received(issue, unit.pk, None, by)


def read_by_lecturer(issue: Issue, *, by: Actor) -> bool:
    """A lecturer says that he read the issue; whether he had not said so before. Nobody says it for him."""
    term = queries.due_term(issue, by)
    if term is None:
        raise ForbiddenError(
            "issue.not_lecturer", _("Chỉ người đang ở lực lượng báo cáo viên xác nhận ở đây. Chưa ghi gì.")
        )
    return _received(issue, term.unit_id, term.person, by)


def _received(issue: Issue, unit_id: int, person: Person | None, by: Actor) -> bool:
    with transaction.atomic():
        # Without a lock: tens of thousands of cells confirm one issue in the same hour.
        row = Issue.objects.get(pk=issue.pk)
        if row.published_at is None or row.withdrawn_at is not None:
            raise access.not_found()
        try:
            with transaction.atomic():
                receipt, is_new = IssueReceipt.objects.get_or_create(
                    issue=row, unit_id=unit_id, person=person, defaults={"receiver": by.name[:120]}
                )
        except IntegrityError:  # a lecturer who said so from another corps
            return False
        if is_new:
            audit.record(by, "issue.receive", receipt, unit=unit_id, detail={"issue": row.pk})
    return is_new


def remind(issue: Issue, *, by: Actor) -> int:
    """Remind every unit below the actor that has not said that the issue arrived, once a day; how many were told."""
    access.require(by, Can.REMINDER_SEND, issue.bulletin.unit if by.roots == access.HOUSE else by.unit_id)
    if issue.published_at is None or issue.withdrawn_at is not None:
        raise DomainError("issue.not_out", _("Số này không đang phát hành. Chưa nhắc ai."))
    waiting = queries.waiting_units(issue, by, Can.REMINDER_SEND)
    text = _("Phát hành ngày {day}, đơn vị chưa xác nhận đã nhận.").format(
        day=format_date(access.local_day(issue.published_at))
    )
    with transaction.atomic():
        ids = list(waiting.values_list("pk", flat=True))
        told = _tell(issue, ids, text, f"remind:{timezone.localdate().isoformat()}")
        if told:
            detail = {"units": told}
            audit.record(by, "issue.remind", issue, unit=by.unit_id or issue.bulletin.unit_id, detail=detail)
    return told


def _checked(unit: Unit, plan: Plan) -> Plan:
    told = replace(plan, title=clean_line(plan.title)[:200])
    if not told.title:
        raise DomainError("bulletin.empty", _("Hãy ghi tên bản tin. Chưa lập."))
    known = told.kind in BulletinKind.values and told.rhythm in Rhythm.values
    if not known or told.circulation not in Circulation.values or told.down_to not in Level.values:
        raise DomainError("bulletin.wrong", _("Loại, nhịp hoặc phạm vi không có trong danh mục. Chưa lập."))
    if told.down_to < unit.level:
        raise DomainError(
            "bulletin.above", _("Bản tin chỉ xuống cấp dưới. Chưa lập; hãy chọn lại cấp nhận cuối cùng.")
        )
    return told


def _check(bulletin: Bulletin, wanted: Text) -> None:
    if not wanted.title:
        raise DomainError("issue.empty", _("Hãy ghi tiêu đề. Chưa ghi gì."))
    if bulletin.ended_on is not None:
        raise DomainError("bulletin.ended", _("Bản tin này đã thôi phát hành. Chưa ghi gì."))
    readable = document_queries.published_for(bulletin.unit).filter(state=State.PUBLISHED)
    if wanted.document_id is not None and not readable.filter(pk=wanted.document_id).exists():
        raise DomainError(
            "issue.document",
            _("Chỉ kèm được văn bản đã công bố cho đơn vị. Chưa ghi; hãy công bố văn bản trước."),
        )


def _published() -> DomainError:
    return DomainError(
        "issue.published",
        _("Số này đã phát hành nên không sửa được. Chưa ghi gì; nếu sai, hãy thu hồi rồi phát hành số khác."),
    )


def _locked(issue: Issue) -> Issue:
    return Issue.objects.select_for_update(of=("self",)).select_related("bulletin__unit").get(pk=issue.pk)


def _tell(row: Issue, unit_ids: list[int], text: str, key: str) -> int:
    link = reverse("bulletin-issue", args=[row.pk])
    return notices.notify(unit_ids, NoticeText(row.title, text, link, key=f"issue:{row.pk}:{key}"))
