"""What a sheet of units means: columns, values, faults with their cells. No database.

The caller gives the rows, the columns found and what the codes mean; back come specs with their row numbers
and every fault. A row with a fault gives no spec. Nothing is guessed: what cannot be read is a fault, and
what two rows claim alike is a fault of the later one. Long lists of people: ``people_columns``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quantriet.core.office.cells import CellValue, Fault, SheetRow
from quantriet.core.office.columns import FoundColumns
from quantriet.org import import_cells
from quantriet.org.import_cells import WrongCellError
from quantriet.org.import_words import KINDS, TREES, Words
from quantriet.org.models import Tree, UnitKind
from quantriet.org.specs import UnitSpec

T = TypeVar("T")

_TWICE = gettext_lazy("Trùng với dòng {row}. Hãy bỏ một dòng.")


@dataclass(frozen=True)
class Parsed(Generic[T]):
    """What a sheet says: specs by row number, and every fault found without asking the database."""

    specs: dict[int, T] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)

    @property
    def faulty_rows(self) -> set[int]:
        """Rows that give no spec."""
        return {fault.row for fault in self.faults}


@dataclass(frozen=True)
class UnitRow:
    """A row of a sheet of units: the unit, and the name of its head (empty when not told)."""

    unit: UnitSpec
    head: str = ""


class _Reader:
    """Reads cells of one sheet and keeps the faults; a faulty cell counts as empty."""

    def __init__(self, columns: FoundColumns) -> None:
        self.columns = columns
        self.faults: list[Fault] = []
        self.notices: list[Fault] = []

    def _cell(self, row: SheetRow, name: str, read: Callable[[CellValue], T], otherwise: T) -> T:
        cell = self.columns.value(row, name)
        if isinstance(cell, str) and import_cells.is_old_font(cell):
            sentence = import_cells.old_font_sentence(import_cells.text(cell))
            self.notices.append(self.columns.fault(row, name, "sheet.legacy_text", sentence))
        try:
            return read(cell)
        except WrongCellError as error:
            self.fault(row, name, error.code, error.sentence)
            return otherwise

    def fault(self, row: SheetRow, name: str, code: str, sentence: str) -> None:
        """Note a fault in a cell."""
        self.faults.append(self.columns.fault(row, name, code, sentence))

    def required(self, row: SheetRow, name: str, most: int, sentence: str) -> str:
        """A text that must be there and fit."""
        return self._cell(row, name, lambda cell: import_cells.required(cell, most, sentence), "")

    def optional(self, row: SheetRow, name: str, most: int) -> str:
        """A text that may be missing but must fit."""
        return self._cell(row, name, lambda cell: import_cells.optional(cell, most), "")

    def word(self, row: SheetRow, name: str, words: Words[str], default: str) -> str:
        """One of the known words; the empty cell is the default, an unknown word a fault."""
        return self._cell(row, name, lambda cell: import_cells.word(cell, words), None) or default

    def count(self, row: SheetRow, name: str) -> int:
        """A number of members."""
        return self._cell(row, name, import_cells.count, 0)

    def email(self, row: SheetRow, name: str) -> str:
        """An address of mail, or nothing."""
        return self._cell(row, name, import_cells.email, "")

    def day(self, row: SheetRow, name: str) -> date | None:
        """A date, or nothing."""
        return self._cell(row, name, import_cells.day, None)


def read_units(
    rows: Sequence[SheetRow], columns: FoundColumns, known_codes: Mapping[str, str]
) -> Parsed[UnitRow]:
    """Units of a sheet. ``known_codes``: code → tree of the units the actor manages.

    A parent or committee must be known or stand in the file; a row that hangs below a faulty one is faulty.
    """
    reader = _Reader(columns)
    specs: dict[int, UnitRow] = {}
    cells: dict[int, SheetRow] = {}
    first_rows: dict[str, int] = {}
    for row in _data(rows, columns):
        before = len(reader.faults)
        told = _unit_row(reader, row, known_codes)
        code = told.unit.code
        if code and code in first_rows:
            reader.fault(row, "code", "import.twice", str(_TWICE).format(row=first_rows[code]))
        first_rows.setdefault(code, row.number)
        cells[row.number] = row
        if len(reader.faults) == before:
            specs[row.number] = told
    _check_above(reader, specs, cells, first_rows, known_codes)
    return Parsed(specs, reader.faults, reader.notices)


def _unit_row(reader: _Reader, row: SheetRow, known: Mapping[str, str]) -> UnitRow:
    spec = UnitSpec(
        code=reader.required(row, "code", 40, _("Thiếu mã đơn vị.")),
        name=reader.required(row, "name", 200, _("Thiếu tên đơn vị.")),
        kind=reader.word(row, "kind", KINDS, ""),
        parent_code=reader.optional(row, "parent", 40),
        committee_code=reader.optional(row, "committee", 40),
        tree=reader.word(
            row,
            "tree",
            TREES,
            known.get(import_cells.text(reader.columns.value(row, "code")), str(Tree.PARTY)),
        ),
        admin_code=reader.optional(row, "admin_code", 10),
        short_name=reader.optional(row, "short_name", 80),
        member_count=reader.count(row, "members"),
        phone=reader.optional(row, "phone", 40),
        email=reader.email(row, "email"),
        founded_on=reader.day(row, "founded_on"),
        decision=reader.optional(row, "decision", 80),
    )
    if not import_cells.text(reader.columns.value(row, "kind")):
        reader.fault(row, "kind", "import.empty", _("Thiếu loại đơn vị."))
    told = spec.cleaned()
    needs_committee = told.tree != Tree.PARTY or told.kind in {UnitKind.BODY, UnitKind.PRESS, UnitKind.MASS}
    if needs_committee and not told.committee_code and told.code not in known:
        place = "committee" if "committee" in reader.columns.positions else "code"
        reader.fault(row, place, "import.no_committee", _("Thiếu mã cấp ủy cùng cấp (cột “Cấp ủy”)."))
    return UnitRow(told, reader.optional(row, "head", 120))


def _check_above(
    reader: _Reader,
    specs: dict[int, UnitRow],
    cells: Mapping[int, SheetRow],
    first_rows: Mapping[str, int],
    known_codes: Mapping[str, str],
) -> None:
    """Drop rows whose parent or committee is unknown, faulty, in another tree or below them, until none is left."""
    while True:
        trees = {told.unit.code: told.unit.tree for told in specs.values()}
        dropped: list[int] = []
        for number, told in specs.items():
            problem = _problem_above(told.unit, trees, first_rows, known_codes)
            if problem is not None:
                name, code, sentence = problem
                column = name if name in reader.columns.positions else "code"
                reader.fault(cells[number], column, code, sentence)
                dropped.append(number)
        if not dropped:
            break
        for number in dropped:
            del specs[number]
    for number in _in_cycles(specs):
        sentence = _("Đơn vị này là cấp trên của chính nó qua các dòng khác. Hãy xem lại mã cấp trên.")
        reader.fault(cells[number], "parent", "import.cycle", sentence)
        del specs[number]


def _problem_above(
    spec: UnitSpec, trees: Mapping[str, str], first_rows: Mapping[str, int], known: Mapping[str, str]
) -> tuple[str, str, str] | None:
    for name, code in (("parent", spec.parent_code), ("committee", spec.committee_code)):
        if not code:
            continue
        tree = trees.get(code) or known.get(code)
        if tree is None and code in first_rows:
            sentence = _("Đơn vị “{code}” ở dòng {row} có lỗi. Hãy sửa dòng đó trước.")
            return name, "import.above_faulty", sentence.format(code=code, row=first_rows[code])
        if tree is None:
            sentence = _("Không có đơn vị mã “{code}”, trong tệp cũng không. Hãy xem lại mã.")
            return name, "import.unit_unknown", sentence.format(code=code)
        if name == "parent" and tree != spec.tree:
            sentence = _("Đơn vị “{code}” thuộc cây tổ chức khác. Hãy xem lại cột “Cây”.")
            return name, "import.other_tree", sentence.format(code=code)
    return None


def _in_cycles(specs: Mapping[int, UnitRow]) -> list[int]:
    """Rows whose way up comes back to themselves, or ends in such a ring."""
    above = {told.unit.code: told.unit.parent_code for told in specs.values()}
    committees = {told.unit.code: told.unit.committee_code for told in specs.values()}
    good: set[str] = set()
    while True:
        more = {
            code
            for code in above
            if code not in good
            and all(other in good or other not in above for other in (above[code], committees[code]))
        }
        if not more:
            return [number for number, told in specs.items() if told.unit.code not in good]
        good |= more


def _data(rows: Sequence[SheetRow], columns: FoundColumns) -> Iterable[SheetRow]:
    """The rows below the header that say something in a wanted column (lines of totals and signatures do not)."""
    places = sorted(columns.positions.values())
    at: Callable[[SheetRow, int], CellValue] = SheetRow.at
    return (
        row for row in rows if row.number > columns.header_row and any(at(row, place) for place in places)
    )
