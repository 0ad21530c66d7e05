"""The page of a site: ready, connected, what went wrong; whose people sit there."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.conferences import rooms
from quantriet.conferences.commands import sites
from quantriet.conferences.forms import SeatingForm, SiteForm
from quantriet.conferences.models import Conference, Incident, Site
from quantriet.conferences.pages.wall import last_words, present_words, test_words
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import rooms as video
from quantriet.conferences.queries import roster, sent_papers
from quantriet.conferences.queries import wall as walls
from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can


@page(Can.CONFERENCE_READ)
def site(request: ActorRequest, site_id: int) -> HttpResponse:
    """One site: whom to call, how it stands, what to do there."""
    one = access.row_or_404(reads.sites(request.actor, Can.CONFERENCE_READ), site_id)
    reads_people = access.may(request.actor, Can.ATTENDANCE_READ, one.unit_id)
    (cell,) = walls.Standing(one.conference, by=request.actor).cells([one])
    context = {
        "site": one,
        "conference": one.conference,
        "cell": cell,
        "figures": present_words(cell.present, cell.summoned),
        "is_before": one.conference.state in (Conference.State.PLANNED, Conference.State.OPEN),
        "test_words": test_words(cell),
        "last": last_words(cell.last_at),
        "papers": sent_papers.at(one),
        "presence": video.presence(one),
        "incidents": one.incidents.order_by("-from_at", "-id"),
        "kinds": Incident.Kind.choices,
        "units": one.site_units.select_related("unit").order_by("unit__sort_key", "id")[:50],
        "expected": roster.expected_count(one) if reads_people else None,
        "reads_people": reads_people,
        "may_record": access.may(request.actor, Can.ATTENDANCE_RECORD, one.unit_id),
        "keeps_costs": access.may(request.actor, Can.CONFERENCE_MANAGE, one.unit_id),
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(one.conference.title, reverse("conference", args=[one.conference_id])),
            Crumb(one.name),
        ],
    }
    return render(request, "conferences/site.html", context)


@page(Can.CONFERENCE_READ)
def join(request: ActorRequest, site_id: int) -> HttpResponse:
    """Into the room of the conference: a link made for who comes and for now. Whoever records at the site comes as the
    site, anybody else under his own name; the clerk of the hub moderates.
    """
    one = access.row_or_404(reads.sites(request.actor, Can.CONFERENCE_READ), site_id)
    address = one.join_link or one.conference.join_link
    if not address:
        raise DomainError(
            "site.no_link", _("Điểm cầu chưa có đường dẫn họp trực tuyến. Hãy ghi đường dẫn ở mục Sửa.")
        )
    is_clerk = access.may(request.actor, Can.ATTENDANCE_RECORD, one.unit_id)
    guest = rooms.Guest(
        key=f"site-{one.pk}" if is_clerk else f"account-{request.actor.account_id}",
        name=one.name if is_clerk else request.actor.name,
        is_moderator=is_clerk and one.is_hub,
    )
    room = rooms.room_of(address, settings.QUANTRIET.jitsi)
    return HttpResponseRedirect(room.link(guest, now=timezone.now()))


def _own(request: ActorRequest, site_id: int) -> Site:
    rows = reads.sites(request.actor, Can.ATTENDANCE_RECORD)
    return access.row_or_404(
        rows.filter(unit__in=access.units(request.actor, Can.ATTENDANCE_RECORD)), site_id
    )


@page(Can.CONFERENCE_READ, write=Can.ATTENDANCE_RECORD)
def report(request: ActorRequest, site_id: int) -> HttpResponse:
    """The site's word: ready, connected, something wrong, it works again."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("site", args=[site_id]))
    one = _own(request, site_id)
    what = request.POST.get("what", "")
    if what == "incident":
        sites.begin_incident(one, kind=request.POST.get("kind", ""), by=request.actor)
    elif what == "solved":
        chosen = request.POST.get("incident", "")
        pk = int(chosen) if chosen.isdecimal() and len(chosen) < 18 else 0
        incident = access.row_or_404(Incident.objects.filter(site=one).select_related("site"), pk)
        sites.end_incident(incident, remedy=request.POST.get("remedy", ""), by=request.actor)
    else:
        sites.report(one, state=what, by=request.actor)
    return HttpResponseRedirect(reverse("site", args=[one.pk]))


@page(Can.ATTENDANCE_RECORD, write=Can.ATTENDANCE_RECORD)
def describe(request: ActorRequest, site_id: int) -> HttpResponse:
    """Place, seats, clerk, telephone and link of a site."""
    one = _own(request, site_id)
    names = (
        "name", "place", "capacity", "clerk", "phone", "chair", "technician", "technician_phone", "monitor", "form",
        "join_link",
    )  # fmt: skip
    data = request.POST if request.method == "POST" else None
    initial = {name: getattr(one, name) for name in names} | {"facility": str(one.facility_id or "")}
    form = SiteForm(data, halls=list(one.unit.facilities.order_by("name", "id")), initial=initial)
    if data is not None and form.is_valid():
        try:
            sites.describe(one, form.details(), by=request.actor)
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Đã lưu."))
            return HttpResponseRedirect(reverse("site", args=[one.pk]))
    context = {
        "form": form,
        "site": one,
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(one.name, reverse("site", args=[one.pk])),
            Crumb(_("Sửa")),
        ],
    }
    return render(request, "conferences/describe.html", context, status=422 if data is not None else 200)


@page(Can.CONFERENCE_MANAGE, write=Can.CONFERENCE_MANAGE)
def seating(request: ActorRequest, conference_id: int) -> HttpResponse:
    """Whose people sit where: tick units, choose the site that receives them."""
    one = access.row_or_404(reads.managed(request.actor), conference_id)
    seats = reads.seating(one, request.actor)
    halls = list(one.sites.order_by("-is_hub", "unit__sort_key", "name", "id"))
    form = SeatingForm(
        request.POST or None, sites=halls, units=[seat.unit for seat in seats], initial=request.GET.dict()
    )
    if request.method == "POST" and form.is_valid():
        chosen = next(hall for hall in halls if hall.pk == form.cleaned_data["site"])
        moved = sites.assign(chosen, form.cleaned_data["unit"], by=request.actor)
        told = {"count": moved, "site": chosen.name}
        messages.success(request, _("Đã xếp %(count)s đơn vị về %(site)s.") % told)
        return HttpResponseRedirect(reverse("conference-seating", args=[one.pk]))
    seated = {seat.site.pk for seat in seats if seat.site is not None}
    context = {
        "form": form,
        "one": one,
        "seats": seats,
        "empty": [hall.name for hall in halls if hall.pk not in seated],
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(one.title, reverse("conference", args=[one.pk])),
            Crumb(_("Xếp đơn vị vào điểm cầu")),
        ],
    }
    return render(request, "conferences/seating.html", context, status=422 if form.errors else 200)
