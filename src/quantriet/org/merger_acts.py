"""From what new units say they were merged from to acts on the tree, and the questions that stay.

Pure: the texts of a whole list and the units that are known in, acts and questions out. Every unit of the list becomes
an act, is told to be unchanged, or is asked about; every question tells the key it is answered by.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from quantriet.core.text import fold
from quantriet.org.merger_texts import Mention, Share, read
from quantriet.org.models import ActKind

NONE = "-"
"""The answer that no unit is meant."""
WHOLE, PART = "whole", "part"
"""The answers about a share."""


@dataclass(frozen=True)
class Successor:
    """A unit of the new list: its code, its name, the text of what it was merged from."""

    code: str
    name: str
    text: str


@dataclass(frozen=True)
class Known:
    """An old unit that is known: its code, its kind and name as written, and the names of the units above it."""

    code: str
    kind: str
    name: str
    above: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What it is found by."""
        return fold(self.kind), fold(self.name)


@dataclass(frozen=True)
class Proposed:
    """An act the texts decide: old units into new ones, by their codes."""

    kind: str
    units: tuple[str, ...]
    into: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """What the texts leave open: about which successor, the sentence, the answers it may be; ``key`` is answered."""

    successor: str
    sentence: str
    candidates: tuple[str, ...] = ()
    key: str = ""


@dataclass
class Decided:
    """What a whole list comes to. ``parts``: (successor, old unit) of which it was answered that only a part goes and
    the unit stays: no act on that unit. ``waiting``: successors whose acts wait for an answer about another.
    """

    acts: list[Proposed] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    parts: list[tuple[str, str]] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


def decide(
    successors: Sequence[Successor], known: Sequence[Known], answers: Mapping[str, str] | None = None
) -> Decided:
    """Acts of a whole list, and what must be asked first.

    ``answers``: "successor|old name" → code of the old unit; "successor|?" → the codes (";" between them) of what its
    words that could not be read mean; each of them ``-`` where no unit is meant; "successor|old code|share" →
    ``whole`` or ``part``. A unit that one text takes whole, and no other text names, is merged there. A unit that
    several texts name is divided among them, whatever each calls its share. Acts that touch an open question are left
    out.
    """
    return _Deciding(successors, known, answers or {}).decided()


