"""Writing a report: the editor on the desk, one section a page on the phone, saved while one types."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext

from quantriet.core.components import Crumb
from quantriet.core.errors import ConflictError, DomainError
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can
from quantriet.reports import checking, outlines, queries
from quantriet.reports.commands import reports as commands
from quantriet.reports.forms import DisputeForm, HeadForm
from quantriet.reports.models import Report
from quantriet.reports.pages.showing import (
    letter_words,
    one_section,
    shown_figure,
    shown_sections,
    tick,
    writable_or_404,
)


def editor(request: ActorRequest, report: Report) -> HttpResponse:
    """The whole report to write: outline, paper, sources. Given by ``reading.report`` for an open one."""
    shown = queries.contents(report)
    return render(request, "reports/editor.html", _words(report, sections=shown_sections(shown)))


def _words(report: Report, **more: Any) -> dict[str, Any]:
    """What every page of writing shows around it."""
    return {"report": report, **letter_words(report), "crumbs": crumbs(report), **more}


def crumbs(report: Report) -> list[Crumb]:
    """The way to a report."""
    return [
        Crumb(pgettext("place", "Báo cáo"), reverse("reports")),
        Crumb(report.campaign.title, reverse("report-campaign", args=[report.campaign_id])),
        Crumb(report.unit.short_name or report.unit.name),
    ]


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page."""
    return bool(request.headers.get("HX-Request"))


@page(Can.REPORT_WRITE, write=Can.REPORT_WRITE)
def section(request: ActorRequest, report_id: int, code: str) -> HttpResponse:
    """One section to write (a page of its own on the phone); a post keeps its words."""
    report = writable_or_404(request, report_id)
    if not report.is_open:
        return HttpResponseRedirect(reverse("report", args=[report.pk]))
    if request.method == "POST":
        return _keep(request, report, code)
    sections = shown_sections(queries.contents(report))
    at = one_section(sections, code)
    words = _words(
        report,
        one=sections[at],
        before=sections[at - 1] if at else None,
        after=sections[at + 1] if at + 1 < len(sections) else None,
        number=at + 1,
        total=len(sections),
    )
    return render(request, "reports/section.html", words)


