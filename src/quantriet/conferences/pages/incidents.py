"""The log of incidents of a conference: where, what, from when to when, what helped, who told."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.conferences.models import Incident
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import incidents
from quantriet.core.components import Crumb
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

A_PAGE = 100


@page(Can.CONFERENCE_READ)
def log(request: ActorRequest, conference_id: int) -> HttpResponse:
    """What went wrong, what is still wrong first, with whom to call."""
    one = access.row_or_404(reads.conferences(request.actor), conference_id)
    shown = Paginator(incidents.log(one, by=request.actor), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "one": one,
        "shown": shown,
        "rows": [(incident, lasted(incident)) for incident in shown],
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(one.title, reverse("conference", args=[one.pk])),
            Crumb(_("Nhật ký sự cố")),
        ],
    }
    return render(request, "conferences/incidents.html", context)


def lasted(incident: Incident) -> str:
    """How long it lasted, or lasts until now: `3 phút`."""
    until = incident.to_at or timezone.now()
    minutes = max(timedelta(0), until - incident.from_at) // timedelta(minutes=1)
    if minutes < 60:
        return _("%(count)s phút") % {"count": minutes}
    return _("%(hours)s giờ %(minutes)s phút") % {"hours": minutes // 60, "minutes": minutes % 60}
