"""Shifts: the sittings of a conference, a further one, and who of a site comes to which."""

import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from quantriet.conferences.commands import shifts as commands
from quantriet.conferences.models import Conference, Site
from quantriet.conferences.pages.lists import STATES
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import shifts as queries
from quantriet.conferences.queries import wall as walls
from quantriet.conferences.shift_forms import MembersForm, ShiftForm, words
from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

TICKED = 60
"""So many sites can be ticked one by one; of more all sit in the further shift."""
OVER = (Conference.State.CLOSED, Conference.State.CANCELLED)


@page(Can.CONFERENCE_READ, write=Can.CONFERENCE_MANAGE)
def of_conference(request: ActorRequest, conference_id: int) -> HttpResponse:
    """The shifts of a conference with how many come to each, and a further one."""
    asked = access.row_or_404(reads.conferences(request.actor), conference_id)
    sittings = list(queries.sittings(asked).select_related("campaign"))
    first = sittings[0] if sittings else asked
    manages = access.may(request.actor, Can.CONFERENCE_MANAGE, first.unit_id) and first.state not in OVER
    sites = list(first.sites.order_by("-is_hub", "unit__sort_key", "name", "id")[: TICKED + 1])
    form = _form(request, first, sites if len(sites) <= TICKED else [])
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data.get("site") or list(first.sites.values_list("pk", flat=True))
        if _add(request, first, form, chosen):
            return HttpResponseRedirect(reverse("conference-shifts", args=[first.pk]))
    context = {
        "one": first,
        "sittings": [_shown(request, one) for one in sittings],
        "form": form if manages else None,
        "is_divided": len(sittings) > 1,
        "all_sites": len(sites) > TICKED,
        "own": list(reads.sites(request.actor, Can.ATTENDANCE_READ).filter(conference=first)[:TICKED]),
        "key": request.POST.get("key") or uuid.uuid4().hex,
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(first.title, reverse("conference", args=[first.pk])),
            Crumb(_("Chia ca")),
        ],
    }
    return render(request, "conferences/shifts.html", context, status=422 if form.errors else 200)


def _form(request: ActorRequest, first: Conference, sites: list[Site]) -> ShiftForm:
    """The form of a further shift: usually the same hours a day later."""
    begins, ends = timezone.localtime(first.starts_at), timezone.localtime(first.ends_at)
    usual = {
        "day": begins.date() + timedelta(days=1),
        "begins": begins.strftime("%H:%M"),
        "ends": ends.strftime("%H:%M"),
    }
    return ShiftForm(request.POST if request.method == "POST" else None, sites=sites, initial=usual)


def _add(request: ActorRequest, first: Conference, form: ShiftForm, site_ids: list[int]) -> bool:
    """Order the shift; whether it was done."""
    begins, ends = form.hours()
    key = request.POST.get("key") or uuid.uuid4().hex
    try:
        made = commands.add(first, site_ids, starts_at=begins, ends_at=ends, key=key, by=request.actor)
    except DomainError as error:
        form.add_error(None, error.sentence)
        return False
    messages.success(
        request, _("Đã thêm ca %(number)s. Hãy chia người ở từng điểm cầu.") % {"number": made.shift}
    )
    return True


def _shown(request: ActorRequest, one: Conference) -> dict[str, Any]:
    standing = walls.Standing(one, by=request.actor)
    seen = request.actor.can(Can.ATTENDANCE_READ)
    return {
        "conference": one,
        "shape": STATES[one.state],
        "sums": standing.sums(standing.all) if seen else None,
        "sites": len(standing.rows),
    }


@page(Can.ATTENDANCE_READ, write=Can.ATTENDANCE_RECORD)
def of_site(request: ActorRequest, site_id: int) -> HttpResponse:
    """The people of a site and the shift each comes to; tick some and move them, or divide every unit evenly."""
    rows = reads.sites(request.actor, Can.ATTENDANCE_READ)
    mine = access.units(request.actor, Can.ATTENDANCE_READ)
    site = access.row_or_404(rows.filter(unit__in=mine), site_id)
    together = list(queries.sites_together(site))
    running = [one for one in together if one.conference.state not in OVER]
    people = queries.comers(site)
    form = MembersForm(request.POST if request.method == "POST" else None, sites=running, people=people)
    further = _form(request, together[0].conference if together else site.conference, [])
    error = ""
    if request.method == "POST":
        error = _done(request, site, running, form, further)
        if not error:
            return HttpResponseRedirect(reverse("site-shifts", args=[site.pk]))
    counted = Counter(comer.conference_id for comer in people)
    shift_of = {one.conference_id: words(one) for one in together}
    context = {
        "site": site,
        "shifts": [
            {
                "site": one,
                "words": words(one),
                "count": counted[one.conference_id],
                "is_running": one in running,
            }
            for one in together
        ],
        "people": [(one, shift_of.get(one.conference_id, "")) for one in people],
        "error": error,
        "may_move": len(running) > 1 and access.may(request.actor, Can.ATTENDANCE_RECORD, site.unit_id),
        "further": further if _may_add(request, site) else None,
        "key": request.POST.get("key") or uuid.uuid4().hex,
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(site.name, reverse("site", args=[site.pk])),
            Crumb(_("Chia ca")),
        ],
    }
    return render(request, "conferences/shifts_site.html", context, status=422 if error else 200)


def _may_add(request: ActorRequest, site: Site) -> bool:
    first = site.conference.shift_of or site.conference
    managed = (first.unit_id, site.unit_id)
    return first.state not in OVER and any(
        access.may(request.actor, Can.CONFERENCE_MANAGE, unit_id) for unit_id in managed
    )


def _done(
    request: ActorRequest, site: Site, running: list[Site], form: MembersForm, further: ShiftForm
) -> str:
    """Do what was asked; the sentence of what refuses it, or nothing."""
    what = request.POST.get("what", "")
    try:
        if what == "add":
            return _added(request, site, further)
        if what == "spread":
            count = commands.spread(site, by=request.actor)
            _tell(request, count)
            return ""
        if not form.is_valid():
            return " ".join(str(words) for some in form.errors.values() for words in some)
        to = next(one for one in running if one.pk == form.cleaned_data["to"])
        _tell(request, commands.assign(to, form.cleaned_data["person"], by=request.actor))
    except DomainError as refused:
        return str(refused.sentence)
    return ""


def _added(request: ActorRequest, site: Site, further: ShiftForm) -> str:
    if not further.is_valid():
        return " ".join(str(words) for some in further.errors.values() for words in some)
    first = site.conference.shift_of or site.conference
    if _add(request, first, further, [site.shift_of_id or site.pk]):
        return ""
    return " ".join(str(words) for words in further.non_field_errors())


def _tell(request: ActorRequest, count: int) -> None:
    text = ngettext("Đã xếp ca cho %(count)s người.", "Đã xếp ca cho %(count)s người.", count)
    messages.success(request, text % {"count": count})
