"""Papers sent ahead: the list for who calls the conference, and opening them at a site."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from quantriet.conferences.commands import sent_papers as commands
from quantriet.conferences.models import Conference, SentPaper
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import sent_papers as queries
from quantriet.conferences.sent_paper_forms import SentPapersForm
from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError
from quantriet.documents.models import Material
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

TICKED = 60
"""So many sites can be ticked one by one; of more all are sent to."""
A_PAGE = 100


def _number(told: str) -> int:
    """The number of a row; 0, which is none, for anything else."""
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 18 else 0


@page(Can.CONFERENCE_READ, write=Can.CONFERENCE_MANAGE)
def of_conference(request: ActorRequest, conference_id: int) -> HttpResponse:
    """What goes with the summons: to how many sites, how many have opened it, who has not."""
    mine = access.units(request.actor, Can.CONFERENCE_READ)
    one = access.row_or_404(reads.conferences(request.actor).filter(unit__in=mine), conference_id)
    sites = list(one.sites.order_by("-is_hub", "unit__sort_key", "name", "id")[: TICKED + 1])
    form = SentPapersForm(
        request.POST if request.method == "POST" else None,
        materials=queries.materials(one, request.actor),
        sites=sites if len(sites) <= TICKED else [],
    )
    back = HttpResponseRedirect(reverse("conference-sent-papers", args=[one.pk]))
    if request.method == "POST" and "take_back" in request.POST:
        _take_back(request, one)
        return back
    if request.method == "POST" and form.is_valid():
        try:
            _send(request, one, form)
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            return back
    over = one.state in (Conference.State.CLOSED, Conference.State.CANCELLED)
    manages = access.may(request.actor, Can.CONFERENCE_MANAGE, one.unit_id) and not over
    lines = queries.lines(one)
    context = {
        "one": one,
        "lines": lines,
        "latest": queries.latest(one),
        "is_due": timezone.now() > queries.latest(one),
        "form": form if manages else None,
        "manages": manages,
        **_unopened(request, one),
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(one.title, reverse("conference", args=[one.pk])),
            Crumb(_("Tài liệu gửi trước")),
        ],
    }
    return render(request, "conferences/sent_papers.html", context, status=422 if form.errors else 200)


def _take_back(request: ActorRequest, one: Conference) -> None:
    chosen = _number(request.POST["take_back"])
    paper = access.row_or_404(SentPaper.objects.filter(conference=one).select_related("conference"), chosen)
    commands.take_back(paper, by=request.actor)
    messages.success(request, _("Đã thu lại tài liệu."))


def _send(request: ActorRequest, one: Conference, form: SentPapersForm) -> None:
    told = form.cleaned_data
    sites = told["site"] if "site" in told else list(one.sites.values_list("pk", flat=True))
    count = commands.send(one, told["material"], site_ids=sites, by=request.actor)
    words = ngettext("Đã gửi %(count)s lượt.", "Đã gửi %(count)s lượt.", count) % {"count": count}
    messages.success(request, words if count else _("Các điểm cầu này đã có tài liệu rồi."))


def _unopened(request: ActorRequest, one: Conference) -> dict[str, Any]:
    """The sites that have not opened the paper asked for."""
    asked = _number(request.GET.get("tai_lieu", ""))
    paper = SentPaper.objects.filter(conference=one, pk=asked).select_related("material").first()
    if paper is None:
        return {"paper": None}
    return {
        "paper": paper,
        "shown": Paginator(queries.unopened(paper), A_PAGE).get_page(request.GET.get("page")),
    }


@page(Can.CONFERENCE_READ, write=Can.ATTENDANCE_RECORD)
def open_at_site(request: ActorRequest, site_id: int, material_id: int) -> HttpResponse:
    """Open by a post what the site was sent: the first time is kept. A link to elsewhere is then followed from the
    page of the site, for a form leads nowhere else.
    """
    one = access.row_or_404(reads.sites(request.actor, Can.CONFERENCE_READ), site_id)
    here = HttpResponseRedirect(reverse("site", args=[one.pk]))
    if request.method != "POST":
        return here
    if not commands.open_at(one, material_id, by=request.actor):
        raise access.not_found()
    material = Material.objects.get(pk=material_id)
    if material.link:
        messages.success(request, _("Đã ghi là đã mở. Bấm tên tài liệu để xem."))
        return here
    return HttpResponseRedirect(reverse("material-file", args=[material.document_id, material.pk]))
