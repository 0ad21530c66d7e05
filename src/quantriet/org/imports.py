"""What a sheet of units or of people means: columns, values, faults with their cells. No database.

The caller gives the rows, the columns found and what the codes mean; back come specs with their row numbers
and every fault. A row with a fault gives no spec. Nothing is guessed: what cannot be read is a fault, and
what two rows claim alike is a fault of the later one.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quantriet.core.office.cells import CellValue, Fault, SheetRow
from quantriet.core.office.columns import FoundColumns, header_key
from quantriet.core.text import TextError, alphabet, clean_line, fold, legacy, parse_date, parse_int
from quantriet.org.import_words import CLASSES, KINDS, POSTS, STATUSES, TREES
from quantriet.org.models import PersonClass, Tree, UnitKind
from quantriet.org.models.people import MembershipStatus
from quantriet.org.specs import PersonSpec, UnitSpec

T = TypeVar("T")

_VIETNAMESE = "".join(
    sorted(
        {
            unicodedata.normalize("NFC", letter + tone)
            for letter in alphabet.LETTERS
            for tone in alphabet.TONE_MARKS
        }
    )
)
_NOT_VIETNAMESE = re.compile(f"[^\\x20-\\x7e{_VIETNAMESE}{_VIETNAMESE.upper()}]")

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
    """Reads cells of one sheet; keeps faults, and remembers words it has read before."""

    def __init__(self, columns: FoundColumns) -> None:
        self.columns = columns
        self.faults: list[Fault] = []
        self.notices: list[Fault] = []
        self._days: dict[CellValue, date | TextError] = {}
        self._keys: dict[str, str] = {}

    def text(self, row: SheetRow, name: str) -> str:
        """A cell as one clean line."""
        place = self.columns.positions.get(name)
        if place is None:
            return ""
        value = row.at(place)
        if not isinstance(value, str):
            return row.text(place)
        if not value.isascii() and _NOT_VIETNAMESE.search(value):
            value = self._modernised(row, place, value)
        # The reader of sheets gives composed text without blank ends; only the rare rest needs cleaning.
        return value if value.isprintable() and "  " not in value else clean_line(value)

    def _modernised(self, row: SheetRow, place: int, value: str) -> str:
        """A cell in TCVN3 or VNI within a sheet of today's text: converted, with a notice."""
        converted = legacy.convert(value)
        if converted.was_changed:
            sentence = _("Đã đổi từ phông cũ thành “{text}”. Hãy xem lại chữ có dấu.").format(
                text=converted.text
            )
            self.notices.append(Fault(row.number, place, "sheet.legacy_text", sentence))
        return converted.text

    def fault(self, row: SheetRow, name: str, code: str, sentence: str) -> None:
        """Note a fault in a cell."""
        self.faults.append(self.columns.fault(row, name, code, sentence))

    def required(self, row: SheetRow, name: str, most: int, sentence: str) -> str:
        """A text that must be there and fit."""
        text = self.text(row, name)
        if not text:
            self.fault(row, name, "import.empty", sentence)
        return self._short(row, name, text, most)

    def optional(self, row: SheetRow, name: str, most: int) -> str:
        """A text that may be missing but must fit."""
        return self._short(row, name, self.text(row, name), most)

    def _short(self, row: SheetRow, name: str, text: str, most: int) -> str:
        if len(text) > most:
            sentence = _("Dài hơn {most} chữ. Hãy viết gọn lại.").format(most=most)
            self.fault(row, name, "import.too_long", sentence)
        return text

    def word(self, row: SheetRow, name: str, words: Mapping[str, T], default: T) -> T:
        """One of the known words; the empty cell is the default, an unknown word a fault."""
        text = self.text(row, name)
        if not text:
            return default
        if text not in self._keys:
            self._keys[text] = header_key(text)
        found = words.get(self._keys[text])
        if found is None:
            sentence = _("Không hiểu “{text}”. Hãy ghi một trong các loại ở trang hướng dẫn.").format(
                text=text
            )
            self.fault(row, name, "import.word_unknown", sentence)
            return default
        return found

    def day(self, row: SheetRow, name: str) -> date | None:
        """A date: a date cell, dd/mm/yyyy, or Excel's serial number typed as text."""
        value = self.columns.value(row, name)
        if value == "":
            return None
        if value not in self._days:
            self._days[value] = _day_of(value)
        found = self._days[value]
        if isinstance(found, TextError):
            self.fault(row, name, found.code, _(found.sentence))
            return None
        return found


def _day_of(value: CellValue) -> date | TextError:
    try:
        if isinstance(value, str) and value.isdecimal() and len(value) == 5:
            return parse_date(int(value))
        return parse_date(value.date() if isinstance(value, datetime) else value)
    except TextError as error:
        return error


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
        tree=reader.word(row, "tree", TREES, known.get(reader.text(row, "code"), str(Tree.PARTY))),
        admin_code=reader.optional(row, "admin_code", 10),
        short_name=reader.optional(row, "short_name", 80),
        member_count=_count(reader, row, "members"),
        phone=reader.optional(row, "phone", 40),
        email=_email(reader, row),
        founded_on=reader.day(row, "founded_on"),
        decision=reader.optional(row, "decision", 80),
    )
    if not reader.text(row, "kind"):
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


