"""Reading a report and judging it: the paper, disputed figures on top, accept, return, corrections beside it."""

import secrets
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.campaigns.pages.looking import address
from quantriet.core.components import Action, TimelineEntry
from quantriet.core.errors import DomainError
from quantriet.ledger import queries as ledger
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can
from quantriet.reports import queries
from quantriet.reports.commands import reviews
from quantriet.reports.forms import CorrectionForm, ReturnForm
from quantriet.reports.models import Report, ReportEvent
from quantriet.reports.pages import writing
from quantriet.reports.pages.showing import (
    annex_words,
    letter_words,
    readable_or_404,
    shown_sections,
    writable_or_404,
)

_EVENT_STATES = {
    ReportEvent.Kind.SENT: "doing",
    ReportEvent.Kind.RETURNED: "overdue",
    ReportEvent.Kind.ACCEPTED: "done",
    ReportEvent.Kind.CORRECTED: "due_soon",
}


@page(Can.CAMPAIGN_READ)
def report(request: ActorRequest, report_id: int) -> HttpResponse:
    """A report: its editor for who writes it, else the paper with what can be done about it."""
    found = readable_or_404(request, report_id)
    if found.is_open and queries.writable(request.actor).filter(pk=found.pk).exists():
        return writing.editor(request, found)
    return _paper(request, found)


def _paper(
    request: ActorRequest,
    found: Report,
    *,
    returning: ReturnForm | None = None,
    correcting: CorrectionForm | None = None,
) -> HttpResponse:
    shown = queries.as_sent(found)
    sections = shown_sections(shown)
    actor = request.actor
    reviews_it = queries.reviewable(actor).filter(pk=found.pk).exists()
    writes_it = queries.writable(actor).filter(pk=found.pk).exists()
    words: dict[str, Any] = {
        "report": found,
        "paper": shown.report,
        "sections": sections,
        "annex": shown.annex if shown.has_annex else None,
        **annex_words(shown.annex),
        **letter_words(found),
        "disputed": [figure for one in sections for figure in one.figures if figure.dispute],
        "events": list(_events(found)),
        "amended": 0 if found.freeze is None else ledger.amended([found.freeze]).get(found.freeze.pk, 0),
        "boards": _boards(found),
        "corrections": found.events.filter(kind=ReportEvent.Kind.CORRECTED),
        "may_review": reviews_it and found.state == Report.State.SENT,
        "may_correct": writes_it and not found.is_open,
        "may_see_people": actor.can(Can.PERSON_READ),
        "returning": returning or ReturnForm(initial={"sending": found.sending}),
        "correcting": correcting or CorrectionForm(initial={"key": secrets.token_hex(8)}),
        "actions": _actions(found),
        "crumbs": writing.crumbs(found),
    }
    status = 422 if (returning or correcting) is not None else 200
    return render(request, "reports/report.html", words, status=status)


def _actions(found: Report) -> list[Action]:
    return [
        Action(_("Tải Word"), reverse("report-docx", args=[found.pk]), "file-text"),
        Action(_("Tải PDF"), reverse("report-pdf", args=[found.pk]), "file-type-pdf"),
        Action(_("Tải Excel"), reverse("report-xlsx", args=[found.pk]), "file-spreadsheet"),
    ]


def _boards(found: Report) -> list[tuple[str, str]]:
    """The board as of the day on which the figures were frozen, over the tree of that day and over that of today."""
    if found.freeze is None:
        return []
    trees = ((_("như khi đó"), "khi-do"), (_("như nay"), "nay"))
    on = found.freeze.on.isoformat()
    return [
        (label, address("campaign", found.campaign, found.unit, ngay=on, cach=tree)) for label, tree in trees
    ]


def _events(found: Report) -> list[TimelineEntry]:
    return [
        TimelineEntry(
            event.created_at,
            f"{event.get_kind_display()} · {event.actor}",
            event.text or event.reason,
            _EVENT_STATES[ReportEvent.Kind(event.kind)],
        )
        for event in found.events.order_by("id")
    ]


def _reviewable_or_404(request: ActorRequest, report_id: int) -> Report:
    return access.row_or_404(queries.reviewable(request.actor), report_id)


@page(Can.REPORT_REVIEW, write=Can.REPORT_REVIEW)
def accept(request: ActorRequest, report_id: int) -> HttpResponse:
    """Take the report as it was sent."""
    found = _reviewable_or_404(request, report_id)
    if request.method == "POST":
        reviews.accept(found, sending=_sending(request), by=request.actor)
    return HttpResponseRedirect(reverse("report", args=[found.pk]))


def _sending(request: ActorRequest) -> int:
    value = request.POST.get("sending", "")
    return int(value) if value.isdecimal() and len(value) < 6 else 0


@page(Can.REPORT_REVIEW, write=Can.REPORT_REVIEW)
def return_(request: ActorRequest, report_id: int) -> HttpResponse:
    """Send the report back with the reason."""
    found = _reviewable_or_404(request, report_id)
    if request.method == "POST":
        form = ReturnForm(request.POST)
        if not form.is_valid():
            return _paper(request, found, returning=form)
        try:
            reviews.return_(found, by=request.actor, **form.cleaned_data)
        except DomainError as error:
            return _again(request, found, form, error)
    return HttpResponseRedirect(reverse("report", args=[found.pk]))


def _again(request: ActorRequest, found: Report, form: forms.Form, error: DomainError) -> HttpResponse:
    """The page with the refusal beside the form; what is no fault of the form is told by the door."""
    if error.status != 422:
        raise error
    form.add_error(None, error.sentence)
    found.refresh_from_db()
    if isinstance(form, CorrectionForm):
        return _paper(request, found, correcting=form)
    return _paper(request, found, returning=form if isinstance(form, ReturnForm) else None)


@page(Can.REPORT_WRITE, write=Can.REPORT_WRITE)
def correct(request: ActorRequest, report_id: int) -> HttpResponse:
    """List a correction beside a sent report."""
    found = writable_or_404(request, report_id)
    if request.method == "POST":
        form = CorrectionForm(request.POST)
        if not form.is_valid():
            return _paper(request, found, correcting=form)
        try:
            reviews.correct(found, by=request.actor, **form.cleaned_data)
        except DomainError as error:
            return _again(request, found, form, error)
    return HttpResponseRedirect(reverse("report", args=[found.pk]))
