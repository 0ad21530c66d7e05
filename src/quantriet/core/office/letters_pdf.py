"""Set an official letter as a PDF, by typst with Tinos; the layout is the same as the Word file's."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from quantriet.core.office.letters import (
    Block,
    Bullet,
    Heading,
    Letter,
    PageBreak,
    Paragraph,
    Run,
    TableBlock,
    check_rows,
    placed_header,
    runs_of,
)
from quantriet.core.office.printing import printed


def to_pdf(letter: Letter) -> bytes:
    """The letter as the bytes of a PDF file."""
    return printed("letter", _data(letter))


def _data(letter: Letter) -> dict[str, Any]:
    return {
        "layout": asdict(letter.layout),
        "title": f"{letter.kind_name} {letter.abstract}".strip(),
        "superior": letter.superior,
        "issuer": letter.issuer,
        "number_line": letter.number_line,
        "place_date_line": letter.place_date_line,
        "kind_name": letter.kind_name,
        "abstract": letter.abstract,
        "addressees": list(letter.addressees),
        "blocks": _blocks(letter.body),
        "recipients": list(letter.recipients),
        "authority_lines": letter.authority_lines,
        "position": letter.signature.position,
        "signer": letter.signature.name,
        "annexes": [
            {
                "label": annex.label,
                "title": annex.title,
                "landscape": annex.landscape,
                "blocks": _blocks(annex.blocks),
            }
            for annex in letter.annexes
        ],
    }


def _blocks(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    return [_block(block) for block in blocks]


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text, level):
            return {"type": "heading", "text": text, "level": level}
        case Paragraph(runs):
            return {"type": "paragraph", "runs": [asdict(run) for run in runs_of(runs)]}
        case Bullet(runs):
            return {"type": "paragraph", "runs": [asdict(run) for run in (Run("- "), *runs_of(runs))]}
        case TableBlock():
            return _table(block)
        case PageBreak():
            return {"type": "page_break"}


def _table(table: TableBlock) -> dict[str, Any]:
    placed_header(table)  # refuses spans that do not fill the grid
    check_rows(table)
    return {
        "type": "table",
        "shares": [column.share for column in table.columns],
        "aligns": [column.align.value for column in table.columns],
        "header": [[asdict(cell) for cell in cells] for cells in table.header],
        "rows": [list(cells) for cells in table.rows],
        "totals": list(table.totals or ()),
    }
