"""How the numbered pieces of a paper begin, in Party and in state layouts."""

import re
from dataclasses import dataclass

from quantriet.core.text.normal import fold
from quantriet.documents.choices import ClauseKind

_ROMAN = r"[IVXLC]{1,7}"
_ORDINALS = {
    "nhat": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8,
    "chin": 9, "muoi": 10,
}  # fmt: skip

# The letters of Vietnamese lists in their order; đ is often left out.
LETTERS = "abcdđeghiklmnopqrstuvxy"

_REST = r"[.:)\-–—]*\s*(?P<rest>.*)"
_SIGN = r"\s*(?:[.)\-–—]+\s*|/\s+)"  # a slash without a blank is an abbreviation: V/v
_DIGITS = r"\d{1,2}(?:\.\d{1,2})"
_ANNEX = r"phụ\s+lục(?:\s+(?:số\s+)?(?P<no>\d{1,2}|[IVXLC]{1,5}|[A-H]))?\b"
_PATTERNS = (
    (ClauseKind.PART, re.compile(r"phần\s+(?:thứ\s+)?(?P<no>[^\W\d_]+|\d{1,2})\b" + _REST, re.IGNORECASE)),
    (ClauseKind.PART, re.compile(_ANNEX + _REST, re.IGNORECASE)),
    (ClauseKind.CHAPTER, re.compile(rf"chương\s+(?P<no>{_ROMAN}|\d{{1,3}})\b" + _REST, re.IGNORECASE)),
    (ClauseKind.SECTION, re.compile(rf"mục\s+(?P<no>{_ROMAN}|\d{{1,3}})\b" + _REST, re.IGNORECASE)),
    (ClauseKind.ARTICLE, re.compile(r"điều\s+(?P<no>\d{1,3}[a-zđ]?)\b" + _REST, re.IGNORECASE)),
    (ClauseKind.ROMAN, re.compile(rf"(?P<no>{_ROMAN}){_SIGN}(?P<rest>\S.*)")),
    (ClauseKind.POINT, re.compile(rf"(?P<no>{_DIGITS}{{0,3}}){_SIGN}(?P<rest>(?:[^\W\d]|[\"“(]).*)")),
    (ClauseKind.POINT, re.compile(r"(?P<no>\d{1,2}(?:\.\d{1,2}){1,3})\s+(?P<rest>[^\W\d].*)")),
    (ClauseKind.LETTER, re.compile(r"(?P<no>[a-zđ])\s*[).]\s*(?P<rest>\S.*)")),
)  # fmt: skip
_CAPITAL_PART = re.compile(r"(?P<no>[A-E])\s*[.\-–)]\s*(?P<rest>\S.*)")

_BULLET = re.compile(r"[-–—+•*·▪◦]\s*\S")
_SIGNATURE = re.compile(r"(?:T/M|K/T|T/L|TM|KT|TL|TUQ)\s*\.?\s+[A-ZĐÀ-Ỹ]")


@dataclass(frozen=True, slots=True)
class Opening:
    """A line that begins a numbered piece: kind, numbers (``1.2`` has two), printed label and rest."""

    kind: ClauseKind
    name: str
    numbers: tuple[int, ...]
    label: str
    rest: str


def opening(text: str) -> Opening | None:
    """The numbered piece this line would begin, judged by the line alone; ``None`` for plain text."""
    for kind, pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        found = _opening(kind, match, text)
        if found is not None:
            return found
    match = _CAPITAL_PART.fullmatch(text)
    if match is not None and is_capitals(match["rest"]):
        return Opening(ClauseKind.PART, match["no"], (ord(match["no"]) - 64,), match["no"], match["rest"])
    return None


def _opening(kind: ClauseKind, match: re.Match[str], text: str) -> Opening | None:
    rest = match["rest"].strip()
    no = match["no"] or ""
    numbers = _numbers(kind, no)
    if not numbers:
        return None
    if kind in {ClauseKind.PART, ClauseKind.CHAPTER, ClauseKind.SECTION, ClauseKind.ARTICLE}:
        # "Điều 5 của Điều lệ quy định …", "phần hai của bài" are sentences, not headings.
        if text[:1].islower() or (rest[:1].islower() and not match[0].isupper()):
            return None
        label = text[: len(text) - len(match["rest"])].strip(" .:)-–—")
    else:
        label = no
    return Opening(kind, _name(kind, no, label), numbers, label, rest)


def _numbers(kind: ClauseKind, no: str) -> tuple[int, ...]:
    if kind is ClauseKind.LETTER:
        return (LETTERS.index(no) + 1,) if no in LETTERS else ()
    if no and no[0].isdigit():
        return tuple(int(part) for part in re.findall(r"\d+", no))
    if kind is ClauseKind.PART:
        if not no:
            return (1,)
        ordinal = _ORDINALS.get(fold(no))
        if ordinal:
            return (ordinal,)
        if len(no) == 1 and no in "ABDEFGH":
            return (ord(no) - 64,)
    value = roman_value(no)
    return (value,) if value else ()


def _name(kind: ClauseKind, no: str, label: str) -> str:
    """The step of the path: ``P2``, ``PL1``, ``C3``, ``M1``, ``Đ7``, ``II``, ``3``, ``a``."""
    if kind is ClauseKind.PART:
        prefix = "PL" if fold(label).startswith("phu luc") else "P"
        return f"{prefix}{_numbers(kind, no)[0]}" if no else prefix
    prefix = {ClauseKind.CHAPTER: "C", ClauseKind.SECTION: "M", ClauseKind.ARTICLE: "Đ"}.get(kind, "")
    if prefix and not no[0].isdigit():
        return f"{prefix}{roman_value(no)}"
    return f"{prefix}{no}"


def roman_value(text: str) -> int:
    """The value of a Roman number of up to 399; 0 when it is none in its regular form."""
    if not re.fullmatch(r"C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})", text) or not text:
        return 0
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
    numbers = [values[letter] for letter in text]
    following = [*numbers[1:], 0]
    return sum(-here if here < after else here for here, after in zip(numbers, following, strict=True))


def opens_clause(text: str) -> bool:
    """Whether the line looks like the beginning of a numbered piece."""
    return opening(text) is not None


def is_bullet(text: str) -> bool:
    """Whether the line is an unnumbered item of a list (-, +, •)."""
    return _BULLET.match(text) is not None


def is_capitals(text: str) -> bool:
    """Whether the letters of the line are capitals (a title); numbers alone are not."""
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) >= 2 and sum(letter.isupper() for letter in letters) >= 0.9 * len(letters)


def ends_text(text: str) -> bool:
    """Whether the line belongs to what follows the text: recipients or the signature."""
    return fold(text).startswith("noi nhan") or _SIGNATURE.match(text) is not None
