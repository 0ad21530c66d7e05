"""Writes of units: found, amend, correct one's facts, and ``place``, the one writer of placements."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import ConflictError, DomainError
from quantriet.core.text import clean_line, fold, sort_key
from quantriet.org import access, audit
from quantriet.org.access import HOUSE, Actor
from quantriet.org.commands import standing
from quantriet.org.commands.placements import bump_tree_version, forbidden, hold_tree, place, require_all
from quantriet.org.models import Placement, Tree, Unit, UnitKind
from quantriet.org.models.units import LEVELS
from quantriet.org.permissions import Can
from quantriet.org.queries import act_refusals, corrections
from quantriet.org.specs import UnitSpec, needs_committee

__all__ = ["UnitFacts", "UnitSpec", "amend", "found", "place", "update"]

PLAIN_FACTS = ("name", "short_name", "kind", "admin_code", "member_count", "phone", "email", "founded_on")


@dataclass(frozen=True)
class UnitFacts:
    """What may be corrected on a unit's page without an act on the tree."""

    name: str
    short_name: str = ""
    admin_code: str = ""
    member_count: int = 0
    phone: str = ""
    email: str = ""

    @classmethod
    def of(cls, unit: Unit) -> "UnitFacts":
        """The facts of a unit as they stand."""
        return cls(**{field.name: getattr(unit, field.name) for field in fields(cls)})

    def cleaned(self) -> "UnitFacts":
        """The same with every text in its stored form."""
        values: dict[str, Any] = {
            name: clean_line(value) if isinstance(value, str) else value
            for name, value in _as_dict(self).items()
        }
        return UnitFacts(**values)

    @property
    def version(self) -> str:
        """Names exactly these texts: a form sends back the version of what its reader saw."""
        told = "\x1f".join(str(getattr(self, field.name)) for field in fields(self))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def found(specs: Sequence[UnitSpec], *, by: Actor) -> list[Unit]:
    """Found units in any order, parents and children together; the units come back in the order of ``specs``.

    A code that exists with the same facts is left as it is (a retry changes nothing); with other facts the
    whole list is refused (``unit.code_taken``). Who founds needs ``UNIT_MANAGE`` at every parent or committee
    outside the list; a root without committee is founded by the operator alone.
    """
    told = [spec.cleaned() for spec in specs]
    _check_list(told)
    with transaction.atomic():
        bump_tree_version()
        known = _known_units(told, by)
        _refuse_other_facts(told, known)
        fresh = [spec for spec in told if spec.code not in known]
        _require_anchors(fresh, known, by)
        made = _insert(fresh, known)
        if made:
            audit.record(
                by,
                "unit.found",
                made[0],
                unit=made[0],
                detail={"count": len(made), "codes": [unit.code for unit in made[:50]]},
            )
    units = known | {unit.code: unit for unit in made}
    return [units[spec.code] for spec in told]


def amend(specs: Sequence[UnitSpec], *, by: Actor, on: date | None = None) -> list[Unit]:
    """Give existing units the told facts. Returns the units that changed; used by the import for units that are there
    with other facts.

    What only an act changes is refused whole (``corrections.refused``: name, kind, tree, superior of a unit on which
    something rests); a first tree may be corrected, and is moved through ``place``. Refuses a unit that has ended
    (``unit.closed``).
    """
    day = on or timezone.localdate()
    told = [spec.cleaned() for spec in specs]
    with transaction.atomic():
        hold_tree()
        known = _known_units(told, by)
        _refuse_unknown(told, known)
        require_all(by, [known[spec.code].pk for spec in told])
        act_refusals.closed(known[spec.code] for spec in told)
        parents = _parents_today(known[spec.code] for spec in told)
        moved = [spec for spec in told if _parent_id(spec, known) != parents.get(known[spec.code].pk)]
        differing = [spec for spec in told if spec in moved or _differs(spec, known[spec.code], known)]
        standing.hold_touched(ending=(), changing={known[one.code].pk for one in differing}, bearing=())
        for error in corrections.refused(differing, by=by).values():
            raise error
        changed = [known[spec.code] for spec in differing]
        names = {unit.code: unit.name for unit in changed}
        for spec in differing:
            _take_facts(known[spec.code], spec, known)
        _save_facts(changed)
        for spec in moved:
            parent = known.get(spec.parent_code)
            place(known[spec.code], parent=parent, on=day, by=by, decision=spec.decision)
        if changed:
            renamed = {unit.code: [names[unit.code], unit.name] for unit in changed}
            detail = {
                "codes": list(names)[:50],
                "names": dict([one for one in renamed.items() if one[1][0] != one[1][1]][:50]),
            }
            audit.record(by, "unit.amend", changed[0], unit=changed[0], detail=detail)
    return changed


