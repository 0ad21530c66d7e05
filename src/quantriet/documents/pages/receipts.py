"""Receipts: my unit says that it has a document; who below has not."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.documents import queries
from quantriet.documents.choices import State
from quantriet.documents.commands import receipts
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

ROWS = 50


@page(Can.DOCUMENT_READ, write=Can.OBLIGATION_FULFIL)
def document_acknowledge(request: ActorRequest, document_id: int) -> HttpResponse:
    """Say for my unit that the document has arrived, by a post."""
    found = access.row_or_404(queries.visible_documents(request.actor), document_id)
    if request.method == "POST":
        unit = Unit.objects.get(pk=request.actor.unit_id)
        receipts.acknowledge([found], unit=unit, by=request.actor)
        messages.success(request, _("Đã ghi nhận: {unit} đã nhận văn bản.").format(unit=unit.name))
    return HttpResponseRedirect(reverse("document", args=(found.pk,)))


@page(Can.UNIT_READ)
def document_receipts(request: ActorRequest, document_id: int) -> HttpResponse:
    """How far the document has come, by level, and the units that have not said so."""
    bounded = queries.visible_documents(request.actor).filter(state=State.PUBLISHED)
    found = access.row_or_404(bounded.select_related("owner"), document_id)
    shown = Paginator(queries.missing(found, request.actor), ROWS).get_page(request.GET.get("page"))
    words = {
        "document": found,
        "delivery": queries.delivery(found, request.actor),
        "shown": shown,
        "crumbs": [
            (pgettext("place", "Văn bản"), reverse("documents")),
            (found.number, reverse("document", args=(found.pk,))),
            (_("Tiếp nhận"), ""),
        ],
    }
    return render(request, "documents/receipts.html", words)
