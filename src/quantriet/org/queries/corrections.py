"""What a list of units or a unit's own page may correct, and what only an act on the tree changes (ADR 11).

Once anything rests on a unit or on what stands below it (people, roles, an act, obligations, figures …), its name,
kind, tree and superior change by decision. Marks, capitals and blanks of a name stay open to correction, and a first
tree, on which nothing rests yet, is corrected by the next list. Reads only.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from quantriet.core.errors import DomainError
from quantriet.core.text import fold, sort_key
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.models.units import LEVELS
from quantriet.org.permissions import Can
from quantriet.org.queries import act_refusals
from quantriet.org.queries.act_hindrances import pointing
from quantriet.org.specs import UnitSpec

# Rows of a unit's own, or that only tell who wrote what: nothing rests on them. A list that was staged at a unit may
# correct it; a place and a tie are what is corrected.
_OWN = frozenset({"org_placement", "org_unit", "org_auditevent", "org_import"})

_NEEDS_ACT: Mapping[str, str | Promise] = {
    "name": gettext_lazy(
        "“{unit}” đã có người hoặc dữ liệu nên đổi tên phải theo quyết định. Tên cũ giữ nguyên; "
        "hãy đổi ở trang “Sắp xếp đơn vị” hoặc bằng tệp việc sắp xếp."
    ),
    "kind": gettext_lazy(
        "“{unit}” đã có người hoặc dữ liệu nên đổi loại phải theo quyết định. Loại cũ giữ nguyên; "
        "hãy đổi ở trang “Sắp xếp đơn vị” hoặc bằng tệp việc sắp xếp."
    ),
    "parent": gettext_lazy(
        "“{unit}” đã có người hoặc dữ liệu nên chuyển cấp trên phải theo quyết định. Cấp trên cũ giữ nguyên; "
        "hãy chuyển ở trang “Sắp xếp đơn vị” hoặc bằng tệp việc sắp xếp."
    ),
    "tree": gettext_lazy(
        "“{unit}” đã có người hoặc dữ liệu nên không đổi cây tổ chức được. Cây cũ giữ nguyên; "
        "hãy lập đơn vị mới ở cây kia và giải thể đơn vị này ở trang “Sắp xếp đơn vị”."
    ),
}


def refused(told: Sequence[UnitSpec], *, by: Actor) -> dict[str, DomainError]:
    """Code → why a unit may not become what it is told to be; the context names the ``fact`` (``name``, ``kind``,
    ``tree``, ``parent``). ``told`` is the whole list with every fact filled in: units that are not there yet are
    among what the others hang below, and bear names as well.

    Codes: ``unit.needs_act``, ``act.superior``, ``unit.name_twice``, ``act.naming_waits``, ``unit.other_tree``,
    ``act.levels``.
    """
    judged = _Judged(told, by)
    if judged.changes:
        judged.rights()
        judged.what_rests()
        judged.names_ahead()
        judged.surroundings()
    judged.names_twice()
    return judged.found


class _Judged:
    """A list beside the units as they stand: what it changes, and the first reason against each change."""

    def __init__(self, told: Sequence[UnitSpec], by: Actor) -> None:
        self.by = by
        self.specs = {spec.code: spec for spec in told}
        codes = {*self.specs, *(spec.parent_code for spec in told)}
        managed = access.units(by, Can.UNIT_MANAGE).filter(code__in=codes)
        self.standing = {unit.code: unit for unit in managed}
        ids = [unit.pk for code, unit in self.standing.items() if code in self.specs]
        places = access.today_placements().filter(unit__in=ids)
        self.parents = dict(places.values_list("unit__code", "parent__code"))
        self.changes = {code: facts for code in self.specs if (facts := self._changed(code))}
        self.found: dict[str, DomainError] = {}

    def _changed(self, code: str) -> tuple[str, ...]:
        """The facts of a standing unit that the list tells otherwise, the weightiest first."""
        spec, unit = self.specs[code], self.standing.get(code)
        if unit is None:
            return ()
        pairs = {
            "tree": (spec.tree, unit.tree),
            "parent": (spec.parent_code, self.parents.get(code) or ""),
            "kind": (spec.kind, unit.kind),
            "name": (spec.name, unit.name),
        }
        return tuple(fact for fact, (told, stands) in pairs.items() if told != stands)

    def _is_spelling(self, code: str) -> bool:
        """Whether only marks, capitals or blanks of the name change."""
        return self.changes[code] == ("name",) and fold(self.specs[code].name) == fold(
            self.standing[code].name
        )

    def _refuse(self, code: str, error: DomainError) -> None:
        fact = self.changes.get(code, ("name",))[0]
        context = {"unit": self.standing[code].pk} if code in self.standing else {}
        told = type(error)(error.code, error.sentence, **error.context | context | {"fact": fact})
        self.found.setdefault(code, told)

    def rights(self) -> None:
        """What becomes of a unit is decided above it, by whatever door."""
        units = [self.standing[code] for code in self.changes]
        for unit in act_refusals.beyond(units, by=self.by):
            self._refuse(unit.code, act_refusals.superior(unit))

    def what_rests(self) -> None:
        """More than a spelling changes only where nothing rests on the unit yet."""
        wanted = {self.standing[code].pk: code for code in self.changes if not self._is_spelling(code)}
        for pk in resting(wanted):
            code = wanted[pk]
            sentence = str(_NEEDS_ACT[self.changes[code][0]]).format(unit=self.standing[code].name)
            self._refuse(code, DomainError("unit.needs_act", sentence))

    def names_ahead(self) -> None:
        """A unit that waits for a new name keeps its present one as it is."""
        renamed = {
            self.standing[code].pk: self.standing[code]
            for code, facts in self.changes.items()
            if "name" in facts
        }
        for pk, error in act_refusals.naming_waits({pk: unit.name for pk, unit in renamed.items()}).items():
            self._refuse(renamed[pk].code, error)

    def surroundings(self) -> None:
        """Trees and levels of a unit, of what stands above it and of what stands below it, as they will be."""
        moved = [code for code, facts in self.changes.items() if set(facts) - {"name"}]
        below = defaultdict(list)
        ids = {self.standing[code].pk: code for code in moved}
        children = access.today_placements().filter(parent__in=ids, former=False).select_related("unit")
        for placed in children.order_by("pk"):
            below[ids[placed.parent_id or 0]].append(placed.unit)
        for code in moved:
            unit, above = self._after(code), self._after(self.specs[code].parent_code)
            inside = [self._after(child.code) or child for child in below[code]]
            hanging = [(unit, above), *((child, unit) for child in inside)]
            for lower, upper in hanging:
                self._judge(code, lower, upper)

    def _judge(self, code: str, lower: Unit | None, upper: Unit | None) -> None:
        if lower is None or upper is None:
            return
        try:
            act_refusals.trees([upper, lower])
            if lower.kind in LEVELS and upper.kind in LEVELS:
                act_refusals.above(
                    lower.name, LEVELS[lower.kind], Unit(name=upper.name, level=LEVELS[upper.kind])
                )
        except DomainError as error:
            self._refuse(code, error)

    def _after(self, code: str) -> Unit | None:
        """A unit as it will be, unsaved; nothing where there is none."""
        spec = self.specs.get(code)
        if spec is None:
            return self.standing.get(code)
        return Unit(code=code, name=spec.name, kind=spec.kind, tree=spec.tree)

    def names_twice(self) -> None:
        """Two live units below one parent do not bear one name, however its tones are placed."""
        bearing = {
            code: spec
            for code, spec in self.specs.items()
            if spec.parent_code
            and (code not in self.standing or {"name", "parent"} & set(self.changes.get(code, ())))
        }
        beside = access.today_placements().filter(
            parent__code__in={spec.parent_code for spec in bearing.values()}, former=False
        )
        beside = beside.filter(unit__closed_on=None).exclude(unit__code__in=bearing)
        taken = set(beside.values_list("parent__code", "unit__sort_key"))
        for code, spec in bearing.items():
            mark = (spec.parent_code, sort_key(spec.name))
            if mark in taken:
                self._refuse(code, act_refusals.name_twice(spec.name))
            taken.add(mark)


_BELOW = """
SELECT top.unit_id, array_agg(below.unit_id)
FROM org_placement AS top JOIN org_placement AS below
  ON below.path <@ top.path AND below.valid @> quantriet_today()
