"""An act on the tree as people write it, with codes and names: of the page's form, a sheet's row, the command line."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from quantriet.core.office.cells import CellValue, Fault, SheetRow
from quantriet.core.office.columns import Column, FoundColumns, header_key
from quantriet.core.text import TextError, clean_line, parse_date
from quantriet.org.models import ActKind, UnitKind

_EMPTY: Mapping[Any, Any] = MappingProxyType({})

UNIT = "unit:"
"""Question of a row that names a unit by words several bear: the words follow; the answer is the code."""


@dataclass(frozen=True)
class ActWords:
    """What somebody wrote. ``units`` and ``into`` are codes, or names that stand for one unit only.

    ``names`` are those of new units among ``into``, in their order; of a rename or founding, the one new name.
    ``rest`` is the successor that takes what a division has not assigned. ``divided``: units and the successor each
    goes to, as they are written; ``shares`` and ``people``: unit or person → place among ``into``.
    """

    kind: str
    decision: str
    decided_on: date
    effective_on: date
    units: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    parent: str = ""
    code: str = ""
    short_name: str = ""
    unit_kind: str = ""
    rest: str = ""
    divided: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    shares: Mapping[int, int] = field(default_factory=lambda: _EMPTY)
    people: Mapping[int, int] = field(default_factory=lambda: _EMPTY)
    answers: Mapping[str, str] = field(default_factory=lambda: _EMPTY)

    def choosing(self, answers: Mapping[str, str]) -> "ActWords":
        """The same with the answers to its questions: codes stand where words were that several units bear."""
        codes = {
            question.removeprefix(UNIT): told
            for question, told in answers.items()
            if question.startswith(UNIT)
        }
        others = {question: told for question, told in answers.items() if not question.startswith(UNIT)}
        return replace(
            self,
            units=tuple(codes.get(word, word) for word in self.units),
            into=tuple(codes.get(word, word) for word in self.into),
            parent=codes.get(self.parent, self.parent),
            rest=codes.get(self.rest, self.rest),
            divided=tuple((codes.get(unit, unit), codes.get(heir, heir)) for unit, heir in self.divided),
            answers={**self.answers, **others},
        )


@dataclass(frozen=True)
class Refused:
    """A row that may not be; ``field`` is the column at fault where one is."""

    row: int
    field: str
    code: str
    sentence: str


@dataclass(frozen=True)
class Asked:
    """A question of a row that nothing in the list decides, with its answers (value, words)."""

    row: int
    question: str
    sentence: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Looked:
    """What a list would do: rows that can be done (row → kind and decision, planned or at once), rows refused, and
    what must be asked first; a row with a question is not among those refused.
    """

    done: Mapping[int, str]
    refused: tuple[Refused, ...]
    asked: tuple[Asked, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether the whole list can be done."""
        return not self.refused and not self.asked


def listed(text: str) -> tuple[str, ...]:
    """Codes or names written in one cell, between semicolons or on lines of their own."""
    return tuple(word for part in re.split(r"[;\n]", text) if (word := clean_line(part)))


