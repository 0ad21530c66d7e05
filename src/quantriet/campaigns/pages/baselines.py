"""Figures of earlier terms from a sheet: read, shown with every fault, then declared, all or none."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.campaigns import baselines
from quantriet.campaigns.baselines import BaselineSheet
from quantriet.campaigns.commands import follow_up as commands
from quantriet.campaigns.models import Baseline
from quantriet.campaigns.pages.board_sheet import XLSX
from quantriet.campaigns.pages.follow_up import Following, following, told
from quantriet.campaigns.queries import follow_up as queries
from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.core.intake.checking import check_upload
from quantriet.core.intake.kinds import FileKind
from quantriet.core.intake.store import FileStore
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.ledger.indicators import INDICATORS
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

SALT = "baseline sheet"
SHOWN = 200
A_DAY = 86_400


@page(Can.CAMPAIGN_READ, write=Can.CAMPAIGN_MANAGE)
def upload(request: ActorRequest, document_id: int) -> HttpResponse:
    """Drop a sheet, look at what it says and what is wrong in which cell, then declare it whole."""
    found = following(request, document_id)
    access.require(request.actor, Can.CAMPAIGN_MANAGE, found.unit)
    words = _frame(found)
    status = 200
    if request.method == "POST":
        try:
            ticket = request.POST.get("ticket", "") or _keep(request, found)
            sheet = _read(request, found, ticket)
            if request.POST.get("act") == "do" and not sheet.faults:
                return _declared(request, found, sheet)
            words |= {"ticket": ticket, "sheet": sheet, "lines": _lines(sheet)}
            status = 422 if sheet.faults else 200
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as error:
            words["error"], status = error.sentence, error.status
    return render(request, "campaigns/baselines.html", words, status=status)


def _frame(found: Following) -> dict[str, Any]:
    return {
        "document": found.document,
        "unit": found.unit,
        "here": found.href("document-baselines"),
        "crumbs": [
            (_("Văn bản"), reverse("documents")),
            (found.document.number, reverse("document", args=(found.document.pk,))),
            (_("Theo dõi thực hiện"), found.href()),
            (_("Số liệu kỳ trước"), ""),
        ],
    }


def _store() -> FileStore:
    return FileStore(settings.FILES_ROOT)


def _keep(request: ActorRequest, found: Following) -> str:
    """Look the file over and keep it until it is declared; the ticket says which, and for which document."""
    sent = request.FILES.get("sheet")
    if not isinstance(sent, UploadedFile):
        raise DomainError("file.missing", _("Chưa chọn tệp. Hãy chọn tệp Excel hoặc CSV rồi gửi."))
    content = sent.read()
    checked = check_upload(content, kind=(FileKind.XLSX, FileKind.CSV))
    _store().put(content)
    kept = {"sha": checked.sha256, "kind": str(checked.kind), "document": found.document.pk}
    return signing.dumps(kept, salt=SALT)


def _read(request: ActorRequest, found: Following, ticket: str) -> BaselineSheet:
    try:
        kept = signing.loads(ticket, salt=SALT, max_age=A_DAY)
    except signing.BadSignature as error:
        raise _too_old() from error
    if kept["document"] != found.document.pk or not _store().exists(kept["sha"]):
        raise _too_old()
    return queries.baseline_sheet(_store().path(kept["sha"]), FileKind(kept["kind"]), by=request.actor)


def _too_old() -> DomainError:
    return DomainError("file.ticket", _("Tệp đã quá hạn chờ. Chưa ghi gì; hãy gửi lại tệp."))


def _declared(request: ActorRequest, found: Following, sheet: BaselineSheet) -> HttpResponse:
    done = commands.declare_baselines(found.document, sheet.lines, by=request.actor)
    said = _("Đã ghi số liệu kỳ trước: {new} mới, {changed} đổi, {same} như cũ.")
    messages.success(request, said.format(new=done.new, changed=done.changed, same=done.same))
    return HttpResponseRedirect(found.href())


def _lines(sheet: BaselineSheet) -> list[dict[str, Any]]:
    """What would be declared, row by row."""
    names = dict(
        Unit.objects.filter(pk__in={line.unit_id for line in sheet.lines[:SHOWN]}).values_list("pk", "name")
    )
    return [
        {
            "row": line.row,
            "unit": names[line.unit_id],
            "indicator": INDICATORS[line.indicator].title,
            "from_year": line.from_year,
            "to_year": line.to_year,
            "result": told(
                Baseline(
                    low=line.result.low, high=line.result.high, part=line.result.part, whole=line.result.whole
                )
            ),
            "source": line.source,
        }
        for line in sheet.lines[:SHOWN]
    ]


@page(Can.CAMPAIGN_READ)
def template(request: ActorRequest, document_id: int) -> HttpResponse:
    """An empty sheet with the right columns, and how results are written."""
    following(request, document_id)
    book = Workbook()
    columns = [TableColumn(column.title, CellKind.TEXT, 24) for column in baselines.COLUMNS]
    book.add_table(Table(title="", columns=columns, rows=(), sheet_name=_("Số liệu kỳ trước")))
    indicators = "; ".join(str(one.title) for one in INDICATORS.values())
    lines = [
        _("Chỉ tiêu, ghi một trong: {words}").format(words=indicators),
        _("Giai đoạn: 2024 hoặc 2020-2025"),
        _("Kết quả: 95 %, 95 % đến 97 %, hoặc 1.356/1.468"),
        _("Nguồn: số, ngày của báo cáo đã nêu số liệu"),
    ]
    book.add_notes(_("Hướng dẫn"), lines)
    response = HttpResponse(book.to_bytes(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="so-lieu-ky-truoc.xlsx"'
    return response
