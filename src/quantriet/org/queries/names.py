"""What units were called, or will be, on a date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from quantriet.org.models import Unit, UnitName


@dataclass(frozen=True)
class NameThen:
    """A unit's names and kind on a date."""

    name: str
    short_name: str
    code: str
    kind: str
    level: int


_FACTS = ("name", "short_name", "code", "kind", "level")


def names_at(unit_ids: Iterable[int], on: date) -> dict[int, NameThen]:
    """Unit → its names on the date, in two statements whatever their number.

    Exact from the first moment of a day, also where a planned act has not been carried out on the unit's row yet.
    """
    ids = set(unit_ids)
    today = Unit.objects.filter(pk__in=ids).values_list("pk", *_FACTS)
    dated = UnitName.objects.filter(unit__in=ids, valid__contains=on).values_list("unit_id", *_FACTS)
    return {pk: NameThen(*facts) for pk, *facts in [*today, *dated]}
