"""A long sheet read in parts, column by column: the same cells as ``sheets_in`` gives, never all at once.

Made for ``cage.stream_limited``: one part is checked and sent on while the next one is being read. Only the
columns that are wanted travel. The first thing said is what the header tells, the last what was noticed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from quantriet.core.errors import DomainError
from quantriet.core.intake.kinds import FileKind
from quantriet.core.office import sheet_tops
from quantriet.core.office.cells import CellValue, Fault, SheetRow
from quantriet.core.office.columns import (
    HEADER_WITHIN,
    Column,
    FoundColumns,
    find_header,
    picked_columns,
    recognise_columns,
)
from quantriet.core.office.sheets_in import SAMPLE_LINES, OpenSheet, SheetLimits, open_csv, open_xlsx

PART = 20_000


@dataclass(frozen=True, slots=True)
class TableHead:
    """What stands before the data: the sheet, where its wanted columns are, and the first rows as they are."""

    sheet: str
    others: tuple[str, ...]
    columns: FoundColumns
    first_rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class TablePart:
    """Some rows below the header: their numbers as Excel shows them, and the cells of each wanted column."""

    numbers: tuple[int, ...]
    columns: Mapping[str, Sequence[CellValue]]


@dataclass(frozen=True, slots=True)
class TableEnd:
    """What was noticed on the way and does not stop an import."""

    notices: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class TableWish:
    """What is wanted of a sheet: which one (empty: the first), its columns, and where a person says they are."""

    columns: Sequence[Column]
    sheet: str = ""
    picked: Mapping[str, int | None] | None = None


def read_head(source: Path, kind: FileKind, wish: TableWish, limits: SheetLimits) -> TableHead:
    """The head alone, the rest of a long workbook unread. Refuses as ``sheets_in`` does, and with
    ``sheet.no_header``.
    """
    short = sheet_tops.top(source) if kind == FileKind.XLSX else None
    told = None if short is None else _head_of_top(short, wish, limits)
    return told or _head(_open(source, kind, wish, limits), wish)


def _head_of_top(short: bytes, wish: TableWish, limits: SheetLimits) -> TableHead | None:
    """The head by the first rows of a workbook; nothing when they are too few to tell what all of them would."""
    try:
        opened = open_xlsx(short, wish.sheet or None, limits)
    except DomainError:
        return None
    first = tuple(islice(opened.rows, SAMPLE_LINES))
    opened.rows = iter(first)
    return _head(opened, wish) if len(first) == SAMPLE_LINES else None


def read_table(
    source: Path, kind: FileKind, wish: TableWish, limits: SheetLimits
) -> Iterator[TableHead | TablePart | TableEnd]:
    """The head, the parts, the end. With faults of the header no part follows, only the end."""
    opened = _open(source, kind, wish, limits)
    head = _head(opened, wish)
    yield head
    if not head.columns.faults:
        below = (row for row in opened.rows if row.number > head.columns.header_row)
        while rows := list(islice(below, PART)):
            yield _part(rows, head.columns.positions)
    yield TableEnd(tuple(opened.notices))


def read_rows(
    source: Path, kind: FileKind, wish: TableWish, limits: SheetLimits, numbers: frozenset[int]
) -> tuple[SheetRow, ...]:
    """Only the rows of these numbers, whole."""
    opened = _open(source, kind, wish, limits)
    return tuple(row for row in opened.rows if row.number in numbers)


def _open(source: Path, kind: FileKind, wish: TableWish, limits: SheetLimits) -> OpenSheet:
    if kind == FileKind.CSV:
        return open_csv(source, limits)
    return open_xlsx(source, wish.sheet or None, limits)


def _head(opened: OpenSheet, wish: TableWish) -> TableHead:
    """Looks at the first rows and leaves them where they were."""
    first = tuple(islice(opened.rows, HEADER_WITHIN))
    opened.rows = chain(first, opened.rows)
    header = find_header(first, wish.columns)
    found = recognise_columns(header, wish.columns, opened.merged)
    columns = picked_columns(found, wish.picked, wish.columns) if wish.picked else found
    shown = tuple(header if row.number == header.number else row for row in first)
    return TableHead(opened.name, opened.others, columns, shown)


def _part(rows: Sequence[SheetRow], positions: Mapping[str, int]) -> TablePart:
    width = max(len(row.values) for row in rows)
    if any(len(row.values) != width for row in rows):  # lines of a CSV file end where they like
        columns = {name: tuple(row.at(place) for row in rows) for name, place in positions.items()}
    else:
        turned = tuple(zip(*(row.values for row in rows), strict=True))
        nothing = ("",) * len(rows)
        columns = {name: turned[place] if place < width else nothing for name, place in positions.items()}
    return TablePart(tuple(row.number for row in rows), columns)
