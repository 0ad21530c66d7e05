"""``quantriet report read``: a report's figures on another day, each beside the one that was sent."""

import argparse
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.queries import Lens
from quantriet.core.text import format_date, format_int, format_share
from quantriet.org import access
from quantriet.reports import queries
from quantriet.reports.counts import FigureValue
from quantriet.reports.queries import Compared
from quantriet.web.cli.telling import day_of, operating, tell


def arguments(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("report", type=int, metavar=_("BÁO_CÁO"))
    parser.add_argument(
        "--on", metavar=_("NGÀY"), help=_("việc xảy ra đến hết ngày này, 31/12/2026; không nêu là hôm nay")
    )
    parser.add_argument("--known", metavar=_("NGÀY"), help=_("như đã biết đến hết ngày này"))
    parser.add_argument(
        "--tree", choices=("now", "then"), default="now", help=_("theo cây đơn vị hôm nay hoặc của ngày đó")
    )


def read(options: argparse.Namespace) -> int:
    """Tell it."""
    today = timezone.localdate()
    on, known = (day_of(text) if text else today for text in (options.on, options.known))
    lens = Lens(
        on=on if on < today else None,
        known=known if known < today else None,
        as_then=options.tree == "then",
    )
    with operating(options) as by:
        found = access.row_or_404(queries.readable(by), options.report)
        shown = queries.through(found, lens, by=by)
        words = (
            _("{unit}, số liệu đến ngày {day}: {differing} trên {all} con số khác bản đã gửi")
            if shown.was_sent
            else _("{unit}, số liệu đến ngày {day}: {differing} trên {all} con số khác bản đang soạn")
        )
        head = words.format(
            unit=found.unit.name,
            day=format_date(lens.day),
            differing=shown.differing,
            all=len(shown.compared),
        )
        lines = [f"  {one.label}: {_words(one.sent)} → {_words(one.read)}" for one in shown.compared]
        told = {
            "id": found.pk,
            "unit": found.unit.code,
            "on": lens.day,
            "known": known,
            "tree_on": lens.tree_on,
            "was_sent": shown.was_sent,
            "unit_stood": shown.has_unit,
            "figures": [_told(one) for one in shown.compared],
        }
        tell(options, [head, *lines], told)
    return 0


def _words(value: FigureValue) -> str:
    if value.denominator is None:
        return format_int(value.numerator)
    return format_share(value.numerator, value.denominator)


def _told(one: Compared) -> dict[str, Any]:
    return {
        "code": one.code,
        "sent": {"numerator": one.sent.numerator, "denominator": one.sent.denominator},
        "read": {"numerator": one.read.numerator, "denominator": one.read.denominator},
        "differs": one.differs,
    }