def _parent_id(spec: UnitSpec, known: Mapping[str, Unit]) -> int | None:
    parent = known.get(spec.parent_code)
    return parent.pk if parent else None


def update(unit: Unit, facts: UnitFacts, *, seen: str, by: Actor) -> Unit:
    """Correct a unit's own facts. ``seen`` is the version (``UnitFacts.version``) the user had before him.

    When somebody else changed it meanwhile, raises ``ConflictError`` (``unit.changed``) whose context holds
    both texts (``yours``, ``theirs``); a retry of a change already made is answered as done. A name is corrected as
    far as ``corrections.refused`` lets it be, and never once the unit has ended; the audit keeps both.
    """
    access.require(by, Can.UNIT_MANAGE, unit)
    wanted = facts.cleaned()
    if not wanted.name:
        raise DomainError("unit.no_name", _("Đơn vị phải có tên. Chưa lưu; hãy ghi tên đơn vị."))
    with transaction.atomic():
        if Unit.objects.filter(pk=unit.pk).exclude(name=wanted.name).exists():
            hold_tree()  # before the unit, as acts do
        row = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
        stands = UnitFacts.of(row)
        if wanted == stands:
            return row
        if stands.version != seen:
            raise ConflictError(
                "unit.changed",
                _("Có người vừa sửa đơn vị này. Bản của bạn chưa ghi; hãy so hai bản rồi lưu lại."),
                yours=_as_dict(wanted),
                theirs=_as_dict(stands),
            )
        if wanted.name != stands.name:
            _refuse_name(row, wanted.name, by)
        for field in fields(wanted):
            setattr(row, field.name, getattr(wanted, field.name))
        row.folded, row.sort_key = fold(row.name), sort_key(row.name)
        row.save()
        before = _as_dict(stands)
        changes = {
            name: [before[name], value] for name, value in _as_dict(wanted).items() if value != before[name]
        }
        audit.record(by, "unit.update", row, unit=row, detail={"changes": changes})
    return row


def _refuse_name(unit: Unit, name: str, by: Actor) -> None:
    """A name that only an act gives, or that is another's."""
    act_refusals.closed([unit])
    placed = access.today_placements().filter(unit=unit).select_related("parent").first()
    above = placed.parent.code if placed and placed.parent else ""
    told = UnitSpec(code=unit.code, name=name, kind=unit.kind, tree=unit.tree, parent_code=above)
    for error in corrections.refused([told], by=by).values():
        raise error


def _as_dict(facts: UnitFacts) -> dict[str, Any]:
    return {field.name: getattr(facts, field.name) for field in fields(facts)}


def _check_list(told: Sequence[UnitSpec]) -> None:
    """What can be refused without looking at the database; names the first unit that is wrong."""
    seen: set[str] = set()
    for spec in told:
        if not spec.code or not spec.name:
            raise DomainError("unit.incomplete", _("Mỗi đơn vị phải có mã và tên. Chưa ghi đơn vị nào."))
        if spec.code in seen:
            raise DomainError(
                "unit.code_twice",
                _("Mã “{code}” có hai lần trong danh sách. Chưa ghi đơn vị nào.").format(code=spec.code),
                unit=spec.code,
            )
        seen.add(spec.code)
        if spec.kind not in UnitKind.values or spec.tree not in Tree.values:
            raise DomainError(
                "unit.kind_unknown",
                _("Không biết loại hoặc cây của đơn vị “{code}”. Chưa ghi đơn vị nào.").format(
                    code=spec.code
                ),
                unit=spec.code,
            )
        if not spec.committee_code and needs_committee(spec.kind, spec.tree):
            raise DomainError(
                "unit.no_committee",
                _("“{name}” phải ghi mã cấp ủy cùng cấp. Chưa ghi đơn vị nào.").format(name=spec.name),
                unit=spec.code,
            )