WHERE top.unit_id = ANY(%s) AND top.valid @> quantriet_today() GROUP BY top.unit_id
"""
_NAMED = (
    "SELECT 1 FROM org_actunit AS named JOIN org_act AS act ON act.id = named.act_id "
    "WHERE named.unit_id = told.id AND act.state <> 'undone'"
)


def resting(unit_ids: Iterable[int]) -> set[int]:
    """Units on which something rests, or on what stands below them: an act that holds or waits, or a row of any floor
    that names them. Each table is asked only about the units of which nothing is known yet.
    """
    found: set[int] = set()
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [list(unit_ids)])
        below: dict[int, set[int]] = {top: set(inside) for top, inside in cursor.fetchall()}
        for rows in (_NAMED, *_rows_that_name()):
            left = {pk for top, inside in below.items() if top not in found for pk in inside}
            if not left:
                break
            cursor.execute(
                f"SELECT told.id FROM unnest(%s::bigint[]) AS told(id) WHERE EXISTS ({rows})", [list(left)]
            )
            hit = {row[0] for row in cursor.fetchall()}
            found |= {top for top, inside in below.items() if hit & inside}
    return found


def _rows_that_name() -> list[str]:
    """A query a column of any floor that points to a unit (``told.id``) and is more than the unit's own."""
    return [
        f"SELECT 1 FROM {table} AS named WHERE named.{column} = told.id"
        for table, column, _has_id in pointing()
        if table not in _OWN
    ]
