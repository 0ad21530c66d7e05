"""``quantriet import-baselines``: figures of earlier terms, as the page takes them."""

import argparse
from pathlib import Path

from django.utils.translation import gettext as _

from quantriet.campaigns.commands import follow_up
from quantriet.campaigns.queries import follow_up as queries
from quantriet.core.errors import DomainError
from quantriet.core.intake.checking import check_upload
from quantriet.core.intake.kinds import FileKind
from quantriet.documents.models import Document
from quantriet.web.cli import REFUSED, Command
from quantriet.web.cli.telling import dry_run_argument, json_argument, operating, tell


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar=_("TỆP"), help=_("tệp .xlsx hoặc .csv"))
    parser.add_argument(
        "--document", required=True, metavar=_("SỐ"), help=_("số, ký hiệu văn bản, ví dụ 226-KL/TW")
    )
    dry_run_argument(parser)
    json_argument(parser)


def _document(number: str) -> Document:
    found = list(Document.objects.filter(number=number).order_by("-issued_on")[:2])
    if len(found) != 1:
        raise DomainError(
            "cli.document",
            _("Không có, hoặc có nhiều văn bản số “{number}”. Chưa làm gì; hãy xem lại số.").format(
                number=number
            ),
        )
    return found[0]


def _run(options: argparse.Namespace) -> int:
    if not options.file.is_file():
        raise DomainError("cli.file", _("Không có tệp “{file}”. Chưa làm gì.").format(file=options.file))
    checked = check_upload(options.file, kind=(FileKind.XLSX, FileKind.CSV))
    with operating(options) as by:
        document = _document(options.document)
        sheet = queries.baseline_sheet(options.file, checked.kind, by=by)
        if sheet.faults:
            lines = [f"  {fault.address}: {fault.sentence}" for fault in sheet.faults[:50]]
            told = [
                {"address": one.address, "code": one.code, "sentence": one.sentence} for one in sheet.faults
            ]
            tell(options, [_("Tệp có lỗi, chưa ghi gì:"), *lines], {"written": False, "faults": told})
            return REFUSED
        done = follow_up.declare_baselines(document, sheet.lines, by=by)
        tell(
            options,
            [
                _("Số liệu kỳ trước: {new} mới, {changed} đổi, {same} như cũ.").format(
                    new=done.new, changed=done.changed, same=done.same
                )
            ],
            {"written": not options.dry_run, "new": done.new, "changed": done.changed, "same": done.same},
        )
    return 0


COMMANDS = {"import-baselines": Command(_arguments, _run)}
