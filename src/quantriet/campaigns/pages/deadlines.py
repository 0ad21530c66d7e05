"""Deadlines: stricter below, later by one decision for many."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quantriet.campaigns import forms, queries
from quantriet.campaigns.commands import obligations
from quantriet.campaigns.commands.obligations import Decision
from quantriet.campaigns.models import Extension, Obligation
from quantriet.campaigns.pages.board_cells import state_of
from quantriet.campaigns.pages.looking import Looking, look
from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.core.text import end_of_day
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

A_PAGE = 100


@page(Can.CAMPAIGN_READ, write=Can.OBLIGATION_FULFIL)
def deadlines(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Every obligation below the unit with its deadline; a post tightens (``act=tighten``) or extends."""
    looking = look(request, campaign_id)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    tighten = forms.TightenForm(request.POST if act == "tighten" else None, prefix="t")
    extend = forms.ExtendForm(request.POST if act == "extend" else None, prefix="e")
    try:
        if act == "tighten" and tighten.is_valid():
            return _tightened(request, looking, tighten)
        if act == "extend" and extend.is_valid():
            return _extended(request, looking, extend)
    except (ForbiddenError, NotFoundError):
        raise
    except DomainError as error:
        (tighten if act == "tighten" else extend).add_error(None, error.sentence)
    rows = (
        Obligation.objects.filter(campaign=looking.campaign, unit__in=queries.units_below(looking.unit))
        .select_related("unit")
        .order_by("unit__sort_key", "unit_id", "due_at", "id")
    )
    wanted = request.GET.get("loai", "")
    if wanted:
        rows = rows.filter(kind=wanted)
    shown_page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    words = looking.context(
        "campaign-deadlines",
        page=shown_page,
        rows=[(one, *state_of(one, now)) for one in shown_page],
        tighten=tighten,
        extend=extend,
        kinds=forms.TightenForm().fields["kind"].choices,  # type: ignore[attr-defined]
        wanted=wanted,
        may_tighten=access.may(request.actor, Can.OBLIGATION_FULFIL, looking.unit),
        extensions=Extension.objects.filter(campaign=looking.campaign).order_by("-id")[:20],
        here=looking.href("campaign-deadlines"),
    )
    refused = bool(tighten.errors or extend.errors)
    return render(request, "campaigns/deadlines.html", words, status=422 if refused else 200)


def _tightened(request: ActorRequest, looking: Looking, form: forms.TightenForm) -> HttpResponse:
    data = form.cleaned_data
    moved = obligations.tighten(
        looking.campaign, looking.unit, kind=data["kind"], due_at=end_of_day(data["due_on"]), by=request.actor
    )
    if not moved:
        messages.warning(
            request,
            _(
                "Không có đơn vị nào đổi hạn: việc này đã xong hết hoặc đã mang đúng hạn ấy. "
                "Hãy xem danh sách bên dưới."
            ),
        )
        return HttpResponseRedirect(looking.href("campaign-deadlines"))
    text = ngettext("Đã đặt hạn mới cho %(count)s đơn vị.", "Đã đặt hạn mới cho %(count)s đơn vị.", moved)
    messages.success(request, text % {"count": moved})
    return HttpResponseRedirect(looking.href("campaign-deadlines"))


def _extended(request: ActorRequest, looking: Looking, form: forms.ExtendForm) -> HttpResponse:
    data = form.cleaned_data
    owing = queries.owing_units(looking.campaign, looking.unit, data["kind"]).order_by()
    if data["whom"] == "late":
        owing = owing.filter(due_at__lt=timezone.now())
    decision = Decision(data["decision"].strip(), data["reason"].strip(), end_of_day(data["due_on"]))
    ids = list(owing.values_list("unit_id", flat=True))
    obligations.extend(looking.campaign, ids, kind=data["kind"], decision=decision, by=request.actor)
    messages.success(request, _("Đã gia hạn theo %(decision)s.") % {"decision": decision.number})
    return HttpResponseRedirect(looking.href("campaign-deadlines"))
