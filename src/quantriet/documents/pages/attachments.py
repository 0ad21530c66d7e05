"""Beside the text of a document: further files (corrected text, scan, annex) and the papers it stands with."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.core.errors import DomainError
from quantriet.core.intake.checking import check_upload
from quantriet.documents import files
from quantriet.documents.choices import FileRole
from quantriet.documents.commands import papers, relations
from quantriet.documents.commands.papers import Source
from quantriet.documents.files import PAPERS
from quantriet.documents.forms import FurtherFileForm, RelationForm
from quantriet.documents.models import Document
from quantriet.documents.pages.entry import managed, show_beside
from quantriet.documents.reading.files import lines_of
from quantriet.documents.reading.paper import is_scanned, read, refuse_marked
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def document_files(request: ActorRequest, document_id: int) -> HttpResponse:
    """The files of a document; one more is checked and read before it is kept."""
    found = managed(request, document_id)
    form = FurtherFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            _keep(request, found, form)
        except DomainError as error:
            form.add_error("file", error.sentence)
        else:
            messages.success(request, _("Đã thêm tệp."))
            return HttpResponseRedirect(reverse("document-files", args=(found.pk,)))
    words = {"document": found, "form": form, "versions": list(found.versions.all())}
    words["crumbs"] = _crumbs(found, _("Tệp của văn bản"))
    return render(request, "documents/files.html", words, status=422 if form.errors else 200)


def _keep(request: ActorRequest, found: Document, form: FurtherFileForm) -> None:
    """A paper marked MẬT is refused by its reading, before anything is kept. A scan may be pictures only."""
    upload = form.cleaned_data["file"]
    content, name = upload.read(), upload.name or ""
    role = form.cleaned_data["role"]
    paper = lines_of(check_upload(content, kind=PAPERS))
    refuse_marked(paper)
    text = "" if role == FileRole.SCAN and is_scanned(paper) else read(paper).text
    kept = files.keep(content, name=name, kinds=PAPERS)
    papers.add_version(found, Source(kept, text), role=role, by=request.actor)


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def document_file_remove(request: ActorRequest, document_id: int, version_id: int) -> HttpResponse:
    """Take a file out by a post."""
    found = managed(request, document_id)
    version = access.row_or_404(found.versions.all(), version_id)
    if request.method == "POST":
        papers.remove_version(version, by=request.actor)
        messages.success(request, _("Đã bỏ tệp."))
    return HttpResponseRedirect(reverse("document-files", args=(found.pk,)))


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def document_relations(request: ActorRequest, document_id: int) -> HttpResponse:
    """The papers a document replaces, amends, carries out or rests on."""
    found = managed(request, document_id)
    form = RelationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            relations.relate(found, **form.cleaned_data, by=request.actor)
        except DomainError as error:
            show_beside(form, error)
        else:
            messages.success(request, _("Đã lưu."))
            return HttpResponseRedirect(reverse("document-relations", args=(found.pk,)))
    words = {"document": found, "form": form, "relations": list(found.relations.all())}
    words["crumbs"] = _crumbs(found, _("Văn bản liên quan"))
    return render(request, "documents/relations.html", words, status=422 if form.errors else 200)


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def document_unrelate(request: ActorRequest, document_id: int) -> HttpResponse:
    """Take back what was said of another paper, by a post."""
    found = managed(request, document_id)
    given = request.POST.get("relation", "")
    if request.method == "POST":
        number = int(given) if given.isdecimal() and len(given) < 18 else 0
        relation = access.row_or_404(found.relations.select_related("document"), number)
        relations.unrelate(relation, by=request.actor)
        messages.success(request, _("Đã bỏ."))
    return HttpResponseRedirect(reverse("document-relations", args=(found.pk,)))


def _crumbs(found: Document, last: str) -> list[tuple[str, str]]:
    return [
        (pgettext("place", "Văn bản"), reverse("documents")),
        (found.number, reverse("document", args=(found.pk,))),
        (_("Sửa"), reverse("document-edit", args=(found.pk,))),
        (last, ""),
    ]
