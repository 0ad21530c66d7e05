"""``quantriet conference``: which are to come, which sites are behind, what a year costs."""

import argparse
import csv
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quantriet.conferences.costs_api import CostsBelowOut, CostSumsOut, CostYearOut, year_out
from quantriet.conferences.models import Conference, Site
from quantriet.conferences.preparation_api import outlook_out
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import readiness
from quantriet.conferences.queries.readiness import Lack
from quantriet.conferences.queries.wall import Standing
from quantriet.core.errors import DomainError
from quantriet.core.text import format_datetime, format_int
from quantriet.web.cli import REFUSED, Command
from quantriet.web.cli.telling import json_argument, operating, tell, unit_of

WORDS = {
    Lack.UNREADY: gettext_lazy("chưa chuẩn bị xong"),
    Lack.UNTESTED: gettext_lazy("chưa thử đường truyền"),
}
NOT_PLAIN = ("=", "+", "-", "@", "\t")
"""What a table program takes for a formula at the start of a cell."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("việc"))
    listed = acts.add_parser("list", help=_("các hội nghị chưa kết thúc, gần nhất trước"))
    ready = acts.add_parser("readiness", help=_("điểm cầu nào chưa sẵn sàng (mã 1 nếu còn)"))
    ready.add_argument("id", type=int, metavar=_("SỐ"))
    ready.add_argument("--limit", type=int, default=100, help=_("nêu nhiều nhất bấy nhiêu điểm cầu (100)"))
    costs = acts.add_parser("costs", help=_("kinh phí một năm của đơn vị và các đơn vị trực thuộc"))
    costs.add_argument("unit", metavar=_("MÃ_ĐƠN_VỊ"))
    costs.add_argument("year", type=int, metavar=_("NĂM"))
    costs.add_argument("--csv", type=Path, metavar=_("TỆP"), help=_("ghi ra tệp CSV (UTF-8)"))
    for act in (listed, ready, costs):
        json_argument(act)


def _list(options: argparse.Namespace) -> int:
    running = (Conference.State.PLANNED, Conference.State.OPEN)
    with operating(options) as by:
        found = reads.conferences(by).filter(kind=Conference.Kind.CONFERENCE, state__in=running)
        rows = [
            {
                "id": one.pk,
                "state": one.state,
                "unit": one.unit.code,
                "starts_at": one.starts_at,
                "title": one.title,
            }
            for one in found.order_by("starts_at", "id")
        ]
    lines = [f"{row['id']}\t{row['state']}\t{row['unit']}\t{row['title']}" for row in rows]
    tell(options, lines or [_("Không có hội nghị nào sắp họp.")], {"conferences": rows})
    return 0


def _readiness(options: argparse.Namespace) -> int:
    with operating(options) as by:
        one = reads.conferences(by).filter(pk=options.id).first()
        if one is None:
            raise DomainError(
                "cli.conference", _("Không có hội nghị số {number}. Chưa làm gì.").format(number=options.id)
            )
        standing = Standing(one, by=by)
        told, lacking = outlook_out(standing), readiness.lacking(standing)
        behind = sorted(frozenset[int]().union(*lacking.values()))
        rows = Site.objects.filter(pk__in=behind).select_related("unit").order_by("pk")
        shown = [
            (site, [lack for lack, ids in lacking.items() if site.pk in ids])
            for site in rows[: max(0, options.limit)]
        ]
    head = _(
        "{title}: {sites} điểm cầu; {unready} chưa chuẩn bị xong, {untested} chưa thử đường truyền "
        "(hạn thử {limit})."
    ).format(
        title=one.title,
        sites=told.sites,
        unready=told.unready,
        untested=told.untested,
        limit=format_datetime(told.test_until),
    )
    lines = [
        f"  {site.pk}\t{site.unit.code}\t{site.name}: {', '.join(str(WORDS[lack]) for lack in lacks)}"
        for site, lacks in shown
    ]
    sites = [
        {"id": site.pk, "name": site.name, "unit": site.unit.code, "lacks": [lack.value for lack in lacks]}
        for site, lacks in shown
    ]
    more = len(behind) - len(shown)
    tail = [_("  … và {more} điểm cầu nữa (--limit).").format(more=more)] if more else []
    tell(options, [head, *lines, *tail], {**told.model_dump(), "behind": sites, "more": more})
    return REFUSED if behind else 0


def _costs(options: argparse.Namespace) -> int:
    with operating(options) as by:
        told = year_out(unit_of(options.unit), by, options.year)
    if options.csv is not None:
        _write(told, options.csv)
    lines = [
        _("{name}, năm {year}: {amounts}").format(
            name=told.name, year=told.year, amounts=_amounts(told.whole)
        ),
        _("  Riêng đơn vị: {amounts}").format(amounts=_amounts(told.own)),
        *(f"  {one.name}: {_amounts(one.sums)}" for one in told.below),
        *([_("Đã ghi {path}.").format(path=options.csv)] if options.csv is not None else []),
    ]
    tell(options, lines, told.model_dump())
    return 0


def _amounts(sums: CostSumsOut) -> str:
    told = _("dự kiến {planned} đồng, thực chi {actual} đồng").format(
        planned=format_int(sums.planned), actual=format_int(sums.actual)
    )
    return (
        _("{told}, {open_lines}/{lines} dòng chưa ghi thực chi").format(
            told=told, open_lines=sums.open_lines, lines=sums.lines
        )
        if sums.open_lines
        else told
    )


def _write(told: CostYearOut, path: Path) -> None:
    """A row a unit, the unit itself first and everything together last. Excel reads the mark of UTF-8."""
    itself = CostsBelowOut(unit_id=told.unit_id, code=told.code, name=told.name, sums=told.own)
    rows = [[_plain(one.code), _plain(one.name), *_counts(one.sums)] for one in (itself, *told.below)]
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(
                [
                    _("Mã đơn vị"),
                    _("Đơn vị"),
                    _("Dự kiến (đồng)"),
                    _("Thực chi (đồng)"),
                    _("Số dòng"),
                    _("Chưa ghi thực chi"),
                ]
            )
            writer.writerows([*rows, ["", _("Cộng"), *_counts(told.whole)]])
    except OSError as error:
        raise DomainError(
            "cli.file", _("Không ghi được tệp {path}: {why}.").format(path=path, why=error.strerror)
        ) from error


def _counts(sums: CostSumsOut) -> list[int]:
    return [sums.planned, sums.actual, sums.lines, sums.open_lines]


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(NOT_PLAIN) else text


def _run(options: argparse.Namespace) -> int:
    return {"list": _list, "readiness": _readiness, "costs": _costs}[options.act](options)


COMMANDS = {"conference": Command(_arguments, _run)}