class _Deciding:
    """A list on its way to acts."""

    def __init__(
        self, successors: Sequence[Successor], known: Sequence[Known], answers: Mapping[str, str]
    ) -> None:
        self.successors = successors
        self.names = {one.code: one.name for one in successors}
        self.answers = answers
        self.known = {unit.code: unit for unit in known}
        self.by_name: dict[tuple[str, str], list[Known]] = {}
        for unit in known:
            self.by_name.setdefault(unit.key, []).append(unit)
        self.takes: dict[str, list[tuple[str, Share]]] = {}
        self.found = Decided()

    def decided(self) -> Decided:
        """Read every text, settle who goes where, and leave out what touches an open question."""
        for successor in self.successors:
            self._read(successor)
        merged, divided = self._settled()
        every = [Proposed(ActKind.MERGE, tuple(units), (code,)) for code, units in merged.items()] + divided
        named = {code for act in every for code in act.into}
        self._ask_about_the_silent(named)
        open_codes = {one.successor for one in self.found.questions}
        self.found.acts = [act for act in every if not open_codes & set(act.into)]
        settled = {code for act in self.found.acts for code in act.into}
        self.found.waiting = [one.code for one in self.successors if one.code in named - settled - open_codes]
        return self.found

    def _ask(self, successor: str, key: str, sentence: str, candidates: Iterable[str] = ()) -> None:
        question = Question(successor, sentence, tuple(candidates), f"{successor}|{key}")
        self.found.questions.append(question)

    def _read(self, successor: Successor) -> None:
        origin = read(successor.text)
        if origin.is_unchanged:
            self.found.unchanged.append(successor.code)
        told = self._codes_told(successor.code)
        for code in told or ():
            self._take(successor.code, code, Share.WHOLE)
        for words in origin.unread if told is None else ():
            sentence = _("“{name}”: không hiểu “{words}”; lấy những đơn vị nào?")
            self._ask(successor.code, "?", sentence.format(name=successor.name, words=words))
        for mention in origin.mentions:
            code = self._found(successor, mention)
            if code:
                self._take(successor.code, code, mention.share)

    def _take(self, successor: str, code: str, share: Share) -> None:
        self.takes.setdefault(code, []).append((successor, share))

    def _codes_told(self, successor: str) -> list[str] | None:
        """The codes an answer gives for what could not be read; ``None`` without a usable answer."""
        answer = self.answers.get(f"{successor}|?")
        if answer is None:
            return None
        codes = [code.strip() for code in answer.split(";") if code.strip() not in {"", NONE}]
        unknown = [code for code in codes if code not in self.known]
        if unknown:
            sentence = _("“{name}”: câu trả lời có mã “{code}” không có trong cây; lấy những đơn vị nào?")
            self._ask(successor, "?", sentence.format(name=self.names[successor], code=unknown[0]))
        return [code for code in codes if code in self.known]

    def _found(self, successor: Successor, mention: Mention) -> str:
        """The code of the unit a mention means; empty when it must be asked, or none is meant."""
        written = f"{mention.full_name} ({mention.place})" if mention.place else mention.full_name
        answered = self.answers.get(f"{successor.code}|{written}") or self.answers.get(
            f"{successor.code}|{mention.full_name}", ""
        )
        if answered == NONE:
            return ""
        if answered in self.known:
            return answered
        candidates = self.by_name.get(mention.key, [])
        if mention.place and len(candidates) > 1:
            place = fold(mention.place)
            there = [one for one in candidates if any(place in fold(name) for name in one.above)]
            candidates = there or candidates
        if len(candidates) == 1 and not answered:
            return candidates[0].code
        self._ask_which(successor, written, candidates, answered)
        return ""

    def _ask_which(
        self, successor: Successor, written: str, candidates: Sequence[Known], answered: str
    ) -> None:
        if answered:
            sentence = _("“{name}” lấy “{old}”: mã “{code}” trả lời không có trong cây, là đơn vị nào?")
        elif candidates:
            sentence = _("“{name}” lấy “{old}”: có {count} đơn vị cùng tên, là đơn vị nào?")
        else:
            sentence = _("“{name}” lấy “{old}”: không có đơn vị tên ấy, là đơn vị nào?")
        words = sentence.format(name=successor.name, old=written, count=len(candidates), code=answered)
        self._ask(successor.code, written, words, [one.code for one in candidates])

    def _settled(self) -> tuple[dict[str, list[str]], list[Proposed]]:
        """Units that go whole, by successor, and those divided; a single share without its other half is asked."""
        merged: dict[str, list[str]] = {}
        divided: list[Proposed] = []
        for code, shares in self.takes.items():
            successors = list(dict.fromkeys(successor for successor, _share in shares))
            if len(successors) > 1:
                divided.append(Proposed(ActKind.SPLIT, (code,), tuple(successors)))
                continue
            (only,) = successors
            told = WHOLE if Share.WHOLE in dict(shares).values() else self._share_told(only, code)
            if told == WHOLE:
                merged.setdefault(only, []).append(code)
            elif told == PART:
                self.found.parts.append((only, code))
            else:
                sentence = _(
                    "“{name}” chỉ lấy một phần của “{old}”, nhưng không đơn vị nào lấy phần kia; "
                    "lấy cả hay một phần?"
                )
                words = sentence.format(name=self.names[only], old=self._written(code))
                self._ask(only, f"{code}|share", words, (WHOLE, PART))
        return merged, divided

    def _written(self, code: str) -> str:
        unit = self.known[code]
        return f"{unit.kind} {unit.name} ({code})"

    def _share_told(self, successor: str, code: str) -> str:
        unit = self.known[code]
        names = (code, f"{unit.kind} {unit.name}", f"{unit.kind.capitalize()} {unit.name}")
        told = (self.answers.get(f"{successor}|{name}|share", "") for name in names)
        return next(filter(None, told), "")

    def _ask_about_the_silent(self, named: set[str]) -> None:
        """A unit of the list that nothing leads to is asked about, unless it is told that nothing does."""
        asked = {one.successor for one in self.found.questions}
        for one in self.successors:
            if one.code in named | asked or one.code in self.found.unchanged:
                continue
            if self.answers.get(f"{one.code}|?", "").strip() == NONE:
                self.found.unchanged.append(one.code)
                continue
            sentence = _("“{name}”: chưa có đơn vị cũ nào nhập hay chia vào; lấy những đơn vị nào?")
            self._ask(one.code, "?", sentence.format(name=one.name))
