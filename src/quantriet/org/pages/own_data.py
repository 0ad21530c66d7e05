"""One's own data: what is held, who read it, taking it along, asking; and answering what was asked."""

import json
from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.components import Action
from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.commands import own_data as commands
from quantriet.org.commands import readings
from quantriet.org.doors import ActorRequest, page
from quantriet.org.forms import AnswerForm, AskForm
from quantriet.org.models import DataRequest, Person
from quantriet.org.permissions import Can
from quantriet.org.queries import own_data as queries
from quantriet.org.queries import people as people_queries
from quantriet.org.reading_words import page_words

A_PAGE = 30
SHOWN = 3
"""The sections of the record itself; of the others the page tells how much there is, the files hold it."""
NAME_AND_VALUE = 2
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page(Can.HOME)
def my_account(request: ActorRequest) -> HttpResponse:
    """My password, my roles, my data."""
    return render(request, "org/my_account.html", {"person": queries.own(request.actor)})


def _own(request: ActorRequest) -> Person:
    found = queries.own(request.actor)
    if found is None:
        raise DomainError(
            "own_data.no_person",
            _("Tài khoản này chưa gắn với người nào trong danh sách nên không có dữ liệu cá nhân."),
        )
    return found


@page(Can.OWN_RECORD, write=Can.OWN_RECORD)
def my_data(request: ActorRequest) -> HttpResponse:
    """What is held of me, who read it, and what I asked."""
    person = _own(request)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.ask(person, **form.cleaned_data, by=request.actor)
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Đã gửi yêu cầu. Đơn vị phải trả lời trong 2 ngày làm việc."))
            return HttpResponseRedirect(reverse("my-data"))
    readers = Paginator(people_queries.readers(person), A_PAGE).get_page(request.GET.get("page"))
    sections = queries.sections(person)
    words = {
        "person": person,
        "sections": [_in_words(*section) for section in sections[:SHOWN]],
        "kept": [(_(title), len(rows)) for title, _header, rows in sections[SHOWN:] if rows],
        "readers": readers,
        "seen": [(row, page_words(row.page)) for row in readers],
        "asked": queries.timeline(queries.requests_of(person)),
        "form": form,
        "actions": [
            Action(_("Tải về Excel"), reverse("my-export", args=["xlsx"]), "file-spreadsheet"),
            Action(_("Tải về JSON"), reverse("my-export", args=["json"]), "download"),
        ],
    }
    return render(request, "org/my_data.html", words, status=422 if form.errors else 200)


def _in_words(
    title: str, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[str, list[str], list[list[tuple[str, str]]]]:
    """A section in the language of the page, each value beside its name; of two columns the first are names too."""
    names = [_(name) for name in header]
    told = [[_(row[0]), *row[1:]] if len(names) == NAME_AND_VALUE else list(row) for row in rows]
    return _(title), names, [list(zip(names, row, strict=True)) for row in told]


@page(Can.OWN_RECORD)
def my_export(request: ActorRequest, form: str) -> HttpResponse:
    """All of it as a file: ``json`` or ``xlsx``."""
    person = _own(request)
    if form == "json":
        text = json.dumps(queries.as_json(person), ensure_ascii=False, indent=2)
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
    elif form == "xlsx":
        response = HttpResponse(queries.as_workbook(person), content_type=SHEET)
    else:
        raise access.not_found()
    response["Content-Disposition"] = f'attachment; filename="du-lieu-cua-toi.{form}"'
    return response


@page(Can.PERSON_MANAGE)
def data_requests(request: ActorRequest) -> HttpResponse:
    """Requests of people in my units, the nearest due first."""
    shown = Paginator(queries.open_requests(request.actor), A_PAGE).get_page(request.GET.get("page"))
    readings.note([row.person_id for row in shown], page="data-requests", by=request.actor)
    words = {"shown": shown, "rows": [(row, _state(row)) for row in shown]}
    return render(request, "org/data_requests.html", words)


def _state(row: DataRequest) -> str:
    """The component's state: answered, overdue, due today or later."""
    now = timezone.now()
    if row.answered_at:
        return "done"
    if row.due_at < now:
        return "overdue"
    return "due_soon" if (row.due_at - now).days < 1 else "not_due"


@page(Can.PERSON_MANAGE, write=Can.PERSON_MANAGE)
def data_request(request: ActorRequest, request_id: int) -> HttpResponse:
    """One request and its answer."""
    found = access.row_or_404(queries.open_requests(request.actor), request_id)
    readings.note([found.person_id], page="data-request", by=request.actor)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.answer(found, text=form.cleaned_data["answer"], by=request.actor)
        except DomainError as error:
            form.add_error("answer", error.sentence)
        else:
            messages.success(request, _("Đã trả lời. Người hỏi thấy câu trả lời ở “Dữ liệu của tôi”."))
            return HttpResponseRedirect(reverse("data-requests"))
    words = {
        "row": found,
        "state": _state(found),
        "form": form,
        "crumbs": [(_("Yêu cầu về dữ liệu"), reverse("data-requests")), (found.person.full_name, "")],
    }
    return render(request, "org/data_request.html", words, status=422 if form.errors else 200)
