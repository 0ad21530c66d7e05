"""Former units take no new facts; and what counts on a unit's roll follows one another."""

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.models import Placement


def former(unit_ids: Iterable[int]) -> dict[int, Placement]:
    """Of these units those that have ended, each with its place below what took over."""
    rows = access.today_placements().filter(unit__in=list(unit_ids), former=True)
    return {row.unit_id: row for row in rows.select_related("unit", "parent").order_by("unit_id")}


def refuse_former(unit_ids: Iterable[int]) -> None:
    """Refuse something new at units of which one has ended, naming the unit below which it hangs."""
    for place in former(unit_ids).values():
        raise DomainError(
            "unit.former",
            _("“{unit}” đã thôi hoạt động nên không ghi mới được. Chưa lưu gì; hãy ghi ở “{parent}”.").format(
                unit=place.unit.name, parent=place.parent.name if place.parent else ""
            ),
        )


def hold(unit_ids: Iterable[int]) -> None:
    """Let declaring totals at units and lines leaving them follow one another: each counts on the other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM org_unit WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [sorted(set(unit_ids))]
        )
