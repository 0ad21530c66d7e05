"""Import of an attendance sheet at a site: read, shown with its faults and questions, then recorded whole."""

import uuid
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.conferences import codes, sheets
from quantriet.conferences.commands import attendance
from quantriet.conferences.commands.attendance import Mark
from quantriet.conferences.log_days import Order
from quantriet.conferences.models import Site
from quantriet.conferences.models.attendance import Source, State
from quantriet.conferences.pages.papers import download
from quantriet.conferences.pages.roll_call import frame, site_of
from quantriet.conferences.queries import roster
from quantriet.conferences.sheets import Expected, Here, Reading
from quantriet.core.errors import DomainError
from quantriet.core.intake.cage import run_limited
from quantriet.core.intake.checking import check_upload
from quantriet.core.intake.kinds import FileKind
from quantriet.core.intake.store import FileStore
from quantriet.core.office.columns import find_header, recognise_columns
from quantriet.core.office.sheets_in import Sheet, read_csv, read_xlsx
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.core.text import clean_line
from quantriet.org import access, sealing
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Person
from quantriet.org.permissions import Can

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SALT = "attendance sheet"
SHOWN = 300


@page(Can.ATTENDANCE_READ, write=Can.ATTENDANCE_RECORD)
def upload(request: ActorRequest, site_id: int) -> HttpResponse:
    """Drop a sheet, see what it says and what is wrong in which cell, then record it whole."""
    site = site_of(request, site_id, Can.ATTENDANCE_RECORD)
    context: dict[str, Any] = {**frame(site, "list"), "ticket": "", "reading": None, "error": ""}
    status = 200
    if request.method == "POST":
        try:
            ticket = request.POST.get("ticket", "") or _keep(request, site)
            reading = _read(request, site, ticket)
            if request.POST.get("what") == "do" and reading.is_settled:
                return _do(request, site, reading, ticket)
            context |= {"ticket": ticket, "reading": reading, "lines": _lines(site, reading)}
            status = 422 if reading.faults else 200
        except DomainError as error:
            context["error"], status = error.sentence, error.status
    return render(request, "conferences/import.html", context, status=status)


def _store() -> FileStore:
    return FileStore(settings.FILES_ROOT)


def _keep(request: ActorRequest, site: Site) -> str:
    """Look the file over and keep it until it is recorded; the ticket says which, and for which site."""
    sent = request.FILES.get("sheet")
    if not isinstance(sent, UploadedFile):
        raise DomainError("file.missing", _("Chưa chọn tệp. Hãy chọn tệp Excel hoặc CSV rồi gửi."))
    content = sent.read()
    checked = check_upload(content, kind=(FileKind.XLSX, FileKind.CSV))
    _store().put(content)
    return signing.dumps({"sha": checked.sha256, "kind": str(checked.kind), "site": site.pk}, salt=SALT)


def _read(request: ActorRequest, site: Site, ticket: str) -> Reading:
    try:
        told = signing.loads(ticket, salt=SALT, max_age=86_400)
    except signing.BadSignature as error:
        raise DomainError("file.ticket", _("Tệp đã quá hạn chờ. Chưa ghi gì; hãy gửi lại tệp.")) from error
    if told["site"] != site.pk or not _store().exists(told["sha"]):
        raise DomainError("file.ticket", _("Tệp đã quá hạn chờ. Chưa ghi gì; hãy gửi lại tệp."))
    reader = read_csv if told["kind"] == FileKind.CSV else read_xlsx
    sheet: Sheet = run_limited(partial(reader, _store().path(told["sha"])))
    answers = {
        int(name.removeprefix("row_")): int(value)
        for name, value in request.POST.items()
        if name.startswith("row_") and name[4:].isdecimal() and isinstance(value, str) and value.isdecimal()
    }
    order = request.POST.get("order", "")
    return sheets.read(sheet, _here(site, sheet), answers, Order(order) if order in set(Order) else None)


def _here(site: Site, sheet: Sheet) -> Here:
    ids = roster.expected_people(site)
    people = [
        Expected(
            person.pk,
            person.full_name,
            person.folded,
            person.home_unit.name,
            person.birth_date,
            person.birth_year,
            bytes(person.code_index) if person.code_index else None,
        )
        for person in Person.objects.filter(pk__in=ids).select_related("home_unit").order_by("sort_key", "id")
    ]
    cards = {text: sealing.index(text) for text in _cards(sheet)}
    conference = site.conference
    day = access.local_day(conference.starts_at)
    return Here(day, conference.pk, bytes(conference.code_key), people, cards)


def _cards(sheet: Sheet) -> set[str]:
    """The card numbers a sheet tells, for looking them up by their blind index."""
    try:
        header = find_header(sheet.rows, sheets.COLUMNS)
    except DomainError:
        return set()
    at = recognise_columns(header, sheets.COLUMNS, sheet.merged).positions.get("card")
    if at is None:
        return set()
    return {text for row in sheet.rows if row.number > header.number and (text := clean_line(row.text(at)))}


def _lines(site: Site, reading: Reading) -> list[dict[str, Any]]:
    """What would be recorded, row by row."""
    names = {row.person_id: row for row in roster.of_site(site)}
    words = {"present": State.PRESENT, "late": State.LATE, "excused": State.EXCUSED, "absent": State.ABSENT}
    return [
        {"mark": mark, "row": names.get(mark.person_id or 0), "word": words[mark.ask.act.value].label}
        for mark in reading.marks[:SHOWN]
    ]


def _do(request: ActorRequest, site: Site, reading: Reading, ticket: str) -> HttpResponse:
    marks = [Mark(one.ask, source=Source.IMPORT, person_id=one.person_id or 0) for one in reading.marks]
    key = f"import:{uuid.uuid5(uuid.NAMESPACE_OID, ticket).hex}"
    answers = attendance.record(site, marks, by=request.actor, key=key, reason=_("Nhập từ tệp"))
    done = sum(answer.is_done for answer in answers)
    refused = sorted({str(answer.sentence) for answer in answers if not answer.is_done})
    messages.success(request, _("Đã nhập %(count)s người từ tệp.") % {"count": done})
    for sentence in refused:
        messages.warning(request, sentence)
    return HttpResponseRedirect(reverse("site-roll-call", args=[site.pk]))


@page(Can.ATTENDANCE_READ)
def own_sheet(request: ActorRequest, site_id: int) -> HttpResponse:
    """Our own sheet: fill in the state, send it back; the code column makes every row certain."""
    site = site_of(request, site_id, Can.ATTENDANCE_READ)
    key = bytes(site.conference.code_key)
    rows = [
        (
            at,
            codes.shown(codes.short(key, site.conference_id, row.person_id)),
            row.full_name,
            str(row.birth_year or ""),
            row.unit_name,
            State(row.state).label if row.state else "",
            row.excuse,
        )
        for at, row in enumerate(roster.of_site(site), start=1)
        if row.is_expected
    ]
    columns = [
        TableColumn("TT", CellKind.INTEGER, 6),
        TableColumn("Mã điểm danh"),
        TableColumn("Họ và tên", width=28),
        TableColumn("Năm sinh"),
        TableColumn("Đơn vị", width=32),
        TableColumn("Trạng thái điểm danh", width=22),
        TableColumn("Lý do", width=28),
    ]
    book = Workbook()
    book.add_table(
        Table(site.conference.title, columns, rows, subtitles=(site.name,), sheet_name="Điểm danh")
    )
    return download(book.to_bytes(), EXCEL, f"diem danh {site.pk}.xlsx")
