"""``quantriet act`` and ``acts``: one act on the tree, or a sheet of them. ``--dry-run`` tells what would happen."""

import argparse
import csv
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.office.cells import Fault
from quantriet.core.text import TextError, parse_date
from quantriet.org.act_words import ActWords, shared
from quantriet.org.commands import act_lists, acts
from quantriet.org.models import Act, ActKind, UnitKind
from quantriet.org.proposals import Choices
from quantriet.org.queries import act_sheets, merger_lists
from quantriet.org.queries import acts as act_queries
from quantriet.org.queries.act_words import proposal_of
from quantriet.org.queries.foresight import Foresight, foresee
from quantriet.org.queries.merger_lists import Basis
from quantriet.web.cli import REFUSED, Command
from quantriet.web.cli.telling import dry_run_argument, json_argument, operating, tell


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except TextError as error:
        raise argparse.ArgumentTypeError(error.sentence) from error


def _act_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=ActKind.values, help=_("việc sắp xếp"))
    parser.add_argument("--decision", required=True, metavar=_("SỐ"), help=_("số quyết định"))
    parser.add_argument(
        "--decided", required=True, type=_day, metavar=_("NGÀY"), help=_("ngày quyết định, dd/mm/yyyy")
    )
    parser.add_argument(
        "--effective", type=_day, metavar=_("NGÀY"), help=_("ngày hiệu lực (mặc định: ngày quyết định)")
    )
    parser.add_argument("--units", nargs="+", default=[], metavar=_("MÃ"), help=_("đơn vị được sắp xếp"))
    parser.add_argument(
        "--into", nargs="+", default=[], metavar=_("MÃ"), help=_("đơn vị nhận: mã đang có hoặc mã mới")
    )
    parser.add_argument(
        "--names", nargs="+", default=[], metavar=_("TÊN"), help=_("tên của các đơn vị mới, hoặc tên mới")
    )
    parser.add_argument("--parent", default="", metavar=_("MÃ"), help=_("cấp trên mới"))
    parser.add_argument("--code", default="", metavar=_("MÃ"), help=_("mã mới"))
    parser.add_argument(
        "--kind-of-unit", default="", choices=["", *UnitKind.values], help=_("loại đơn vị mới")
    )
    parser.add_argument(
        "--rest", default="", metavar=_("MÃ"), help=_("đơn vị nhận phần còn lại khi chia tách")
    )
    parser.add_argument(
        "--share",
        action="append",
        default=[],
        metavar=_("MÃ=MÃ NHẬN"),
        help=_("khi chia tách: đơn vị trực thuộc nào về đơn vị nhận nào (nhiều lần)"),
    )
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar=_("CÂU=LỰA CHỌN"),
        help=_("trả lời một câu hỏi của lần xem trước"),
    )
    parser.add_argument("--reason", default="", help=_("ghi chú"))
    dry_run_argument(parser)
    json_argument(parser)


def _words(options: argparse.Namespace) -> ActWords:
    answers = dict(told.split("=", 1) for told in options.answer if "=" in told)
    return ActWords(
        kind=options.kind,
        decision=options.decision,
        decided_on=options.decided,
        effective_on=options.effective or options.decided,
        units=tuple(options.units),
        into=tuple(options.into),
        names=tuple(options.names),
        parent=options.parent,
        code=options.code,
        unit_kind=options.kind_of_unit,
        rest=options.rest,
        divided=_shares(options.share),
        reason=options.reason,
        answers=answers,
    )


def _shares(told: list[str]) -> tuple[tuple[str, str], ...]:
    try:
        return shared(told)
    except ValueError as error:
        sentence = _("“{text}” chưa nói về đâu. Hãy ghi --share MÃ=MÃ NHẬN. Chưa đổi gì.").format(text=error)
        raise DomainError("cli.share", sentence) from error


def _act(options: argparse.Namespace) -> int:
    with operating(options) as by:
        proposal = proposal_of(_words(options), by=by)
        if options.dry_run:
            seen = foresee(proposal, by=by)
            tell(options, _lines(seen), _data(seen))
            return REFUSED if seen.stops or seen.unanswered else 0
        done = acts.carry_out(proposal, by=by)
        words = f"{done.get_kind_display()} theo {done.decision}: {done.get_state_display().lower()}."
        tell(options, [words], {"id": done.pk, "state": done.state})
    return 0


