"""Who of a divided unit goes to which successor, from the words of a sheet's row or of the command line."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.org.access import Actor
from quantriet.org.act_words import ActWords
from quantriet.org.models import ActKind, Placement, Unit
from quantriet.org.proposals import NewUnit
from quantriet.org.queries.unit_words import unit_of

FIELD = "divided"


def shares_of(words: ActWords, into: Sequence[int | NewUnit], *, by: Actor) -> dict[int, int]:
    """Unit → place of its successor. Refuses ``act.share_not_divided``, ``act.share_nowhere``, ``act.share_twice``,
    ``act.share_elsewhere``, and what ``unit_of`` refuses; the column is in the context.
    """
    if not words.divided:
        return {}
    if words.kind != ActKind.SPLIT or len(words.units) != 1:
        raise _refused(
            "act.share_not_divided",
            _("Chỉ chia tách một đơn vị mới ghi đơn vị nào về đâu. Chưa đổi gì; hãy bỏ trống cột này."),
        )
    divided = unit_of(words.units[0], by=by, field="units")
    found: dict[int, int] = {}
    for word, heir in words.divided:
        unit, place = unit_of(word, by=by, field=FIELD), place_of(heir, into, by=by, field=FIELD)
        told = {"unit": word, "heir": heir, "divided": divided.name}
        if place is None:
            raise _refused(
                "act.share_nowhere",
                _(
                    "“{heir}” không phải đơn vị nhận của lần chia tách này. Chưa đổi gì; hãy xem lại mã."
                ).format(**told),
            )
        if found.setdefault(unit.pk, place) != place:
            raise _refused(
                "act.share_twice",
                _("“{unit}” được ghi về hai đơn vị nhận. Chưa đổi gì; hãy giữ một.").format(**told),
            )
        if not _belongs(unit, divided, into):
            raise _refused(
                "act.share_elsewhere",
                _("“{unit}” không trực thuộc {divided} nên không chia được. Chưa đổi gì; hãy bỏ ra.").format(
                    **told
                ),
            )
    return found


def place_of(word: str, into: Sequence[int | NewUnit], *, by: Actor, field: str) -> int | None:
    """The place among the successors of the one a word names; ``None`` for a unit that is none of them."""
    for place, one in enumerate(into):
        if isinstance(one, NewUnit) and word in {one.code, one.name}:
            return place
    unit = unit_of(word, by=by, field=field)
    return into.index(unit.pk) if unit.pk in into else None


def _belongs(unit: Unit, divided: Unit, into: Sequence[int | NewUnit]) -> bool:
    """Whether a unit ever stood directly below the divided one, or is tied to it; to its successors, too: told once
    more after the act the same words are a retry.
    """
    if Placement.objects.filter(unit=unit, parent=divided, former=False).exists():
        return True
    codes = [one.code for one in into if isinstance(one, NewUnit)]
    heirs = {one for one in into if isinstance(one, int)}
    heirs |= set(Unit.objects.filter(code__in=codes).values_list("pk", flat=True))
    return unit.committee_id in {divided.pk, *heirs}


def _refused(code: str, sentence: str) -> DomainError:
    return DomainError(code, sentence, field=FIELD)
