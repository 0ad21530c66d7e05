"""The list of documents, one document, its print view and its original file."""

from typing import Any, cast

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.core.components import Action
from quantriet.documents import beside, files, queries
from quantriet.documents.choices import State
from quantriet.documents.forms import FilterForm
from quantriet.documents.models import Document, DocumentVersion
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

ROWS = 30


@page(Can.DOCUMENT_READ)
def documents(request: ActorRequest) -> HttpResponse:
    """Every document I may read, newest first, with search and filters that stand in the address."""
    form = FilterForm(request.GET)
    found = queries.visible_documents(request.actor)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = queries.search(found, chosen.get("q", ""))
    for name in ("kind", "state"):
        if chosen.get(name):
            found = found.filter(**{name: chosen[name]})
    shown = Paginator(queries.listed(found), ROWS).get_page(request.GET.get("page"))
    may_enter = request.actor.can(Can.DOCUMENT_MANAGE)
    words = {
        "form": form,
        "shown": shown,
        "is_filtered": any(chosen.values()),
        "may_enter": may_enter,
        "actions": [Action(_("Nhập văn bản"), reverse("document-drop"), "upload", "primary")]
        if may_enter
        else [],
    }
    return render(request, "documents/documents.html", words)


@page(Can.DOCUMENT_READ)
def document(request: ActorRequest, document_id: int) -> HttpResponse:
    """One document: its clauses with anchors, materials for me, who has received it."""
    found = readable(request, document_id)
    return render(request, "documents/document.html", _shown(request, found))


def readable(request: ActorRequest, document_id: int) -> Document:
    """A document the actor may read, with what its page shows; else the answer for what does not exist."""
    return access.row_or_404(queries.opened(queries.visible_documents(request.actor)), document_id)


def _shown(request: ActorRequest, found: Document) -> dict[str, Any]:
    actor = request.actor
    may_manage = access.may(actor, Can.DOCUMENT_MANAGE, found.owner_id)
    is_published = found.state == State.PUBLISHED
    own = Unit.objects.filter(pk=actor.unit_id).first()
    asks_receipt = (
        is_published
        and own is not None
        and access.may(actor, Can.OBLIGATION_FULFIL, own)
        and queries.receivers(found).filter(pk=own.pk).exists()
    )
    handed_out = list(queries.materials(found, actor))
    return {
        "document": found,
        "clauses": list(found.clauses.all()),
        "versions": list(found.versions.all()),
        "relations": queries.readable_relations(found, actor),
        "materials": handed_out,
        "may_manage": may_manage,
        "may_attach": actor.can(Can.DOCUMENT_MANAGE) and found.state != State.WITHDRAWN,
        "is_draft": found.state == State.DRAFT,
        "is_published": is_published,
        "asks_receipt": asks_receipt,
        "receipt": found.receipts.filter(unit=own).first() if asks_receipt else None,
        "delivery": queries.delivery(found, actor) if is_published and actor.can(Can.UNIT_READ) else [],
        "attached_here": set(
            access.units(actor, Can.DOCUMENT_MANAGE)
            .filter(pk__in={material.unit_id for material in handed_out})
            .values_list("pk", flat=True)
        ),
        "crumbs": [(pgettext("place", "Văn bản"), reverse("documents")), (found.number, "")],
        "tabs": beside.tabs(found.pk, actor, active="document"),
        "actions": _actions(found, may_manage=may_manage),
    }


def _actions(found: Document, *, may_manage: bool) -> list[Action]:
    actions = [Action(_("In"), reverse("document-print", args=(found.pk,)), "printer")]
    if may_manage and found.state != State.WITHDRAWN:
        actions.insert(0, Action(_("Sửa"), reverse("document-edit", args=(found.pk,)), "pencil"))
    return actions


@page(Can.DOCUMENT_READ)
def document_print(request: ActorRequest, document_id: int) -> HttpResponse:
    """The document as a paper."""
    found = readable(request, document_id)
    words = {
        "document": found,
        "clauses": list(found.clauses.all()),
        "back_href": reverse("document", args=(found.pk,)),
    }
    return render(request, "documents/print.html", words)


@page(Can.DOCUMENT_READ)
def document_file(request: ActorRequest, document_id: int, version_id: int) -> HttpResponse:
    """The original file of a document that the actor may read, always to be saved, never shown in the page."""
    found = access.row_or_404(queries.visible_documents(request.actor), document_id)
    version = access.row_or_404(DocumentVersion.objects.filter(document=found), version_id)
    return attachment(version.file_hash, version.file_name, version.media_type)


def attachment(sha256: str, name: str, media_type: str) -> HttpResponse:
    """A kept file as an attachment: browsers neither guess its type nor run anything in it."""
    response = FileResponse(
        files.open_kept(sha256), as_attachment=True, filename=name, content_type=media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    return cast("HttpResponse", response)  # a stream has all a door asks of an answer
