"""What imports of units and of people share: which rows, telling the steps, who may be known, refusing."""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum

from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.office.cells import Fault
from quantriet.org.models import Import, Person
from quantriet.org.queries.imports import SHOWN, Outcome, Question

Step = Callable[[int, int, str], None]
"""Told how far it is (done, of how many; 0 of 0 when nobody knows) and what is done now; may raise to stop."""


class Rows(Enum):
    """Which rows an import writes."""

    ALL = "all"
    FAULTLESS = "faultless"


def silent(_done: int, _total: int, _words: str) -> None:
    """The step of whoever tells nobody."""


def locked(about: Import) -> Import:
    """The import for changing what it will do; refuses ``import.done`` and ``import.writing``."""
    row = Import.objects.select_for_update().get(pk=about.pk)
    if row.state == Import.State.DONE:
        raise DomainError("import.done", _("Tệp này đã nhập xong. Hãy tải tệp mới lên nếu cần nhập thêm."))
    if row.state == Import.State.WRITING:
        raise DomainError(
            "import.writing", _("Tệp này đang ghi dở, phần đã ghi vẫn còn. Hãy bấm “Ghi tiếp” cho xong.")
        )
    return row


def may_write(outcome: Outcome, rows: Rows) -> None:
    """Refuse ``import.faults`` when all rows are wanted and one cannot be written, or the header is at fault."""
    header_faulty = any(fault.code.startswith("sheet.") for fault in outcome.faults)
    if header_faulty or (rows is Rows.ALL and not outcome.is_clean):
        raise DomainError(
            "import.faults",
            _("Còn {count} dòng có lỗi hoặc chưa trả lời. Chưa ghi dòng nào; hãy sửa tệp, "
              "hoặc chọn “Bỏ các dòng lỗi”.").format(count=outcome.faulty + outcome.asked),
        )  # fmt: skip


def questions_of(names: Mapping[int, str], maybe: Mapping[int, Iterable[int]]) -> tuple[Question, ...]:
    """The first rows that may be somebody known, each with the words that tell those apart."""
    asked = {row: tuple(ids) for row, ids in list(maybe.items())[:SHOWN]}
    words = _who({person_id for ids in asked.values() for person_id in ids})
    return tuple(
        Question(row, names[row], tuple((person_id, words[person_id]) for person_id in ids))
        for row, ids in asked.items()
    )


def _who(person_ids: set[int]) -> dict[int, str]:
    """Words that tell known people of one name apart."""
    found = Person.objects.filter(pk__in=person_ids).select_related("home_unit")
    return {
        person.pk: ", ".join(
            filter(
                None,
                (
                    person.full_name,
                    f"{person.birth_date:%d/%m/%Y}" if person.birth_date else str(person.birth_year or ""),
                    person.home_unit.name,
                ),
            )
        )
        for person in found
    }


def by_place(faults: Iterable[Fault]) -> list[Fault]:
    """Faults in the order of the sheet."""
    return sorted(faults, key=lambda fault: (fault.row, fault.column if fault.column is not None else -1))
