"""Find the wanted columns of a sheet by the words of its header, however they are written.

Headers are compared folded (`Họ và tên` = `HO VA TEN` = `Họ tên` by alias), so a file need not be laid out
exactly; what is missing, doubled or merged is told with its cell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.office.cells import CellValue, Fault, MergedRange, SheetRow
from quantriet.core.text.normal import fold

HEADER_WITHIN = 30


@dataclass(frozen=True, slots=True)
class Column:
    """A wanted column: its name in code, its title as shown and the other titles people write."""

    name: str
    title: str
    aliases: Sequence[str] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class FoundColumns:
    """Where the wanted columns stand (name → column from 0), what is wrong, and headers nobody asked for."""

    header_row: int
    positions: Mapping[str, int]
    faults: tuple[Fault, ...] = ()
    unknown: tuple[str, ...] = field(default=())

    def value(self, row: SheetRow, name: str) -> CellValue:
        """The cell of a wanted column; the empty text when the column is not there."""
        return row.at(self.positions[name]) if name in self.positions else ""

    def fault(self, row: SheetRow, name: str, code: str, sentence: str) -> Fault:
        """A fault in the cell of a wanted column of this row."""
        return Fault(row.number, self.positions.get(name), code, sentence)


def header_key(text: str) -> str:
    """The form headers are compared in: folded, letters and digits only (`Năm sinh` is `namsinh`)."""
    return "".join(character for character in fold(text) if character.isalnum())


def recognise_columns(
    header_row: SheetRow, wanted: Sequence[Column], merged: Sequence[MergedRange] = ()
) -> FoundColumns:
    """Match a header row with the wanted columns.

    Faults: ``sheet.column_missing`` (at the header's row), ``sheet.column_twice``, ``sheet.merged_header``.
    """
    names = {header_key(title): column for column in wanted for title in (column.title, *column.aliases)}
    positions: dict[str, int] = {}
    faults: list[Fault] = []
    unknown: list[str] = []
    for place in range(len(header_row.values)):
        text = header_row.text(place)
        found = names.get(header_key(text))
        if found is None:
            unknown += [text] if text else []
        elif found.name in positions:
            sentence = _("Cột “{title}” có hai lần. Hãy xóa bớt một cột.").format(title=found.title)
            faults.append(Fault(header_row.number, place, "sheet.column_twice", sentence))
        else:
            positions[found.name] = place
    faults += _merged_faults(header_row, merged)
    faults += _missing(header_row.number, positions, wanted)
    return FoundColumns(header_row.number, positions, tuple(faults), tuple(unknown))


def picked_columns(
    found: FoundColumns, picked: Mapping[str, int | None], wanted: Sequence[Column]
) -> FoundColumns:
    """The recognised columns with what a person picked instead; a pick settles a missing or doubled column."""
    positions = {name: place for name, place in picked.items() if place is not None}
    faults = [fault for fault in found.faults if fault.code == "sheet.merged_header"]
    faults += _missing(found.header_row, positions, wanted)
    return FoundColumns(found.header_row, positions, tuple(faults), found.unknown)


def _missing(header_row: int, positions: Mapping[str, int], wanted: Sequence[Column]) -> list[Fault]:
    return [
        Fault(
            header_row,
            None,
            "sheet.column_missing",
            _("Thiếu cột “{title}”. Hãy thêm cột này vào dòng tiêu đề.").format(title=column.title),
        )
        for column in wanted
        if column.required and column.name not in positions
    ]


def _merged_faults(header_row: SheetRow, merged: Sequence[MergedRange]) -> list[Fault]:
    """Cells merged across columns in the header hide which column is meant."""
    return [
        Fault(
            header_row.number,
            area.first_column,
            "sheet.merged_header",
            _("Ô tiêu đề {address} bị gộp. Hãy bỏ gộp ô, mỗi cột một tiêu đề.").format(address=area.address),
        )
        for area in merged
        if area.first_row <= header_row.number <= area.last_row and area.last_column > area.first_column
    ]


def find_header(rows: Sequence[SheetRow], wanted: Sequence[Column]) -> SheetRow:
    """The row among the first ones that names most of the wanted columns, at least two (or the only one).

    Titles and notes above it are passed over. Of a header of two rows it is the lower one, with what stands in
    the upper one over its blank cells (titles merged downwards). Refuses with ``sheet.no_header``.
    """
    keys = {header_key(title) for column in wanted for title in (column.title, *column.aliases)}
    best, best_count = None, 0
    above = SheetRow(0, [])
    for row in rows[:HEADER_WITHIN]:
        whole = _with_titles_above(row, above, keys)
        count = len({header_key(whole.text(place)) for place in range(len(whole.values))} & keys)
        if count > best_count:
            best, best_count = whole, count
        above = row
    if best is None or best_count < min(2, len(wanted)):
        titles = ", ".join(column.title for column in wanted if column.required)
        raise DomainError(
            "sheet.no_header",
            _("Không thấy dòng tiêu đề. Cần một dòng có các cột: {titles}.").format(titles=titles),
        )
    return best


def _with_titles_above(row: SheetRow, above: SheetRow, keys: set[str]) -> SheetRow:
    """The row with the wanted titles of the row right above it in its blank cells; as it is without any."""
    if above.number != row.number - 1 or not any(
        header_key(row.text(at)) in keys for at in range(len(row.values))
    ):
        return row
    places = range(max(len(row.values), len(above.values)))
    return SheetRow(
        row.number,
        [
            above.at(at) if not row.text(at) and header_key(above.text(at)) in keys else row.at(at)
            for at in places
        ],
    )
