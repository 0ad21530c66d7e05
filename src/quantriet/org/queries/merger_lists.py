"""A list of new communes with what each was merged from → a sheet of acts to check, and the questions it leaves."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.core.text import clean_line, format_date
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.act_words import COLUMNS
from quantriet.org.merger_acts import Decided, Known, Question, Successor, decide
from quantriet.org.models import ActKind, Placement, Tree, Unit
from quantriet.org.models.units import Level
from quantriet.org.permissions import Can

_OF = re.compile(
    r"(?:đảng bộ\s+)?(?P<kind>xã|phường|thị trấn|đặc khu|thị xã|thành phố|tỉnh)\s+(?P<name>.+)", re.IGNORECASE
)


@dataclass(frozen=True)
class Basis:
    """The decision all acts of a list rest on."""

    decision: str
    decided_on: date
    effective_on: date


@dataclass(frozen=True)
class Draft:
    """What a list comes to: the acts as rows of a sheet (column → text), and what must be asked."""

    rows: tuple[Mapping[str, str], ...]
    decided: Decided


def successors_of(rows: Sequence[Mapping[str, str]]) -> list[Successor]:
    """The units of a list with columns ``code``, ``full_name``, ``merged_from``: provinces and communes."""
    return [
        Successor(row["code"], f"Đảng bộ {_lowered(row['full_name'])}", row["merged_from"]) for row in rows
    ]


def _lowered(full_name: str) -> str:
    """As it follows "Đảng bộ": "xã Tân Tiến"."""
    name = clean_line(full_name)
    return name[:1].lower() + name[1:]


def known_units(by: Actor) -> list[Known]:
    """Live organisations of provinces and communes the actor manages, with the kind and name of their place and what
    stands above.
    """
    levels = (Level.PROVINCE, Level.COMMUNE)
    units = access.units(by, Can.UNIT_MANAGE).filter(tree=Tree.PARTY, level__in=levels, closed_on=None)
    found = {unit.pk: (unit, match) for unit in units.order_by("id") if (match := _OF.fullmatch(unit.name))}
    places = access.today_placements().filter(unit__in=found)
    return [
        Known(found[pk][0].code, found[pk][1]["kind"], found[pk][1]["name"], above)
        for pk, above in _names_above(list(places)).items()
    ]


def _names_above(places: Sequence[Placement]) -> dict[int, tuple[str, ...]]:
    ways = {placed.unit_id: [int(label) for label in placed.path.split(".")[:-1]] for placed in places}
    names = dict(
        Unit.objects.filter(pk__in={pk for way in ways.values() for pk in way}).values_list("pk", "name")
    )
    return {pk: tuple(names[one] for one in way) for pk, way in ways.items()}


def draft(
    successors: Sequence[Successor], basis: Basis, *, by: Actor, answers: Mapping[str, str] | None = None
) -> Draft:
    """The acts the texts decide. A code that is not there yet gets its name in the first row that names it."""
    decided = decide(successors, known_units(by), answers)
    names = {one.code: one.name for one in successors}
    fresh = dict(names)
    for code in Unit.objects.filter(code__in=names).values_list("code", flat=True):
        fresh.pop(code, None)
    days = {
        "decision": basis.decision,
        "decided_on": format_date(basis.decided_on),
        "effective_on": format_date(basis.effective_on),
    }
    rows = tuple(
        {
            "kind": str(ActKind(act.kind).label),
            "units": "; ".join(act.units),
            "into": "; ".join(act.into),
            "names": "; ".join(fresh.pop(code) for code in act.into if code in fresh),
        }
        | days
        for act in decided.acts
    )
    return Draft(rows, decided)


def workbook(made: Draft) -> bytes:
    """The sheet of acts to check and send to the import of acts; questions on a page of their own."""
    book = Workbook()
    columns = [TableColumn(column.title, CellKind.TEXT) for column in COLUMNS]
    lines = [[row.get(column.name, "") for column in COLUMNS] for row in made.rows]
    book.add_table(Table(title="", columns=columns, rows=lines, sheet_name=_("Sắp xếp")))
    asked = [line for one in made.decided.questions for line in _asked(one)]
    book.add_notes(_("Cần hỏi"), asked or [_("Không còn điều gì phải hỏi.")])
    told = _told_besides(made.decided)
    if told:
        book.add_notes(_("Ghi chú"), told)
    return book.to_bytes()


def _asked(one: Question) -> list[str]:
    """A question, and the key by which ``--answer`` answers it."""
    choices = f" [{', '.join(one.candidates)}]" if one.candidates else ""
    return [f"{one.successor}: {one.sentence}{choices}", _("trả lời: {key}=…").format(key=one.key)]


def _told_besides(decided: Decided) -> list[str]:
    """What is neither an act nor a question."""
    parts = [
        _(
            "{code}: chỉ lấy một phần của {old}, đơn vị cũ còn lại; chuyển các chi bộ bằng việc “Chuyển cấp trên”."
        ).format(code=successor, old=old)
        for successor, old in decided.parts
    ]
    waiting = [
        _("{code}: chờ câu trả lời về đơn vị khác cùng chia với nó.").format(code=code)
        for code in decided.waiting
    ]
    return parts + waiting
