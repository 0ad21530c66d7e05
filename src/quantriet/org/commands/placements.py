"""``place``, the one writer of placements: where a unit stands from a date on."""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.core.text import clean_line
from quantriet.org import access, audit
from quantriet.org.access import HOUSE, Actor
from quantriet.org.models import Placement, Unit
from quantriet.org.permissions import Can

_LINEAGE = "SELECT path::text, former FROM org_placement WHERE unit_id = %s AND valid @> %s::date"

# Placements of the subtree that begin on or after the day only change their path; those in force before it are
# closed at the day and go on under a new row with the new path.
_MOVE_LATER = """
UPDATE org_placement SET path = text2ltree(%(head)s) || subpath(path, %(cut)s)
WHERE path <@ %(old)s::ltree AND lower(valid) >= %(on)s
"""
_MOVE_STANDING = """
WITH standing AS (
    SELECT id, unit_id, parent_id, path, valid, former, decision FROM org_placement
    WHERE path <@ %(old)s::ltree AND valid @> %(on)s::date AND (lower(valid) IS NULL OR lower(valid) < %(on)s)
    FOR UPDATE
), closed AS (
    UPDATE org_placement AS placed SET valid = daterange(lower(standing.valid), %(on)s)
    FROM standing WHERE placed.id = standing.id RETURNING placed.id
)
INSERT INTO org_placement (created_at, unit_id, parent_id, path, valid, former, decision)
SELECT statement_timestamp(), unit_id, parent_id, text2ltree(%(head)s) || subpath(path, %(cut)s),
       daterange(%(on)s, upper(valid)), former, decision
FROM standing JOIN closed USING (id)
"""
_NAME_PARENT = """
UPDATE org_placement SET parent_id = %(parent)s, former = %(former)s, decision = %(decision)s
WHERE unit_id = %(unit)s AND valid @> %(on)s::date
"""


def place(
    unit: Unit, *, parent: Unit | None, on: date, by: Actor, decision: str = "", former: bool = False
) -> Placement:
    """Place a unit below ``parent`` (or as a root) from ``on``; its whole subtree moves with it.

    The old placement is closed at ``on``. The same place again changes nothing. Refuses a cycle
    (``unit.cycle``), another tree (``unit.other_tree``), a parent that does not stand on that day or is former
    (``unit.parent_not_standing``), and a unit that already has a later placement (``unit.placed_later``).
    """
    require_all(by, [unit.pk, *([parent.pk] if parent else [])])
    if parent is None and by.roots != HOUSE:
        raise forbidden()
    with transaction.atomic(), connection.cursor() as cursor:
        bump_tree_version()
        standing = Placement.objects.filter(unit=unit, valid__contains=on).first()
        if standing is None:
            raise DomainError(
                "unit.not_standing", _("Ngày này đơn vị chưa có trong cây. Chưa đổi gì; hãy chọn ngày khác.")
            )
        if standing.parent_id == (parent.pk if parent else None) and standing.former == former:
            return standing
        head = _head_for(unit, parent, on, standing)
        if Placement.objects.filter(unit=unit, valid__startswith__gt=on).exists():
            raise DomainError(
                "unit.placed_later",
                _("Đơn vị đã có một lần chuyển sau ngày này. Chưa đổi gì; hãy hủy lần chuyển sau trước."),
            )
        values = {"head": head, "cut": standing.path.count("."), "old": standing.path, "on": on}
        cursor.execute(_MOVE_LATER, values)
        cursor.execute(_MOVE_STANDING, values)
        cursor.execute(
            _NAME_PARENT,
            {
                "parent": parent.pk if parent else None,
                "former": former,
                "decision": clean_line(decision),
                "unit": unit.pk,
                "on": on,
            },
        )
        audit.record(
            by,
            "unit.place",
            unit,
            unit=unit,
            detail={"parent": parent.pk if parent else None, "on": on.isoformat(), "decision": decision},
        )
        return Placement.objects.get(unit=unit, valid__contains=on)


def _head_for(unit: Unit, parent: Unit | None, on: date, standing: Placement) -> str:
    """The path under which the subtree will hang; refuses what cannot be a parent on that day."""
    if parent is None:
        return ""
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
    return str(above.path)


def bump_tree_version() -> None:
    """Count the change and, by the row's lock, let acts on the tree follow one another."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE org_treeversion SET number = nextval('org_tree_change')")


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
