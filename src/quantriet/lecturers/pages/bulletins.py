"""Bulletins: what reached my unit, reading and confirming one; writing, publishing, and how long it took to arrive."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quantriet.core.components import Action, Crumb
from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.core.text import TextError, parse_date
from quantriet.documents import queries as document_queries
from quantriet.documents.choices import State
from quantriet.lecturers import periods, year_forms
from quantriet.lecturers.choices import BulletinKind, Rhythm
from quantriet.lecturers.commands import bulletins as commands
from quantriet.lecturers.models import Bulletin, Issue, IssueReceipt
from quantriet.lecturers.pages.frame import crumbs, own_unit, tabs
from quantriet.lecturers.queries import bulletins
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands import readings
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

A_PAGE = 30
DOCUMENTS_AT_MOST = 100


@page(Can.DOCUMENT_READ)
def issues(request: ActorRequest) -> HttpResponse:
    """What reached my unit or my corps, and what my units published; my own bulletins and the issues they owe."""
    by, kind = request.actor, request.GET.get("loai", "")
    rows = bulletins.issues(by).filter(published_at__isnull=False)
    if kind in BulletinKind.values:
        rows = rows.filter(bulletin__kind=kind)
    shown = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    home = access.home(by)
    manages = home is not None and access.may(by, Can.LECTURER_MANAGE, home)
    own = bulletins.bulletins(by).filter(unit=home) if manages else Bulletin.objects.none()
    owed = {one.bulletin.pk: one for one in bulletins.owed_by(home)} if home is not None and manages else {}
    context = {
        "shown": shown,
        "rows": [(row, bulletins.period_of(row), _shape(row)) for row in shown],
        "own": [(row, owed.get(row.pk)) for row in own],
        "kinds": [("", _("Tất cả")), *BulletinKind.choices],
        "kind": kind,
        "actions": [Action(_("Lập bản tin"), reverse("bulletin-begin"), "plus", "primary")]
        if manages
        else [],
        "tabs": tabs(by, "bulletins"),
    }
    return render(request, "lecturers/issues.html", context)


def _shape(row: Issue) -> str:
    if row.withdrawn_at is not None:
        return "exempt"
    return "done" if row.published_at is not None else "doing"


def _front() -> Crumb:
    return Crumb(_("Bản tin"), reverse("bulletins"))


@page(Can.LECTURER_MANAGE, write=Can.LECTURER_MANAGE)
def begin(request: ActorRequest) -> HttpResponse:
    """Begin a bulletin of my unit."""
    by, unit = request.actor, own_unit(request.actor)
    form = year_forms.BulletinForm(request.POST or None, initial={"starts_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.begin(unit, form.plan(), by=by)
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Đã lập bản tin. Hãy soạn số đầu tiên."))
            return HttpResponseRedirect(reverse("bulletin", args=[made.pk]))
    context = {
        "form": form,
        "unit": unit,
        "title": _("Lập bản tin"),
        "verb": _("Lập bản tin"),
        "crumbs": crumbs(by, _front(), Crumb(_("Lập bản tin"))),
    }
    return render(request, "lecturers/decide.html", context, status=422 if form.errors else 200)


@page(Can.LECTURER_MANAGE, write=Can.LECTURER_MANAGE)
def bulletin(request: ActorRequest, bulletin_id: int) -> HttpResponse:
    """A bulletin with its issues, drafts among them, and how far each has come; a post ends it."""
    by = request.actor
    found = access.row_or_404(bulletins.bulletins(by), bulletin_id)
    if request.method == "POST":
        commands.end(found, by=by)
        messages.success(request, _("Đã thôi phát hành bản tin này; các số đã phát hành vẫn đọc được."))
        return HttpResponseRedirect(reverse("bulletin", args=[found.pk]))
    shown = Paginator(bulletins.issues(by).filter(bulletin=found), A_PAGE).get_page(request.GET.get("page"))
    counts = bulletins.received([row.pk for row in shown], by)
    write = Action(_("Soạn số"), reverse("issue-write", args=[found.pk]), "pencil", "primary")
    context = {
        "bulletin": found,
        "shown": shown,
        "rows": [(row, bulletins.period_of(row), _shape(row), counts.get(row.pk, 0)) for row in shown],
        "actions": [write] if found.ended_on is None else [],
        "crumbs": crumbs(by, _front(), Crumb(found.title)),
    }
    return render(request, "lecturers/bulletin.html", context)


@page(Can.LECTURER_MANAGE, write=Can.LECTURER_MANAGE)
def write(request: ActorRequest, bulletin_id: int) -> HttpResponse:
    """The issue of a period as a draft: the period that runs, unless the address names a day of another (``ngay``)."""
    by = request.actor
    found = access.row_or_404(bulletins.bulletins(by), bulletin_id)
    day = _day(request.GET.get("ngay", ""))
    period = periods.first_day(day, Rhythm(found.rhythm))
    standing = Issue.objects.filter(bulletin=found, period_on=period, withdrawn_at=None).first()
    form = year_forms.IssueForm(
        request.POST or None,
        documents=_documents(found),
        initial={
            "on": standing.period_on if standing else day,
            "title": standing.title
            if standing
            else f"{found.title}, {periods.words(period, Rhythm(found.rhythm))}",
            "text": standing.text if standing else "",
            "document": standing.document_id if standing else "",
            "seen": standing.version if standing else 0,
        },
    )
    status = 422 if form.is_bound and not form.is_valid() else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.write(found, form.told(), seen=form.cleaned_data["seen"], by=by)
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as error:
            form.add_error(None, error.sentence)
            status = error.status
        else:
            messages.success(request, _("Đã lưu bản soạn. Đọc lại rồi bấm Phát hành."))
            return HttpResponseRedirect(reverse("bulletin-issue", args=[made.pk]))
    way = crumbs(by, _front(), Crumb(found.title, reverse("bulletin", args=[found.pk])), Crumb(_("Soạn số")))
    words = {"form": form, "bulletin": found, "crumbs": way}
    return render(request, "lecturers/issue_write.html", words, status=status)


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except TextError:
        return timezone.localdate()


def _documents(found: Bulletin) -> list[tuple[int, str]]:
    rows = document_queries.published_for(found.unit).filter(state=State.PUBLISHED)
    return [
        (one.pk, f"{one.number} {one.abstract[:80]}")
        for one in rows.order_by("-issued_on", "-id")[:DOCUMENTS_AT_MOST]
    ]


@page(Can.DOCUMENT_READ, write=Can.DOCUMENT_READ)
def issue(request: ActorRequest, issue_id: int) -> HttpResponse:
    """One issue to read; a post confirms it, publishes it or withdraws it."""
    by = request.actor
    found = access.row_or_404(bulletins.issues(by), issue_id)
    act = request.POST.get("act", "")
    form = year_forms.ReasonForm(request.POST if act == "withdraw" else None)
    if request.method == "POST":
        said = _done(found, act, form, by)
        if said:
            messages.success(request, said)
            return HttpResponseRedirect(reverse("bulletin-issue", args=[found.pk]))
    manages = access.may(by, Can.LECTURER_MANAGE, found.bulletin.unit_id)
    is_out = found.published_at is not None and found.withdrawn_at is None
    document = found.document_id
    if document and not document_queries.visible_documents(by).filter(pk=document).exists():
        document = None
    context = {
        "issue": found,
        "period": bulletins.period_of(found),
        "shape": _shape(found),
        "document_id": document,
        **(_receipts(found, by) if is_out else {}),
        "may_publish": manages and found.published_at is None,
        "withdraw": form if manages and is_out else None,
        "sees_arrival": is_out and by.can(Can.LECTURER_READ),
        "crumbs": crumbs(by, _front(), Crumb(found.title)),
    }
    return render(request, "lecturers/issue.html", context, status=422 if form.errors else 200)


def _receipts(found: Issue, by: Actor) -> dict[str, Any]:
    """What this reader may confirm, and what was confirmed: for the unit he acts for, and for himself."""
    home = access.home(by)
    unit_due = home is not None and bulletins.due_units(found).filter(pk=home.pk).exists()
    confirms = home is not None and unit_due and access.may(by, Can.OBLIGATION_FULFIL, home)
    term = bulletins.due_term(found, by)
    rows = IssueReceipt.objects.filter(issue=found)
    return {
        "unit": home,
        "unit_receipt": rows.filter(unit=home, person=None).first() if unit_due else None,
        "may_receive": confirms,
        "own_receipt": rows.filter(person=by.person_id).first() if term else None,
        "may_read": term is not None,
    }


def _done(found: Issue, act: str, form: year_forms.ReasonForm, by: Actor) -> str:
    """Do what was asked; what to say, or nothing when the form must be shown again."""
    if act == "receive":
        unit = own_unit(by)
        commands.receive(found, unit, by=by)
        return _("Đã ghi nhận: {unit} đã nhận.").format(unit=unit.name)
    if act == "read":
        commands.read_by_lecturer(found, by=by)
        return _("Đã ghi nhận bạn đã đọc.")
    if act == "publish":
        commands.publish(found, by=by)
        return _("Đã phát hành và báo các đơn vị trực thuộc.")
    if act == "withdraw" and form.is_valid():
        commands.withdraw(found, reason=form.cleaned_data["reason"], by=by)
        return _("Đã thu hồi.")
    if act != "withdraw":
        raise DomainError("issue.act", _("Không rõ việc cần làm. Chưa thay đổi gì; hãy tải lại trang."))
    return ""


@page(Can.LECTURER_READ, write=Can.REMINDER_SEND)
def arrival(request: ActorRequest, issue_id: int) -> HttpResponse:
    """How many days an issue took to reach my units, which were slowest, which have not said; a post reminds these."""
    by = request.actor
    rows = bulletins.issues(by).filter(bulletins.PUBLISHED)
    found = access.row_or_404(rows, issue_id)
    if request.method == "POST":
        told = commands.remind(found, by=by)
        messages.success(
            request,
            ngettext("Đã nhắc %(count)s đơn vị.", "Đã nhắc %(count)s đơn vị.", told) % {"count": told}
            if told
            else _("Hôm nay đã nhắc các đơn vị này rồi, hoặc không còn đơn vị nào chưa xác nhận."),
        )
        return HttpResponseRedirect(reverse("issue-arrival", args=[found.pk]))
    silent = list(bulletins.silent_lecturers(found, by)[:A_PAGE])
    readings.note([row.person_id for row in silent], page="lecturers.arrival", by=by)
    waiting = Paginator(bulletins.waiting_units(found, by, Can.LECTURER_READ), A_PAGE)
    context = {
        "issue": found,
        "period": bulletins.period_of(found),
        "arrivals": bulletins.arrivals(found, by),
        "readers": bulletins.readers(found, by),
        "silent": silent,
        "shown": waiting.get_page(request.GET.get("page")),
        "slowest": bulletins.slowest(found, by, most=A_PAGE),
        "may_remind": by.can(Can.REMINDER_SEND) and waiting.count > 0,
        "ready_text": _ready_text(request, found),
        "crumbs": crumbs(
            by,
            _front(),
            Crumb(found.title, reverse("bulletin-issue", args=[found.pk])),
            Crumb(_("Tiếp nhận")),
        ),
    }
    return render(request, "lecturers/arrival.html", context)


def _ready_text(request: ActorRequest, found: Issue) -> str:
    """What can be pasted into a message as it stands."""
    address = request.build_absolute_uri(reverse("bulletin-issue", args=[found.pk]))
    return _("Đề nghị đơn vị đọc và xác nhận đã nhận “{title}”: {address}").format(
        title=found.title, address=address
    )
