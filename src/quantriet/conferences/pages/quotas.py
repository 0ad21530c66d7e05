"""The yearly quota of conferences: a meter by unit, what a unit decides of it, what is told before a call."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.campaigns.models import Campaign
from quantriet.conferences.commands import quotas as decisions
from quantriet.conferences.forms import CallForm, QuotaForm, SitesForm
from quantriet.conferences.queries import quotas as reads
from quantriet.conferences.quota import REMOTE, Intended
from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

A_PAGE = 50
FIRST_YEAR = 2020


@page(Can.CONFERENCE_READ, write=Can.CONFERENCE_MANAGE)
def quotas(request: ActorRequest) -> HttpResponse:
    """How far each unit is in a year, and the limits of one's own unit for whoever may set them."""
    by, this_year = request.actor, timezone.localdate().year
    unit = access.authority_unit(Unit.objects.select_related("committee").get(pk=by.unit_id))
    asked = request.GET.get("nam", "")
    years = range(this_year + 1, FIRST_YEAR - 1, -1)
    year = int(asked) if asked.isdecimal() and len(asked) == 4 and int(asked) in years else this_year
    limits = reads.limits([unit.pk])[unit.pk]
    data = request.POST if request.method == "POST" else None
    form = QuotaForm(data, initial=vars(limits))
    if data is not None and form.is_valid():
        try:
            decisions.decide(unit, form.limits(), by=by)
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Đã lưu định mức."))
            return HttpResponseRedirect(reverse("conference-quotas"))
    shown = Paginator(reads.units(by, year), A_PAGE).get_page(request.GET.get("page"))
    meters = reads.meters(list(shown), year)
    context = {
        "unit": unit,
        "limits": limits,
        "form": form if access.may(by, Can.CONFERENCE_MANAGE, unit) else None,
        "shown": shown,
        "rows": [(one, meters[one.pk]) for one in shown],
        "year": year,
        "years": years,
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(_("Định mức hội nghị")),
        ],
    }
    return render(request, "conferences/quotas.html", context, status=422 if form.errors else 200)


def foreseen(
    request: ActorRequest, unit: Unit, campaign: Campaign | None, form: CallForm, sites_form: SitesForm
) -> dict[str, Any]:
    """For the page of a call: the meter, what is to be told, and of that what the caller has not yet seen."""
    intended = _intended(campaign, form, sites_form)
    warned = reads.foreseen(unit, campaign, intended)
    seen = request.POST.getlist("seen")
    is_retry = reads.is_called(unit, request.POST.get("key", ""))
    sent_unseen = request.method == "POST" and not is_retry
    return {
        "meter": reads.meter(unit, intended.year),
        "warned": warned,
        "unseen": [one for one in warned if one.sentence not in seen] if sent_unseen else [],
    }


def _intended(campaign: Campaign | None, form: CallForm, sites_form: SitesForm) -> Intended:
    """What was sent; where nothing readable was, what the form offers by itself."""
    if form.is_bound and form.is_valid() and sites_form.is_valid():
        plan, told = form.plan(campaign), sites_form.cleaned_data
        return Intended(
            timezone.localtime(plan.starts_at).year,
            is_online=plan.form in REMOTE or (bool(told["units"]) and told["site_form"] in REMOTE),
            documents=frozenset(line.document_id for line in plan.agenda if line.document_id is not None),
            classes=frozenset(plan.classes),
        )
    documents = campaign.documents.values_list("document_id", flat=True) if campaign is not None else ()
    return Intended(
        form.initial["day"].year,
        is_online=bool(sites_form.fields["units"].initial),
        documents=frozenset(documents),
    )
