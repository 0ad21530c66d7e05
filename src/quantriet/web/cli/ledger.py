"""``quantriet ledger``: count every entry, or every row of work, again and compare; or build the tallies anew."""

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from quantriet.ledger import commands, queries
from quantriet.org import access
from quantriet.web.cli import REFUSED, Command
from quantriet.web.cli.telling import dry_run_argument, json_argument, operating, tell
from quantriet.web.proofs import recount


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("việc"))
    verify = acts.add_parser("verify", help=_("đếm lại mọi bút toán, so với số cộng dồn (mã 1 nếu lệch)"))
    verify.add_argument("--limit", type=int, default=20, help=_("nêu nhiều nhất bấy nhiêu ô lệch"))
    again = acts.add_parser(
        "recount", help=_("đếm lại từ các dòng gốc bằng bản SQL độc lập, so với số cộng dồn (mã 1 nếu lệch)")
    )
    rebuild = acts.add_parser("rebuild", help=_("dựng lại số cộng dồn từ các bút toán, sang một kỷ mới"))
    dry_run_argument(rebuild)
    for act in (verify, again, rebuild):
        json_argument(act)


def _verify(options: argparse.Namespace) -> int:
    with access.whole_house("ledger verify"):
        found = queries.verify(limit=options.limit)
    lines = [
        _(
            "  sổ {book_id} đơn vị {unit_id} chỉ số {measure} lát {slice} bậc {grade}: "
            "cộng dồn {tally}, đếm lại {counted}"
        ).format(
            book_id=cell.book_id,
            unit_id=cell.unit_id,
            measure=cell.measure,
            slice=cell.slice,
            grade=cell.grade,
            tally=cell.tally,
            counted=cell.counted,
        )
        for cell in found.differences
    ]
    head = _("{cells} ô, khớp cả.").format(cells=found.cells) if found.equal else _("Lệch; các ô đầu tiên:")
    told = {
        "equal": found.equal,
        "cells": found.cells,
        "days_differing": found.days_differing,
        "differences": [asdict(cell) for cell in found.differences],
    }
    tell(options, [head, *lines], told)
    return 0 if found.equal else REFUSED


def _recount(options: argparse.Namespace) -> int:
    with access.whole_house("ledger recount"):
        found = recount.recount()
    lines = [_differing(cell) for cell in found.differences]
    head = (
        _("{cells} ô, khớp cả.").format(cells=found.cells)
        if found.equal
        else _("{differing} ô lệch, {days} ô lệch theo ngày; các ô đầu tiên:").format(
            differing=found.differing, days=found.days_differing
        )
    )
    told = {
        "equal": found.equal,
        "cells": found.cells,
        "days": found.days,
        "differing": found.differing,
        "days_differing": found.days_differing,
        "differences": found.differences,
    }
    tell(options, [head, *lines], told)
    return 0 if found.equal else REFUSED


def _differing(cell: Mapping[str, Any]) -> str:
    """One cell that differs, as a whole or on one day."""
    if cell["day"] is None:
        words = _(
            "  sổ {book_id} đơn vị {unit_id} chỉ số {measure} lát {slice} bậc {grade}: "
            "cộng dồn {tally}, đếm từ dòng gốc {counted}"
        )
    else:
        words = _(
            "  sổ {book_id} đơn vị {unit_id} chỉ số {measure} lát {slice} bậc {grade} ngày {day}: "
            "cộng dồn {tally}, đếm từ dòng gốc {counted}"
        )
    return words.format_map(cell)


def _rebuild(options: argparse.Namespace) -> int:
    with operating(options):
        epoch = commands.rebuild()
        tell(options, [_("Đã dựng lại; kỷ mới là {epoch}.").format(epoch=epoch)], {"epoch": epoch})
    return 0


def _run(options: argparse.Namespace) -> int:
    return {"verify": _verify, "recount": _recount, "rebuild": _rebuild}[options.act](options)


COMMANDS = {"ledger": Command(_arguments, _run)}
