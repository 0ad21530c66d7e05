"""What a list of units says it was merged from, in words: "Xã A, Xã B (huyện C), một phần … của Phường D".

Pure: text in, mentions out (``merger_acts`` makes acts and questions of them). What the words do not decide (a share
whose reach is unclear, a name without its kind) is kept to be asked, never guessed. Forms seen in the list of communes
of 30 April 2026 (``vn-units.csv``, MIT, © 2021 Thang Le Quoc).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from quantriet.core.text import clean_line, fold


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
_SHORT = ((re.compile(r"\bTP\.?\s?HCM\b", re.IGNORECASE), "thành phố Hồ Chí Minh"),)
# What a text tells of later changes is no list of old units.
_NOTE = re.compile(r"\.\s+(?P<note>Từ ngày\b.*)$", re.IGNORECASE | re.DOTALL)
# "các phường A, B, C": each name after the first is of the kind named last.
_LISTED = re.compile(rf"\bcác\s+(?P<kind>(?i:{_KINDS}))\s+(?!(?i:{_KINDS})\b)\S", re.IGNORECASE)
_BETWEEN = re.compile(r"(\s*,\s*|\s+và\s+)")
_NO_NAME = re.compile(rf"(?:{_KINDS}|toàn b[ộố]|một phần|phần|thôn|xóm|ấp|huyện|khu|trường)\b", re.IGNORECASE)


def read(text: str) -> Origin:
    """The old units of a text, each with its share."""
    words = clean_line(text)
    if fold(words) == _UNCHANGED:
        return Origin(is_unchanged=True)
    note = _NOTE.search(words)
    mentions, unread = _mentioned(_spelled_out(words[: note.start()] if note else words))
    return Origin(mentions=tuple(mentions), unread=(*unread, *([note["note"]] if note else [])))


def _spelled_out(words: str) -> str:
    """Every unit with its kind: "các phường A, B" → "các phường A, phường B"."""
    for pattern, whole in _SHORT:
        words = pattern.sub(whole, words)
    parts, kind = _BETWEEN.split(words), ""
    for at in range(0, len(parts), 2):
        part = parts[at]
        if listed := _LISTED.search(part):
            kind = listed["kind"]
        elif kind and (part[:1].isupper() or part[:1].isdecimal()) and not _NO_NAME.match(part):
            parts[at] = f"{kind} {part}"
        else:
            kind = ""
    return "".join(parts)


def _mentioned(words: str) -> tuple[list[Mention], list[str]]:
    """The units of a text and the words that could not be understood."""
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
    return list(_joined(mentions, words)), unread


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
