"""Writing and reviewing a report, for programs: draft, words, other figures, accepting, returning, the papers."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from quantriet.campaigns import queries as campaigns
from quantriet.core.office.letters_docx import to_docx
from quantriet.core.office.letters_pdf import to_pdf
from quantriet.core.paging import RowId
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.permissions import Can
from quantriet.reports import outlines, papers, queries
from quantriet.reports.api import ReportDetailOut, detail_out
from quantriet.reports.api import router as reports_router
from quantriet.reports.commands import reports as commands
from quantriet.reports.commands import reviews
from quantriet.reports.commands.reports import Head
from quantriet.reports.models import Kind, Report
from quantriet.reports.workbooks import workbook

router = Router()

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _binary(kind: str) -> dict[str, object]:
    """What an operation that answers with a file says of itself."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}}}
    return {"responses": {200: {"description": "The file", "content": content}}}


Code = Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9_-]+$")]
Sending = Annotated[int, Field(ge=0, le=32_767)]


class ReportKind(StrEnum):
    """The result report that a campaign asks for, or a short word in between."""

    RESULT = Kind.RESULT.value
    FLASH = Kind.FLASH.value


class ReportDraftIn(Schema):
    """Which report: of a campaign, by a unit (without it one's own). ``kind``: result or flash."""

    campaign_id: RowId
    unit_id: RowId | None = None
    kind: ReportKind = ReportKind.RESULT


class SectionIn(Schema):
    """The words of a section; ``version`` is the one that was read (0: none)."""

    text: Annotated[str, Field(max_length=200_000)]
    version: Annotated[int, Field(ge=0, le=2**31 - 1)]


class SectionKeptOut(Schema):
    """The section as kept; the next text goes with this ``version``."""

    code: str
    version: int


