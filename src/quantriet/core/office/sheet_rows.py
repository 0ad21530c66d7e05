"""Very many rows into one sheet: their XML written at once, where cell by cell would take four times as long.

The writer of sheets keeps its rows in a file while it works in constant memory; this puts whole rows there.
It leans on inner parts of one pinned version of xlsxwriter, so the tests read every kind of cell back.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

from quantriet.core.office.cells import column_letters

LONGEST_CELL = 32_767
AT_ONCE = 10_000
KEPT = 4_096
"""Cells of a column kept as written: most columns say the same few things over and over."""
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
    words = text_format._get_xf_index()  # noqa: SLF001
    columns = [
        (
            f'<c r="{column_letters(place)}',
            f'" s="{one._get_xf_index()}"',  # noqa: SLF001
            f'" s="{words}" t="inlineStr"><is>',
            dict[object, str](),
        )
        for place, one in enumerate(formats)
    ]
    out = sheet.row_data_fh
    last = first - 1
    waiting: list[str] = []
    for last, values in enumerate(rows, first):
        number = last + 1
        waiting.append(f'<row r="{number}">')
        for (opened, styled, worded, kept), value in zip(columns, values, strict=True):
            if type(value) is int:
                waiting.append(f"{opened}{number}{styled}><v>{value}</v></c>")
                continue
            ending = kept.get(value) if type(value) is not bool else None
            if ending is None:
                if isinstance(value, str) and value:
                    ending = f"{worded}{_text(value)}</is></c>"
                else:
                    ending = styled + _ending(value)
                if len(kept) < KEPT:
                    kept[value] = ending
            waiting.append(f"{opened}{number}{ending}")
        waiting.append("</row>")
        if len(waiting) > AT_ONCE:
            out.write("".join(waiting))
            waiting.clear()
    out.write("".join(waiting))
    if last >= first:
        sheet.previous_row = last
        sheet.dim_rowmax = last
        sheet.dim_colmin = 0
        sheet.dim_colmax = max(sheet.dim_colmax or 0, len(formats) - 1)
    return last


def _ending(value: object) -> str:
    """The rest of a cell that holds no words: empty, or a number; a day is the number Excel counts it by."""
    if value is None or value == "":
        return "/>"
    if isinstance(value, bool | datetime) or not isinstance(value, int | float | Decimal | date):
        raise TypeError(f"not a cell of a long table: {value!r}")
    return f"><v>{(value - _EPOCH).days if isinstance(value, date) else value}</v></c>"


def _text(value: str) -> str:
    """The text element; blanks at the ends and line breaks stay."""
    kept = escape(_NOT_XML.sub("", value[:LONGEST_CELL]), quote=False)
    space = ' xml:space="preserve"' if kept != kept.strip() or "\n" in kept else ""
    return f"<t{space}>{kept}</t>"
