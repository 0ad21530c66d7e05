"""The place "Báo cáo": what my unit owes and wrote, what units below have sent, what a campaign still misses."""

from collections.abc import Iterable, Sequence

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.campaigns import queries as campaigns
from quantriet.campaigns.models import Campaign
from quantriet.core.addresses import addresses
from quantriet.core.components import Action, Crumb, Tab
from quantriet.core.templatetags.ui.markup import link_markup
from quantriet.core.templatetags.ui.rows import ui_state, vn_date, vn_datetime
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can
from quantriet.org.queries import units
from quantriet.reports import queries
from quantriet.reports.commands import reports as commands
from quantriet.reports.models import Kind, Report
from quantriet.reports.queries import Subordinate

ROWS = 50
STATES = {"draft": "doing", "sent": "due_soon", "returned": "overdue", "accepted": "done"}


def _state(report: Report) -> SafeString:
    return ui_state(STATES[report.state], label=report.get_state_display())


def _rows(reports: Iterable[Report]) -> list[Sequence[object]]:
    """The cells of a list of reports: unit, campaign, kind, state, when it was sent."""
    href = addresses("report")
    return [
        (
            link_markup(one.unit.name, href(one.pk)),
            one.campaign.title,
            one.get_kind_display(),
            _state(one),
            vn_datetime(one.sent_at),
        )
        for one in reports
    ]


def _tabs(request: ActorRequest, active: str) -> list[Tab]:
    actor = request.actor
    found = []
    if actor.can(Can.REPORT_WRITE):
        found.append(Tab(_("Của đơn vị tôi"), reverse("reports"), active == "mine"))
    waiting = queries.waiting(actor).count() if actor.can(Can.REPORT_REVIEW) else None
    found.append(Tab(_("Cấp dưới gửi lên"), reverse("reports-review"), active == "below", waiting))
    found.append(Tab(_("Soi báo cáo cũ"), reverse("report-examine"), active == "examine"))
    return found


@page(Can.CAMPAIGN_READ)
def mine(request: ActorRequest) -> HttpResponse:
    """What my unit owes, nearest deadline first, and what it has written."""
    actor = request.actor
    if not actor.can(Can.REPORT_WRITE):
        return HttpResponseRedirect(reverse("reports-review"))
    due = queries.due(actor)
    owed = {one.report.pk for one in due if one.report is not None}
    running = campaigns.campaigns(actor).filter(state=Campaign.State.ACTIVE)[:20]
    words = {
        "tabs": _tabs(request, "mine"),
        "due": due,
        "shown": Paginator(queries.mine(actor).exclude(pk__in=owed), ROWS).get_page(request.GET.get("page")),
        "running": running,
        "own": queries.own_unit(actor),
    }
    return render(request, "reports/mine.html", words)


@page(Can.CAMPAIGN_READ)
def below(request: ActorRequest) -> HttpResponse:
    """What units below have sent; what waits for me stands on top."""
    actor = request.actor
    state = request.GET.get("trang_thai", "")
    state = state if state in Report.State.values and state != Report.State.DRAFT else ""
    shown = Paginator(queries.listed(queries.below(actor, state=state)), ROWS).get_page(
        request.GET.get("page")
    )
    waits = queries.listed(queries.waiting(actor)) if actor.can(Can.REPORT_REVIEW) and not state else ()
    href = addresses("report")
    words = {
        "tabs": _tabs(request, "below"),
        "waiting": [(one, href(one.pk)) for one in waits[:ROWS]],
        "shown": shown,
        "rows": _rows(shown),
        "states": [(value, label) for value, label in Report.State.choices if value != Report.State.DRAFT],
        "chosen": state,
        "running": campaigns.campaigns(actor).exclude(state=Campaign.State.DRAFT)[:20],
    }
    return render(request, "reports/below.html", words)


@page(Can.CAMPAIGN_READ)
def campaign(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """The reports of a campaign that the units directly below owe: sent, returned, late."""
    found = access.row_or_404(campaigns.campaigns(request.actor), campaign_id)
    unit = campaigns.visible_unit(found, request.actor)
    if wanted := request.GET.get("don_vi", ""):
        if not wanted.isdecimal() or len(wanted) > 18:
            raise access.not_found()
        unit = access.unit_or_404(request.actor, Can.CAMPAIGN_READ, int(wanted))
    rows = queries.subordinates(found, unit)
    counts = {
        "total": len(rows),
        "sent": sum(one.report is not None and one.report.state == Report.State.SENT for one in rows),
        "accepted": sum(one.report is not None and one.report.state == Report.State.ACCEPTED for one in rows),
        "returned": sum(one.report is not None and one.report.state == Report.State.RETURNED for one in rows),
        "missing": sum(one.report is None for one in rows),
        "late": sum(one.late for one in rows),
    }
    actions = []
    if request.actor.can(Can.REPORT_WRITE) and queries.own_unit(request.actor) == unit:
        actions.append(
            Action(_("Soạn báo cáo tổng hợp"), reverse("report-begin", args=[found.pk]), "pencil", "primary")
        )
    words = {
        "campaign": found,
        "unit": unit,
        "rows": _subordinate_rows(rows),
        "counts": counts,
        "actions": actions,
        "crumbs": [Crumb(pgettext("place", "Báo cáo"), reverse("reports")), Crumb(found.title)],
    }
    return render(request, "reports/campaign.html", words)


def _subordinate_rows(rows: Sequence[Subordinate]) -> list[Sequence[object]]:
    """The cells of the units that owe a report: unit, deadline, state, when it was sent."""
    href = addresses("report")
    late, none = _("Quá hạn, chưa báo cáo"), _("Chưa báo cáo")
    return [
        (
            one.unit.name if one.report is None else link_markup(one.unit.name, href(one.report.pk)),
            vn_date(access.local_day(one.obligation.due_at)),
            _state(one.report)
            if one.report is not None
            else ui_state("overdue", label=late)
            if one.late
            else ui_state("not_due", label=none),
            "–" if one.report is None else vn_datetime(one.report.sent_at),
        )
        for one in rows
    ]


@page(Can.REPORT_WRITE, write=Can.REPORT_WRITE)
def begin(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Lead to my unit's report in a campaign; a post begins it (``kind``: result or flash)."""
    found = access.row_or_404(campaigns.campaigns(request.actor), campaign_id)
    unit = queries.own_unit(request.actor)
    if unit is None:
        raise access.not_found()
    if request.method == "POST":
        kind = Kind.FLASH if request.POST.get("kind") == Kind.FLASH else Kind.RESULT
        report = commands.draft(found, unit, kind=kind, by=request.actor)
        return HttpResponseRedirect(reverse("report", args=[report.pk]))
    known = queries.writable(request.actor).filter(campaign=found, kind=Kind.RESULT).first()
    if known is not None and request.GET.get("loai") != Kind.FLASH:
        return HttpResponseRedirect(reverse("report", args=[known.pk]))
    return render(request, "reports/begin.html", _begin_words(found, unit))


def _begin_words(found: Campaign, unit: Unit) -> dict[str, object]:
    return {
        "campaign": found,
        "unit": unit,
        "superior": units.superior_of(unit),
        "crumbs": [Crumb(pgettext("place", "Báo cáo"), reverse("reports")), Crumb(found.title)],
    }
