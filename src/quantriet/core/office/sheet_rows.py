"""Very many rows into one sheet: their XML written at once, where cell by cell would take four times as long.

The writer of sheets keeps its rows in a file while it works in constant memory; this puts whole rows there.
It leans on inner parts of one pinned version of xlsxwriter, so the tests read every kind of cell back.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from quantriet.core.office.cells import column_letters

LONGEST_CELL = 32_767
_EPOCH = date(1899, 12, 30)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_rows(
    sheet: Any, first: int, rows: Iterable[Sequence[object]], formats: Sequence[Any], text_format: Any
) -> int:
    """Write rows from ``first`` (counted from 0) on; the number of the last one (``first - 1`` if there is none).

    ``formats`` are those of the columns, for numbers and dates; words always take ``text_format``. Nothing may
    be written to the sheet above the last row afterwards.
    """
    sheet._write_single_row(first)  # noqa: SLF001 - what waits above goes into the file first
    styles = [str(one._get_xf_index()) for one in formats]  # noqa: SLF001
    words = text_format._get_xf_index()  # noqa: SLF001
    columns = [column_letters(place) for place in range(len(formats))]
    out = sheet.row_data_fh
    last = first - 1
    for last, values in enumerate(rows, first):
        number = last + 1
        cells = [
            _cell(f"{column}{number}", value, style, words)
            for column, value, style in zip(columns, values, styles, strict=True)
        ]
        out.write(f'<row r="{number}">{"".join(cells)}</row>')
    if last >= first:
        sheet.previous_row = last
        sheet.dim_rowmax = last
        sheet.dim_colmin = 0
        sheet.dim_colmax = max(sheet.dim_colmax or 0, len(formats) - 1)
    return last


def _cell(place: str, value: object, style: str, words: int) -> str:
    if value is None or value == "":
        return f'<c r="{place}" s="{style}"/>'
    if isinstance(value, str):
        return f'<c r="{place}" s="{words}" t="inlineStr"><is>{_text(value)}</is></c>'
    if isinstance(value, bool | datetime) or not isinstance(value, int | float | Decimal | date):
        raise TypeError(f"not a cell of a long table: {value!r}")
    number = (value - _EPOCH).days if isinstance(value, date) else value
    return f'<c r="{place}" s="{style}"><v>{number}</v></c>'


@lru_cache(maxsize=8192)
def _text(value: str) -> str:
    """The text element; blanks at the ends and line breaks stay."""
    kept = escape(_NOT_XML.sub("", value[:LONGEST_CELL]), quote=False)
    space = ' xml:space="preserve"' if kept != kept.strip() or "\n" in kept else ""
    return f"<t{space}>{kept}</t>"
