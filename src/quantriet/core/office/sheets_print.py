"""Printed sheets as PDF: a table with a title block, the signature list, cards with a QR code to cut out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import segno

from quantriet.core.office.letters import Align
from quantriet.core.office.printing import printed

BLANK_LINES_AT_MOST = 200
QR_MASK = 3
QR_BORDER = 2
DARK = re.compile(rb"\x01+")


@dataclass(frozen=True, slots=True)
class TitleBlock:
    """What stands over a printed table: who prints it, the title, lines under it (what, where, when).

    ``closing`` are the people who sign below it side by side (`THƯ KÝ`, `CHỦ TRÌ`). ``code`` stands on each page as a
    QR code, to know the sheet again on a photograph.
    """

    title: str
    issuer: str = ""
    place_date: str = ""
    lines: Sequence[str] = ()
    closing: Sequence[str] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class PrintColumn:
    """A column of a printed table: its header, its share of the width, how its cells stand."""

    title: str
    share: float = 1.0
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A person in a signature list; the room to sign stays empty."""

    name: str
    birth_year: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A card: whose it is, what the QR code holds, and a short code to type when it cannot be scanned."""

    name: str
    unit: str
    content: str
    code: str


def printed_table(
    title: TitleBlock,
    columns: Sequence[PrintColumn],
    rows: Sequence[Sequence[str]],
    *,
    landscape: bool = False,
    row_height: float | None = None,
) -> bytes:
    """A table on A4 with a repeated header and page numbers; ``row_height`` in mm where hands will write."""
    for cells in rows:
        if len(cells) != len(columns):
            raise ValueError(f"a row of {len(cells)} cells in a table of {len(columns)} columns")
    data = {
        "title": title.title,
        "issuer": title.issuer,
        "place_date": title.place_date,
        "lines": list(title.lines),
        "closing": list(title.closing),
        "code": qr_svg(title.code) if title.code else "",
        "landscape": landscape,
        "row_height": row_height,
        "shares": [column.share for column in columns],
        "aligns": [column.align.value for column in columns],
        "header": [column.title for column in columns],
        "rows": [list(cells) for cells in rows],
    }
    return printed("table", data)


def signature_list(title: TitleBlock, people: Sequence[SignatureLine], *, blank_lines: int = 0) -> bytes:
    """A numbered list to sign on, with empty lines at the end for who is not on it."""
    if not 0 <= blank_lines <= BLANK_LINES_AT_MOST:
        raise ValueError(f"at most {BLANK_LINES_AT_MOST} blank lines")
    columns = (
        PrintColumn("TT", 0.45, Align.CENTER),
        PrintColumn("Họ và tên", 2.4),
        PrintColumn("Năm sinh", 0.8, Align.CENTER),
        PrintColumn("Đơn vị", 2.4),
        PrintColumn("Ký tên", 1.5),
    )
    lines = [*people, *(SignatureLine("") for _line in range(blank_lines))]
    rows = [(str(number), line.name, line.birth_year, line.unit, "") for number, line in enumerate(lines, 1)]
    return printed_table(title, columns, rows, row_height=9.0)


def qr_cards(cards: Sequence[Card], *, heading: str) -> bytes:
    """Cards to cut out, two by five on A4, in the order given; at least one."""
    if not cards:
        raise ValueError("no cards to print")
    data = {
        "heading": heading,
        "cards": [
            {"name": card.name, "unit": card.unit, "code": card.code, "svg": qr_svg(card.content)}
            for card in cards
        ],
    }
    return printed("cards", data)


def qr_svg(content: str) -> str:
    """A QR code as SVG text with a quiet border of two modules, error correction M for crumpled cards.

    The mask is fixed: any mask is valid and readable, and trying all eight takes most of the time.
    """
    matrix = segno.make_qr(content, error="m", boost_error=False, mask=QR_MASK).matrix
    side = len(matrix) + 2 * QR_BORDER
    bars = "".join(
        f"M{QR_BORDER + bar.start()} {QR_BORDER + row}h{len(bar[0])}v1h-{len(bar[0])}z"
        for row, modules in enumerate(matrix)
        for bar in DARK.finditer(modules)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path d="{bars}"/></svg>'
    )
