"""The tree of clauses of a document being edited: each act answers with the whole tree as a fragment."""

import re
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from quantriet.core.errors import ConflictError, DomainError
from quantriet.documents import queries
from quantriet.documents.commands import clauses
from quantriet.documents.forms import ClauseForm, NewClauseForm, values_of_clause
from quantriet.documents.models import Clause
from quantriet.documents.pages.entry import managed, show_beside
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

# Where a clause may be cut: behind a line, or behind a sentence.
_CUT = re.compile(r"\n+|(?<=[.;:!?…])\s+(?=\S)")


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def clause_edit(request: ActorRequest, clause_id: int) -> HttpResponse:
    """The form of one clause in its place in the tree; saved, the tree."""
    clause = queries.clause_or_404(request.actor, clause_id)
    seen = clauses.fingerprint(clause)
    ids = f"clause-{clause.pk}-%s"  # several clauses may be open at once
    if request.method != "POST":
        form = ClauseForm(initial={**values_of_clause(clause), "seen": seen}, auto_id=ids)
        return _form(request, clause, form)
    form = ClauseForm(request.POST, auto_id=ids)
    if form.is_valid():
        try:
            clauses.write(clause, form.said(), seen=form.cleaned_data["seen"], by=request.actor)
        except ConflictError as error:
            form = ClauseForm({**request.POST.dict(), "seen": error.context["seen"]}, auto_id=ids)
            form.is_valid()
            form.add_error(None, error.sentence)
            return _form(request, clause, form, theirs=error.context["theirs"])
        except DomainError as error:
            show_beside(form, error)
        else:
            return tree(request, clause.document_id)
    return _form(request, clause, form)


def _form(request: ActorRequest, clause: Clause, form: ClauseForm, *, theirs: str = "") -> HttpResponse:
    words = {"clause": clause, "form": form, "theirs": theirs}
    return render(request, "documents/parts/clause_form.html", words, status=422 if form.errors else 200)


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def clause_split(request: ActorRequest, clause_id: int) -> HttpResponse:
    """The places where a clause can be cut; a post cuts before letter ``at``."""
    clause = queries.clause_or_404(request.actor, clause_id)
    if request.method != "POST":
        words = {"clause": clause, "pieces": pieces(clause.text), "seen": clauses.fingerprint(clause)}
        return render(request, "documents/parts/clause_split.html", words)
    clauses.split(clause, at=_number(request, "at"), seen=request.POST.get("seen", ""), by=request.actor)
    return tree(request, clause.document_id)


def pieces(text: str) -> list[dict[str, Any]]:
    """The sentences and lines of a text, each with the letter it begins at."""
    starts = [0, *(match.end() for match in _CUT.finditer(text))]
    ends = [*starts[1:], len(text)]
    return [
        {"at": start, "text": text[start:end].strip()}
        for start, end in zip(starts, ends, strict=True)
        if text[start:end].strip()
    ]


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def clause_merge(request: ActorRequest, clause_id: int) -> HttpResponse:
    """Join to the clause above by a post; looking shows the tree."""
    clause = queries.clause_or_404(request.actor, clause_id)
    if request.method == "POST":
        clauses.merge(clause, seen=request.POST.get("seen", ""), by=request.actor)
    return tree(request, clause.document_id)


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def clause_remove(request: ActorRequest, clause_id: int) -> HttpResponse:
    """Take out by a post; looking shows the tree."""
    clause = queries.clause_or_404(request.actor, clause_id)
    if request.method == "POST":
        clauses.remove(clause, seen=request.POST.get("seen", ""), by=request.actor)
    return tree(request, clause.document_id)


@page(Can.DOCUMENT_MANAGE, write=Can.DOCUMENT_MANAGE)
def clause_add(request: ActorRequest, document_id: int) -> HttpResponse:
    """The form of a new clause; saved, the tree."""
    document = managed(request, document_id)
    given = request.POST.get("after") or request.GET.get("after", "")
    after_id = given if given.isdecimal() else ""
    form = NewClauseForm(request.POST or None, initial={"after": after_id}, auto_id=f"new-{after_id}-%s")
    if request.method == "POST" and form.is_valid():
        after_id = form.cleaned_data["after"]
        try:
            after = (
                access.row_or_404(Clause.objects.filter(document=document), after_id) if after_id else None
            )
            clauses.add(document, form.said(), kind=form.cleaned_data["kind"], after=after, by=request.actor)
        except DomainError as error:
            show_beside(form, error)
        else:
            return tree(request, document.pk)
    words = {"document": document, "form": form}
    return render(request, "documents/parts/clause_new.html", words, status=422 if form.errors else 200)


@page(Can.DOCUMENT_MANAGE)
def clause_tree(request: ActorRequest, document_id: int) -> HttpResponse:
    """The tree as a fragment: what "bỏ qua" asks for."""
    return tree(request, document_id)


def tree(request: ActorRequest, document_id: int) -> HttpResponse:
    """The tree as a fragment; without htmx the page it stands in."""
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(reverse("document-edit", args=(document_id,)))
    document = managed(request, document_id)
    found = list(document.clauses.all())
    words = {
        "document": document,
        "clauses": found,
        "fingerprints": {clause.pk: clauses.fingerprint(clause) for clause in found},
    }
    response = render(request, "documents/parts/clause_tree.html", words)
    # Asked for by forms that stand inside the tree: it replaces itself, whatever they aimed at.
    response["HX-Retarget"] = "#clauses"
    response["HX-Reswap"] = "outerHTML"
    return response


def _number(request: ActorRequest, name: str) -> int:
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 9 else 0
