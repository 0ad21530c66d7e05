"""Small pieces of WordprocessingML as text: runs, paragraphs, tables. Every word given is escaped here.

Built as text and parsed once, because python-docx's own table cells cost a search each.
"""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from quantriet.core.office.letters import (
    Align,
    PlacedCell,
    Run,
    Style,
    TableBlock,
    check_rows,
    placed_header,
)

# What XML 1.0 cannot hold, and so no Word file may.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
JUSTIFY = "both"


def twips(millimetres: float) -> int:
    """Millimetres in twentieths of a point."""
    return round(millimetres * 1440 / 25.4)


def run(text: str, style: Style) -> str:
    """A run of text; line ends become line breaks."""
    properties = (
        "".join(tag for on, tag in ((style.bold, "<w:b/>"), (style.italic, "<w:i/>")) if on)
        + f'<w:sz w:val="{round(style.size * 2)}"/><w:szCs w:val="{round(style.size * 2)}"/>'
    )
    if style.underline:
        properties += '<w:u w:val="single"/>'
    lines = escape(NOT_XML.sub("", text)).split("\n")
    words = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return f"<w:r><w:rPr>{properties}</w:rPr>{words}</w:r>"


def paragraph(
    content: str,
    *,
    align: str = Align.LEFT.value,
    before: float = 0,
    after: float = 0,
    indent: float = 0,
    spacing: float = 1.0,
    keep_next: bool = False,
    style_name: str = "",
    extra: str = "",
) -> str:
    """A paragraph of runs; gaps in points, first-line indent in millimetres, spacing in lines.

    ``extra`` is trusted WordprocessingML of a section break.
    """
    properties = (
        (f'<w:pStyle w:val="{style_name}"/>' if style_name else "")
        + ("<w:keepNext/>" if keep_next else "")
        + f'<w:spacing w:before="{round(before * 20)}" w:after="{round(after * 20)}"'
        f' w:line="{round(spacing * 240)}" w:lineRule="auto"/>'
        + (f'<w:ind w:firstLine="{twips(indent)}"/>' if indent else "")
        + f'<w:jc w:val="{align}"/>'
    )
    return f"<w:p><w:pPr>{properties}{extra}</w:pPr>{content}</w:p>"


def line(
    text: str, style: Style, *, align: str = Align.CENTER.value, before: float = 0, after: float = 0
) -> str:
    """A paragraph of one text in one style, in the middle by default."""
    return paragraph(run(text, style), align=align, before=before, after=after)


def rule(length: float, available: float) -> str:
    """A thin line of a length (mm) in the middle of an available width: a low paragraph with a top border."""
    side = twips(max(0, (available - length) / 2))
    return (
        '<w:p><w:pPr><w:pBdr><w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr>'
        '<w:spacing w:before="60" w:after="0" w:line="120" w:lineRule="exact"/>'
        f'<w:ind w:left="{side}" w:right="{side}"/></w:pPr></w:p>'
    )


def runs(pieces: Sequence[Run], style: Style) -> str:
    """Runs of a paragraph over its style."""
    return "".join(
        run(piece.text, Style(style.size, style.bold or piece.bold, style.italic or piece.italic))
        for piece in pieces
    )


def page_break() -> str:
    """A paragraph that ends the page."""
    return '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'


def bare_table(widths: Sequence[float], cells: Sequence[Sequence[str]]) -> str:
    """A table without borders for laying parts side by side; widths in mm, cells are paragraphs."""
    rows = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(_cell(content, width, margins=True) for content, width in zip(row, widths, strict=True))
        + "</w:tr>"
        for row in cells
    )
    return _table(widths, rows, "none")


def data_table(table: TableBlock, width: float, style: Style) -> str:
    """A bordered table over a width in mm, header rows repeated, totals bold."""
    check_rows(table)
    total = sum(column.share for column in table.columns)
    widths = [column.share * width / total for column in table.columns]
    bold = Style(style.size, bold=True)
    parts = [_header_rows(table, widths, bold)]
    parts += [_data_row(table, cells, widths, style) for cells in table.rows]
    if table.totals is not None:
        parts.append(_data_row(table, table.totals, widths, bold))
    return _table(widths, "".join(parts), "single") + paragraph("", after=6)


def _table(widths: Sequence[float], rows: str, border: str) -> str:
    borders = "".join(
        f'<w:{side} w:val="{border}" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{twips(sum(widths))}" w:type="dxa"/>'
        f"<w:tblBorders>{borders}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/>'
        '<w:right w:w="60" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _cell(content: str, width: float, *, span: int = 1, merge: str = "", margins: bool = False) -> str:
    """A cell; ``merge`` is ``restart`` or ``continue`` of a vertical merge."""
    properties = f'<w:tcW w:w="{twips(width)}" w:type="dxa"/>'
    if span > 1:
        properties += f'<w:gridSpan w:val="{span}"/>'
    if merge:
        properties += f'<w:vMerge w:val="{merge}"/>'
    if margins:
        properties += '<w:tcMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tcMar>'
    else:
        properties += '<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def _data_row(table: TableBlock, cells: Sequence[str], widths: Sequence[float], style: Style) -> str:
    filled = "".join(
        _cell(paragraph(run(text, style), align=column.align.value, before=2, after=2), width)
        for text, column, width in zip(cells, table.columns, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{filled}</w:tr>"


def _header_rows(table: TableBlock, widths: Sequence[float], style: Style) -> str:
    """Header rows; where a cell from above reaches down, an empty cell continues the merge."""
    rows: list[str] = []
    reaching: dict[int, tuple[int, int]] = {}  # column → rows still to come, columns
    for placed in placed_header(table):
        here = {cell.column: cell for cell in placed}
        cells: list[str] = []
        column = 0
        while column < len(table.columns):
            if column in here:
                cells.append(_header_cell(here[column], widths, style))
                cell = here[column].cell
                reaching[column] = (cell.rows - 1, cell.columns)
            else:
                left, span = reaching[column]
                blank = paragraph(run("", style))
                cells.append(_cell(blank, sum(widths[column : column + span]), span=span, merge="continue"))
                reaching[column] = (left - 1, span)
            column += reaching[column][1]
        rows.append(f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>")
    return "".join(rows)


def _header_cell(placed: PlacedCell, widths: Sequence[float], style: Style) -> str:
    cell = placed.cell
    return _cell(
        paragraph(run(cell.text, style), align=Align.CENTER.value, before=2, after=2),
        sum(widths[placed.column : placed.column + cell.columns]),
        span=cell.columns,
        merge="restart" if cell.rows > 1 else "",
    )
