"""``quantriet demo-load``: the demonstration, into a house without units."""

import argparse
from datetime import date

from django.utils import timezone

from quantriet.org.models import Unit
from quantriet.web.cli import Command
from quantriet.web.cli.telling import json_argument, tell


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=2025, help="số gieo; cùng số thì cùng dữ liệu")
    parser.add_argument(
        "--today", type=date.fromisoformat, default=None, metavar="NĂM-THÁNG-NGÀY", help="ngày của dữ liệu"
    )
    json_argument(parser)


def _run(options: argparse.Namespace) -> int:
    if Unit.objects.exists():
        tell(options, ["Hệ thống đã có đơn vị; không nạp dữ liệu trình diễn."], {"loaded": False})
        return 0
    today = options.today or timezone.localdate()
    tell(
        options,
        [f"Dữ liệu trình diễn chưa có (số gieo {options.seed}, ngày {today:%d/%m/%Y})."],
        {"loaded": False},
    )
    return 0


COMMANDS = {"demo-load": Command(_arguments, _run)}
