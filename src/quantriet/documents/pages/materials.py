"""Materials of a document: attach, take away, download."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.core.errors import DomainError
from quantriet.documents import drops, queries
from quantriet.documents.commands import materials
from quantriet.documents.commands.materials import Handout
from quantriet.documents.forms import MaterialForm
from quantriet.documents.models import Document, Material
from quantriet.documents.pages.entry import show_beside
from quantriet.documents.pages.papers import attachment, readable
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def material_attach(request: ActorRequest, document_id: int) -> HttpResponse:
    """Attach an outline, reading, summary or link at my unit."""
    found = readable(request, document_id)
    form = MaterialForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            _attach(request, found, form)
        except DomainError as error:
            show_beside(form, error)
        else:
            messages.success(request, _("Đã thêm tài liệu."))
            return HttpResponseRedirect(reverse("document", args=(found.pk,)))
    words = {
        "document": found,
        "form": form,
        "crumbs": [
            (pgettext("place", "Văn bản"), reverse("documents")),
            (found.number, reverse("document", args=(found.pk,))),
            (_("Thêm tài liệu"), ""),
        ],
    }
    return render(request, "documents/material.html", words, status=422 if form.errors else 200)


def _attach(request: ActorRequest, found: Document, form: MaterialForm) -> None:
    data = form.cleaned_data
    unit = access.authority_unit(Unit.objects.select_related("committee").get(pk=request.actor.unit_id))
    access.require(request.actor, Can.DOCUMENT_MANAGE, unit)
    upload = data["file"]
    kept = drops.handout(upload.read(), upload.name or "") if upload else None
    handout = Handout(data["kind"], data["title"], data["audiences"], kept, data["link"])
    materials.attach(found, handout, unit=unit, by=request.actor)


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def material_detach(request: ActorRequest, material_id: int) -> HttpResponse:
    """Take a material away by a post."""
    mine = access.units(request.actor, Can.DOCUMENT_MANAGE).values("pk")
    bounded = Material.objects.filter(unit__in=mine).select_related("document")
    found = access.row_or_404(bounded, material_id)
    if request.method == "POST":
        materials.detach(found, by=request.actor)
        messages.success(request, _("Đã gỡ tài liệu."))
    return HttpResponseRedirect(reverse("document", args=(found.document_id,)))


@page(Can.DOCUMENT_READ)
def material_file(request: ActorRequest, document_id: int, material_id: int) -> HttpResponse:
    """The file of a material that is for the actor."""
    document = access.row_or_404(queries.visible_documents(request.actor), document_id)
    bounded = queries.materials(document, request.actor).exclude(file_hash="")
    found = access.row_or_404(bounded, material_id)
    return attachment(found.file_hash, found.file_name, found.media_type)
