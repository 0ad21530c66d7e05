"""A report on another day: the paper with the figures of that day, each beside the one that was sent."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns import queries as campaigns
from quantriet.campaigns.pages.board_days import slider
from quantriet.campaigns.pages.looking import address, lens_of, lens_query
from quantriet.campaigns.queries import Lens
from quantriet.core.components import number_style
from quantriet.core.text import format_int, format_share
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can
from quantriet.reports import queries
from quantriet.reports.counts import FigureValue
from quantriet.reports.models import Report
from quantriet.reports.outlines import FIGURES
from quantriet.reports.pages import writing
from quantriet.reports.pages.showing import annex_words, letter_words, readable_or_404, shown_sections
from quantriet.reports.queries import Compared


@dataclass(frozen=True)
class Line:
    """A figure of the comparison in words. ``by`` is empty where nothing differs."""

    label: str
    sent: str
    dispute: str
    read: str
    href: str
    by: str


@page(Can.CAMPAIGN_READ)
def through_time(request: ActorRequest, report_id: int) -> HttpResponse:
    """A report with the figures of the day, the tree and the knowledge that the address asks for."""
    found = readable_or_404(request, report_id)
    lens, form = lens_of(request.GET)
    shown = queries.through(found, lens, by=request.actor)

    def opens(report: Report, code: str) -> str:
        return rows_href(report, code, lens)

    words = {
        "report": found,
        "paper": shown.read.report,
        "shown": shown,
        "lens": lens,
        "form": form,
        "slider": slider(lens.day, found.campaign.starts_on),
        "acts_since": campaigns.acts_told_since(found.unit, lens).count(),
        "lines": list(_lines(shown.compared, found, lens)),
        "sections": shown_sections(shown.read, opens=opens),
        "annex": shown.read.annex if shown.read.has_annex else None,
        **annex_words(shown.read.annex),
        **letter_words(found),
        "crumbs": writing.crumbs(found),
        "now": timezone.localtime(),
    }
    return render(request, "reports/through_time.html", words)


def rows_href(report: Report, code: str, lens: Lens) -> str:
    """The rows behind a figure, through the same lens."""
    measure = FIGURES[code].numerator.name.lower()
    return address("campaign-figure", report.campaign, report.unit_id, measure, **lens_query(lens))


def _lines(compared: Iterable[Compared], report: Report, lens: Lens) -> Iterable[Line]:
    for one in compared:
        yield Line(
            one.label,
            _value(one.sent),
            "" if one.dispute is None else format_int(one.dispute.value or 0, number_style()),
            _value(one.read),
            rows_href(report, one.code, lens),
            _difference(one),
        )


def _value(value: FigureValue) -> str:
    """`92,4 % (1.356/1.468)`, a plain count, or that there is nothing to divide by."""
    if value.denominator is None:
        return format_int(value.numerator, number_style())
    if not value.denominator:
        return _("chưa có số liệu")
    return format_share(value.numerator, value.denominator, style=number_style())


def _difference(one: Compared) -> str:
    """`+12; tổng số −3`; empty where both counts are those that were sent."""
    parts = [_signed(one.numerator_by)] if one.numerator_by else []
    if one.denominator_by:
        parts.append(_("tổng số %(by)s") % {"by": _signed(one.denominator_by)})
    return "; ".join(parts)


def _signed(amount: int) -> str:
    sign = "+" if amount > 0 else "−"
    return f"{sign}{format_int(abs(amount), number_style())}"
