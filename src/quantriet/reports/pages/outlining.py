"""The outline a campaign asks its reports to follow: titles, guidance, order, which sections must be written."""

from dataclasses import replace

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.campaigns import queries as campaigns
from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can
from quantriet.reports import outlines, queries
from quantriet.reports.commands import outlines as commands
from quantriet.reports.models import Kind, ReportOutline
from quantriet.reports.outlines import Section


@page(Can.CAMPAIGN_READ, write=Can.CAMPAIGN_MANAGE)
def outline(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """The outline: to read for everybody, to change for who manages the campaign."""
    campaign = access.row_or_404(campaigns.campaigns(request.actor), campaign_id)
    kept = ReportOutline.objects.filter(campaign=campaign, kind=Kind.RESULT).first()
    sections = queries.outline(campaign, Kind.RESULT)
    citation = kept.citation if kept is not None else outlines.CITATION
    words = {
        "campaign": campaign,
        "sections": [(one, [outlines.FIGURES[code].label for code in one.figures]) for one in sections],
        "citation": citation,
        "version": kept.version if kept is not None else 0,
        "may_change": access.may(request.actor, Can.CAMPAIGN_MANAGE, campaign.unit_id),
        "crumbs": [
            Crumb(pgettext("place", "Báo cáo"), reverse("reports")),
            Crumb(campaign.title),
            Crumb(_("Đề cương")),
        ],
    }
    if request.method == "POST":
        try:
            commands.set_outline(
                campaign,
                _changed(request, sections),
                kind=Kind.RESULT,
                citation=request.POST.get("citation", ""),
                version=int(request.POST.get("version", "0")[:9] or 0)
                if request.POST.get("version", "0").isdecimal()
                else 0,
                by=request.actor,
            )
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            return render(request, "reports/outline.html", {**words, "error": error}, status=error.status)
        return HttpResponseRedirect(reverse("report-outline", args=[campaign.pk]))
    return render(request, "reports/outline.html", words)


def _changed(request: ActorRequest, sections: tuple[Section, ...]) -> list[Section]:
    """The sections as the form gives them: texts, required or not, taken out, one of one's own at the end."""
    posted = request.POST
    changed = [
        replace(
            one,
            chapter=clean_line(posted.get(f"{one.code}-chapter", one.chapter))[:200],
            title=clean_line(posted.get(f"{one.code}-title", one.title))[:200],
            guidance=clean_line(posted.get(f"{one.code}-guidance", one.guidance))[:500],
            required=f"{one.code}-required" in posted,
        )
        for one in sections
        if f"{one.code}-out" not in posted
    ]
    chapter = clean_line(posted.get("new-chapter", ""))[:200]
    if chapter:
        title = clean_line(posted.get("new-title", ""))[:200]
        guidance = clean_line(posted.get("new-guidance", ""))[:500]
        taken = {one.code for one in changed}
        code = next(name for number in range(1, 100) if (name := f"own_{number}") not in taken)
        new = Section(code, chapter, title, guidance, "judgement", required="new-required" in posted)
        at = len(changed) - 1 if changed and changed[-1].kind == "table" else len(changed)
        changed.insert(at, new)
    return changed
