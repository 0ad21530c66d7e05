"""From codes and names to the units they stand for: what somebody wrote becomes a proposal."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line
from quantriet.org.access import Actor
from quantriet.org.act_words import ActWords
from quantriet.org.models import Act, ActKind, Unit
from quantriet.org.proposals import REST, NewUnit, Proposal
from quantriet.org.queries.act_shares import place_of, shares_of
from quantriet.org.queries.unit_words import candidates, unit_of


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
        shares=dict(words.shares) | shares_of(words, into, by=by),
        people=words.people,
        answers=dict(words.answers) | _rest(words, into, by),
        reason=words.reason,
    ).cleaned()


def _successors(words: ActWords, parent: Unit | None, by: Actor) -> tuple[int | NewUnit, ...]:
    """Codes that are there are units; a code with a new name beside it is a new unit."""
    found: list[int | NewUnit] = []
    known = {word: candidates(word, by) for word in words.into}
    names = list(words.names)
    # More names than codes without a unit: the same words again, after the act has founded some of them.
    again = len(names) > sum(not units for units in known.values())
    founded = _founded_by(words) if again else {}
    for word, units in known.items():
        if names and (word in founded or not units):
            new = NewUnit(word, names.pop(0), words.unit_kind, parent.pk if parent else None)
            found.append(_as_founded(new, founded[word]) if word in founded else new)
        elif len(units) == 1:
            found.append(units[0].pk)
        else:
            found.append(unit_of(word, by=by, field="into").pk)
    return tuple(found)


def _founded_by(words: ActWords) -> dict[str, NewUnit]:
    """New units that done acts of this very decision and day told, by code."""
    same = Act.objects.filter(
        state=Act.State.DONE,
        kind=words.kind,
        decision=clean_line(words.decision),
        decided_on=words.decided_on,
        effective_on=words.effective_on,
    )
    told = [one for act in same for one in act.told["into"] if not isinstance(one, int)]
    return {one["code"]: NewUnit(**one) for one in told}


def _as_founded(told: NewUnit, founded: NewUnit) -> NewUnit:
    """The new unit as it was founded, when the same is told again; other facts are refused, not dropped
    (``act.founded_otherwise``).
    """
    new = told.cleaned()
    if (new.name, new.kind, new.parent_id) != (founded.name, founded.kind, founded.parent_id):
        raise DomainError(
            "act.founded_otherwise",
            _(
                "Đơn vị mã “{code}” đã lập theo quyết định này với tên “{name}”; lần ghi này khác tên, loại hoặc "
                "cấp trên nên chưa nhận. Muốn sửa thì dùng Đổi tên, hoặc hoàn tác việc đã làm rồi ghi lại."
            ).format(code=founded.code, name=founded.name),
            field="names",
        )
    return founded


def _rest(words: ActWords, into: Sequence[int | NewUnit], by: Actor) -> dict[str, str]:
    """The place of the successor named for the rest."""
    if not words.rest:
        return {}
    place = place_of(words.rest, into, by=by, field="rest")
    return {} if place is None else {REST: str(place)}


def _at(words: Sequence[str], place: int) -> str:
    return words[place] if place < len(words) else ""
