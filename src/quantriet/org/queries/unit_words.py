"""The unit that somebody's words stand for: a code, or a name that one live unit bears."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.text import fold
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.act_words import UNIT
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

_LIKE = 5


def candidates(word: str, by: Actor) -> list[Unit]:
    """The unit of a code; else live units of that very name."""
    mine = access.units(by, Can.UNIT_MANAGE)
    coded = mine.filter(code__iexact=word)[:1]
    if coded:
        return list(coded)
    return list(mine.filter(Q(folded=fold(word)), closed_on=None).order_by("level", "id")[: _LIKE + 1])


def unit_of(word: str, *, by: Actor, field: str) -> Unit:
    """The one unit a word stands for, among those the actor manages."""
    found = candidates(word, by)
    if len(found) == 1:
        return found[0]
    if not found:
        raise DomainError(
            "act.unit_unknown",
            _("Không có đơn vị “{word}” trong phạm vi của bạn. Chưa đổi gì; hãy xem lại mã.").format(
                word=word
            ),
            field=field,
        )
    raise DomainError(
        "act.unit_unclear",
        _("“{word}” là tên của nhiều đơn vị ({codes}). Chưa đổi gì; hãy ghi mã.").format(
            word=word, codes=", ".join(unit.code for unit in found[:_LIKE])
        ),
        field=field,
        choices=[
            {
                "question": f"{UNIT}{word}",
                "sentence": _("“{word}” là tên của nhiều đơn vị. Là đơn vị nào?").format(word=word),
                "options": _apart(found[:_LIKE]),
            }
        ],
    )


def _apart(units: Sequence[Unit]) -> list[list[str]]:
    """Units of one name as answers: the code, and words that tell them apart by what stands above."""
    placed = access.today_placements().filter(unit__in=units).values_list("unit_id", "parent__name")
    above = dict(placed)
    return [
        [unit.code, ", ".join(filter(None, (unit.name, above.get(unit.pk), unit.code)))] for unit in units
    ]
