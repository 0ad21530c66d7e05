"""``quantriet import-units`` and ``import-people``: the import of the pages, without a browser."""

import argparse
from pathlib import Path
from typing import Any

from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.commands import imports
from quantriet.org.commands.imports import Rows
from quantriet.org.models import Import, Tree, Unit
from quantriet.web.cli import REFUSED, Command
from quantriet.web.cli.telling import dry_run_argument, json_argument, operating, tell, unit_of


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="TỆP", help="tệp .xlsx hoặc .csv")
    parser.add_argument(
        "--unit", default="", metavar="MÃ", help="đơn vị nhận (mặc định: đơn vị gốc của cây Đảng)"
    )
    parser.add_argument("--skip-faulty", action="store_true", help="bỏ các dòng lỗi, ghi các dòng còn lại")
    dry_run_argument(parser)
    json_argument(parser)


def _top() -> Unit:
    """The one root of the Party tree."""
    roots = access.today_placements().filter(parent=None, unit__tree=Tree.PARTY, former=False)
    found = list(roots.select_related("unit")[:2])
    if len(found) != 1:
        raise DomainError(
            "cli.which_unit",
            "Chưa rõ nhập vào đơn vị nào. Hãy nêu --unit MÃ, hoặc lập gốc bằng quantriet found-root.",
        )
    return found[0].unit


def _run(options: argparse.Namespace, kind: str) -> int:
    if not options.file.is_file():
        raise DomainError("cli.file", f"Không có tệp “{options.file}”. Chưa làm gì.")
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
        f"Mới {outcome.new}, đổi {outcome.changed}, giữ nguyên {outcome.same}, lỗi hoặc cần hỏi {faulty}."
    ]
    lines += [f"  dòng {fault.row}: {fault.sentence}" for fault in outcome.faults[:50]]
    lines += [
        f"  dòng {asked.row}: {asked.name} có thể là người đã có; hãy trả lời trong trang."
        for asked in outcome.questions[:50]
    ]
    lines.append("Đã ghi." if wrote else "Chưa ghi gì.")
    tell(options, lines, told)
    return REFUSED if faulty and not options.skip_faulty else 0


def _units(options: argparse.Namespace) -> int:
    return _run(options, Import.Kind.UNITS)


def _people(options: argparse.Namespace) -> int:
    return _run(options, Import.Kind.PEOPLE)


COMMANDS = {"import-units": Command(_arguments, _units), "import-people": Command(_arguments, _people)}