def read_people(
    rows: Sequence[SheetRow], columns: FoundColumns, unit_ids: Mapping[str, int], *, home: int
) -> Parsed[PersonSpec]:
    """People of a sheet. ``unit_ids``: code → id of the units the actor manages; ``home``: the unit of all
    rows when the sheet has no column of units.
    """
    reader = _Reader(columns)
    specs: dict[int, PersonSpec] = {}
    seen: dict[tuple[object, ...], int] = {}
    for row in _data(rows, columns):
        before = len(reader.faults)
        spec = _person(reader, row, unit_ids, home)
        key, place = _identity(spec)
        if key in seen:
            reader.fault(row, place, "import.twice", str(_TWICE).format(row=seen[key]))
        if len(reader.faults) == before:
            specs[row.number] = spec
        seen.setdefault(key, row.number)
    return Parsed(specs, reader.faults, reader.notices)


def _identity(spec: PersonSpec) -> tuple[tuple[object, ...], str]:
    """What makes two rows one person, and the cell that says so."""
    if spec.code:
        return ("code", spec.code.replace(" ", "").upper()), "code"
    return ("name", fold(spec.full_name), spec.birth_date or spec.birth_year, spec.unit_id), "full_name"


def _person(reader: _Reader, row: SheetRow, unit_ids: Mapping[str, int], home: int) -> PersonSpec:
    birth, year = _birth(reader, row)
    status = reader.word(row, "status", STATUSES, str(MembershipStatus.FULL))
    usual = PersonClass.PUBLIC if status == MembershipStatus.NON_MEMBER else PersonClass.MEMBER
    post_words = reader.optional(row, "post", 120)
    return PersonSpec(
        full_name=reader.required(row, "full_name", 120, _("Thiếu họ tên.")),
        unit_id=_unit_id(reader, row, unit_ids, home),
        birth_date=birth,
        birth_year=year,
        code=reader.optional(row, "code", 40),
        phone=reader.optional(row, "phone", 40),
        email=_email(reader, row),
        status=status,
        person_class=reader.word(row, "person_class", CLASSES, int(usual)),
        post=post_of(post_words),
        post_label=post_words,
        from_on=reader.day(row, "from_on"),
    )


def post_of(words: str) -> str:
    """The post that words tell of; unknown words are a post without duty, so none."""
    key = header_key(words)
    if not key:
        return ""
    if key in POSTS:
        return POSTS[key]
    # "Bí thư Đảng ủy xã Mai Châu": the longest known beginning tells the duty.
    beginnings = [known for known in POSTS if key.startswith(known)]
    return POSTS[max(beginnings, key=len)] if beginnings else ""


def _unit_id(reader: _Reader, row: SheetRow, unit_ids: Mapping[str, int], home: int) -> int:
    if "unit" not in reader.columns.positions:
        return home
    code = reader.text(row, "unit")
    if not code:
        reader.fault(row, "unit", "import.empty", _("Thiếu mã đơn vị."))
    elif code not in unit_ids:
        sentence = _("Không có đơn vị mã “{code}”. Hãy xem lại mã hoặc nhập đơn vị trước.").format(code=code)
        reader.fault(row, "unit", "import.unit_unknown", sentence)
    return unit_ids.get(code, home)


def _birth(reader: _Reader, row: SheetRow) -> tuple[date | None, int | None]:
    """A whole birth date, or a lone year."""
    text = reader.columns.value(row, "birth")
    if isinstance(text, str) and len(text) == 4 and text.isdecimal() and 1900 <= int(text) <= 2100:
        return None, int(text)
    day = reader.day(row, "birth")
    return day, day.year if day else None


def _count(reader: _Reader, row: SheetRow, name: str) -> int:
    text = reader.text(row, name)
    if not text:
        return 0
    try:
        found = parse_int(text)
    except TextError as error:
        reader.fault(row, name, error.code, _(error.sentence))
        return 0
    if not 0 <= found <= 10_000_000:
        reader.fault(row, name, "import.count", _("Số thành viên phải từ 0 trở lên."))
    return found


def _email(reader: _Reader, row: SheetRow) -> str:
    text = reader.optional(row, "email", 254)
    if text and (text.count("@") != 1 or " " in text or text.startswith("@") or text.endswith("@")):
        reader.fault(row, "email", "import.email", _("Địa chỉ thư không đúng dạng."))
    return text


def _data(rows: Sequence[SheetRow], columns: FoundColumns) -> Iterable[SheetRow]:
    """The rows below the header that say something in a wanted column (lines of totals and signatures do not)."""
    places = sorted(columns.positions.values())
    at: Callable[[SheetRow, int], CellValue] = SheetRow.at
    return (
        row for row in rows if row.number > columns.header_row and any(at(row, place) for place in places)
    )