def shared(words: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Who goes where, each written as ``CODE = CODE OF THE SUCCESSOR`` (an arrow does as well). Raises ``ValueError``
    with the words that say no such thing.
    """
    found: list[tuple[str, str]] = []
    for word in words:
        unit, heir = (clean_line(one) for one in (*re.split(r"=|→|->", word, maxsplit=1), "")[:2])
        if not unit or not heir:
            raise ValueError(word)
        found.append((unit, heir))
    return tuple(found)


COLUMNS = (
    Column("kind", "Việc", ("Việc sắp xếp", "Loại việc", "Nội dung")),
    Column("units", "Mã đơn vị", ("Đơn vị", "Các đơn vị", "Mã các đơn vị")),
    Column("into", "Mã đơn vị nhận", ("Đơn vị nhận", "Nhập vào", "Thành", "Chia thành"), required=False),
    Column("names", "Tên mới", ("Tên đơn vị mới", "Tên sau sắp xếp"), required=False),
    Column("unit_kind", "Loại mới", ("Loại", "Loại đơn vị"), required=False),
    Column("parent", "Mã cấp trên mới", ("Cấp trên", "Mã cấp trên", "Cấp trên mới"), required=False),
    Column("code", "Mã mới", (), required=False),
    Column("rest", "Nhận phần còn lại", ("Phần còn lại",), required=False),
    Column("divided", "Đơn vị nào về đâu", ("Phân chia", "Chia cho"), required=False),
    Column("decision", "Số quyết định", ("Quyết định", "Số, ký hiệu")),
    Column("decided_on", "Ngày quyết định", ("Ngày ký", "Ngày ban hành")),
    Column("effective_on", "Ngày hiệu lực", ("Hiệu lực từ", "Từ ngày")),
    Column("reason", "Ghi chú", ("Lý do",), required=False),
)

_KIND_WORDS: Mapping[str, Sequence[str]] = {
    ActKind.FOUND: ("Thành lập", "Lập mới", "Thành lập mới"),
    ActKind.RENAME: ("Đổi tên",),
    ActKind.RENUMBER: ("Đổi mã",),
    ActKind.MOVE: ("Chuyển", "Chuyển cấp trên", "Chuyển giao", "Chuyển về"),
    ActKind.MERGE: ("Sáp nhập", "Hợp nhất", "Nhập"),
    ActKind.SPLIT: ("Chia tách", "Chia", "Tách"),
    ActKind.CLOSE: ("Giải thể", "Kết thúc hoạt động"),
    ActKind.REOPEN: ("Lập lại", "Tái lập"),
    ActKind.RECLASSIFY: ("Đổi loại", "Đổi loại, nâng cấp", "Nâng cấp", "Đổi cấp"),
}
KIND_OF: Mapping[str, str] = {header_key(word): kind for kind, words in _KIND_WORDS.items() for word in words}

_UNIT_KIND_WORDS: Mapping[str, Sequence[str]] = {
    UnitKind.PROVINCE: ("Đảng bộ tỉnh", "Đảng bộ thành phố", "Tỉnh", "Thành phố"),
    UnitKind.COMMUNE: ("Đảng bộ xã", "Đảng bộ phường", "Đảng bộ đặc khu", "Xã", "Phường", "Đặc khu"),
    UnitKind.BODY: ("Ban", "Văn phòng", "Cơ quan"),
    UnitKind.CELL: ("Chi bộ",),
}
UNIT_KIND_OF: Mapping[str, str] = {
    header_key(word): str(kind)
    for kind, label in UnitKind.choices
    for word in (str(label), str(kind), *_UNIT_KIND_WORDS.get(kind, ()))
}


def read_sheet(rows: Sequence[SheetRow], columns: FoundColumns) -> tuple[dict[int, ActWords], list[Fault]]:
    """The acts of a sheet by row number, and what cannot be read, each fault with its cell. Blank rows are passed."""
    found: dict[int, ActWords] = {}
    faults = list(columns.faults)
    for row in rows:
        if row.number <= columns.header_row or not any(clean_line(str(value)) for value in row.values):
            continue
        reading = _Reading(row, columns)
        words = reading.act()
        faults += reading.faults
        if not reading.faults:
            found[row.number] = words
    return found, faults


class _Reading:
    """One row being read."""

    def __init__(self, row: SheetRow, columns: FoundColumns) -> None:
        self.row, self.columns = row, columns
        self.faults: list[Fault] = []

    def act(self) -> ActWords:
        """The act of the row; worthless once there are faults."""
        return ActWords(
            kind=self._word("kind", KIND_OF, _("Không hiểu việc “{text}”. Hãy ghi như ở trang hướng dẫn.")),
            decision=self._text("decision") or self._fault("decision", _("Thiếu số quyết định.")),
            decided_on=self._day("decided_on"),
            effective_on=self._day("effective_on"),
            units=listed(self._text("units")),
            into=listed(self._text("into")),
            names=listed(self._text("names")),
            parent=self._text("parent"),
            code=self._text("code"),
            unit_kind=self._word(
                "unit_kind", UNIT_KIND_OF, _("Không hiểu loại “{text}”. Hãy ghi như ở trang hướng dẫn.")
            ),
            rest=self._text("rest"),
            divided=self._shares(),
            reason=self._text("reason"),
        )

    def _text(self, name: str) -> str:
        value: CellValue = self.columns.value(self.row, name)
        if name not in self.columns.positions or value == "":
            return ""
        text = self.row.text(self.columns.positions[name])
        return "\n".join(clean_line(line) for line in text.splitlines())

    def _fault(self, name: str, sentence: str) -> str:
        self.faults.append(self.columns.fault(self.row, name, "act.cell", sentence))
        return ""

    def _shares(self) -> tuple[tuple[str, str], ...]:
        try:
            return shared(listed(self._text("divided")))
        except ValueError as error:
            sentence = _("“{text}” chưa nói về đâu. Hãy ghi: mã đơn vị = mã đơn vị nhận.")
            self._fault("divided", sentence.format(text=error))
            return ()

    def _word(self, name: str, words: Mapping[str, str], sentence: str) -> str:
        text = self._text(name)
        found = words.get(header_key(text), "")
        if not found and (text or name == "kind"):
            self._fault(name, sentence.format(text=text))
        return str(found)

    def _day(self, name: str) -> date:
        value = self.columns.value(self.row, name)
        if isinstance(value, date):
            return value if type(value) is date else date(value.year, value.month, value.day)
        try:
            return parse_date(str(value))
        except TextError as error:
            self._fault(name, _(error.sentence))
            return date.min
