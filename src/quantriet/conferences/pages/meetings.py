"""Cell meetings, the light kind: presence, content, remarks, minutes."""

import uuid
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
from quantriet.conferences.commands import conferences, meetings
from quantriet.conferences.forms import MeetingForm, MinutesForm, RemarkForm
from quantriet.conferences.models import Conference, Site
from quantriet.conferences.pages.roll_call import site_of, tally
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import roster
from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


@page(Can.CONFERENCE_MANAGE, write=Can.CONFERENCE_MANAGE)
def new(request: ActorRequest) -> HttpResponse:
    """Note a cell meeting: a title, when, where."""
    unit = access.authority_unit(Unit.objects.select_related("committee").get(pk=request.actor.unit_id))
    running = list(campaign_queries.campaigns(request.actor).filter(state=Campaign.State.ACTIVE)[:50])
    now = timezone.localtime()
    data = request.POST if request.method == "POST" else None
    form = MeetingForm(
        data, campaigns=running, initial={"day": now.date(), "begins": "19:30", "ends": "21:00"}
    )
    if data is not None and form.is_valid():
        campaign = next((one for one in running if str(one.pk) == form.cleaned_data["campaign"]), None)
        try:
            made = conferences.call(
                unit, form.plan(campaign), key=request.POST.get("key", uuid.uuid4().hex), by=request.actor
            )
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            hub = Site.objects.get(conference=made, is_hub=True)
            return HttpResponseRedirect(reverse("site-roll-call", args=[hub.pk]))
    context = {
        "form": form,
        "unit": unit,
        "key": request.POST.get("key") or uuid.uuid4().hex,
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(_("Sinh hoạt chi bộ")),
        ],
    }
    return render(request, "conferences/meeting_new.html", context, status=422 if data is not None else 200)


@page(Can.ATTENDANCE_READ, write=Can.ATTENDANCE_RECORD)
def minutes(request: ActorRequest, site_id: int) -> HttpResponse:
    """Content, remarks and minutes of a conference, written at one of its sites."""
    site = site_of(request, site_id, Can.ATTENDANCE_READ)
    conference = site.conference
    rows = roster.of_site(site)
    people = [(row.person_id, row.full_name) for row in rows if row.state in ("present", "late")]
    writes_minutes = access.may(request.actor, Can.ATTENDANCE_RECORD, conference.unit_id)
    minutes_form, remark_form = _minutes_form(None, conference), RemarkForm(people=people)
    theirs: dict[str, Any] | None = None
    failed = False
    if request.method == "POST":
        try:
            if request.POST.get("what") == "remark":
                remark_form = RemarkForm(request.POST, people=people)
                done = _remark(request, site, remark_form)
            else:
                minutes_form = _minutes_form(request, conference)
                done = _write(request, conference, minutes_form)
        except DomainError as error:
            theirs = error.context.get("theirs")
            minutes_form.add_error(None, error.sentence) if minutes_form.is_bound else remark_form.add_error(
                None, error.sentence
            )
            done = False
        if done:
            return HttpResponseRedirect(reverse("site-minutes", args=[site.pk]))
        failed = True
    context = {
        "site": site,
        "conference": conference,
        "form": minutes_form,
        "remark_form": remark_form,
        "remarks": reads.remarks_at(site),
        "tally": tally(rows),
        "writes_minutes": writes_minutes,
        "may_record": access.may(request.actor, Can.ATTENDANCE_RECORD, site.unit_id),
        "theirs": theirs,
        "key": uuid.uuid4().hex,
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(conference.title, reverse("conference", args=[conference.pk])),
            Crumb(_("Biên bản")),
        ],
    }
    return render(request, "conferences/minutes.html", context, status=422 if failed else 200)


def _minutes_form(request: ActorRequest | None, conference: Conference) -> MinutesForm:
    if request is not None:
        return MinutesForm(request.POST)
    return MinutesForm(
        initial={"content": conference.content, "minutes": conference.minutes, "version": conference.version}
    )


def _remark(request: ActorRequest, site: Site, form: RemarkForm) -> bool:
    if not form.is_valid():
        return False
    author = form.cleaned_data["author"]
    meetings.remark(
        site.conference,
        site.unit,
        text=form.cleaned_data["text"],
        author_id=int(author) if author else None,
        key=request.POST.get("key", uuid.uuid4().hex),
        by=request.actor,
    )
    messages.success(request, _("Đã ghi ý kiến."))
    return True


def _write(request: ActorRequest, conference: Conference, form: MinutesForm) -> bool:
    if not form.is_valid():
        return False
    told = form.cleaned_data
    meetings.write_minutes(
        conference,
        content=told["content"],
        minutes=told["minutes"],
        version=told["version"],
        by=request.actor,
    )
    messages.success(request, _("Đã lưu biên bản."))
    return True
