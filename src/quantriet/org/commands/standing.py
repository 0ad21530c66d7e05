"""Former units take no new facts: commands that add people, posts, roles or facts to a unit hold it open first.

The order of locks. Whoever locks rows of several kinds does it in this order, those of one kind in one pass in the
order of their ids, and never goes back to a kind above:

1. the gate of a conference (``conferences.commands.gate``), its site, its device;
2. attendances, in the order of people;
3. units: in share (``hold_open``), as strongly as crossing needs (``hold_crossing``, ``standing.hold`` of campaigns),
   or as an act on the tree needs them (``hold_touched``);
4. lines of the roll, then their credits;
5. declared totals, obligations.

An act on the tree takes its units alone before it gives conferences and sites to their heirs: whoever records
attendance locks no row of these.
"""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from django.db import connection
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.text import format_date

_HELD = "SELECT name, closed_on FROM org_unit WHERE id = ANY(%s) ORDER BY id FOR SHARE"
_LOCKED = "SELECT 1 FROM org_unit WHERE id = ANY(%s) ORDER BY id FOR {strength}"
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
    """Lock the units that people leave and enter, with all others the same list writes to, in one pass and as
    strongly as what follows a transfer needs them: transfers there and back at the same moment wait for one another.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CROSSED, [sorted(set(unit_ids))])


def hold_touched(*, ending: Iterable[int], changing: Iterable[int], bearing: Iterable[int]) -> None:
    """Lock every unit an act touches, all in one order by their numbers, each as strongly as it must be.

    What ends takes no row any more that points to it; what changes meets transfers, registrations and corrections;
    what bears (superiors, units that move) may take people meanwhile but does not end. One order for all, whatever
    part a unit has: an act and transfers, or an act and another, wait for one another and never in a ring.
    """
    strengths = dict.fromkeys(bearing, "SHARE") | dict.fromkeys(changing, "NO KEY UPDATE")
    strengths |= dict.fromkeys(ending, "UPDATE")
    with connection.cursor() as cursor:
        for strength, alike in groupby(sorted(strengths), key=strengths.__getitem__):
            cursor.execute(_LOCKED.format(strength=strength), [list(alike)])
