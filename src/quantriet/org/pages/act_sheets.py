"""Many acts from a sheet: upload it, look at each row on the tree of this moment, answer what it asks, do the whole.

Looking and doing are work for the worker: they tell how far they are and can be stopped, with nothing written.
"""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.jobs import Task
from quantriet.org import access, jobs
from quantriet.org.commands import act_sheets as commands
from quantriet.org.doors import ActorRequest, order, page
from quantriet.org.forms import UploadForm
from quantriet.org.models import ActSheet
from quantriet.org.permissions import Can
from quantriet.org.queries import act_sheets as queries

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 500
ANSWER = "row:"


@page(Can.UNIT_MANAGE, write=Can.UNIT_MANAGE)
def act_sheet(request: ActorRequest) -> HttpResponse:
    """Drop a sheet of acts; nothing is done before its rows were looked at. One's earlier sheets below."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            sheet = commands.stage(file.read(), file_name=str(file.name or ""), by=request.actor)
        except DomainError as error:
            form.add_error("file", error.sentence)
        else:
            return _look(request, sheet)
    words = {
        "form": form,
        "earlier": queries.sheets(request.actor)[:20],
        "crumbs": [(_("Sắp xếp đơn vị"), reverse("acts")), (_("Từ tệp Excel"), "")],
    }
    return render(request, "org/act_sheet.html", words, status=422 if form.errors else 200)


@page(Can.UNIT_MANAGE)
def act_sheet_template(request: ActorRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """An empty sheet with the right columns."""
    return _workbook(queries.template(), "mau-sap-xep.xlsx")


def _sheet(request: ActorRequest, sheet_id: int) -> ActSheet:
    return access.row_or_404(queries.sheets(request.actor), sheet_id)


def _ordered(request: ActorRequest, task: Task, sheet: ActSheet, title: str, key: str = "") -> HttpResponse:
    work = order(task, by=request.actor, title=title.format(name=sheet.file_name), key=key, sheet_id=sheet.pk)
    return HttpResponseRedirect(reverse("work", args=[work.pk]))


def _look(request: ActorRequest, sheet: ActSheet) -> HttpResponse:
    return _ordered(request, jobs.look_at_acts, sheet, _("Xem trước tệp sắp xếp {name}"))


@page(Can.UNIT_MANAGE)
def act_sheet_look(request: ActorRequest, sheet_id: int) -> HttpResponse:
    """Each row with what it would do, what it asks, or why not; why the last try to do them was refused above."""
    sheet = _sheet(request, sheet_id)
    outcome = sheet.outcome
    lines, faults, asked = (outcome.get(name, []) for name in ("lines", "faults", "asked"))
    words = {
        "sheet": sheet,
        "lines": lines[:SHOWN],
        "more_lines": max(0, len(lines) - SHOWN),
        "faults": faults[:SHOWN],
        "more_faults": max(0, len(faults) - SHOWN),
        "asked": asked[:SHOWN],
        "acts": outcome.get("acts", 0),
        "is_clean": bool(lines) and not faults and not asked,
        "crumbs": [(_("Sắp xếp đơn vị"), reverse("acts")), (_("Từ tệp Excel"), reverse("act-sheet"))],
    }
    return render(request, "org/act_sheet_look.html", words)


@page(Can.UNIT_MANAGE, write=Can.UNIT_MANAGE)
def act_sheet_again(request: ActorRequest, sheet_id: int) -> HttpResponse:
    """Look once more, on the tree of this moment."""
    return _look(request, _sheet(request, sheet_id))


@page(Can.UNIT_MANAGE, write=Can.UNIT_MANAGE)
def act_sheet_answer(request: ActorRequest, sheet_id: int) -> HttpResponse:
    """Take the answers to what the rows ask, then look again."""
    answers: dict[int, dict[str, str]] = {}
    for name, value in request.POST.items():
        row, _mark, question = name.removeprefix(ANSWER).partition(":")
        if name.startswith(ANSWER) and row.isdecimal() and len(row) <= 9 and value:
            answers.setdefault(int(row), {})[question] = str(value)
    return _look(request, commands.answer(_sheet(request, sheet_id), answers, by=request.actor))


@page(Can.UNIT_MANAGE, write=Can.UNIT_MANAGE)
def act_sheet_do(request: ActorRequest, sheet_id: int) -> HttpResponse:
    """Do every row, or none."""
    sheet = _sheet(request, sheet_id)
    title = _("Thực hiện tệp sắp xếp {name}")
    return _ordered(request, jobs.carry_out_acts, sheet, title, f"act-sheet:{sheet.pk}")


@page(Can.UNIT_MANAGE)
def act_sheet_faults(request: ActorRequest, sheet_id: int) -> HttpResponse:
    """The workbook of faulty rows, to fix and send again."""
    sheet = _sheet(request, sheet_id)
    return _workbook(
        queries.fault_file(queries.of_sheet(sheet), queries.kept_faults(sheet)), "cac-dong-loi.xlsx"
    )


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=SHEET)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
