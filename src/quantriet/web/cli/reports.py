"""``quantriet report …``: list reports, begin one, write one to a file, look an old one through."""

import argparse
from dataclasses import asdict
from pathlib import Path

from django.utils.translation import gettext as _

from quantriet.campaigns.models import Campaign
from quantriet.core.errors import DomainError
from quantriet.core.office.letters_docx import to_docx
from quantriet.core.office.letters_pdf import to_pdf
from quantriet.org import access
from quantriet.reports import old_reports, papers, queries, reading
from quantriet.reports.commands import reports as commands
from quantriet.reports.models import Kind, Report
from quantriet.reports.workbooks import workbook
from quantriet.web.cli import Command, report_days
from quantriet.web.cli.telling import dry_run_argument, json_argument, operating, tell, unit_of


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("việc"))
    listed = acts.add_parser("list", help=_("liệt kê báo cáo"))
    listed.add_argument("--campaign", type=int, metavar=_("SỐ"), help=_("chỉ đợt này"))
    listed.add_argument("--state", choices=Report.State.values, help=_("chỉ tình trạng này"))
    drafted = acts.add_parser("draft", help=_("lập bản soạn của một đơn vị"))
    drafted.add_argument("campaign", type=int, metavar=_("ĐỢT"))
    drafted.add_argument("unit", metavar=_("MÃ_ĐƠN_VỊ"))
    drafted.add_argument("--kind", choices=Kind.values, default=Kind.RESULT)
    dry_run_argument(drafted)
    exported = acts.add_parser("export", help=_("ghi báo cáo ra tệp Word, PDF hoặc Excel"))
    exported.add_argument("report", type=int, metavar=_("BÁO_CÁO"))
    for ending in ("docx", "pdf", "xlsx"):
        exported.add_argument(f"--{ending}", type=Path, metavar=_("TỆP"))
    looked = acts.add_parser("check", help=_("soi một báo cáo cũ: tỷ lệ sai, ngày trái nhau"))
    looked.add_argument("file", type=Path, metavar=_("TỆP"), help=_(".docx, .pdf hoặc .txt"))
    seen = acts.add_parser("read", help=_("đọc số liệu của báo cáo theo ngày khác, so với bản đã gửi"))
    report_days.arguments(seen)
    for each in (listed, drafted, exported, looked, seen):
        json_argument(each)


def _run(options: argparse.Namespace) -> int:
    acts = {"list": _list, "draft": _draft, "export": _export, "check": _check, "read": report_days.read}
    return acts[options.act](options)


def _list(options: argparse.Namespace) -> int:
    with operating(options) as by:
        rows = queries.readable(by).order_by("id")
        if options.campaign:
            rows = rows.filter(campaign=options.campaign)
        if options.state:
            rows = rows.filter(state=options.state)
        found = [
            {
                "id": one.pk,
                "campaign_id": one.campaign_id,
                "unit": one.unit.code,
                "unit_name": one.unit.name,
                "kind": one.kind,
                "state": one.state,
                "sent_at": one.sent_at,
            }
            for one in rows
        ]
        lines = [
            f"{one['id']}\t{one['unit']}\t{one['unit_name']}\t{one['kind']}\t{one['state']}" for one in found
        ]
        tell(options, lines or [_("Chưa có báo cáo nào.")], {"reports": found})
    return 0


def _draft(options: argparse.Namespace) -> int:
    with operating(options) as by:
        campaign = access.row_or_404(Campaign.objects.all(), options.campaign)
        made = commands.draft(campaign, unit_of(options.unit), kind=options.kind, by=by)
        tell(
            options,
            [_("Báo cáo số {number} ({state}).").format(number=made.pk, state=made.get_state_display())],
            {"id": made.pk, "state": made.state},
        )
    return 0


def _export(options: argparse.Namespace) -> int:
    wanted = {
        ending: getattr(options, ending) for ending in ("docx", "pdf", "xlsx") if getattr(options, ending)
    }
    if not wanted:
        raise DomainError("cli.file", _("Hãy nêu ít nhất một tệp: --docx, --pdf hoặc --xlsx. Chưa ghi gì."))
    with operating(options) as by:
        shown = queries.paper(queries.contents(access.row_or_404(queries.readable(by), options.report)))
        makers = {
            "docx": lambda: to_docx(papers.letter(shown)),
            "pdf": lambda: to_pdf(papers.letter(shown)),
            "xlsx": lambda: workbook(shown),
        }
        for ending, path in wanted.items():
            path.write_bytes(makers[ending]())
        tell(
            options,
            [_("Đã ghi {path}.").format(path=path) for path in wanted.values()],
            {"files": {ending: str(path) for ending, path in wanted.items()}},
        )
    return 0


def _check(options: argparse.Namespace) -> int:
    try:
        content = options.file.read_bytes()
    except OSError as error:
        raise DomainError(
            "cli.file",
            _("Không đọc được tệp {path}: {why}.").format(path=options.file, why=error.strerror),
        ) from error
    text, warnings = reading.text_of_file(content)
    marks = old_reports.examine(text)
    lines = [*warnings, *(f"“{text[mark.start : mark.end]}”: {mark.sentence}" for mark in marks)]
    tell(
        options,
        lines or [_("Không thấy tỷ lệ sai hay ngày trái nhau.")],
        {"marks": [{**asdict(mark), "text": text[mark.start : mark.end]} for mark in marks]},
    )
    return 1 if marks else 0


COMMANDS = {"report": Command(_arguments, _run)}