def _resume_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", type=int, metavar=_("SỐ"), help=_("số của việc đang vướng"))
    parser.add_argument(
        "--answer", action="append", default=[], metavar=_("CÂU=LỰA CHỌN"), help=_("trả lời lại một câu hỏi")
    )
    dry_run_argument(parser)
    json_argument(parser)


def _resume(options: argparse.Namespace) -> int:
    """Go on with a blocked act, with other answers where they are told."""
    choices = Choices(answers=dict(told.split("=", 1) for told in options.answer if "=" in told))
    with operating(options) as by:
        act = _act_of(options.act)
        if options.dry_run:
            seen = foresee(act_queries.proposal(act).choosing(choices), by=by, act_id=act.pk)
            tell(options, _lines(seen), _data(seen))
            return REFUSED if seen.stops or seen.unanswered else 0
        done = acts.resume(act, choices=choices, by=by)
        words = f"{done.get_kind_display()} theo {done.decision}: {done.get_state_display().lower()}."
        tell(options, [words], {"id": done.pk, "state": done.state})
    return 0


def _undo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", type=int, metavar=_("SỐ"), help=_("số của việc"))
    parser.add_argument("--reason", required=True, help=_("lý do"))
    dry_run_argument(parser)
    json_argument(parser)


def _undo(options: argparse.Namespace) -> int:
    """Take a done act back; give a planned or blocked one up."""
    with operating(options) as by:
        undone = acts.undo(_act_of(options.act), reason=options.reason, by=by)
        words = f"{undone.get_kind_display()} theo {undone.decision}: {undone.get_state_display().lower()}."
        tell(options, [words], {"id": undone.pk, "state": undone.state})
    return 0


def _act_of(number: int) -> Act:
    found = Act.objects.filter(pk=number).first()
    if found is None:
        raise DomainError(
            "cli.act", _("Không có việc sắp xếp số {number}. Chưa làm gì.").format(number=number)
        )
    return found


def _lines(seen: Foresight) -> list[str]:
    """The dry run for people."""
    lines: list[str] = []
    for one in seen.effects:
        lines.append(f"{one.subject} ({one.count}): {one.outcome}")
        if one.question:
            lines += [f"    --answer {one.question}={option.value}  {option.words}" for option in one.options]
            lines.append(_("    đang chọn: {answer}").format(answer=seen.answer(one) or _("chưa chọn")))
    return lines


def _data(seen: Foresight) -> dict[str, Any]:
    """The dry run for programs."""
    return {
        "effects": [
            {
                "subject": one.subject,
                "count": one.count,
                "outcome": one.outcome,
                "weight": one.weight.value,
                "question": one.question,
                "options": [option.value for option in one.options],
                "answer": seen.answer(one) if one.question else "",
            }
            for one in seen.effects
        ],
        "stops": len(seen.stops),
        "unanswered": [one.question for one in seen.unanswered],
    }


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar=_("TỆP"), help=_("tệp .xlsx hoặc .csv, một dòng một việc"))
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar=_("DÒNG:CÂU=LỰA CHỌN"),
        help=_("trả lời một câu hỏi của một dòng"),
    )
    dry_run_argument(parser)
    json_argument(parser)


def _row_answers(told: list[str]) -> dict[str, dict[str, str]]:
    """Row → question → answer."""
    found: dict[str, dict[str, str]] = {}
    for one in told:
        row, _mark, rest = one.partition(":")
        question, _mark, answer = rest.rpartition("=")
        found.setdefault(row, {})[question] = answer
    return found


