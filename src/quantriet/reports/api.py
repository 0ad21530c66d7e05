"""Reports, for programs: which there are, one in full, sending."""

from datetime import date, datetime

from ninja import Router, Schema

from quantriet.core.paging import Cursor, Limit, Page, RowId, page_of
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.permissions import Can
from quantriet.reports import queries
from quantriet.reports.commands import reports as commands
from quantriet.reports.models import Report

router = Router()


class ReportOut(Schema):
    """A report. ``kind``: result or flash; ``state``: draft, sent, returned, accepted; ``sending``: how often
    it was sent.
    """

    id: int
    campaign_id: int
    unit_id: int
    kind: str
    state: str
    sending: int
    number: str
    dated_on: date | None
    sent_at: datetime | None
    accepted_at: datetime | None
    returned_reason: str


class ReportFigureOut(Schema):
    """A figure: the counts of the ledger (as frozen, once sent) and the unit's own number with its reason.

    ``denominator`` is null for a plain count; ``grades``: the numerator by evidence, best first.
    """

    code: str
    numerator: int
    denominator: int | None
    grades: list[int]
    disputed_value: int | None
    disputed_reason: str


class SectionOut(Schema):
    """A section of the outline with its words and the figures it shows; ``version`` goes with a new text (0: none
    was written yet).
    """

    code: str
    chapter: str
    title: str
    kind: str
    required: bool
    text: str
    version: int
    figures: list[str]


class FindingOut(Schema):
    """What was found before sending. ``weight``: blocker or warning."""

    weight: str
    code: str
    sentence: str
    section: str


class ReportDetailOut(ReportOut):
    """A report with its sections and figures. ``frozen``: as sent, not as the ledger is now. ``findings`` are
    told to who writes it.
    """

    frozen: bool
    sections: list[SectionOut]
    figures: list[ReportFigureOut]
    findings: list[FindingOut]


@router.get("/reports", response=Page[ReportOut], tags=["reports"], summary="Reports I may read")
@endpoint(Can.CAMPAIGN_READ)
def list_reports(
    request: ActorRequest,
    campaign_id: RowId | None = None,
    state: str = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[ReportOut]:
    """The own unit's reports and those that units below have sent, by id."""
    rows = queries.readable(request.actor)
    if campaign_id is not None:
        rows = rows.filter(campaign=campaign_id)
    if state:
        rows = rows.filter(state=state[:8])
    return page_of(rows, by=("id",), cursor=cursor, limit=limit, show=_shown)


@router.get("/reports/{report_id}", response=ReportDetailOut, tags=["reports"], summary="One report")
@endpoint(Can.CAMPAIGN_READ)
def read_report(request: ActorRequest, report_id: RowId) -> ReportDetailOut:
    """One report in full; 404 for one that is not mine to read, as for one that does not exist."""
    return detail_out(request.actor, access.row_or_404(queries.readable(request.actor), report_id))


@router.post(
    "/reports/{report_id}/send", response=ReportDetailOut, tags=["reports"], summary="Send a report up"
)
@endpoint(Can.REPORT_WRITE)
def send_report(request: ActorRequest, report_id: RowId) -> ReportDetailOut:
    """Freeze the figures and send the report up, once; 422 with every blocker in the context."""
    report = access.row_or_404(queries.writable(request.actor), report_id)
    return detail_out(request.actor, commands.send(report, by=request.actor))


def _shown(report: Report) -> ReportOut:
    return ReportOut.model_validate(report)


def detail_out(actor: Actor, report: Report) -> ReportDetailOut:
    """A report in full as an actor may see it: the draft for its own unit, what was sent for everybody else."""
    mine = queries.writable(actor).filter(pk=report.pk).exists()
    shown = queries.contents(report) if mine else queries.as_sent(report)
    texts = shown.texts
    return ReportDetailOut(
        **_shown(report).model_dump(),
        frozen=shown.frozen,
        sections=[
            SectionOut(
                code=one.code,
                chapter=one.chapter,
                title=one.title,
                kind=one.kind,
                required=one.required,
                text=texts.get(one.code, ""),
                version=int(shown.report.texts.get(one.code, {}).get("version", 0)),
                figures=list(one.figures),
            )
            for one in shown.sections
        ],
        figures=[_figure(shown, code) for code in shown.figures],
        findings=[
            FindingOut(weight=one.weight.value, code=one.code, sentence=one.sentence, section=one.section)
            for one in (queries.findings(shown) if mine and report.is_open else [])
        ],
    )


def _figure(shown: queries.Contents, code: str) -> ReportFigureOut:
    value, dispute = shown.figures[code], shown.disputes.get(code)
    return ReportFigureOut(
        code=code,
        numerator=value.numerator,
        denominator=value.denominator,
        grades=list(value.grades),
        disputed_value=None if dispute is None else dispute.value,
        disputed_reason="" if dispute is None else dispute.reason,
    )
