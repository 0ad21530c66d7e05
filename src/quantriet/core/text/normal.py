"""One form for every text that comes in, and the forms texts are compared in.

Word, macOS and Google Docs give decomposed letters, old and new spelling put the tone in two places
(Hòa, Hoà), people type without marks. What is stored is NFC; what is searched is a folded column; two
names are compared with the tone in one place. A text from a TCVN3 or VNI file must go through
``legacy.convert`` before it is cleaned here: in TCVN3 the soft hyphen is the letter ư.
"""

import enum
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from .errors import TextError

_HORIZONTAL_BLANKS = re.compile(r"[^\S\n]+")
_BLANKS_AT_LINE_ENDS = re.compile(r" *\n *")
_MANY_EMPTY_LINES = re.compile(r"\n{3,}")

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_LATER = r"(?![\w\u0300-\u036f])"
# In decomposed text: open syllables in oa, oe, uy, where the two spellings differ. "qu" owns its u (quý).
_OLD_STYLE = re.compile(
    rf"([oO])([{_TONES}])([aAeE]){_LATER}|(?<![qQ])([uU])([{_TONES}])([yY]){_LATER}",
)
_NEW_STYLE = re.compile(
    rf"([oO])([aAeE])([{_TONES}]){_LATER}|(?<![qQ])([uU])([yY])([{_TONES}]){_LATER}",
)
_FINAL_Y = re.compile(r"\b((?:[bcdghklmnpqrstvx]{1,3}|qu))y\b")


class ToneStyle(enum.Enum):
    """Where the tone stands in oa, oe, uy: OLD as in Party papers (Hòa, ủy), NEW as in school books."""

    OLD = "old"
    NEW = "new"


def nfc(text: str) -> str:
    """Give the text in Unicode NFC. Refuses NUL and lone surrogates, which no database takes."""
    if "\x00" in text:
        raise TextError("nul_character", text)
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise TextError("broken_character", ascii(text))
    return unicodedata.normalize("NFC", text)


def _without_invisible(text: str) -> str:
    """Drop control characters, zero-width characters and direction marks; line ends and tabs stay."""
    kept = (
        character
        for character in text.replace("\r\n", "\n").replace("\r", "\n")
        if character in "\n\t\v\f\x85" or unicodedata.category(character) not in {"Cc", "Cf"}
    )
    # Dropping a joiner may bring a letter and its mark together, so compose after it, not before.
    return nfc("".join(kept))


def clean_line(text: str) -> str:
    """Clean a text of one line (a name, a title): NFC, nothing invisible, single blanks, no blank ends."""
    return " ".join(_without_invisible(nfc(text)).split())


def clean_text(text: str) -> str:
    """Clean a text of several lines: as `clean_line` in each line, and at most one empty line together."""
    text = re.sub("[\v\f\x85\u2028\u2029]", "\n", _without_invisible(nfc(text)))
    text = _BLANKS_AT_LINE_ENDS.sub("\n", _HORIZONTAL_BLANKS.sub(" ", text))
    return _MANY_EMPTY_LINES.sub("\n\n", text).strip()


def fold(text: str) -> str:
    """Give the search form: lower case, đ to d, no marks, single blanks (`Hòa`, `Hoà` and `hoa` are one).

    Store it beside the text and fold the query too; folding twice changes nothing.
    """
    folded = _without_invisible(text.replace("\x00", ""))
    for _ in range(2):  # casefold may give new compositions (ŉ, ΐ), which the second turn takes apart
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", folded).casefold())
        folded = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(folded.replace("đ", "d").split())


def fold_all(clean_lines: Iterable[str]) -> list[str]:
    """``fold`` of many lines that ``clean_line`` has already cleaned: lists repeat the same few words."""
    return [" ".join(map(_folded_word, line.split())) for line in clean_lines]


@lru_cache(maxsize=20_000)
def _folded_word(word: str) -> str:
    return fold(word)


def fold_iy(text: str) -> str:
    """Give `fold` with i and y as one where writers differ: Mỹ/Mĩ, Lý/Lí, kỹ/kĩ, quý/quí.

    Only a y that is the whole rhyme after a consonant becomes i (tay and tai, thuy and thui stay two).
    For searching; never to decide that two names are the same.
    """
    return _FINAL_Y.sub(r"\1i", fold(text))


def with_tone_style(text: str, style: ToneStyle) -> str:
    """Write the text with its tones in the old (`Hòa, thủy`) or the new places (`Hoà, thuỷ`). Gives NFC."""
    decomposed = unicodedata.normalize("NFD", text)
    pattern = _OLD_STYLE if style is ToneStyle.NEW else _NEW_STYLE
    return unicodedata.normalize("NFC", pattern.sub(_swap_last_two, decomposed))


def _swap_last_two(match: re.Match[str]) -> str:
    first, second, third = (part for part in match.groups() if part is not None)
    return first + third + second


def same_name(one: str, other: str) -> bool:
    """Say whether two names are the same apart from tone place, case, blanks and composition.

    Hòa = Hoà, THANH HÓA = Thanh Hoá, uỷ = ủy. Marks count (Hoa is not Hòa), i and y are two letters.
    """
    return _name_form(one) == _name_form(other)


def _name_form(name: str) -> str:
    return with_tone_style(clean_line(name).casefold(), ToneStyle.NEW)
