"""One conference: calling it, its page, changing it, claims to settle."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.campaigns import queries as campaign_queries
from quantriet.campaigns.models import Campaign
from quantriet.conferences.commands import conferences, sites
from quantriet.conferences.forms import AGENDA_LINES, DISCUSSION, CallForm, ChangeForm, SitesForm
from quantriet.conferences.models import Conference
from quantriet.conferences.pages import both_texts, quotas
from quantriet.conferences.pages.lists import STATES
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import conflicts as claims
from quantriet.conferences.queries import further_sites
from quantriet.conferences.queries import wall as walls
from quantriet.core.components import Crumb
from quantriet.core.errors import ConflictError, DomainError
from quantriet.documents.models import Document
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

MINUTES_DIGITS = 3
MAX_DIGITS = 10
OWN_SITES = 5
"""So many sites of one's own unit stand on the conference's page; it has one, seldom two."""


def _own_unit(request: ActorRequest) -> Unit:
    unit = Unit.objects.select_related("committee").get(pk=request.actor.unit_id)
    return access.authority_unit(unit)


def _campaigns(request: ActorRequest) -> list[Campaign]:
    return list(campaign_queries.campaigns(request.actor).filter(state=Campaign.State.ACTIVE)[:50])


def _documents(campaign: Campaign | None) -> list[tuple[int, str]]:
    if campaign is None:
        return []
    return _named(campaign.documents.order_by("position").values_list("document_id", flat=True))


def _documents_of(one: Conference) -> list[tuple[int, str]]:
    """Those of the campaign, and what stands on the agenda besides."""
    offered = _documents(one.campaign)
    on_agenda = one.agenda.filter(document__isnull=False).order_by("position")
    besides = set(on_agenda.values_list("document_id", flat=True)) - dict(offered).keys()
    return [*offered, *_named(sorted(besides))]


def _named(ids: Iterable[int]) -> list[tuple[int, str]]:
    found = Document.objects.in_bulk(list(ids))
    return [(pk, f"{found[pk].number}: {found[pk].abstract[:120]}") for pk in ids if pk in found]


@page(Can.CONFERENCE_MANAGE, write=Can.CONFERENCE_MANAGE)
def call(request: ActorRequest) -> HttpResponse:
    """Call a conference: first which campaign, then one page with sites for all subordinate units chosen."""
    unit = _own_unit(request)
    running = _campaigns(request)
    asked = request.POST.get("campaign", request.GET.get("dot"))
    if asked is None and running:
        return render(request, "conferences/call_which.html", {"campaigns": running, "unit": unit})
    campaign = next((one for one in running if str(one.pk) == asked), None)
    if asked and asked != "0" and campaign is None:
        raise access.not_found()
    documents = _documents(campaign)
    below = list(reads.subordinate_units(unit))
    data = request.POST if request.method == "POST" else None
    halls = list(unit.facilities.order_by("name", "id"))
    form = CallForm(data, documents=documents, halls=halls, initial=_usual(campaign, documents))
    sites_form = SitesForm(data, units=below)
    foreseen = quotas.foreseen(request, unit, campaign, form, sites_form)
    if request.method == "POST" and form.is_valid() and sites_form.is_valid() and not foreseen["unseen"]:
        try:
            made = conferences.call(
                unit, form.plan(campaign), key=request.POST.get("key", uuid.uuid4().hex), by=request.actor
            )
            chosen = sites_form.cleaned_data["units"]
            if chosen:
                sites.add_for_units(made, chosen, form=sites_form.cleaned_data["site_form"], by=request.actor)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(
                request, _("Đã triệu tập. Hãy in giấy triệu tập và gửi đường dẫn cho các điểm cầu.")
            )
            return HttpResponseRedirect(reverse("conference", args=[made.pk]))
    context = {
        **foreseen,
        "form": form,
        "sites_form": sites_form,
        "campaign": campaign,
        "unit": unit,
        "below": below,
        "key": request.POST.get("key") or uuid.uuid4().hex,
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(_("Triệu tập hội nghị")),
        ],
    }
    return render(request, "conferences/call.html", context, status=422 if data is not None else 200)


def _usual(campaign: Campaign | None, documents: list[tuple[int, str]]) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "day": timezone.localdate() + timedelta(days=7),
        "begins": "07:30",
        "ends": "11:00",
    }
    if campaign is not None:
        usual["title"] = _("Hội nghị %(title)s") % {"title": campaign.title}
    for at, (pk, words) in enumerate(documents[:AGENDA_LINES]):
        usual |= {f"point_{at}": words.partition(": ")[2], f"document_{at}": str(pk), f"minutes_{at}": 60}
    return usual


@page(Can.CONFERENCE_READ)
def conference(request: ActorRequest, conference_id: int) -> HttpResponse:
    """One conference: when, agenda, sites, papers; what its manager does next."""
    one = access.row_or_404(reads.conferences(request.actor), conference_id)
    seen = reads.sites(request.actor, Can.CONFERENCE_READ).filter(conference=one)
    own = list(seen.filter(unit=request.actor.unit_id)[:OWN_SITES]) or list(seen[:1])
    manages = access.may(request.actor, Can.CONFERENCE_MANAGE, one.unit_id)
    standing = walls.Standing(one, by=request.actor)
    context = {
        "one": one,
        "shape": STATES[one.state],
        "agenda": reads.agenda(one),
        "sums": standing.sums(standing.all) if request.actor.can(Can.ATTENDANCE_READ) else None,
        "own": own,
        "manages": manages,
        "may_record": request.actor.can(Can.ATTENDANCE_RECORD),
        "moderates": len(standing.all) > 1 and access.may(request.actor, Can.ATTENDANCE_RECORD, one.unit_id),
        "conflicts": claims.waiting(one).count() if manages else 0,
        "adds_sites": one.kind == Conference.Kind.CONFERENCE and further_sites.may_add(one, request.actor),
        "over": one.state in (Conference.State.CLOSED, Conference.State.CANCELLED),
        "begun": reads.is_begun(one),
        "has_sites": len(standing.all) > 1,
        "is_hybrid": reads.is_hybrid(one),
        "crumbs": [Crumb(pgettext("place", "Hội nghị"), reverse("conferences")), Crumb(one.title)],
    }
    return render(request, "conferences/conference.html", context)


@page(Can.CONFERENCE_READ, write=Can.CONFERENCE_MANAGE)
def act(request: ActorRequest, conference_id: int) -> HttpResponse:
    """Open, close or cancel; a look leads back to the page."""
    one = access.row_or_404(reads.conferences(request.actor), conference_id)
    if request.method == "POST":
        _do(request, one)
    return HttpResponseRedirect(reverse("conference", args=[one.pk]))


def _do(request: ActorRequest, one: Conference) -> None:
    what = request.POST.get("what")
    if what == "open":
        conferences.open_(one, by=request.actor)
    elif what == "close":
        conferences.close(one, actual_minutes=_minutes(request, one), by=request.actor)
        messages.success(request, _("Đã kết thúc. Các đơn vị đã dự được ghi nhận hoàn thành việc hội nghị."))
    elif what == "minutes":
        conferences.correct_minutes(one, _minutes(request, one), by=request.actor)
        messages.success(request, _("Đã lưu số phút thực tế."))
    elif what == "cancel":
        conferences.cancel(one, reason=request.POST.get("reason", ""), by=request.actor)
    elif what == "renew":
        conferences.renew_codes(one, by=request.actor)
        messages.success(request, _("Mã cũ không dùng được nữa. Hãy in lại thẻ."))


def _minutes(request: ActorRequest, one: Conference) -> list[int | None]:
    """How long each point took, as typed; an empty field is not known."""
    return [
        _told_minutes(request.POST.get(f"minutes_{item.position}", "").strip()) for item in reads.agenda(one)
    ]


def _told_minutes(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > MINUTES_DIGITS:
        raise DomainError(
            "agenda.minutes",
            _("“{text}” không phải số phút. Chưa lưu gì; hãy ghi số từ 0 đến 999 hoặc để trống.").format(
                text=text[:20]
            ),
        )
    return int(text)


@page(Can.CONFERENCE_MANAGE, write=Can.CONFERENCE_MANAGE)
def change(request: ActorRequest, conference_id: int) -> HttpResponse:
    """Change what was called; where somebody else changed it in between, both texts stand side by side to choose."""
    one = access.row_or_404(reads.managed(request.actor), conference_id)
    documents = _documents_of(one)
    data = request.POST if request.method == "POST" else None
    form = ChangeForm(data, documents=documents, points=one.agenda.count(), initial=_as_told(one))
    version = str(one.version) if data is None else data.get("version", "")
    conflict: ConflictError | None = None
    if data is not None and form.is_valid():
        try:
            plan = form.plan(one.campaign)
            seen = int(version) if version.isdecimal() and len(version) < MAX_DIGITS else 0
            conferences.change(one, plan, version=seen, by=request.actor)
        except ConflictError as error:
            conflict = error
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Đã lưu."))
            return HttpResponseRedirect(reverse("conference", args=[one.pk]))
    context = {
        "form": form,
        "one": one,
        "version": version,
        "conflict": conflict,
        "both": both_texts.differences(conflict, form, documents) if conflict else [],
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(one.title, reverse("conference", args=[one.pk])),
            Crumb(_("Sửa")),
        ],
    }
    status = conflict.status if conflict else 200 if data is None else 422
    return render(request, "conferences/change.html", context, status=status)


def _as_told(one: Conference) -> dict[str, Any]:
    begins, ends = timezone.localtime(one.starts_at), timezone.localtime(one.ends_at)
    told: dict[str, Any] = {
        name: getattr(one, name)
        for name in (
            "title",
            "form",
            "classes",
            "chair",
            "head_chaired",
            "head_taught",
            "deputy_reason",
            "join_link",
            "stream",
        )
    }
    told |= {"day": begins.date(), "begins": begins.strftime("%H:%M"), "ends": ends.strftime("%H:%M")}
    for at, item in enumerate(one.agenda.order_by("position")[:AGENDA_LINES]):
        told |= {
            f"point_{at}": item.title,
            f"document_{at}": DISCUSSION if item.is_discussion else str(item.document_id or ""),
            f"minutes_{at}": item.planned_minutes,
            f"presenter_{at}": item.presenter,
        }
    return told
