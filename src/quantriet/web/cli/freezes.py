"""``quantriet freeze``: list the frozen periods of a campaign, freeze one that ends today or has ended."""

import argparse

from django.utils.translation import gettext as _

from quantriet.campaigns.commands import freezes as commands
from quantriet.core.text import format_date
from quantriet.ledger import queries as ledger
from quantriet.ledger.models import Freeze
from quantriet.web.cli import Command
from quantriet.web.cli.telling import (
    campaign_of,
    day_of,
    dry_run_argument,
    json_argument,
    operating,
    tell,
    unit_of,
)


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("việc"))
    listed = acts.add_parser("list", help=_("liệt kê các kỳ đã chốt của một đợt"))
    listed.add_argument("--unit", metavar=_("MÃ_ĐƠN_VỊ"), help=_("chỉ kỳ của đơn vị này"))
    made = acts.add_parser("make", help=_("chốt số một kỳ; chốt lại cùng tên, cùng ngày thì không thêm gì"))
    made.add_argument("unit", metavar=_("MÃ_ĐƠN_VỊ"))
    made.add_argument("label", metavar=_("TÊN_KỲ"))
    made.add_argument("--on", metavar=_("NGÀY"), help=_("ngày cuối của kỳ, 31/12/2026; không nêu là hôm nay"))
    dry_run_argument(made)
    for act in (listed, made):
        act.add_argument("--campaign", type=int, required=True, metavar=_("SỐ"), help=_("số của đợt"))
        json_argument(act)


def _list(options: argparse.Namespace) -> int:
    with operating(options):
        rows = Freeze.objects.filter(book=campaign_of(options.campaign).book).select_related("unit")
        if options.unit:
            rows = rows.filter(unit=unit_of(options.unit))
        frozen = list(rows)
        late = ledger.amended(frozen)
        found = [_told(one) | {"late_batches": late.get(one.pk, 0)} for one in frozen]
    lines = [
        _("{id}  {unit}  đến hết {on}  {label}: {late_batches} lần ghi muộn, đính chính").format(
            id=one.pk,
            unit=one.unit.code,
            on=format_date(one.on),
            label=one.label,
            late_batches=late.get(one.pk, 0),
        )
        for one in frozen
    ]
    tell(options, lines or [_("Chưa chốt kỳ nào.")], {"freezes": found})
    return 0


def _told(one: Freeze) -> dict[str, object]:
    return {
        "id": one.pk,
        "unit": one.unit.code,
        "label": one.label,
        "on": one.on,
        "frozen_at": one.created_at,
        "actor": one.actor,
    }


def _make(options: argparse.Namespace) -> int:
    with operating(options) as by:
        campaign, unit = campaign_of(options.campaign), unit_of(options.unit)
        made = commands.freeze(
            campaign, unit, label=options.label, on=day_of(options.on) if options.on else None, by=by
        )
        words = _("Kỳ “{label}” đến hết ngày {day} của {unit}: đã chốt.").format(
            label=made.label, day=format_date(made.on), unit=unit.name
        )
        tell(options, [words], _told(made) | {"figures": made.figures})
    return 0


def _run(options: argparse.Namespace) -> int:
    return {"list": _list, "make": _make}[options.act](options)


COMMANDS = {"freeze": Command(_arguments, _run)}