def _keep(request: ActorRequest, report: Report, code: str) -> HttpResponse:
    text = request.POST.get("text", "")
    seen = request.POST.get("version", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
    try:
        kept = commands.write(report, section=code, text=text, version=version, by=request.actor)
    except ConflictError as conflict:
        return _both_texts(request, report, code, conflict)
    if not is_fragment(request):
        return HttpResponseRedirect(_next(request, report, code))
    wanted = next(one for one in queries.sections_of(report) if one.code == code)
    words = {
        "code": code,
        "version": kept,
        "saved_at": timezone.localtime(),
        "state": tick(wanted, text),
        "in_editor": request.POST.get("from") == "editor",
    }
    return render(request, "reports/parts/saved.html", words)


def _next(request: ActorRequest, report: Report, code: str) -> str:
    """After saving by the button: the section asked for, else the same one."""
    wanted = request.POST.get("then", "")
    codes = {one.code for one in queries.sections_of(report)}
    if wanted == "outline":
        return reverse("report", args=[report.pk])
    return reverse("report-section", args=[report.pk, wanted if wanted in codes else code])


def _both_texts(request: ActorRequest, report: Report, code: str, conflict: ConflictError) -> HttpResponse:
    """Somebody else changed the section: both texts, nothing lost, one button for each."""
    words = {"report": report, "code": code, "conflict": conflict, **conflict.context}
    if not is_fragment(request):
        return render(request, "reports/conflict.html", _words(report, **words), status=409)
    response = render(request, "reports/parts/conflict.html", words, status=409)
    response["HX-Retarget"] = f"#xung-dot-{code}"
    response["HX-Reswap"] = "innerHTML"
    return response


@page(Can.REPORT_WRITE, write=Can.REPORT_WRITE)
def head(request: ActorRequest, report_id: int) -> HttpResponse:
    """Number, date, who signs, who receives."""
    report = writable_or_404(request, report_id)
    if not report.is_open:
        return HttpResponseRedirect(reverse("report", args=[report.pk]))
    form = HeadForm(request.POST) if request.method == "POST" else HeadForm.of(report)
    conflict: Mapping[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            commands.set_head(report, form.head(), by=request.actor)
        except ConflictError as error:
            conflict = error.context
            form.add_error(None, error.sentence)
        else:
            return HttpResponseRedirect(reverse("report", args=[report.pk]))
    words = _words(report, form=form, conflict=_rows(form, conflict), newest=report.version)
    return render(request, "reports/head.html", words, status=200 if request.method == "GET" else 422)


def _rows(form: HeadForm, conflict: Mapping[str, Any] | None) -> list[tuple[object, str, str]]:
    """Both versions of the head, field by field, where they differ."""
    if conflict is None:
        return []
    return [
        (form.fields[name].label, conflict["yours"][name], theirs)
        for name, theirs in conflict["theirs"].items()
        if theirs != conflict["yours"][name]
    ]


@page(Can.CAMPAIGN_READ)
def figure(request: ActorRequest, report_id: int, code: str) -> HttpResponse:
    """Where a figure comes from: its evidence, each part, the way to the rows."""
    report = access.row_or_404(queries.readable(request.actor), report_id)
    words = _words(report, sources=queries.sources(report, code), code=code)
    template = "reports/parts/sources.html" if is_fragment(request) else "reports/sources.html"
    return render(request, template, words)


@page(Can.REPORT_WRITE, write=Can.REPORT_WRITE)
def dispute(request: ActorRequest, report_id: int, code: str) -> HttpResponse:
    """Another figure ("số khác") beside the counted one; ``undo`` takes it back."""
    report = writable_or_404(request, report_id)
    if code not in outlines.figure_codes(queries.sections_of(report)):
        raise access.not_found()
    if request.method == "GET":
        before = queries.contents(report).disputes.get(code)
        first = {} if before is None else {"value": before.value, "reason": before.reason}
        return _dispute_form(request, report, code, DisputeForm(initial=first))
    form = DisputeForm(request.POST)
    try:
        if "undo" in request.POST:
            commands.dispute(report, code=code, value=None, reason="", by=request.actor)
        elif not form.is_valid():
            return _dispute_form(request, report, code, form)
        else:
            commands.dispute(
                report,
                code=code,
                value=form.cleaned_data["value"],
                reason=form.cleaned_data["reason"],
                by=request.actor,
            )
    except DomainError as error:
        if not form.is_bound or error.status != 422:
            raise
        form.add_error(None, error.sentence)
        return _dispute_form(request, report, code, form)
    if not is_fragment(request):
        return HttpResponseRedirect(reverse("report", args=[report.pk]))
    shown = queries.contents(report)
    words = _words(report, figure=shown_figure(shown, code), sources=queries.sources(report, code), code=code)
    return render(request, "reports/parts/disputed.html", words)


def _dispute_form(request: ActorRequest, report: Report, code: str, form: DisputeForm) -> HttpResponse:
    shown = queries.contents(report)
    words = _words(
        report, form=form, figure=shown_figure(shown, code), code=code, disputed=code in shown.disputes
    )
    template = "reports/parts/dispute.html" if is_fragment(request) else "reports/dispute.html"
    return render(request, template, words, status=422 if form.is_bound else 200)


@page(Can.REPORT_WRITE)
def check(request: ActorRequest, report_id: int) -> HttpResponse:
    """What would keep the report from being sent, what is worth a look, and the button that sends."""
    report = writable_or_404(request, report_id)
    found = queries.findings(queries.contents(report)) if report.is_open else []
    words = _words(report, findings=found, blocked=bool(checking.blockers(found)))
    template = "reports/parts/check.html" if is_fragment(request) else "reports/check.html"
    return render(request, template, words)


@page(Can.REPORT_WRITE, write=Can.REPORT_WRITE)
def send(request: ActorRequest, report_id: int) -> HttpResponse:
    """Send it up."""
    report = writable_or_404(request, report_id)
    if request.method == "POST":
        commands.send(report, by=request.actor)
    return HttpResponseRedirect(reverse("report", args=[report.pk]))
