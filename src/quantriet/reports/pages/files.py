"""The report as files: Word and PDF in the official layout, the workbook with its tables and with the people."""

from typing import cast

from django.conf import settings
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.intake.store import FileStore
from quantriet.core.models import Work
from quantriet.core.office.letters_docx import to_docx
from quantriet.core.office.letters_pdf import to_pdf
from quantriet.core.text import fold
from quantriet.org import access, doors
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can
from quantriet.reports import papers, queries
from quantriet.reports.commands import exports
from quantriet.reports.jobs import people_workbook
from quantriet.reports.models import Report
from quantriet.reports.pages.showing import readable_or_404
from quantriet.reports.workbooks import workbook

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Above this many people the workbook is made by the worker.
AT_ONCE = 10_000


def file_name(report: Report, ending: str) -> str:
    """`bao-cao-dang-bo-xa-tan-hoi-17.docx`"""
    words = "-".join(fold(report.unit.name).split())[:80]
    return f"bao-cao-{words}-{report.pk}.{ending}"


def _file(
    report: Report, content: bytes, kind: str, ending: str, *, disposition: str = "attachment"
) -> HttpResponse:
    name = file_name(report, ending)
    return HttpResponse(
        content,
        content_type=kind,
        headers={
            "Content-Disposition": f'{disposition}; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@page(Can.CAMPAIGN_READ)
def docx(request: ActorRequest, report_id: int) -> HttpResponse:
    """The report as a Word file."""
    report = readable_or_404(request, report_id)
    letter = papers.letter(queries.paper(_shown(request, report)))
    return _file(report, to_docx(letter), DOCX, "docx")


@page(Can.CAMPAIGN_READ)
def pdf(request: ActorRequest, report_id: int) -> HttpResponse:
    """The report as a PDF, shown in the browser: what is printed."""
    report = readable_or_404(request, report_id)
    letter = papers.letter(queries.paper(_shown(request, report)))
    return _file(report, to_pdf(letter), "application/pdf", "pdf", disposition="inline")


@page(Can.CAMPAIGN_READ)
def xlsx(request: ActorRequest, report_id: int) -> HttpResponse:
    """The figures and tables as a workbook, without names."""
    report = readable_or_404(request, report_id)
    return _file(report, workbook(queries.paper(_shown(request, report))), XLSX, "xlsx")


def _shown(request: ActorRequest, report: Report) -> queries.Contents:
    """What the reader may see: the draft for its own unit, what was sent for everybody else."""
    if queries.writable(request.actor).filter(pk=report.pk).exists():
        return queries.contents(report)
    return queries.as_sent(report)


@page(Can.PERSON_READ, write=Can.PERSON_READ)
def people(request: ActorRequest, report_id: int) -> HttpResponse:
    """Ask for the people behind the figures; a post gives the workbook, or orders it where it is large.

    Asked for by a post, as it leaves a trace: everybody listed can read who took the list.
    """
    report = readable_or_404(request, report_id)
    access.require(request.actor, Can.PERSON_READ, report.unit)
    count = exports.how_many(report)
    if request.method == "GET":
        return render(
            request, "reports/people.html", {"report": report, "count": count, "large": count > AT_ONCE}
        )
    if count <= AT_ONCE:
        return _file(report, exports.people_workbook(report, by=request.actor), XLSX, "xlsx")
    minute = timezone.localtime().strftime("%Y%m%d%H%M")
    work = doors.order(
        people_workbook,
        by=request.actor,
        title=_("Xuất danh sách: %(unit)s") % {"unit": report.unit.name},
        key=f"report-people:{report.pk}:{request.actor.account_id}:{minute}",
        report_id=report.pk,
    )
    return HttpResponseRedirect(reverse("work", args=[work.pk]))


@page(Can.PERSON_READ)
def people_file(request: ActorRequest, report_id: int, work_id: int) -> HttpResponse:
    """The workbook that the worker made, for who ordered it and may still read the people."""
    report = readable_or_404(request, report_id)
    access.require(request.actor, Can.PERSON_READ, report.unit)
    work = access.row_or_404(
        Work.objects.filter(
            account_id=request.actor.account_id, kind=people_workbook.name, state=Work.State.DONE
        ),
        work_id,
    )
    if work.ids.get("report_id") != report.pk:
        raise access.not_found()
    content = FileStore(settings.FILES_ROOT).open(work.result["file"])
    name = file_name(report, "xlsx")
    return cast("HttpResponse", FileResponse(content, as_attachment=True, filename=name, content_type=XLSX))
