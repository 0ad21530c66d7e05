"""What a list of units says it was merged from, in words: "Xã A, Xã B (huyện C), một phần … của Phường D".

Pure: text in, mentions out; then, with the units that are known, acts and questions. What the words do not decide
(a name that several units bear, a share whose reach is unclear) is asked, never guessed. Forms seen in the list of
communes of 30 April 2026 (``vn-units.csv``, MIT, © 2021 Thang Le Quoc).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from quantriet.core.text import clean_line, fold
from quantriet.org.models import ActKind


class Share(StrEnum):
    """How much of an old unit a text takes."""

    WHOLE = "whole"
    PART = "part"
    REST = "rest"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Mention:
    """An old unit in a text. ``place`` is the district or town beside its name, ``gone`` where other parts went."""

    kind: str
    name: str
    share: Share = Share.WHOLE
    place: str = ""
    gone: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """As it is written: "Xã Tân Tiến"."""
        return f"{self.kind} {self.name}"

    @property
    def key(self) -> tuple[str, str]:
        """What it is found by: kind and name without marks."""
        return fold(self.kind), fold(self.name)


@dataclass(frozen=True)
class Origin:
    """A text read: nothing changed, or the old units; ``unread`` are words that could not be understood."""

    is_unchanged: bool = False
    mentions: tuple[Mention, ...] = ()
    unread: tuple[str, ...] = ()


_KINDS = "Xã|Phường|Thị trấn|Đặc khu|Thị xã|Thành phố|Tỉnh"
# A unit begins at its kind; what stands before it, since the last unit, is words about shares.
_UNIT = re.compile(
    rf"(?P<before>.*?)(?P<kind>(?i:{_KINDS}))\s+(?:(?i:{_KINDS})\s+)?"
    rf"(?P<name>(?:(?!,|\(|\bvà\b|\bsau khi\b|;).)+?)\s*"
    rf"(?P<brackets>(?:\([^()]*\)\s*)*)(?:sau khi sắp xếp)?\s*(?=,|;|$|\bvà\b|\(|\bsau khi\b)",
    re.DOTALL,
)
_BRACKET = re.compile(r"\(([^()]*)\)")
_PLURAL = re.compile(r"\bcủa\s+các\b", re.IGNORECASE)
_SHARES = (
    (re.compile(r"phần\s+còn\s+l[aạ]i", re.IGNORECASE), Share.REST),
    (re.compile(r"một\s+phần", re.IGNORECASE), Share.PART),
    (re.compile(r"toàn\s+b[ộố]", re.IGNORECASE), Share.WHOLE),
)
# Words between units that say nothing of shares by themselves.
_FILLING = re.compile(
    r"toàn b[ộố]|một phần|phần còn l[aạ]i|diện tích tự nhiên|diện tích tn|quy mô dân số"
    r"|sau khi sắp xếp( theo quy định tại khoản \d+ Điều này)?|sắp xếp|củ[a]?|các|và"
    r"|xã(?=\s*$)|phường(?=\s*$)|[,;.\s]",
    re.IGNORECASE,
)
_UNCHANGED = "giu nguyen"


def read(text: str) -> Origin:
    """The old units of a text, each with its share."""
    words = clean_line(text)
    if fold(words) == _UNCHANGED:
        return Origin(is_unchanged=True)
    mentions: list[Mention] = []
    unread: list[str] = []
    running, reaches_on, end = Share.WHOLE, True, 0
    for found in _UNIT.finditer(words):
        before = found["before"]
        told = _share_told(before)
        is_first = told is not None
        if told is not None:
            running, reaches_on = told, told is Share.WHOLE or bool(_PLURAL.search(before))
        share = running if is_first or reaches_on else Share.UNSURE
        mentions.append(_mention(found["kind"], found["name"], share, found["brackets"]))
        unread += _strange(before)
        end = found.end()
    unread += _strange(words[end:])
    return Origin(mentions=tuple(_joined(mentions, words)), unread=tuple(unread))


def _share_told(before: str) -> Share | None:
    """The share said last before a unit; "một phần diện tích, toàn bộ dân số" is a part."""
    told = {share for pattern, share in _SHARES if pattern.search(before)}
    if Share.PART in told:
        return Share.PART
    return next(iter(told)) if len(told) == 1 else (Share.UNSURE if told else None)


def _mention(kind: str, name: str, share: Share, brackets: str) -> Mention:
    place = ""
    gone: tuple[str, ...] = ()
    for bracket in _BRACKET.findall(brackets):
        if _SHARES[0][0].search(bracket):
            share = Share.REST
            gone = tuple(
                clean_line(one) for one in re.split(r",", bracket.partition("vào")[2]) if one.strip()
            )
        else:
            place = clean_line(bracket)
    return Mention(kind.capitalize(), clean_line(name).rstrip(" ."), share, place, gone)


def _joined(mentions: Sequence[Mention], words: str) -> Iterable[Mention]:
    """Of "X và Y (phần còn lại …)": whether the bracket reaches back to X is unclear."""
    following: list[Mention | None] = [*mentions[1:], None]
    for here, after in zip(mentions, following[: len(mentions)], strict=True):
        if after is not None and after.gone and here.share is Share.WHOLE:
            pair = f"{here.name} và {after.full_name}"
            if pair.casefold() in words.casefold():
                yield Mention(here.kind, here.name, Share.UNSURE, here.place, after.gone)
                continue
        yield here


def _strange(words: str) -> list[str]:
    left = clean_line(_FILLING.sub(" ", words))
    return [clean_line(words)] if left else []


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
    """What the texts leave open: about which successor, the sentence, the codes it may be."""

    successor: str
    sentence: str
    candidates: tuple[str, ...] = ()


@dataclass
class Decided:
    """What a whole list comes to."""

    acts: list[Proposed] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def decide(
    successors: Sequence[Successor], known: Sequence[Known], answers: Mapping[str, str] | None = None
) -> Decided:
    """Acts of a whole list, and what must be asked first. ``answers``: "successor|old name" → code of the old unit.

    A unit that one text takes whole, and no other text names, is merged there. A unit that several texts name is
    divided among them, whatever each calls its share. Acts that touch an open question are left out.
    """
    told = answers or {}
    by_name: dict[tuple[str, str], list[Known]] = {}
    for unit in known:
        by_name.setdefault(unit.key, []).append(unit)
    decided = Decided()
    takes: dict[str, list[tuple[str, Share]]] = {}
    for successor in successors:
        origin = read(successor.text)
        if origin.is_unchanged:
            decided.unchanged.append(successor.code)
        for words in origin.unread:
            sentence = _("“{name}”: không hiểu “{words}”; lấy những đơn vị nào?")
            decided.questions.append(
                Question(successor.code, sentence.format(name=successor.name, words=words))
            )
        for mention in origin.mentions:
            code = _found(successor, mention, by_name, told, decided)
            if code:
                takes.setdefault(code, []).append((successor.code, mention.share))
    names = {one.code: one.name for one in successors}
    merged = _settle(takes, names, decided)
    open_codes = {one.successor for one in decided.questions}
    decided.acts = [
        Proposed(ActKind.MERGE, tuple(units), (code,))
        for code, units in merged.items()
        if code not in open_codes
    ] + [act for act in decided.acts if not open_codes & set(act.into)]
    return decided


def _found(
    successor: Successor,
    mention: Mention,
    by_name: Mapping[tuple[str, str], Sequence[Known]],
    answers: Mapping[str, str],
    decided: Decided,
) -> str:
    """The code of the unit a mention means; empty when it must be asked."""
    answered = answers.get(f"{successor.code}|{mention.full_name}", "")
    if answered:
        return answered
    candidates = list(by_name.get(mention.key, ()))
    if mention.place and len(candidates) > 1:
        there = [one for one in candidates if any(fold(mention.place) in fold(name) for name in one.above)]
        candidates = there or candidates
    if len(candidates) == 1:
        return candidates[0].code
    sentence = (
        _("“{name}” lấy “{old}”: có {count} đơn vị cùng tên, là đơn vị nào?")
        if candidates
        else _("“{name}” lấy “{old}”: không có đơn vị tên ấy, là đơn vị nào?")
    )
    words = sentence.format(name=successor.name, old=mention.full_name, count=len(candidates))
    decided.questions.append(Question(successor.code, words, tuple(one.code for one in candidates)))
    return ""


def _settle(
    takes: Mapping[str, Sequence[tuple[str, Share]]], names: Mapping[str, str], decided: Decided
) -> dict[str, list[str]]:
    """Units that go whole, by successor; divided units become acts, a single share without its other half is asked."""
    merged: dict[str, list[str]] = {}
    for code, shares in takes.items():
        successors = list(dict.fromkeys(successor for successor, _share in shares))
        if len(successors) > 1:
            decided.acts.append(Proposed(ActKind.SPLIT, (code,), tuple(successors)))
        elif shares[0][1] is Share.WHOLE:
            merged.setdefault(successors[0], []).append(code)
        else:
            sentence = _(
                "“{name}” chỉ lấy một phần của “{old}”, nhưng không đơn vị nào lấy phần kia; lấy cả hay một phần?"
            )
            words = sentence.format(name=names[successors[0]], old=code)
            decided.questions.append(Question(successors[0], words, (code,)))
    return merged
