"""``quantriet import-units`` and ``import-people``: the import of the pages, without a browser."""

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.commands import imports
from quantriet.org.commands.imports import Rows
from quantriet.org.models import Import, Tree, Unit
from quantriet.web.cli import REFUSED, Command
from quantriet.web.cli.telling import dry_run_argument, json_argument, operating, tell, unit_of


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar=_("TỆP"), help=_("tệp .xlsx hoặc .csv"))
    parser.add_argument(
        "--unit", default="", metavar=_("MÃ"), help=_("đơn vị nhận (mặc định: đơn vị gốc của cây Đảng)")
    )
    parser.add_argument("--skip-faulty", action="store_true", help=_("bỏ các dòng lỗi, ghi các dòng còn lại"))
    dry_run_argument(parser)
    json_argument(parser)


def _top() -> Unit:
    """The one root of the Party tree."""
    roots = access.today_placements().filter(parent=None, unit__tree=Tree.PARTY, former=False)
    found = list(roots.select_related("unit")[:2])
    if len(found) != 1:
        raise DomainError(
            "cli.which_unit",
            _("Chưa rõ nhập vào đơn vị nào. Hãy nêu --unit MÃ, hoặc lập gốc bằng quantriet found-root."),
        )
    return found[0].unit


def _run(options: argparse.Namespace, kind: str) -> int:
    if not options.file.is_file():
        raise DomainError("cli.file", _("Không có tệp “{file}”. Chưa làm gì.").format(file=options.file))
    with operating(options) as by:
        unit = unit_of(options.unit) if options.unit else _top()
        about = imports.stage(options.file, file_name=options.file.name, kind=kind, unit=unit, by=by)
        outcome = imports.check(about, by=by)
    faulty = outcome.faulty + outcome.asked
    wrote = not options.dry_run and (not faulty or options.skip_faulty)
    if wrote:  # outside that transaction: a long list is written unit by unit
        imports.carry_out(about, rows=Rows.FAULTLESS if options.skip_faulty else Rows.ALL, by=by)
    told: dict[str, Any] = {**outcome.as_json(), "written": wrote}
    lines = [
        _("Mới {new}, đổi {changed}, giữ nguyên {same}, lỗi hoặc cần hỏi {faulty}.").format(
            new=outcome.new, changed=outcome.changed, same=outcome.same, faulty=faulty
        )
    ]
    lines += [
        _("  dòng {row}: {sentence}").format(row=fault.row, sentence=fault.sentence)
        for fault in outcome.faults[:50]
    ]
    lines += [
        _("  dòng {row}: {name} có thể là người đã có; hãy trả lời trong trang.").format(
            row=asked.row, name=asked.name
        )
        for asked in outcome.questions[:50]
    ]
    lines.append(_("Đã ghi.") if wrote else _("Chưa ghi gì."))
    tell(options, lines, told)
    return REFUSED if faulty and not options.skip_faulty else 0


def _units(options: argparse.Namespace) -> int:
    return _run(options, Import.Kind.UNITS)


def _people(options: argparse.Namespace) -> int:
    return _run(options, Import.Kind.PEOPLE)


COMMANDS = {"import-units": Command(_arguments, _units), "import-people": Command(_arguments, _people)}
