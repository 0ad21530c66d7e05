"""Import of units and people: drop the sheet, see its columns and faults, then write it."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.core.components import Action
from quantriet.core.errors import DomainError
from quantriet.core.office.cells import Fault, column_letters
from quantriet.org import access, orders
from quantriet.org.access import Actor
from quantriet.org.commands import imports as commands
from quantriet.org.commands.imports import Rows
from quantriet.org.doors import ActorRequest, page
from quantriet.org.forms import ColumnsForm, UploadForm
from quantriet.org.models import Import
from quantriet.org.permissions import Can
from quantriet.org.queries import imports as queries

SAME = "same"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page(Can.PERSON_MANAGE, write=Can.PERSON_MANAGE)
def imports(request: ActorRequest) -> HttpResponse:
    """Drop a sheet of units or of people; earlier imports below."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            about = _stage(request, form.cleaned_data["file"])
        except DomainError as error:
            form.add_error("file", error.sentence)
        else:
            return HttpResponseRedirect(reverse("import", args=[about.pk]))
    words = {
        "form": form,
        "kinds": Import.Kind.choices,
        "kind": request.POST.get("kind", request.GET.get("kind", Import.Kind.PEOPLE)),
        "earlier": queries.imports(request.actor)[:30],
        "crumbs": [(pgettext("place", "Đơn vị"), reverse("units")), (_("Nhập từ Excel"), "")],
    }
    return render(request, "org/imports.html", words, status=422 if form.errors else 200)


def _stage(request: ActorRequest, file: Any) -> Import:
    kind = str(request.POST.get("kind", ""))
    if kind not in queries.NEEDS:
        raise DomainError("import.kind", _("Hãy chọn tệp chứa cây đơn vị hay danh sách người."))
    unit = access.unit_or_404(request.actor, queries.NEEDS[kind], request.actor.unit_id)
    unit = access.authority_unit(unit)
    content = Path(file.temporary_file_path()) if hasattr(file, "temporary_file_path") else file.read()
    return commands.stage(content, file_name=str(file.name or ""), kind=kind, unit=unit, by=request.actor)


@page(Can.PERSON_MANAGE)
def import_template(request: ActorRequest, kind: str) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """An empty sheet with the right columns."""
    if kind not in queries.NEEDS:
        raise access.not_found()
    response = HttpResponse(queries.template(kind), content_type=SHEET)
    response["Content-Disposition"] = f'attachment; filename="mau-{kind}.xlsx"'
    return response


def _about(by: Actor, import_id: int) -> Import:
    return access.row_or_404(queries.imports(by), import_id)


@page(Can.PERSON_MANAGE)
def import_file(request: ActorRequest, import_id: int) -> HttpResponse:
    """One import: its columns before it was looked at; counts, questions and faults afterwards."""
    about = _about(request.actor, import_id)
    words: dict[str, Any] = {
        "about": about,
        "outcome": about.outcome,
        "crumbs": [(_("Nhập từ Excel"), reverse("imports")), (about.file_name, "")],
    }
    if about.state == Import.State.STAGED:
        words |= _asked_columns(about)
    else:
        shown = about.outcome.get("faults", [])[: queries.SHOWN]
        words |= {
            "shown_faults": shown,
            "questions": about.outcome.get("questions", []),
            "alone": len(_all_the_same(about)),
            "onward": _onward(about),
            "fault_rows": _fault_rows(about.outcome.get("fault_rows", []), shown),
        }
    return render(request, "org/import.html", words)


def _onward(about: Import) -> list[Action]:
    """Where one goes on when a file is written: to what it wrote, and to the list that is usually next."""
    if about.state != Import.State.DONE:
        return []
    people = f"{reverse('imports')}?kind={Import.Kind.PEOPLE}"
    if about.kind == Import.Kind.UNITS:
        return [
            Action(_("Nhập tiếp danh sách người"), people, "upload"),
            Action(_("Xem cây đơn vị"), reverse("unit", args=[about.unit_id]), "sitemap"),
        ]
    return [
        Action(_("Xem danh sách người"), reverse("unit-people", args=[about.unit_id]), "users"),
        Action(_("Nhập tệp khác"), people, "upload"),
    ]


