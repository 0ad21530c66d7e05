"""From codes and names to the units they stand for: what somebody wrote becomes a proposal."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line, fold
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.act_words import ActWords
from quantriet.org.models import Act, ActKind, Unit
from quantriet.org.permissions import Can
from quantriet.org.proposals import REST, NewUnit, Proposal

_LIKE = 5


def proposal_of(words: ActWords, *, by: Actor) -> Proposal:
    """The proposal these words make. Refuses ``act.unit_unknown`` and ``act.unit_unclear`` (a name of several units,
    with their codes), the field of the words in the context.
    """
    parent = unit_of(words.parent, by=by, field="parent") if words.parent else None
    if words.kind == ActKind.FOUND:
        units: tuple[int, ...] = ()
        into: tuple[int | NewUnit, ...] = tuple(
            NewUnit(
                code,
                _at(words.names, place),
                words.unit_kind,
                parent.pk if parent else None,
                words.short_name,
            )
            for place, code in enumerate(words.units or words.into)
        )
    else:
        units = tuple(unit_of(word, by=by, field="units").pk for word in words.units)
        into = _successors(words, parent, by)
    return Proposal(
        kind=words.kind,
        decision=words.decision,
        decided_on=words.decided_on,
        effective_on=words.effective_on,
        units=units,
        into=into,
        parent_id=parent.pk if parent and words.kind in {ActKind.MOVE, ActKind.REOPEN} else None,
        name=_at(words.names, 0) if words.kind in {ActKind.RENAME, ActKind.RECLASSIFY} else "",
        short_name=words.short_name if words.kind in {ActKind.RENAME, ActKind.RECLASSIFY} else "",
        code=words.code if words.kind in {ActKind.RENUMBER, ActKind.RECLASSIFY} else "",
        unit_kind=words.unit_kind if words.kind == ActKind.RECLASSIFY else "",
        shares=words.shares,
        people=words.people,
        answers=dict(words.answers) | _rest(words, into, by),
        reason=words.reason,
    ).cleaned()


def _successors(words: ActWords, parent: Unit | None, by: Actor) -> tuple[int | NewUnit, ...]:
    """Codes that are there are units; a code with a new name beside it is a new unit."""
    found: list[int | NewUnit] = []
    names = list(words.names)
    founded = _founded_by(words) if names else {}
    for word in words.into:
        if word in founded:  # the same words again, after the act has founded the unit
            names = names[1:]
            found.append(founded[word])
            continue
        known = _candidates(word, by)
        if len(known) == 1:
            found.append(known[0].pk)
        elif names and not known:
            found.append(NewUnit(word, names.pop(0), words.unit_kind, parent.pk if parent else None))
        else:
            found.append(unit_of(word, by=by, field="into").pk)
    return tuple(found)


def _founded_by(words: ActWords) -> dict[str, NewUnit]:
    """New units that acts of this very decision and day told, by code: the same words make the same proposal."""
    same = Act.objects.filter(
        kind=words.kind,
        decision=clean_line(words.decision),
        decided_on=words.decided_on,
        effective_on=words.effective_on,
    ).exclude(state=Act.State.UNDONE)
    told = [one for act in same for one in act.told["into"] if not isinstance(one, int)]
    return {one["code"]: NewUnit(**one) for one in told}


def _rest(words: ActWords, into: Sequence[int | NewUnit], by: Actor) -> dict[str, str]:
    """The place of the successor named for the rest."""
    if not words.rest:
        return {}
    for place, one in enumerate(into):
        if isinstance(one, NewUnit) and words.rest in {one.code, one.name}:
            return {REST: str(place)}
    unit = unit_of(words.rest, by=by, field="rest")
    return {REST: str(into.index(unit.pk))} if unit.pk in into else {}


def _at(words: Sequence[str], place: int) -> str:
    return words[place] if place < len(words) else ""


def _candidates(word: str, by: Actor) -> list[Unit]:
    """The unit of a code; else live units of that very name."""
    mine = access.units(by, Can.UNIT_MANAGE)
    coded = mine.filter(code__iexact=word)[:1]
    if coded:
        return list(coded)
    return list(mine.filter(Q(folded=fold(word)), closed_on=None).order_by("level", "id")[: _LIKE + 1])


def unit_of(word: str, *, by: Actor, field: str) -> Unit:
    """The one unit a word stands for, among those the actor manages."""
    found = _candidates(word, by)
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
    )
