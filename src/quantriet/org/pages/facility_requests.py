"""What units ask for so that they can hold conferences: the list of a subtree, the answer, Excel."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from quantriet.core.components import Action, Crumb, Tab
from quantriet.core.errors import DomainError
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.core.text import format_date
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands import facility_requests as commands
from quantriet.org.doors import ActorRequest, page
from quantriet.org.forms import FacilityAnswerForm, FacilityRequestForm
from quantriet.org.models import FacilityRequest
from quantriet.org.permissions import Can
from quantriet.org.queries import facility_requests as queries

A_PAGE = 50
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHAPES = {"asked": "due_soon", "granted": "done", "refused": "exempt"}
"""The mark of each state."""


def _chosen(request: ActorRequest) -> str:
    asked = request.GET.get("trang_thai", "")
    return asked if asked in FacilityRequest.State.values else ""


def _rows(by: Actor, state: str) -> QuerySet[FacilityRequest]:
    rows = queries.requests(by)
    return rows.filter(state=state) if state else rows


@page(Can.UNIT_READ)
def facility_requests(request: ActorRequest) -> HttpResponse:
    """What my units asked for, by state."""
    chosen, counts = _chosen(request), queries.counts(request.actor)
    shown = Paginator(_rows(request.actor, chosen), A_PAGE).get_page(request.GET.get("page"))
    here, sheet = reverse("facility-requests"), reverse("facility-requests-sheet")
    views = [("", _("Tất cả"), sum(counts.values()))]
    views += [
        (str(state), str(label), counts.get(state, 0)) for state, label in FacilityRequest.State.choices
    ]
    words = {
        "shown": shown,
        "rows": [{"asked": one, "shape": SHAPES[one.state]} for one in shown],
        "tabs": [
            Tab(label, f"{here}?trang_thai={state}" if state else here, state == chosen, count)
            for state, label, count in views
        ],
        "actions": [
            Action(_("Tải Excel"), f"{sheet}?trang_thai={chosen}" if chosen else sheet, "file-spreadsheet")
        ],
        "crumbs": [Crumb(_("Đề nghị về hội trường"))],
    }
    return render(request, "org/facility_requests.html", words)


@page(Can.UNIT_READ)
def facility_requests_sheet(request: ActorRequest) -> HttpResponse:
    """The same list as Excel."""
    columns = [
        TableColumn("TT", CellKind.INTEGER, 6),
        TableColumn("Đơn vị", width=40),
        TableColumn("Đề nghị về", width=24),
        TableColumn("Nội dung", width=50),
        TableColumn("Ngày gửi", CellKind.DATE),
        TableColumn("Trạng thái", width=16),
        TableColumn("Trả lời", width=40),
        TableColumn("Ngày trả lời", CellKind.DATE),
    ]
    with translation.override("vi"):
        rows = [
            [
                number,
                one.unit.name,
                one.get_need_display(),
                one.text,
                access.local_day(one.created_at),
                one.get_state_display(),
                one.answer,
                access.local_day(one.answered_at) if one.answered_at else None,
            ]
            for number, one in enumerate(_rows(request.actor, _chosen(request)), start=1)
        ]
    book = Workbook()
    book.add_table(
        Table("Đề nghị về hội trường, thiết bị, đường truyền", columns, rows, sheet_name="Đề nghị")
    )
    response = HttpResponse(book.to_bytes(), content_type=EXCEL)
    response["Content-Disposition"] = 'attachment; filename="de-nghi-ve-hoi-truong.xlsx"'
    return response


@page(Can.UNIT_READ, write=Can.CONFERENCE_MANAGE)
def facility_request(request: ActorRequest, facility_request_id: int) -> HttpResponse:
    """One request; whoever stands above the unit answers it here."""
    one = access.row_or_404(queries.requests(request.actor), facility_request_id)
    answers = queries.waiting(request.actor).filter(pk=one.pk).exists()
    form = FacilityAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data["answer"]
        try:
            if request.POST.get("what") == "refuse":
                commands.refuse(one, reason=told, by=request.actor)
            else:
                commands.grant(one, answer=told, by=request.actor)
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Đã trả lời và báo cho đơn vị."))
            return HttpResponseRedirect(reverse("facility-request", args=[one.pk]))
    words = {
        "one": one,
        "shape": SHAPES[one.state],
        "form": form if answers or form.errors else None,
        "crumbs": [
            Crumb(_("Đề nghị về hội trường"), reverse("facility-requests")),
            Crumb(f"{one.get_need_display()}, {format_date(access.local_day(one.created_at))}"),
        ],
    }
    return render(request, "org/facility_request.html", words, status=422 if form.errors else 200)


@page(Can.CONFERENCE_MANAGE, write=Can.CONFERENCE_MANAGE)
def facility_ask(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Ask the level above for what a unit lacks."""
    unit = access.unit_or_404(request.actor, Can.CONFERENCE_MANAGE, unit_id)
    form = FacilityRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            asked = commands.ask(unit, told["need"], text=told["text"], by=request.actor)
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Đã gửi đề nghị lên cấp trên."))
            return HttpResponseRedirect(reverse("facility-request", args=[asked.pk]))
    words = {
        "form": form,
        "unit": unit,
        "crumbs": [
            Crumb(unit.name, reverse("unit", args=[unit.pk])),
            Crumb(_("Hội trường, phòng họp"), reverse("facilities", args=[unit.pk])),
            Crumb(_("Gửi đề nghị")),
        ],
    }
    return render(request, "org/facility_ask.html", words, status=422 if form.errors else 200)
