"""An act on the tree as somebody proposes it: values in, JSON out and back, no database.

The dry run, the act, its retry, the planned act of a later day, the sheet, the API and the command line all carry
this one form.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from quantriet.core.text import clean_line
from quantriet.org.models import ActKind

_NONE: Mapping[int, int] = MappingProxyType({})
_NO_ANSWERS: Mapping[str, str] = MappingProxyType({})

ROLES = "org.roles"
"""Question: do roles at a closed unit pass on to its successor (``move``) or end (``end``)."""
BODIES = "org.bodies"
"""Question: do boards of one name, coming together in a merger, become one (``join``) or stand on (``keep``)."""
REST = "org.rest"
"""Question: the successor (its place, from 0) that takes whatever a division has not assigned."""


@dataclass(frozen=True)
class NewUnit:
    """A unit to be founded by an act. Without ``parent_id`` it stands where its predecessors stood."""

    code: str
    name: str
    kind: str = ""
    parent_id: int | None = None
    short_name: str = ""
    admin_code: str = ""
    committee_id: int | None = None

    def cleaned(self) -> "NewUnit":
        """The same with every text in its stored form."""
        names = ("code", "name", "short_name", "admin_code")
        texts: dict[str, Any] = {name: clean_line(getattr(self, name)) for name in names}
        return replace(self, **texts)


@dataclass(frozen=True)
class Choices:
    """What is chosen under a dry run, told once more: answers come beside those there were, shares and people take
    the place of those there were (``None``: as they were).
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    shares: Mapping[int, int] | None = None
    people: Mapping[int, int] | None = None


AS_IT_WAS = Choices()


@dataclass(frozen=True)
class Proposal:
    """What a decision does to which units.

    ``units`` are acted on: closed by a merger, division or dissolution, else renamed, moved, reopened. ``into``
    are the successors (of a founding: the new unit), known by number or told as new. ``parent_id`` is the new
    superior. ``name`` … ``unit_kind`` are new facts, empty for "as it is". In a division ``shares`` gives live
    children and attached units, ``people`` gives people, each to a place in ``into``. ``answers`` are those to the
    questions of the dry run.
    """

    kind: str
    decision: str
    decided_on: date
    effective_on: date
    units: tuple[int, ...] = ()
    into: tuple[int | NewUnit, ...] = ()
    parent_id: int | None = None
    name: str = ""
    short_name: str = ""
    code: str = ""
    unit_kind: str = ""
    shares: Mapping[int, int] = field(default_factory=dict)
    people: Mapping[int, int] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""

    def cleaned(self) -> "Proposal":
        """The same with every text in its stored form, each unit once and in order."""
        names = ("decision", "name", "short_name", "code", "unit_kind", "reason")
        texts: dict[str, Any] = {name: clean_line(getattr(self, name)) for name in names}
        into = tuple(one.cleaned() if isinstance(one, NewUnit) else one for one in dict.fromkeys(self.into))
        return replace(self, units=tuple(dict.fromkeys(self.units)), into=into, **texts)

    def choosing(self, choices: Choices) -> "Proposal":
        """The same act with other choices."""
        return replace(
            self,
            answers={**self.answers, **choices.answers},
            shares=self.shares if choices.shares is None else choices.shares,
            people=self.people if choices.people is None else choices.people,
        )

    @property
    def closes(self) -> bool:
        """Whether units end by it."""
        return self.kind in {ActKind.MERGE, ActKind.SPLIT, ActKind.CLOSE}

    def as_json(self) -> dict[str, Any]:
        """Plain values, without the people: who goes where in a division is kept under the gate of personal data."""
        told = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "people"}
        return told | {
            "kind": str(self.kind),
            "decided_on": self.decided_on.isoformat(),
            "effective_on": self.effective_on.isoformat(),
            "units": list(self.units),
            "into": [
                one if isinstance(one, int) else {f.name: getattr(one, f.name) for f in fields(one)}
                for one in self.into
            ],
            "shares": {str(unit): place for unit, place in sorted(self.shares.items())},
            "answers": dict(sorted(self.answers.items())),
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any], *, people: Mapping[int, int] = _NONE) -> "Proposal":
        """The proposal of ``as_json``, with the people it gives to successors."""
        values = dict(told) | {
            "decided_on": date.fromisoformat(told["decided_on"]),
            "effective_on": date.fromisoformat(told["effective_on"]),
            "units": tuple(int(unit) for unit in told["units"]),
            "into": tuple(one if isinstance(one, int) else NewUnit(**one) for one in told["into"]),
            "shares": {int(unit): int(place) for unit, place in told["shares"].items()},
            "people": people,
        }
        return cls(**values)

    @property
    def key(self) -> str:
        """Names exactly this proposal: the same again is a retry. The reason is not part of it."""
        told = self.as_json() | {"people": sorted(self.people.items()), "reason": ""}
        return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
