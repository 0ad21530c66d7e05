"""``quantriet found-root``: the first unit of a tree; the others come by ``import-units``."""

import argparse

from django.utils.translation import gettext as _

from quantriet.org.commands import units
from quantriet.org.models import Tree, UnitKind
from quantriet.org.specs import UnitSpec
from quantriet.web.cli import Command
from quantriet.web.cli.telling import dry_run_argument, json_argument, operating, tell


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar=_("MÃ"), help=_("mã đơn vị của cơ quan"))
    parser.add_argument("name", metavar=_("TÊN"), help=_("tên đơn vị"))
    parser.add_argument("--kind", default=UnitKind.PROVINCE, choices=UnitKind.values, help=_("loại đơn vị"))
    parser.add_argument("--tree", default=Tree.PARTY, choices=Tree.values, help=_("cây tổ chức"))
    parser.add_argument(
        "--committee", default="", metavar=_("MÃ"), help=_("cấp ủy cùng cấp, nếu ngoài cây Đảng")
    )
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
        tell(
            options,
            [_("Đã lập {name} (mã {code}).").format(name=made.name, code=made.code)],
            {"id": made.pk, "code": made.code},
        )
    return 0


COMMANDS = {"found-root": Command(_arguments, _run)}
