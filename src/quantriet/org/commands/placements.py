"""Where units stand from a day on: ``move`` writes it, set-based; ``place`` is a single move outside any act."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.core.text import clean_line
from quantriet.org import access, audit
from quantriet.org.access import HOUSE, Actor
from quantriet.org.commands.row_changes import RowChanges
from quantriet.org.models import Placement, Unit
from quantriet.org.permissions import Can
from quantriet.org.plans import Move
from quantriet.org.queries import act_refusals

# Every placement at or below a moved unit since the day, cut into the periods in which its new parent's path is one.
# A unit below two moved ones goes with the lower. ``leaves`` names moved units by the parent they leave: only the time
# they stood below it changes, and what ended there meanwhile goes along as what it is.
_MOVED = """
WITH told AS (
    SELECT * FROM unnest(%(units)s::int8[], %(parents)s::int8[], %(formers)s::bool[], %(leave)s::int8[])
        AS told(unit_id, parent_id, former, leaves)
), tops AS (
    SELECT placed.unit_id, placed.path, placed.valid * daterange(%(on)s, NULL) AS valid,
           told.parent_id AS new_parent,
           told.former OR (told.leaves IS NOT NULL AND placed.former) AS new_former
    FROM told JOIN org_placement AS placed USING (unit_id)
    WHERE placed.valid && daterange(%(on)s, NULL) AND (told.leaves IS NULL OR placed.parent_id = told.leaves)
), affected AS MATERIALIZED (
    SELECT DISTINCT ON (placed.id) placed.*, tops.unit_id AS top, tops.new_parent, tops.new_former
    FROM tops JOIN org_placement AS placed ON placed.path <@ tops.path AND placed.valid && tops.valid
    ORDER BY placed.id, nlevel(tops.path) DESC
), pieces AS MATERIALIZED (
    SELECT old.id AS old_id, nextval(pg_get_serial_sequence('org_placement', 'id')) AS new_id, old.unit_id,
           CASE WHEN old.unit_id = old.top THEN old.new_parent ELSE old.parent_id END AS parent_id,
           coalesce(above.path, '') || subpath(old.path, index(old.path, text2ltree(old.top::text))) AS path,
           old.valid * daterange(%(on)s, NULL) * coalesce(above.valid, daterange(NULL, NULL)) AS valid,
           CASE WHEN old.unit_id = old.top THEN old.new_former ELSE old.former END AS former,
           CASE WHEN old.unit_id = old.top THEN %(decision)s ELSE old.decision END AS decision,
           (old.path, old.parent_id, old.former) AS place
    FROM affected AS old
    LEFT JOIN org_placement AS above
        ON above.unit_id = old.new_parent AND above.valid && (old.valid * daterange(%(on)s, NULL))
), changing AS (
    SELECT old_id FROM pieces GROUP BY old_id HAVING bool_or(place IS DISTINCT FROM (path, parent_id, former))
)
SELECT old.id, old.unit_id,
       CASE WHEN lower(old.valid) >= %(on)s
            THEN to_jsonb(old) - ARRAY['top', 'new_parent', 'new_former']
            ELSE jsonb_build_object('valid', old.valid) END,
       CASE WHEN lower(old.valid) >= %(on)s THEN NULL
            ELSE jsonb_build_object('valid', daterange(lower(old.valid), %(on)s)) END
FROM affected AS old JOIN changing ON changing.old_id = old.id
UNION ALL
SELECT new_id, unit_id, NULL,
       jsonb_build_object('id', new_id, 'created_at', statement_timestamp(), 'unit_id', unit_id,
                          'parent_id', parent_id, 'path', path, 'valid', valid, 'former', former,
                          'decision', decision)
FROM pieces JOIN changing USING (old_id)
"""

# A new unit below a parent whose place changes later gets one placement for each place of the parent.
_STANDS = """
SELECT nextval(pg_get_serial_sequence('org_placement', 'id')) AS id, told.unit_id, NULL::jsonb AS before,
       told.parent_id, coalesce(above.path, '') || text2ltree(told.unit_id::text) AS path,
       coalesce(above.valid, daterange(NULL, NULL)) * daterange(%(on)s, NULL) AS valid
FROM unnest(%(units)s::int8[], %(parents)s::int8[]) AS told(unit_id, parent_id)
LEFT JOIN org_placement AS above ON above.unit_id = told.parent_id AND above.valid && daterange(%(on)s, NULL)
"""
_FOUNDED = f"""
SELECT id, unit_id, before,
       jsonb_build_object('id', id, 'created_at', statement_timestamp(), 'unit_id', unit_id, 'parent_id', parent_id,
                          'path', path, 'valid', valid, 'former', false, 'decision', %(decision)s::text)
