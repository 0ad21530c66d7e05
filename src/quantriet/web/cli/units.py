"""``quantriet found-root``: the first unit of a tree; the others come by ``import-units``."""

import argparse

from quantriet.org.commands import units
from quantriet.org.models import Tree, UnitKind
from quantriet.org.specs import UnitSpec
from quantriet.web.cli import Command
from quantriet.web.cli.telling import dry_run_argument, json_argument, operating, tell


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="MÃ", help="mã đơn vị của cơ quan")
    parser.add_argument("name", metavar="TÊN", help="tên đơn vị")
    parser.add_argument("--kind", default=UnitKind.PROVINCE, choices=UnitKind.values, help="loại đơn vị")
    parser.add_argument("--tree", default=Tree.PARTY, choices=Tree.values, help="cây tổ chức")
    parser.add_argument("--committee", default="", metavar="MÃ", help="cấp ủy cùng cấp, nếu ngoài cây Đảng")
    dry_run_argument(parser)
    json_argument(parser)


def _run(options: argparse.Namespace) -> int:
    with operating(options) as by:
        spec = UnitSpec(
            code=options.code,
            name=options.name,
            kind=options.kind,
            tree=options.tree,
            committee_code=options.committee,
        )
        made = units.found([spec], by=by)[0]
        tell(options, [f"Đã lập {made.name} (mã {made.code})."], {"id": made.pk, "code": made.code})
    return 0


COMMANDS = {"found-root": Command(_arguments, _run)}
