"""Kiện toàn from Excel: read, shown with its faults, questions and what would change, then done whole."""

from dataclasses import dataclass
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

from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.core.intake.cage import run_limited
from quantriet.core.intake.checking import check_upload
from quantriet.core.intake.kinds import FileKind
from quantriet.core.intake.store import FileStore
from quantriet.core.office.sheets_in import Sheet, read_csv, read_xlsx
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.lecturers import forms, renewal
from quantriet.lecturers.choices import Corps, Language, Subject
from quantriet.lecturers.commands import corps as commands
from quantriet.lecturers.commands.corps import Appointment, Skills
from quantriet.lecturers.models import Lecturer
from quantriet.lecturers.pages.frame import crumbs, own_unit
from quantriet.lecturers.queries import corps, renewals
from quantriet.lecturers.renewal import RenewalLine, RenewalSheet
from quantriet.org.commands import readings
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SALT = "renewal sheet"
A_DAY = 86_400
SHOWN = 500


@dataclass(frozen=True)
class Foreseen:
    """What a sheet would do: rows to appoint or bring up to date, rows as they stand, who would leave, and who serves
    and is not in the sheet.
    """

    new: list[RenewalLine]
    changed: list[RenewalLine]
    same: list[RenewalLine]
    leaving: list[Lecturer]
    unnamed: list[Lecturer]


@page(Can.LECTURER_MANAGE, write=Can.LECTURER_MANAGE)
def renew(request: ActorRequest) -> HttpResponse:
    """Drop the sheet of the corps, see what would change and what is wrong in which cell, then do it by a decision."""
    by, unit = request.actor, own_unit(request.actor)
    wants = request.POST.get("act") == "do"
    form = forms.DecisionForm(request.POST if wants else None)
    words: dict[str, Any] = {"unit": unit, "form": form, "crumbs": crumbs(by, Crumb(_("Kiện toàn")))}
    status = 200
    if request.method == "POST":
        try:
            ticket = request.POST.get("ticket", "") or _keep(request, unit)
            sheet = renewals.read(_sheet(ticket, unit), _answers(request), by=by)
            foreseen = _foresee(unit, sheet)
            words |= {
                "ticket": ticket,
                "sheet": sheet,
                "foreseen": foreseen,
                "lines": sheet.lines[:SHOWN],
                "gone": request.POST.get("unnamed") == "leave",
            }
            readings.note(
                [line.person_id for line in sheet.lines if line.person_id], page="lecturers.renew", by=by
            )
            if wants and not sheet.faults and not sheet.questions and form.is_valid():
                return _done(request, unit, sheet, foreseen, form)
            status = 422 if sheet.faults or form.errors else 200
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as error:
            words["error"] = error.sentence
            status = error.status
    return render(request, "lecturers/renew.html", words, status=status)


def _store() -> FileStore:
    return FileStore(settings.FILES_ROOT)


def _keep(request: ActorRequest, unit: Unit) -> str:
    """Look the file over and keep it until it is done; the ticket says which, and for whose corps."""
    sent = request.FILES.get("sheet")
    if not isinstance(sent, UploadedFile):
        raise DomainError("file.missing", _("Chưa chọn tệp. Hãy chọn tệp Excel hoặc CSV rồi gửi."))
    content = sent.read()
    checked = check_upload(content, kind=(FileKind.XLSX, FileKind.CSV))
    _store().put(content)
    return signing.dumps({"sha": checked.sha256, "kind": str(checked.kind), "unit": unit.pk}, salt=SALT)


def _sheet(ticket: str, unit: Unit) -> Sheet:
    too_old = DomainError("file.ticket", _("Tệp đã quá hạn chờ. Chưa ghi gì; hãy gửi lại tệp."))
    try:
        told = signing.loads(ticket, salt=SALT, max_age=A_DAY)
    except signing.BadSignature as error:
        raise too_old from error
    if told["unit"] != unit.pk or not _store().exists(told["sha"]):
        raise too_old
    reader = read_csv if told["kind"] == FileKind.CSV else read_xlsx
    return run_limited(partial(reader, _store().path(told["sha"])))


def _answers(request: ActorRequest) -> dict[int, int]:
    """Row → the person chosen for it."""
    return {
        int(name.removeprefix("row_")): int(value)
        for name, value in request.POST.items()
        if name.startswith("row_") and name[4:].isdecimal() and isinstance(value, str) and value.isdecimal()
    }