FROM ({_STANDS}) AS stands
"""


def move(moves: Sequence[Move], *, on: date, decision: str, changes: RowChanges) -> int:
    """Write moves that do not stand below one another's new parents; returns how many placements changed.

    The caller has locked the tree (``bump_tree_version``) and refused what may not be.
    """
    values = {
        "units": [one.unit_id for one in moves],
        "parents": [one.parent_id for one in moves],
        "formers": [one.former for one in moves],
        "leave": [one.leaves for one in moves],
        "decision": decision,
        "on": on,
    }
    return changes.write(Placement, _MOVED, values) if moves else 0


def stand(parents: dict[int, int | None], *, on: date, decision: str, changes: RowChanges) -> None:
    """Write the first places of new units (unit → parent)."""
    values = {
        "units": list(parents),
        "parents": list(parents.values()),
        "on": on,
        "decision": decision,
    }
    if parents:
        changes.write(Placement, _FOUNDED, values)


def standing_on(unit: Unit | int, on: date) -> Placement | None:
    """Where a unit stands on a day; ``None`` before its founding."""
    return Placement.objects.filter(unit=unit, valid__contains=on).first()


def is_placed_later(standing: Placement, on: date) -> bool:
    """Whether a later act gave the unit another parent or state; a place that only followed its parent is none."""
    elsewhere = ~Q(former=standing.former)
    if standing.parent_id is None:
        elsewhere |= Q(parent__isnull=False)
    else:
        elsewhere |= Q(parent=None) | ~Q(parent=standing.parent_id)
    later = Placement.objects.filter(unit=standing.unit_id, valid__startswith__gt=on)
    return later.filter(elsewhere).exists()


def place(unit: Unit, *, parent: Unit | None, on: date, by: Actor, decision: str = "") -> Placement:
    """Place a unit below ``parent`` (or as a root) from ``on``; its whole subtree moves with it.

    The same place again changes nothing. Refuses a cycle (``unit.cycle``), another tree (``unit.other_tree``), a
    parent that does not stand on that day or is former (``unit.parent_not_standing``), a unit that has ended
    (``unit.closed``: only an act brings it back) or that already has a later placement (``unit.placed_later``).
    """
    require_all(by, [unit.pk, *([parent.pk] if parent else [])])
    if parent is None and by.roots != HOUSE:
        raise forbidden()
    with transaction.atomic():
        bump_tree_version()
        standing = standing_on(unit, on)
        if standing is None:
            raise not_standing(unit)
        if standing.parent_id == (parent.pk if parent else None) and not standing.former:
            return standing
        act_refusals.closed([Unit.objects.get(pk=unit.pk)])
        refuse_parent(unit, parent, on, standing)
        if is_placed_later(standing, on):
            raise DomainError(
                "unit.placed_later",
                _("Đơn vị đã có một lần chuyển sau ngày này. Chưa đổi gì; hãy hủy lần chuyển sau trước."),
            )
        moved = Move(unit.pk, parent.pk if parent else None)
        move([moved], on=on, decision=clean_line(decision), changes=RowChanges())
        audit.record(
            by,
            "unit.place",
            unit,
            unit=unit,
            detail={"parent": parent.pk if parent else None, "on": on.isoformat(), "decision": decision},
        )
        return Placement.objects.get(unit=unit, valid__contains=on)


def not_standing(unit: Unit) -> DomainError:
    """The refusal of a day on which the unit was not there."""
    return DomainError(
        "unit.not_standing",
        _("Ngày này “{unit}” chưa có trong cây. Chưa đổi gì; hãy chọn ngày khác.").format(unit=unit.name),
    )


def refuse_parent(unit: Unit, parent: Unit | None, on: date, standing: Placement) -> None:
    """Refuse what cannot be the unit's parent on that day."""
    if parent is None:
        return
    if parent.tree != unit.tree:
        raise DomainError(
            "unit.other_tree",
            _("“{parent}” thuộc cây tổ chức khác. Chưa đổi gì; hãy chọn đơn vị cùng cây.").format(
                parent=parent.name
            ),
        )
    above = Placement.objects.filter(unit=parent, valid__contains=on, former=False).first()
    if above is None:
        raise DomainError(
            "unit.parent_not_standing",
            _("Ngày này “{parent}” không hoạt động. Chưa đổi gì; hãy chọn đơn vị khác.").format(
                parent=parent.name
            ),
        )
    if f"{above.path}.".startswith(f"{standing.path}."):
        raise DomainError(
            "unit.cycle",
            _("“{parent}” nằm dưới “{unit}” nên không làm cấp trên được. Chưa đổi gì.").format(
                parent=parent.name, unit=unit.name
            ),
        )


def bump_tree_version() -> None:
    """Count the change and, by the row's lock, let acts on the tree follow one another."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE org_treeversion SET number = nextval('org_tree_change')")


def hold_tree() -> None:
    """Let acts on the tree, and whatever else must not meet them, wait until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM org_treeversion FOR UPDATE")


def require_all(by: Actor, unit_ids: Iterable[int]) -> None:
    """Refuse unless ``by`` may change the tree at every one of these units."""
    wanted = set(unit_ids)
    if wanted and access.units(by, Can.UNIT_MANAGE).filter(pk__in=wanted).count() != len(wanted):
        raise forbidden()


def forbidden() -> ForbiddenError:
    """The refusal of whoever may not change the tree here."""
    return ForbiddenError(
        "gate.forbidden",
        _(
            "Vai trò đang dùng không được sửa cây đơn vị ở đây. Chưa có gì thay đổi; hãy nhờ quản trị cấp trên."
        ),
    )
