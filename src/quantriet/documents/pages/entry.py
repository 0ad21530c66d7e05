"""Entering a document: drop a file, look at what was recognised, correct, keep, publish, withdraw."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.core.errors import ConflictError, DomainError
from quantriet.documents import drops, queries
from quantriet.documents.choices import RelationKind
from quantriet.documents.commands import clauses, papers
from quantriet.documents.forms import DropForm, EntryForm, ReasonForm, entry_of_document, entry_of_reading
from quantriet.documents.models import Document
from quantriet.documents.reading.paper import Reading
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def document_drop(request: ActorRequest) -> HttpResponse:
    """Drop a .docx or .pdf, or paste the text; what was recognised is shown to be corrected."""
    form = DropForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _review_of(request, form)
        except DomainError as error:
            form.add_error("file" if form.cleaned_data["file"] else "text", error.sentence)
    words = {
        "form": form,
        "crumbs": [(pgettext("place", "Văn bản"), reverse("documents")), (_("Nhập văn bản"), "")],
    }
    return render(request, "documents/drop.html", words, status=422 if form.errors else 200)


def _review_of(request: ActorRequest, form: DropForm) -> HttpResponse:
    upload = form.cleaned_data["file"]
    text: str = form.cleaned_data["text"]
    if upload is not None:
        dropped = drops.drop(upload.read(), upload.name or "", request.actor)
        return _review(
            request,
            EntryForm(initial=entry_of_reading(dropped.reading)),
            dropped.reading,
            token=dropped.token,
        )
    if not text.strip():
        raise DomainError("document.nothing", _("Hãy chọn tệp hoặc dán toàn văn."))
    reading = drops.pasted(text)
    return _review(request, EntryForm(initial=entry_of_reading(reading)), reading, text=text)


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def document_enter(request: ActorRequest) -> HttpResponse:
    """Keep the corrected entry as a draft; without a file the form begins empty."""
    if request.method != "POST":
        return _review(request, EntryForm(), None)
    form = EntryForm(request.POST)
    token, text = request.POST.get("token", ""), request.POST.get("text", "")
    dropped = drops.again(token, request.actor) if token else None
    reading = dropped.reading if dropped else (drops.pasted(text) if text.strip() else None)
    if form.is_valid():
        unit = access.authority_unit(Unit.objects.select_related("committee").get(pk=request.actor.unit_id))
        wanted = set(request.POST.getlist("relation"))
        source = drops.source_of(dropped, reading, wanted)
        try:
            made = papers.enter(
                unit,
                form.entry(),
                by=request.actor,
                source=source,
                read_clauses=reading.clauses if reading else (),
            )
        except DomainError as error:
            show_beside(form, error)
        else:
            messages.success(request, _("Đã lưu bản soạn. Hãy xem lại các mục rồi công bố."))
            return HttpResponseRedirect(reverse("document-edit", args=(made.pk,)))
    return _review(request, form, reading, token=token, text=text)


def show_beside(form: Any, error: DomainError) -> None:
    """A refusal beside the field it is about, else on top."""
    field = error.context.get("field")
    form.add_error(field if field in form.fields else None, error.sentence)


def _review(
    request: ActorRequest, form: EntryForm, reading: Reading | None, *, token: str = "", text: str = ""
) -> HttpResponse:
    words = {
        "form": form,
        "reading": reading,
        "relations": _relation_rows(reading),
        "token": token,
        "text": text,
        "crumbs": [
            (pgettext("place", "Văn bản"), reverse("documents")),
            (_("Nhập văn bản"), reverse("document-drop")),
            (_("Xem lại"), ""),
        ],
    }
    return render(request, "documents/review.html", words, status=422 if form.errors else 200)


def _relation_rows(reading: Reading | None) -> list[dict[str, str]]:
    return [
        {"value": f"{kind}:{number}", "label": f"{RelationKind(kind).label} {number}"}
        for kind, number in (reading.relations if reading else ())
    ]


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def document_edit(request: ActorRequest, document_id: int) -> HttpResponse:
    """Correct what is said of a document, beside its tree of clauses."""
    found = managed(request, document_id)
    form = EntryForm(request.POST or None, initial=entry_of_document(found))
    conflict: dict[str, Any] = {}
    version = found.version
    if request.method == "POST" and form.is_valid():
        try:
            given = request.POST.get("version", "")
            papers.edit(found, form.entry(), version=int(given) if given.isdecimal() else 0, by=request.actor)
        except ConflictError as error:
            show_beside(form, error)
            conflict, version = _differences(form, error), error.context["version"]
        except DomainError as error:
            show_beside(form, error)
        else:
            messages.success(request, _("Đã lưu."))
            return HttpResponseRedirect(reverse("document-edit", args=(found.pk,)))
    words = {
        "document": found,
        "form": form,
        "version": version,
        "conflict": conflict,
        "clauses": list(found.clauses.all()),
        "fingerprints": {clause.pk: clauses.fingerprint(clause) for clause in found.clauses.all()},
        "crumbs": [
            (pgettext("place", "Văn bản"), reverse("documents")),
            (found.number, reverse("document", args=(found.pk,))),
            (_("Sửa"), ""),
        ],
    }
    return render(
        request, "documents/edit.html", words, status=409 if conflict else (422 if form.errors else 200)
    )


def managed(request: ActorRequest, document_id: int) -> Document:
    """A document the actor manages, else the answer for what does not exist."""
    return access.row_or_404(queries.opened(queries.managed_documents(request.actor)), document_id)


def _differences(form: EntryForm, error: ConflictError) -> dict[str, Any]:
    """Field by field what differs: mine and the one that is kept."""
    yours, theirs = error.context["yours"], error.context["theirs"]
    rows = [
        {"label": form.fields[name].label, "yours": yours[name], "theirs": theirs[name]}
        for name in yours
        if yours[name] != theirs[name]
    ]
    return {"rows": rows}


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def document_publish(request: ActorRequest, document_id: int) -> HttpResponse:
    """Publish by a post; looking leads to the document."""
    found = managed(request, document_id)
    if request.method == "POST":
        papers.publish(found, by=request.actor)
        messages.success(
            request, _("Đã công bố {number} cho các đơn vị cấp dưới.").format(number=found.number)
        )
    return HttpResponseRedirect(reverse("document", args=(found.pk,)))


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def document_withdraw(request: ActorRequest, document_id: int) -> HttpResponse:
    """Withdraw with a reason."""
    found = managed(request, document_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        papers.withdraw(found, reason=form.cleaned_data["reason"], by=request.actor)
        messages.success(request, _("Đã thu hồi. Các đơn vị cấp dưới không còn thấy văn bản này."))
        return HttpResponseRedirect(reverse("document", args=(found.pk,)))
    words = {
        "document": found,
        "form": form,
        "crumbs": [
            (pgettext("place", "Văn bản"), reverse("documents")),
            (found.number, reverse("document", args=(found.pk,))),
            (_("Thu hồi"), ""),
        ],
    }
    return render(request, "documents/withdraw.html", words, status=422 if form.errors else 200)