def _asked_columns(about: Import, data: Any = None) -> dict[str, Any]:
    """The form of columns, what is wrong with the header, and the first rows as they stand, header first."""
    kept = queries.preview(about)
    width = max(len(row) for row in kept["rows"])
    sample = [[*row, *[""] * (width - len(row))] for row in kept["rows"]]
    positions = {name: place for name, place in about.columns.items() if place is not None}
    return {
        "form": ColumnsForm(queries.WANTED[about.kind], sample[0][1:], positions or kept["positions"], data),
        "letters": [column_letters(place) for place in range(width - 1)],
        "sample": sample,
        "header_faults": [] if positions else kept["faults"],
    }


def _fault_rows(rows: list[list[str]], faults: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Faulty rows with their cells; a faulty cell carries its sentence."""
    told: dict[int, dict[int | None, str]] = {}
    for fault in faults:
        told.setdefault(fault["row"], {}).setdefault(fault["column"], fault["sentence"])
    return [
        {
            "number": number,
            "cells": [(text, told.get(int(number), {}).get(place, "")) for place, text in enumerate(cells)],
        }
        for number, *cells in rows
    ]


@page(Can.PERSON_MANAGE, write=Can.PERSON_MANAGE)
def import_columns(request: ActorRequest, import_id: int) -> HttpResponse:
    """Take the picked columns, then look at what would happen."""
    about = _about(request.actor, import_id)
    asked = _asked_columns(about, request.POST)
    form: ColumnsForm = asked["form"]
    if not form.is_valid():
        crumbs = [(_("Nhập từ Excel"), reverse("imports"))]
        words = {"about": about, "crumbs": crumbs} | asked
        return render(request, "org/import.html", words, status=422)
    commands.choose_columns(about, form.positions(), sheet=about.sheet, by=request.actor)
    return _look(request, about)


@page(Can.PERSON_MANAGE, write=Can.PERSON_MANAGE)
def import_check(request: ActorRequest, import_id: int) -> HttpResponse:
    """Look at what would happen to the data of this moment."""
    return _look(request, _about(request.actor, import_id))


def _look(request: ActorRequest, about: Import) -> HttpResponse:
    work = orders.check(about, by=request.actor)
    if work is not None:
        return HttpResponseRedirect(reverse("work", args=[work.pk]))
    return HttpResponseRedirect(reverse("import", args=[about.pk]))


@page(Can.PERSON_MANAGE, write=Can.PERSON_MANAGE)
def import_answer(request: ActorRequest, import_id: int) -> HttpResponse:
    """Take the answers to doubtful rows, then look again."""
    about = _about(request.actor, import_id)
    answers = {
        int(name.removeprefix("row-")): int(str(value))
        for name, value in request.POST.items()
        if name.startswith("row-") and name[4:].isdecimal() and str(value).lstrip("-").isdecimal()
    }
    if request.POST.get("all") == SAME:
        answers = _all_the_same(about) | answers
    commands.answer(about, answers, by=request.actor)
    return _look(request, about)


def _all_the_same(about: Import) -> dict[int, int]:
    """Each doubtful row that only one known person fits is that person; what several fit stays a question."""
    questions = about.outcome.get("questions", [])
    return {one["row"]: one["candidates"][0][0] for one in questions if len(one["candidates"]) == 1}


@page(Can.PERSON_MANAGE, write=Can.PERSON_MANAGE)
def import_do(request: ActorRequest, import_id: int) -> HttpResponse:
    """Write the file: all of it, or the faultless rows when the user chose so."""
    about = _about(request.actor, import_id)
    rows = Rows.FAULTLESS if request.POST.get("rows") == Rows.FAULTLESS.value else Rows.ALL
    work = orders.carry_out(about, rows=rows, by=request.actor)
    if work is not None:
        return HttpResponseRedirect(reverse("work", args=[work.pk]))
    about.refresh_from_db()
    counts = about.outcome
    messages.success(
        request, _("Đã ghi: {new} mới, {changed} đổi.").format(new=counts["new"], changed=counts["changed"])
    )
    return HttpResponseRedirect(reverse("import", args=[about.pk]))


@page(Can.PERSON_MANAGE)
def import_faults(request: ActorRequest, import_id: int) -> HttpResponse:
    """The workbook of faulty rows, to fix and send again."""
    about = _about(request.actor, import_id)
    faults = [
        Fault(one["row"], one["column"], one["code"], one["sentence"])
        for one in about.outcome.get("faults", [])
    ]
    response = HttpResponse(queries.fault_file(about, faults), content_type=SHEET)
    response["Content-Disposition"] = 'attachment; filename="cac-dong-loi.xlsx"'
    return response
