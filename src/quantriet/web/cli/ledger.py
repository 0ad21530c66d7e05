"""``quantriet ledger``: count every entry, or every row of work, again and compare; or build the tallies anew."""

import argparse
from dataclasses import asdict

from quantriet.ledger import commands, queries
from quantriet.org import access
from quantriet.web.cli import REFUSED, Command
from quantriet.web.cli.telling import dry_run_argument, json_argument, operating, tell
from quantriet.web.proofs import recount


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="việc")
    verify = acts.add_parser("verify", help="đếm lại mọi bút toán, so với số cộng dồn (mã 1 nếu lệch)")
    verify.add_argument("--limit", type=int, default=20, help="nêu nhiều nhất bấy nhiêu ô lệch")
    again = acts.add_parser(
        "recount", help="đếm lại từ các dòng gốc bằng bản SQL độc lập, so với số cộng dồn (mã 1 nếu lệch)"
    )
    rebuild = acts.add_parser("rebuild", help="dựng lại số cộng dồn từ các bút toán, sang một kỷ mới")
    dry_run_argument(rebuild)
    for act in (verify, again, rebuild):
        json_argument(act)


def _verify(options: argparse.Namespace) -> int:
    with access.whole_house("ledger verify"):
        found = queries.verify(limit=options.limit)
    lines = [
        f"  sổ {cell.book_id} đơn vị {cell.unit_id} chỉ số {cell.measure} lát {cell.slice} bậc {cell.grade}: "
        f"cộng dồn {cell.tally}, đếm lại {cell.counted}"
        for cell in found.differences
    ]
    head = f"{found.cells} ô, khớp cả." if found.equal else "Lệch; các ô đầu tiên:"
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
    lines = [
        "  sổ {book_id} đơn vị {unit_id} chỉ số {measure} lát {slice} bậc {grade}: "
        "cộng dồn {tally}, đếm từ dòng gốc {counted}".format_map(cell)
        for cell in found.differences
    ]
    head = f"{found.cells} ô, khớp cả." if found.equal else f"{found.differing} ô lệch; các ô đầu tiên:"
    told = {
        "equal": found.equal,
        "cells": found.cells,
        "differing": found.differing,
        "differences": found.differences,
    }
    tell(options, [head, *lines], told)
    return 0 if found.equal else REFUSED


def _rebuild(options: argparse.Namespace) -> int:
    with operating(options):
        epoch = commands.rebuild()
        tell(options, [f"Đã dựng lại; kỷ mới là {epoch}."], {"epoch": epoch})
    return 0


def _run(options: argparse.Namespace) -> int:
    return {"verify": _verify, "recount": _recount, "rebuild": _rebuild}[options.act](options)


COMMANDS = {"ledger": Command(_arguments, _run)}
