"""``quantriet campaign``: list, draft, give down, read the board."""

import argparse

from django.utils.translation import gettext as _

from quantriet.campaigns import queries
from quantriet.campaigns.api import BoardRowOut, board_out
from quantriet.campaigns.commands import campaigns
from quantriet.campaigns.commands.campaigns import Answers
from quantriet.campaigns.models import Campaign
from quantriet.campaigns.policy import PRESETS
from quantriet.core.errors import DomainError
from quantriet.core.text import format_share
from quantriet.documents.models import Document
from quantriet.ledger.indicators import INDICATORS
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
    listed = acts.add_parser("list", help=_("liệt kê các đợt"))
    plan = acts.add_parser("plan", help=_("soạn một đợt theo mẫu; chưa giao gì"))
    plan.add_argument("unit", metavar=_("MÃ_ĐƠN_VỊ"))
    plan.add_argument("title", metavar=_("TÊN_ĐỢT"))
    plan.add_argument("--preset", choices=sorted(PRESETS), default="thorough", help=_("mẫu"))
    plan.add_argument(
        "--from", dest="starts_on", required=True, metavar=_("NGÀY"), help=_("từ ngày, 31/12/2026")
    )
    plan.add_argument("--to", dest="ends_on", required=True, metavar=_("NGÀY"), help=_("đến ngày"))
    plan.add_argument(
        "--document",
        type=int,
        action="append",
        default=[],
        metavar=_("SỐ"),
        help=_("văn bản quán triệt (nhiều lần)"),
    )
    start = acts.add_parser("start", help=_("giao một đợt đã soạn xuống mọi đơn vị"))
    board = acts.add_parser("board", help=_("số liệu của đợt tại một đơn vị và các đơn vị trực thuộc"))
    board.add_argument("--unit", metavar=_("MÃ_ĐƠN_VỊ"), help=_("mặc định: đơn vị mở đợt"))
    for act in (start, board):
        act.add_argument("id", type=int, metavar=_("SỐ"))
    for act in (plan, start):
        dry_run_argument(act)
    for act in (listed, plan, start, board):
        json_argument(act)


def _list(options: argparse.Namespace) -> None:
    with operating(options) as by:
        rows = [
            {
                "id": one.pk,
                "state": one.state,
                "unit": one.unit.code,
                "starts_on": one.starts_on,
                "ends_on": one.ends_on,
                "title": one.title,
            }
            for one in queries.campaigns(by)
        ]
    tell(options, [" ".join(str(value) for value in row.values()) for row in rows], {"campaigns": rows})


def _plan(options: argparse.Namespace) -> None:
    with operating(options) as by:
        known = set(Document.objects.filter(pk__in=options.document).values_list("pk", flat=True))
        if known != set(options.document):
            raise DomainError("cli.document", _("Có văn bản không tồn tại. Chưa làm gì."))
        documents = tuple((pk, "thorough") for pk in options.document)
        answers = Answers(options.title, day_of(options.starts_on), day_of(options.ends_on), documents)
        planned = campaigns.plan(unit_of(options.unit), preset=options.preset, answers=answers, by=by)
        tell(
            options,
            [_("Đã soạn đợt số {number}; chưa giao gì.").format(number=planned.pk)],
            {"id": planned.pk},
        )


def _start(options: argparse.Namespace) -> None:
    """With ``--dry-run`` all of it in one transaction; else each subtree in its own, as the job does."""
    if options.dry_run:
        with operating(options) as by:
            campaigns.start(campaign_of(options.id), by=by)
            _tell_started(options)
        return
    with operating(options) as by:
        started = campaigns.begin_start(campaign_of(options.id), by=by)
        chunks = campaigns.roll_chunks(started) if started.state == Campaign.State.STARTING else []
    for top_id in chunks:
        with operating(options) as by:
            campaigns.draw_roll(started, top_id, by=by)
    with operating(options) as by:
        if chunks:
            campaigns.finish_start(started, by=by)
        _tell_started(options)


def _tell_started(options: argparse.Namespace) -> None:
    found = campaign_of(options.id)
    owed, summoned = found.obligations.count(), found.roll.count()
    words = [
        _("Đợt số {number}: {owed} việc đã giao, {summoned} người được triệu tập.").format(
            number=found.pk, owed=owed, summoned=summoned
        )
    ]
    tell(options, words, {"id": found.pk, "state": found.state, "obligations": owed, "summoned": summoned})


def _board(options: argparse.Namespace) -> None:
    with operating(options):
        found = campaign_of(options.id)
        board = board_out(found, unit_of(options.unit) if options.unit else found.unit)
    lines = [_line(row) for row in (board.top, *board.rows)]
    tell(options, lines, board.model_dump())


def _line(row: BoardRowOut) -> str:
    shares = [
        f"{INDICATORS[one.code].title} {format_share(one.part or 0, one.whole)}"
        for one in row.figures
        if one.whole
    ]
    return f"{row.name}: {'; '.join(shares) or _('chưa báo cáo')}"


def _run(options: argparse.Namespace) -> int:
    {"list": _list, "plan": _plan, "start": _start, "board": _board}[options.act](options)
    return 0


COMMANDS = {"campaign": Command(_arguments, _run)}
