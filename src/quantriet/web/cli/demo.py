"""``quantriet demo-load``: the demonstration, into a house without units."""

import argparse
import sys
from datetime import date

from django.utils import timezone

from quantriet.org.models import Unit
from quantriet.web.cli import Command
from quantriet.web.cli.telling import json_argument, tell
from quantriet.web.demonstration.load import Wanted, load


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=2025, help="số gieo; cùng số thì cùng dữ liệu")
    parser.add_argument(
        "--today", type=date.fromisoformat, metavar="NĂM-THÁNG-NGÀY", help="ngày của dữ liệu (hôm nay)"
    )
    parser.add_argument("--communes", type=int, metavar="SỐ", help="chỉ lấy bấy nhiêu xã (cả tỉnh)")
    parser.add_argument("--people", type=int, default=20_000, metavar="SỐ", help="khoảng bấy nhiêu người")
    json_argument(parser)


def _run(options: argparse.Namespace) -> int:
    if Unit.objects.exists():
        tell(options, ["Hệ thống đã có đơn vị; không nạp dữ liệu trình diễn."], {"loaded": False})
        return 0
    wanted = Wanted(options.seed, options.today or timezone.localdate(), options.communes, options.people)
    if not options.json:
        sys.stdout.write(f"Đang nạp dữ liệu trình diễn (số gieo {wanted.seed}, {wanted.today:%d/%m/%Y}) …\n")
    ground = load(wanted, tell=(lambda _words: None) if options.json else _say)
    people = sum(len(souls) for souls in ground.souls.values())
    facts = {"loaded": True, "seed": wanted.seed, "today": str(wanted.today)}
    facts |= {"units": len(ground.units), "people": people}
    tell(options, [f"Xong: {len(ground.units)} đơn vị, {people} người."], facts)
    return 0


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


COMMANDS = {"demo-load": Command(_arguments, _run)}