class HeadIn(Schema):
    """Number, place and date, who signs, who receives (one a line). ``version`` is the report's that was read."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    number: str = ""
    place: str = ""
    dated_on: date
    authority: str = ""
    signer_position: str = ""
    signer_name: str = ""
    recipients: str = ""


class DisputeIn(Schema):
    """Another figure ("số khác") beside the counted one, and why."""

    value: Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
    reason: str


class AcceptIn(Schema):
    """``sending`` is the one that was read: what was sent again meanwhile is not judged unread."""

    sending: Sending


class ReturnIn(AcceptIn):
    """Why the report goes back."""

    reason: str


class CorrectionIn(Schema):
    """What is right, and why it was wrong; ``key`` makes a retry harmless."""

    text: str
    reason: str
    key: Annotated[str, Field(min_length=1, max_length=60)]


class CorrectionOut(Schema):
    """A correction as listed beside the report."""

    id: int
    text: str
    reason: str


def _own(actor: Actor, report_id: int) -> Report:
    return access.row_or_404(queries.writable(actor), report_id)


# An address of two routers answers as the first one alone: this operation stands beside those of ``api``.
@reports_router.post("/reports", response={201: ReportDetailOut}, tags=["reports"], summary="Draft a report")
@endpoint(Can.REPORT_WRITE)
def draft_report(request: ActorRequest, body: ReportDraftIn) -> Status[ReportDetailOut]:
    """The draft of the unit, made or found: a campaign has one open report of each kind and unit."""
    actor = request.actor
    campaign = access.row_or_404(campaigns.campaigns(actor), body.campaign_id)
    own = queries.own_unit(actor)
    unit_id = body.unit_id or (own.pk if own is not None else actor.unit_id)
    unit = access.unit_or_404(actor, Can.REPORT_WRITE, unit_id)
    drafted = commands.draft(campaign, unit, kind=body.kind, by=actor)
    return Status(201, detail_out(actor, drafted))


@router.put(
    "/reports/{report_id}/sections/{code}",
    response=SectionKeptOut,
    tags=["reports"],
    summary="Write a section",
)
@endpoint(Can.REPORT_WRITE)
def write_section(request: ActorRequest, report_id: RowId, code: Code, body: SectionIn) -> SectionKeptOut:
    """Keep the words; 409 with both texts when somebody else wrote meanwhile."""
    report = _own(request.actor, report_id)
    kept = commands.write(report, section=code, text=body.text, version=body.version, by=request.actor)
    return SectionKeptOut(code=code, version=kept)


@router.put("/reports/{report_id}/head", response=ReportDetailOut, tags=["reports"], summary="Head and foot")
@endpoint(Can.REPORT_WRITE)
def write_head(request: ActorRequest, report_id: RowId, body: HeadIn) -> ReportDetailOut:
    """Number, date, who signs, who receives; 409 with both versions when somebody else wrote meanwhile."""
    report = _own(request.actor, report_id)
    return detail_out(request.actor, commands.set_head(report, Head(**body.model_dump()), by=request.actor))


@router.put(
    "/reports/{report_id}/figures/{code}/dispute",
    response=ReportDetailOut,
    tags=["reports"],
    summary="Another figure beside the counted one",
)
@endpoint(Can.REPORT_WRITE)
def dispute_figure(request: ActorRequest, report_id: RowId, code: Code, body: DisputeIn) -> ReportDetailOut:
    """The counted figure stays; the other one is shown beside it with its reason and never blocks sending."""
    report = _with_figure(request.actor, report_id, code)
    commands.dispute(report, code=code, value=body.value, reason=body.reason, by=request.actor)
    return detail_out(request.actor, report)


@router.delete(
    "/reports/{report_id}/figures/{code}/dispute",
    response=ReportDetailOut,
    tags=["reports"],
    summary="Take the other figure back",
)
@endpoint(Can.REPORT_WRITE)
def withdraw_dispute(request: ActorRequest, report_id: RowId, code: Code) -> ReportDetailOut:
    """The counted figure stands alone again; taken back twice is once."""
    report = _with_figure(request.actor, report_id, code)
    commands.dispute(report, code=code, value=None, reason="", by=request.actor)
    return detail_out(request.actor, report)


def _with_figure(actor: Actor, report_id: int, code: str) -> Report:
    report = _own(actor, report_id)
    if code not in outlines.figure_codes(queries.sections_of(report)):
        raise access.not_found()
    return report


@router.post(
    "/reports/{report_id}/corrections",
    response={201: CorrectionOut},
    tags=["reports"],
    summary="List a correction beside a sent report",
)
@endpoint(Can.REPORT_WRITE)
def correct_report(request: ActorRequest, report_id: RowId, body: CorrectionIn) -> Status[CorrectionOut]:
    """The report itself stays as it was sent."""
    report = _own(request.actor, report_id)
    event = reviews.correct(report, text=body.text, reason=body.reason, key=body.key, by=request.actor)
    return Status(201, CorrectionOut(id=event.pk, text=event.text, reason=event.reason))


# ---- from above ------------------------------------------------------------------------------------------


@router.post("/reports/{report_id}/accept", response=ReportDetailOut, tags=["reports"], summary="Accept")
@endpoint(Can.REPORT_REVIEW)
def accept_report(request: ActorRequest, report_id: RowId, body: AcceptIn) -> ReportDetailOut:
    """Take a report of a unit directly below as it was sent, once."""
    report = access.row_or_404(queries.reviewable(request.actor), report_id)
    return detail_out(request.actor, reviews.accept(report, sending=body.sending, by=request.actor))


@router.post("/reports/{report_id}/return", response=ReportDetailOut, tags=["reports"], summary="Return")
@endpoint(Can.REPORT_REVIEW)
def return_report(request: ActorRequest, report_id: RowId, body: ReturnIn) -> ReportDetailOut:
    """Send a report back with the reason; its unit owes it again."""
    report = access.row_or_404(queries.reviewable(request.actor), report_id)
    returned = reviews.return_(report, sending=body.sending, reason=body.reason, by=request.actor)
    return detail_out(request.actor, returned)


# ---- papers ----------------------------------------------------------------------------------------------


def _paper(actor: Actor, report_id: int) -> papers.Paper:
    report = access.row_or_404(queries.readable(actor), report_id)
    mine = queries.writable(actor).filter(pk=report.pk).exists()
    return queries.paper(queries.contents(report) if mine else queries.as_sent(report))


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=kind, headers=headers)


@router.get(
    "/reports/{report_id}/paper.docx",
    tags=["reports"],
    summary="The report as Word",
    openapi_extra=_binary(DOCX),
)
@endpoint(Can.CAMPAIGN_READ)
def report_docx(request: ActorRequest, report_id: RowId) -> HttpResponse:
    """In the official layout: the draft for its own unit, what was sent for everybody else."""
    letter = papers.letter(_paper(request.actor, report_id))
    return _file(to_docx(letter), DOCX, f"bao-cao-{report_id}.docx")


@router.get(
    "/reports/{report_id}/paper.pdf",
    tags=["reports"],
    summary="The report as PDF",
    openapi_extra=_binary(PDF),
)
@endpoint(Can.CAMPAIGN_READ)
def report_pdf(request: ActorRequest, report_id: RowId) -> HttpResponse:
    """As the Word file, ready to print."""
    letter = papers.letter(_paper(request.actor, report_id))
    return _file(to_pdf(letter), PDF, f"bao-cao-{report_id}.pdf")


@router.get(
    "/reports/{report_id}/figures.xlsx",
    tags=["reports"],
    summary="The report as Excel",
    openapi_extra=_binary(XLSX),
)
@endpoint(Can.CAMPAIGN_READ)
def report_xlsx(request: ActorRequest, report_id: RowId) -> HttpResponse:
    """The figures and tables, without names of people."""
    return _file(workbook(_paper(request.actor, report_id)), XLSX, f"bao-cao-{report_id}.xlsx")
