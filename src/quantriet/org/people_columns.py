"""What a long list of people means, column by column. No database.

The caller gives the list in parts, and what the codes of units mean; back come the same parts as values, and
every fault with its cell. A row with a fault stays in its part, marked: what another row repeats of it is
told too. Two rows that are one person are found where the whole list is (``commands.staged_people``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import compress
from typing import Any

from django.utils.translation import gettext as _

from quantriet.core.office.cells import CellValue, Fault
from quantriet.core.office.tables_in import TablePart
from quantriet.org import import_cells
from quantriet.org.import_cells import Cells
from quantriet.org.import_words import CLASSES, STATUSES
from quantriet.org.models import PersonClass
from quantriet.org.models.people import MembershipStatus

FAULTS_KEPT = 5_000
NOTICES_KEPT = 500


@dataclass(frozen=True, slots=True)
class PeoplePart:
    """People of some rows, all columns of one length; ``faulty`` says which rows have a fault."""

    rows: Sequence[int]
    faulty: Sequence[bool]
    full_name: Sequence[str]
    unit_id: Sequence[int]
    birth: Sequence[tuple[date | None, int | None]]
    code: Sequence[str]
    phone: Sequence[str]
    email: Sequence[str]
    status: Sequence[str]
    person_class: Sequence[int]
    post: Sequence[str]
    post_label: Sequence[str]
    from_on: Sequence[date | None]


class PeopleReader:
    """Reads the parts of one list; keeps its first faults and notices, and counts every faulty row.

    ``positions``: wanted column → place in the sheet. ``unit_ids``: code → id of the units the actor manages;
    ``home``: the unit of all rows when the sheet has no column of units.
    """

    def __init__(self, positions: Mapping[str, int], unit_ids: Mapping[str, int], *, home: int) -> None:
        self.faults: list[Fault] = []
        self.notices: list[Fault] = []
        self.faulty = 0
        self._positions = positions
        self._units = unit_ids
        self._home = home
        self._columns: dict[str, Cells[Any]] = {
            "full_name": Cells(
                lambda cell: import_cells.person_name(cell, 120, _("Thiếu họ tên.")), otherwise=""
            ),
            "unit": Cells(partial(import_cells.unit_id, ids=unit_ids), otherwise=home),
            "birth": Cells(import_cells.birth, otherwise=(None, None)),
            "code": Cells(partial(import_cells.optional, most=40), otherwise=""),
            "phone": Cells(partial(import_cells.optional, most=40), otherwise=""),
            "email": Cells(import_cells.email, otherwise=""),
            "status": Cells(partial(import_cells.word, words=STATUSES), otherwise=None),
            "person_class": Cells(partial(import_cells.word, words=CLASSES), otherwise=None),
            "post": Cells(partial(import_cells.optional, most=120), otherwise=""),
            "from_on": Cells(import_cells.day, otherwise=None),
        }
        self._posts = Cells(lambda words: import_cells.post_of(str(words)), otherwise="")

    def read(self, part: TablePart) -> PeoplePart:
        """The people of some rows; rows that say nothing in any wanted column are passed over."""
        numbers, cells = _said(part)
        size = len(numbers)
        wrong: set[int] = set()
        found = {
            name: self._column(name, numbers, cells[name], wrong) if name in cells else None
            for name in self._columns
        }
        statuses = [value or str(MembershipStatus.FULL) for value in found["status"] or [None] * size]
        labels = found["post"] or [""] * size
        self.faulty += len(wrong)
        return PeoplePart(
            rows=numbers,
            faulty=[at in wrong for at in range(size)],
            full_name=found["full_name"] or [""] * size,
            unit_id=found["unit"] or [self._home] * size,
            birth=found["birth"] or [(None, None)] * size,
            code=found["code"] or [""] * size,
            phone=found["phone"] or [""] * size,
            email=found["email"] or [""] * size,
            status=statuses,
            person_class=_classes(found["person_class"] or [None] * size, statuses),
            post=[self._posts[label] for label in labels],
            post_label=labels,
            from_on=found["from_on"] or [None] * size,
        )

    def _column(
        self, name: str, numbers: Sequence[int], cells: Sequence[CellValue], wrong: set[int]
    ) -> list[Any]:
        """The values of a column; its faults and notices are kept, the places of faulty rows added."""
        known = self._columns[name]
        known.forget()
        values = [known[cell] for cell in cells]
        place = self._positions[name]
        if known.wrong:
            for at, cell in enumerate(cells):
                if cell in known.wrong:
                    wrong.add(at)
                    if len(self.faults) < FAULTS_KEPT:
                        why = known.wrong[cell]
                        self.faults.append(Fault(numbers[at], place, why.code, why.sentence))
        if known.converted and len(self.notices) < NOTICES_KEPT:
            self.notices += [
                Fault(
                    number, place, "sheet.legacy_text", import_cells.old_font_sentence(known.converted[cell])
                )
                for number, cell in zip(numbers, cells, strict=True)
                if cell in known.converted
            ]
        return values


def _said(part: TablePart) -> tuple[Sequence[int], dict[str, Sequence[CellValue]]]:
    """The rows that say something in a wanted column (lines below the list and signatures do not)."""
    says = [any(row) for row in zip(*part.columns.values(), strict=True)]
    if all(says):
        return part.numbers, dict(part.columns)
    return (
        tuple(compress(part.numbers, says)),
        {name: tuple(compress(cells, says)) for name, cells in part.columns.items()},
    )


def _classes(told: Iterable[int | None], statuses: Sequence[str]) -> list[int]:
    """The class told, else the usual one of a member or of who is none."""
    outside = str(MembershipStatus.NON_MEMBER)
    return [
        int(value)
        if value is not None
        else int(PersonClass.PUBLIC if status == outside else PersonClass.MEMBER)
        for value, status in zip(told, statuses, strict=True)
    ]
