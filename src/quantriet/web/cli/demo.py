"""``quantriet demo-load``: the demonstration, into a house without units."""

import argparse
import sys
from datetime import date

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from quantriet.core.text import format_date
from quantriet.org.models import Unit
from quantriet.web.cli import Command
from quantriet.web.cli.telling import json_argument, tell
from quantriet.web.demonstration.load import Wanted, load


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=2025, help=_("số gieo; cùng số thì cùng dữ liệu"))
    parser.add_argument(
        "--today", type=date.fromisoformat, metavar=_("NĂM-THÁNG-NGÀY"), help=_("ngày của dữ liệu (hôm nay)")
    )
    parser.add_argument("--communes", type=int, metavar=_("SỐ"), help=_("chỉ lấy bấy nhiêu xã (cả tỉnh)"))
    parser.add_argument(
        "--people", type=int, default=20_000, metavar=_("SỐ"), help=_("khoảng bấy nhiêu người")
    )
    json_argument(parser)


def _run(options: argparse.Namespace) -> int:
    if Unit.objects.exists():
        tell(options, [_("Hệ thống đã có đơn vị; không nạp dữ liệu trình diễn.")], {"loaded": False})
        return 0
    wanted = Wanted(options.seed, options.today or timezone.localdate(), options.communes, options.people)
    if not options.json:
        sys.stdout.write(
            _("Đang nạp dữ liệu trình diễn (số gieo {seed}, {today}) …").format(
                seed=wanted.seed, today=format_date(wanted.today)
            )
            + "\n"
        )
    with override(settings.LANGUAGE_CODE):  # the data are the same whoever loads them
        ground = load(wanted, tell=(lambda _words: None) if options.json else _say)
    people = sum(len(souls) for souls in ground.souls.values())
    facts = {"loaded": True, "seed": wanted.seed, "today": str(wanted.today)}
    facts |= {"units": len(ground.units), "people": people}
    tell(
        options,
        [_("Xong: {count} đơn vị, {people} người.").format(count=len(ground.units), people=people)],
        facts,
    )
    return 0


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


COMMANDS = {"demo-load": Command(_arguments, _run)}
