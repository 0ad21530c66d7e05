"""Units whose work a unit took over: what they did stays theirs and is seen with whoever came after them."""

from collections.abc import Sequence

from django.db import connection

from quantriet.org import access
from quantriet.org.models import Unit

# What ended hangs, in today's tree, below what took over from it, or below its superior where nobody did; a divided
# unit hangs above all its parts, so its act tells which they are. Who is open again is nobody's former part.
_CAME_BEFORE = """
WITH RECURSIVE line(heir_id, unit_id) AS (
    SELECT told.id, told.id FROM unnest(%(units)s::bigint[]) AS told(id)
    UNION
    SELECT line.heir_id, before.unit_id FROM line CROSS JOIN LATERAL (
        SELECT hung.unit_id FROM org_placement AS hung
        WHERE hung.parent_id = line.unit_id AND hung.former AND hung.valid @> quantriet_today()
        UNION ALL
        SELECT hung.unit_id FROM org_actunit AS named JOIN org_act AS act ON act.id = named.act_id
        CROSS JOIN LATERAL jsonb_each(act.did -> 'closed') AS divided(unit_id, parts)
        JOIN org_placement AS hung ON hung.unit_id = divided.unit_id::bigint
        WHERE named.unit_id = line.unit_id AND named.part = 'successor' AND act.kind = 'split'
          AND act.state = 'done' AND divided.parts @> to_jsonb(line.unit_id)
          AND hung.former AND hung.valid @> quantriet_today()
    ) AS before
)
SELECT heir_id, unit_id FROM line WHERE unit_id <> heir_id ORDER BY 1, 2
"""


def came_before(unit_ids: Sequence[int]) -> dict[int, list[int]]:
    """Unit → the units that ended and whose work it took over, through any number of acts; one statement."""
    found: dict[int, list[int]] = {unit_id: [] for unit_id in unit_ids}
    with connection.cursor() as cursor:
        cursor.execute(_CAME_BEFORE, {"units": list(unit_ids)})
        for heir_id, unit_id in cursor.fetchall():
            found[heir_id].append(unit_id)
    return found


def living(unit: Unit) -> Unit:
    """The unit itself, or the nearest above it that has not ended."""
    path = access.today_placements().filter(unit=unit).values_list("path", flat=True)
    above = access.today_placements().filter(path__ancestor_of=list(path), former=False)
    nearest = above.select_related("unit").order_by("-path").first()  # of ancestors the longest comes last
    return unit if nearest is None else nearest.unit