def _list(options: argparse.Namespace) -> int:
    if not options.file.is_file():
        raise DomainError("cli.file", _("Không có tệp “{file}”. Chưa làm gì.").format(file=options.file))
    read = act_sheets.read(act_sheets.keep(options.file))
    rows, faults = act_sheets.rows(read, _row_answers(options.answer))
    with operating(options) as by:
        looked = act_lists.look(rows, by=by)
        every: list[Fault] = [*faults, *act_sheets.faults_of(read, looked)]
        is_clean = looked.is_clean and not every
        if is_clean and not options.dry_run:
            act_lists.carry_out(rows, by=by)
        lines = [
            _("  dòng {row}: {words}").format(row=row, words=words) for row, words in looked.done.items()
        ]
        lines += [f"  {fault.address}: {fault.sentence}" for fault in every]
        for one in looked.asked:
            lines.append(_("  dòng {row}: {sentence}").format(row=one.row, sentence=one.sentence))
            lines += [
                f"    --answer '{one.row}:{one.question}={value}'  {words}" for value, words in one.options
            ]
        wrote = is_clean and not options.dry_run
        lines.append(_("Đã thực hiện.") if wrote else _("Chưa thực hiện gì."))
        data = {
            "rows": len(rows),
            "done": len(looked.done),
            "written": wrote,
            "faults": [
                {"address": fault.address, "code": fault.code, "sentence": fault.sentence} for fault in every
            ],
            "asked": [
                {
                    "row": one.row,
                    "question": one.question,
                    "options": [value for value, _words in one.options],
                }
                for one in looked.asked
            ],
        }
        tell(options, lines, data)
    return 0 if is_clean else REFUSED


def _draft_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, metavar=_("TỆP"), help=_("CSV có cột code, parent_code, full_name, merged_from")
    )
    parser.add_argument(
        "--out", required=True, type=Path, metavar=_("TỆP"), help=_("bảng việc sắp xếp (.xlsx) để kiểm tra")
    )
    parser.add_argument("--decision", required=True, metavar=_("SỐ"), help=_("số quyết định"))
    parser.add_argument(
        "--decided", required=True, type=_day, metavar=_("NGÀY"), help=_("ngày quyết định, dd/mm/yyyy")
    )
    parser.add_argument(
        "--effective", type=_day, metavar=_("NGÀY"), help=_("ngày hiệu lực (mặc định: ngày quyết định)")
    )
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar=_("MÃ|TÊN CŨ=MÃ CŨ"),
        help=_(
            "trả lời một điều được hỏi: MÃ|TÊN CŨ=MÃ CŨ; MÃ|?=MÃ CŨ;MÃ CŨ; MÃ|MÃ CŨ|share=whole hoặc part; "
            "“-” là không lấy đơn vị nào"
        ),
    )
    json_argument(parser)


def _draft(options: argparse.Namespace) -> int:
    """Write the sheet of acts a list of units decides; it is looked at and done by ``quantriet acts``."""
    if not options.file.is_file():
        raise DomainError("cli.file", _("Không có tệp “{file}”. Chưa làm gì.").format(file=options.file))
    with options.file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if not rows or {"code", "full_name", "merged_from"} - set(rows[0]):
        raise DomainError("cli.columns", _("Tệp phải có các cột code, full_name, merged_from. Chưa làm gì."))
    basis = Basis(options.decision, options.decided, options.effective or options.decided)
    answers = dict(told.rsplit("=", 1) for told in options.answer if "=" in told)
    with operating(options) as by:
        made = merger_lists.draft(merger_lists.successors_of(rows), basis, by=by, answers=answers)
    options.out.write_bytes(merger_lists.workbook(made))
    questions = made.decided.questions
    lines_told = [f"  {one.successor}: {one.sentence}\n    --answer '{one.key}=…'" for one in questions[:50]]
    lines_told.append(
        _("{acts} việc, {unchanged} đơn vị giữ nguyên, {questions} điều cần hỏi.").format(
            acts=len(made.rows), unchanged=len(made.decided.unchanged), questions=len(questions)
        )
    )
    asked = [
        {"successor": one.successor, "sentence": one.sentence, "candidates": one.candidates, "key": one.key}
        for one in questions
    ]
    tell(options, lines_told, {"acts": len(made.rows), "questions": asked})
    return REFUSED if questions else 0


COMMANDS = {
    "acts-draft": Command(_draft_arguments, _draft),
    "act": Command(_act_arguments, _act),
    "act-resume": Command(_resume_arguments, _resume),
    "act-undo": Command(_undo_arguments, _undo),
    "acts": Command(_list_arguments, _list),
}