def _known_units(told: Sequence[UnitSpec], by: Actor) -> dict[str, Unit]:
    """Units that the list names and the actor manages, by code; others are to him as if they were not."""
    codes = {code for spec in told for code in (spec.code, spec.parent_code, spec.committee_code) if code}
    return {unit.code: unit for unit in access.units(by, Can.UNIT_MANAGE).filter(code__in=codes)}


def _refuse_unknown(told: Sequence[UnitSpec], known: dict[str, Unit]) -> None:
    for spec in told:
        for code in filter(None, (spec.code, spec.parent_code, spec.committee_code)):
            if code not in known:
                raise _unknown(code, spec)


def _unknown(code: str, spec: UnitSpec) -> DomainError:
    return DomainError(
        "unit.code_unknown",
        _("Không có đơn vị mã “{code}” (ghi ở “{name}”). Chưa ghi đơn vị nào.").format(
            code=code, name=spec.name
        ),
        unit=spec.code,
    )


def _code_taken(code: str) -> DomainError:
    return DomainError(
        "unit.code_taken",
        _("Mã “{code}” đã dùng cho đơn vị khác. Chưa ghi đơn vị nào; hãy xem lại mã.").format(code=code),
        unit=code,
    )


def _parents_today(units: Iterable[Unit]) -> dict[int, int | None]:
    rows = access.today_placements().filter(unit__in=[unit.pk for unit in units])
    return dict(rows.values_list("unit_id", "parent_id"))


def _differs(spec: UnitSpec, unit: Unit, known: dict[str, Unit]) -> bool:
    """Whether the told facts other than the parent are not the standing ones."""
    committee = known.get(spec.committee_code)
    return (
        any(getattr(spec, name) != getattr(unit, name) for name in PLAIN_FACTS)
        or spec.tree != unit.tree
        or (committee.pk if committee else None) != unit.committee_id
    )


def _refuse_other_facts(told: Sequence[UnitSpec], known: dict[str, Unit]) -> None:
    existing = [spec for spec in told if spec.code in known]
    parents = _parents_today(known[spec.code] for spec in existing) if existing else {}
    for spec in existing:
        unit = known[spec.code]
        parent = known.get(spec.parent_code)
        if _differs(spec, unit, known) or parents.get(unit.pk) != (parent.pk if parent else None):
            raise _code_taken(spec.code)


def _require_anchors(fresh: Sequence[UnitSpec], known: dict[str, Unit], by: Actor) -> None:
    """Parents and committees must be there and the actor's to manage; new codes must be free everywhere."""
    inside = {spec.code for spec in fresh}
    taken = Unit.objects.filter(code__in=inside).values_list("code", flat=True).first()
    if taken is not None:
        raise _code_taken(taken)
    anchors: set[int] = set()
    for spec in fresh:
        for code in filter(None, (spec.parent_code, spec.committee_code)):
            if code not in inside and code not in known:
                raise _unknown(code, spec)
        anchor = spec.parent_code or spec.committee_code
        if not anchor and by.roots != HOUSE:
            raise forbidden()
        anchors.update(known[code].pk for code in (spec.parent_code, spec.committee_code) if code in known)
    require_all(by, anchors)


