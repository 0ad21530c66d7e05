"""Further sites after the call: for whole levels, single units, or a further hall of one unit."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.conferences import jobs
from quantriet.conferences.commands import sites
from quantriet.conferences.models import Conference
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import further_sites as found
from quantriet.conferences.site_forms import FurtherSitesForm, HallForm
from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError
from quantriet.core.text import format_int
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can


@page(Can.CONFERENCE_MANAGE, write=Can.CONFERENCE_MANAGE)
def add(request: ActorRequest, conference_id: int) -> HttpResponse:
    """Choose who gets a site besides those that have one."""
    one = access.row_or_404(reads.conferences(request.actor), conference_id)
    sought = request.GET.get("tim", "")[:100]
    offered = found.found(one, sought, request.actor)
    levels = found.by_level(one, request.actor)
    halls = found.with_site(one, request.actor)
    asks_hall = request.POST.get("what") == "hall"
    data = request.POST if request.method == "POST" else None
    form = FurtherSitesForm(None if asks_hall else data, levels=levels, units=offered)
    hall_form = HallForm(data if asks_hall else None, units=halls)
    asked: FurtherSitesForm | HallForm = hall_form if asks_hall else form
    if data is not None and asked.is_valid():
        try:
            return _hall(request, one, hall_form) if asks_hall else _make(request, one, form)
        except DomainError as error:
            asked.add_error(None, error.sentence)
    context = {
        "one": one,
        "form": form,
        "hall_form": hall_form,
        "levels": levels,
        "halls": halls,
        "sought": sought,
        "offered": offered,
        "cut": len(offered) == found.FOUND_AT_MOST,
        "key": request.POST.get("key") or uuid.uuid4().hex,
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(one.title, reverse("conference", args=[one.pk])),
            Crumb(_("Thêm điểm cầu")),
        ],
    }
    return render(request, "conferences/further_sites.html", context, status=422 if data is not None else 200)


def _make(request: ActorRequest, one: Conference, form: FurtherSitesForm) -> HttpResponse:
    """Sites for levels and units: here, or by the worker where they are too many for one request."""
    told: dict[str, Any] = form.cleaned_data
    added = jobs.add_or_order(
        one,
        levels=told.get("level") or [],
        units=told.get("unit") or [],
        form=told["site_form"],
        key=request.POST.get("key") or uuid.uuid4().hex,
        by=request.actor,
    )
    if added.work is not None:
        return HttpResponseRedirect(reverse("work", args=[added.work.pk]))
    words = _("Đã thêm %(count)s điểm cầu và báo cho các đơn vị.")
    messages.success(request, words % {"count": format_int(added.count)})
    return HttpResponseRedirect(reverse("conference", args=[one.pk]))


def _hall(request: ActorRequest, one: Conference, form: HallForm) -> HttpResponse:
    told = form.cleaned_data
    unit = access.unit_or_404(request.actor, Can.CONFERENCE_MANAGE, told["hall_unit"])
    made = sites.add_hall(one, unit, name=told["name"], form=told["hall_form"], by=request.actor)
    messages.success(request, _("Đã thêm %(site)s.") % {"site": made.name})
    return HttpResponseRedirect(reverse("site", args=[made.pk]))