def _foresee(unit: Unit, sheet: RenewalSheet) -> Foreseen:
    serving = {(row.person_id, row.corps): row for row in corps.serving(unit) if row.unit_id == unit.pk}
    known = [line for line in sheet.lines if line.person_id is not None]
    staying = [line for line in known if not line.leaves]
    standing = {
        line.row: serving[line.person_id or 0, line.corps]
        for line in staying
        if (line.person_id or 0, line.corps) in serving
    }
    same = [
        line
        for line in staying
        if line.row in standing and Skills.of(standing[line.row]).columns() == skills(line).columns()
    ]
    named = {(line.person_id, line.corps) for line in known}
    leaving = [
        row
        for line in known
        if line.leaves and (row := serving.get((line.person_id or 0, line.corps))) is not None
    ]
    return Foreseen(
        new=[line for line in staying if line.row not in standing],
        changed=[line for line in staying if line.row in standing and line not in same],
        same=same,
        leaving=leaving,
        unnamed=[row for key, row in serving.items() if key not in named],
    )


def skills(line: RenewalLine) -> Skills:
    """What a line says somebody is good at."""
    return Skills(line.subjects, line.languages, line.area_id, line.most)


def _done(
    request: ActorRequest, unit: Unit, sheet: RenewalSheet, foreseen: Foreseen, form: forms.DecisionForm
) -> HttpResponse:
    people = [
        Appointment(line.person_id, line.corps, skills(line))
        for line in sheet.lines
        if line.person_id is not None and not line.leaves
    ]
    leaving = foreseen.leaving + (foreseen.unnamed if request.POST.get("unnamed") == "leave" else [])
    done = commands.renew(unit, people, leaving, decision=form.decision(), by=request.actor)
    said = _("Đã kiện toàn: {new} bổ nhiệm, {changed} đổi, {same} như cũ, {gone} thôi.")
    messages.success(
        request, said.format(new=done.new, changed=done.changed, same=done.same, gone=done.dismissed)
    )
    return HttpResponseRedirect(reverse("lecturers"))


@page(Can.LECTURER_MANAGE)
def own_sheet(request: ActorRequest) -> HttpResponse:
    """The corps as it stands, in the columns of the sheet: change it and send it back."""
    by, unit = request.actor, own_unit(request.actor)
    rows = [row for row in corps.serving(unit) if row.unit_id == unit.pk]
    readings.note([row.person_id for row in rows], page="lecturers.renew", by=by)
    book = Workbook()
    book.add_table(
        Table(
            title="",
            columns=[TableColumn(column.title, CellKind.TEXT, 24) for column in renewal.COLUMNS],
            rows=[_cells(row) for row in rows],
            sheet_name=_("Kiện toàn"),
        )
    )
    book.add_notes(_("Hướng dẫn"), _notes())
    response = HttpResponse(book.to_bytes(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="kien-toan-bao-cao-vien.xlsx"'
    return response


def _cells(row: Lecturer) -> tuple[str, ...]:
    """A lecturer as a row of the sheet, in the order of its columns; cards stay where they are sealed."""
    born = row.person.birth_date
    birth = born.strftime("%d/%m/%Y") if born else str(row.person.birth_year or "")
    return (
        row.person.full_name,
        birth,
        "",
        row.person.home_unit.code,
        str(Corps(row.corps).label),
        "; ".join(row.subject_names),
        "; ".join(row.language_names),
        row.area.code if row.area else "",
        str(row.most_a_month),
        "",
    )


def _notes() -> list[str]:
    return [
        _("Lĩnh vực, cách nhau bằng dấu chấm phẩy: {words}").format(
            words="; ".join(str(one.label) for one in Subject)
        ),
        _("Ngôn ngữ, ngoài tiếng Việt: {words}").format(words="; ".join(str(one.label) for one in Language)),
        _("Lực lượng: {words}").format(words="; ".join(str(one.label) for one in Corps)),
        _("Hình thức: mới, tiếp tục hoặc thôi; bỏ trống là tiếp tục."),
        _("Địa bàn: mã đơn vị nơi nên cử đến trước; bỏ trống là mọi nơi."),
    ]