def _insert(fresh: Sequence[UnitSpec], known: dict[str, Unit]) -> list[Unit]:
    """New units and their placements in two statements; ids are drawn first because paths are made of them."""
    if not fresh:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('org_unit', 'id')) FROM generate_series(1, %s)",
            [len(fresh)],
        )
        ids = [int(row[0]) for row in cursor.fetchall()]
    made = {
        spec.code: Unit(pk=pk, code=spec.code, created_at=timezone.now())
        for pk, spec in zip(ids, fresh, strict=True)
    }
    units = known | made
    by_code = {spec.code: spec for spec in fresh}
    for spec in fresh:
        _take_facts(made[spec.code], spec, units)
    ordered = _parents_first(by_code)
    for code in ordered:
        if made[code].kind not in LEVELS:
            above = units[by_code[code].committee_code or by_code[code].parent_code]
            made[code].level = above.level
    placements = _placements(ordered, by_code, units)
    Unit.objects.bulk_create(made.values(), batch_size=2000)
    Placement.objects.bulk_create(placements, batch_size=5000)
    return [made[spec.code] for spec in fresh]


def _take_facts(unit: Unit, spec: UnitSpec, units: dict[str, Unit]) -> None:
    for name in PLAIN_FACTS:
        setattr(unit, name, getattr(spec, name))
    unit.tree = spec.tree
    unit.committee = units.get(spec.committee_code)
    if spec.kind in LEVELS:
        unit.level = LEVELS[spec.kind]
    elif unit.committee is not None:
        unit.level = unit.committee.level
    unit.folded, unit.sort_key = fold(spec.name), sort_key(spec.name)


def _save_facts(changed: Sequence[Unit]) -> None:
    names = [*PLAIN_FACTS, "tree", "committee", "level", "folded", "sort_key"]
    Unit.objects.bulk_update(changed, names, batch_size=500)


def _parents_first(by_code: dict[str, UnitSpec]) -> list[str]:
    """Codes in an order where what stands above a unit, or is its committee, comes before it."""
    ordered: list[str] = []
    state: dict[str, int] = {}
    for start in by_code:
        stack = [start]
        while stack:
            code = stack[-1]
            if state.get(code) == 2:
                stack.pop()
                continue
            above = [c for c in (by_code[code].parent_code, by_code[code].committee_code) if c in by_code]
            waiting = [c for c in above if state.get(c) != 2]
            if state.get(code) == 1 and any(state.get(c) == 1 for c in waiting):
                raise DomainError(
                    "unit.cycle",
                    _("Đơn vị “{code}” là cấp trên của chính nó. Chưa ghi đơn vị nào.").format(code=code),
                    unit=code,
                )
            state[code] = 1
            if waiting:
                stack += waiting
            else:
                state[code] = 2
                ordered.append(stack.pop())
    return ordered


def _placements(
    ordered: Sequence[str], by_code: dict[str, UnitSpec], units: dict[str, Unit]
) -> list[Placement]:
    """Placements from the parents' paths; a child never stands in its tree before its parent's present place."""
    outside = {by_code[code].parent_code for code in ordered if by_code[code].parent_code not in by_code} - {
        ""
    }
    standing = {
        placed.unit.code: placed
        for placed in access.today_placements()
        .filter(unit__code__in=outside, former=False)
        .select_related("unit")
    }
    for code in ordered:
        spec, unit = by_code[code], units[code]
        above = standing.get(spec.parent_code)
        if spec.parent_code and above is None:
            raise DomainError(
                "unit.parent_not_standing",
                _(
                    "“{parent}” đã thôi hoạt động nên không nhận đơn vị trực thuộc. Chưa ghi đơn vị nào."
                ).format(parent=units[spec.parent_code].name),
                unit=code,
            )
        if above is not None and above.unit.tree != unit.tree:
            raise DomainError(
                "unit.other_tree",
                _("“{name}” khác cây tổ chức với cấp trên của nó. Chưa ghi đơn vị nào.").format(
                    name=unit.name
                ),
                unit=code,
            )
        starts = [day for day in (spec.founded_on, above.valid.lower if above else None) if day]
        standing[code] = Placement(
            unit=unit,
            parent=above.unit if above else None,
            path=f"{above.path}.{unit.pk}" if above else str(unit.pk),
            valid=DateRange(max(starts) if starts else None, None),
            decision=spec.decision,
        )
    return [standing[code] for code in ordered]
