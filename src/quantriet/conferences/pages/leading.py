"""Who chaired and who taught, by unit and year; every count opens to the conferences led by a deputy."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.conferences.queries import leading
from quantriet.core.components import Crumb
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

A_PAGE = 50
FIRST_YEAR = 2020


@page(Can.CONFERENCE_READ)
def led(request: ActorRequest) -> HttpResponse:
    """Counts by unit, then the conferences a deputy chaired or taught at, with the reason given."""
    by, this_year = request.actor, timezone.localdate().year
    asked = request.GET.get("nam", "")
    years = range(this_year, FIRST_YEAR - 1, -1)
    year = int(asked) if asked.isdecimal() and len(asked) == 4 and int(asked) in years else this_year
    shown = Paginator(leading.units(by, year), A_PAGE).get_page(request.GET.get("page"))
    deputies = list(leading.by_deputies(by, year)[: A_PAGE + 1])
    context = {
        "shown": shown,
        "rows": leading.counts(by, year, {unit.pk: unit for unit in shown}),
        "deputies": deputies[:A_PAGE],
        "more": len(deputies) > A_PAGE,
        "year": year,
        "years": years,
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(_("Ai chủ trì, ai truyền đạt")),
        ],
    }
    return render(request, "conferences/leading.html", context)
