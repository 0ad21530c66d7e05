"""Former units take no new facts: commands that add people, posts, roles or facts to a unit hold it open first."""

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.text import format_date

_HELD = "SELECT name, closed_on FROM org_unit WHERE id = ANY(%s) ORDER BY id FOR SHARE"
_CROSSED = "SELECT 1 FROM org_unit WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


def ended_sentence(name: str, closed_on: date) -> str:
    """What a row of a file is told that names a unit which has ended."""
    return _("“{unit}” đã kết thúc hoạt động ngày {day}. Hãy ghi mã đơn vị nhận bàn giao.").format(
        unit=name, day=format_date(closed_on)
    )


def hold_open(unit_ids: Iterable[int]) -> None:
    """Refuse (``unit.closed``) if one of the units has ended; until this transaction ends, none of them ends.

    The units are locked in share: an act that closes one waits, and then sees what was written.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [sorted(set(unit_ids))])
        ended = [(name, closed_on) for name, closed_on in cursor.fetchall() if closed_on is not None]
    for name, closed_on in ended:
        raise DomainError(
            "unit.closed",
            _(
                "“{unit}” đã kết thúc hoạt động ngày {day} nên không nhận thêm. "
                "Chưa ghi gì; hãy ghi cho đơn vị nhận bàn giao."
            ).format(unit=name, day=format_date(closed_on)),
        )


def hold_crossing(unit_ids: Iterable[int]) -> None:
    """Lock the units that people leave and enter at once, in one order and as strongly as what follows a transfer
    needs them: transfers there and back at the same moment wait for one another.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CROSSED, [sorted(set(unit_ids))])
