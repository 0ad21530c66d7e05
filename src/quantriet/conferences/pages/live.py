"""The live page of a conference: the hall's stream, the agenda with what runs now, the papers.

Watching is not attendance: the page asks the media server alone, and what it plays is told to nobody and kept nowhere.
"""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.conferences import streams
from quantriet.conferences.models import Conference, Incident, Site
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import live as found
from quantriet.core.components import Crumb
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

OWN_SITES = 5


@page(Can.OWN_RECORD)
def live(request: ActorRequest, conference_id: int) -> HttpResponse:
    """The live page; asked for its agenda alone (``phan=chuong-trinh``) it also says when the conference is over."""
    one = access.row_or_404(found.followed(request.actor), conference_id)
    is_over = one.state in found.OVER
    rows = reads.agenda(one)
    context = {"one": one, "is_over": is_over, "points": found.points(one, rows, timezone.now())}
    if request.GET.get("phan") == "chuong-trinh":
        answer = render(request, "conferences/live_agenda.html", context)
        if is_over:
            answer["HX-Trigger"] = "conference-over"
        return answer
    stream = None if is_over else streams.stream_of(one.stream, settings.QUANTRIET.streams)
    context |= {
        "stream": stream,
        "papers": found.papers(rows, request.actor),
        "halls": _halls(request.actor, one),
        "kinds": Incident.Kind.choices,
        "crumbs": _crumbs(request.actor, one),
    }
    answer = render(request, "conferences/live.html", context)
    answer.stream_origin = stream.origin if stream else ""  # type: ignore[attr-defined]  # for the page's policy
    return answer


def _halls(by: Actor, one: Conference) -> list[tuple[Site, bool]]:
    """The sites of his own unit, or else the one it sits at, and whether he records there; a member has none."""
    if not by.can(Can.CONFERENCE_READ):
        return []
    seen = reads.sites(by, Can.CONFERENCE_READ).filter(conference=one)
    halls = list(seen.filter(unit=by.unit_id)[:OWN_SITES]) or list(seen[:1])
    return [(hall, access.may(by, Can.ATTENDANCE_RECORD, hall.unit_id)) for hall in halls]


def _crumbs(by: Actor, one: Conference) -> list[Crumb]:
    if not by.can(Can.CONFERENCE_READ):
        return [Crumb(_("Buổi tôi dự"), reverse("my-sessions")), Crumb(one.title), Crumb(_("Phát trực tiếp"))]
    return [
        Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
        Crumb(one.title, reverse("conference", args=[one.pk])),
        Crumb(_("Phát trực tiếp")),
    ]
