"""The checklist of a site before its conference. Pure: values in, values out.

What is looked at follows from how people take part (a preset). The connection is tested at least an hour before the
start (the rule of the provincial runbooks); a later test counts and is told late.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from quantriet.ledger.measures import Form

TEST_BEFORE = timedelta(minutes=60)
"""So long before the start the line is tested."""
LEAST_KBITS = 4000
"""What one clear picture there and one back take, with room to spare; less is told, not refused."""


class Item(models.TextChoices):
    """What is looked at."""

    SEATS = "seats", _("Chỗ ngồi, hội trường")
    PICTURE = "picture", _("Hình ảnh, màn hình")
    SOUND = "sound", _("Âm thanh, micro")
    LINE = "line", _("Đường truyền")
    POWER = "power", _("Máy phát, đường truyền dự phòng")
    PAPERS = "papers", _("Tài liệu đã in")
    ROLL = "roll", _("Danh sách đã in")


class FigureSource(models.TextChoices):
    """Where the figures of a line come from."""

    TYPED = "typed", _("Nhập tay")
    MEASURED = "measured", _("Đo trên trang")


_IN_HALL = (Item.SEATS, Item.SOUND, Item.POWER, Item.PAPERS, Item.ROLL)
PRESETS: Mapping[Form, tuple[Item, ...]] = {
    Form.IN_PERSON: _IN_HALL,
    Form.ONLINE: tuple(Item),
    Form.TELEVISION: (Item.SEATS, Item.PICTURE, Item.SOUND, Item.POWER, Item.PAPERS, Item.ROLL),
    Form.RADIO: _IN_HALL,
}
CONNECTION = frozenset({Item.PICTURE, Item.SOUND, Item.LINE})
"""Of these the test of the connection consists, where the line is among what is looked at."""


def items(form: int) -> tuple[Item, ...]:
    """What a site of this form looks at, in order."""
    return PRESETS.get(Form(form), _IN_HALL)


@dataclass(frozen=True)
class Summary:
    """Since when all of a site is good, and its connection; ``None``: not yet."""

    all_good_since: datetime | None
    connection_good_since: datetime | None


def summary(form: int, good_since: Mapping[str, datetime | None]) -> Summary:
    """What the looks at the items add up to. A site that takes no part by a line has no connection to test."""
    wanted = items(form)
    connection = [item for item in wanted if item in CONNECTION] if Item.LINE in wanted else []
    return Summary(_since(wanted, good_since), _since(connection, good_since))


def _since(wanted: Iterable[Item], good_since: Mapping[str, datetime | None]) -> datetime | None:
    """When the last of the items became good; ``None`` while one is not, or where there is none."""
    moments = [good_since.get(item) for item in wanted]
    known = [moment for moment in moments if moment is not None]
    return max(known) if known and len(known) == len(moments) else None


def minutes_late(tested_at: datetime | None, starts_at: datetime) -> int:
    """So many minutes the test came after the last moment for it; 0 when it was in time, or has not been."""
    if tested_at is None:
        return 0
    return max(0, -(-int((tested_at - (starts_at - TEST_BEFORE)).total_seconds()) // 60))
