"""Vietnamese text of the years before Unicode: TCVN3 (fonts .VnTime …) and VNI (fonts VNI-Times …).

Old Word and Excel files hold these bytes and a reader shows them as Latin-1 letters:
`Ninh B×nh` and `Uû ban nh©n d©n` are TCVN3, `Ñaûng boä tænh` is VNI. The encoding is not written anywhere
but in the font's name, so without a font it is recognised by its result: the reading under which the words
are built like Vietnamese syllables. A text is only changed on clear evidence; a single short word that
could be French (`côté`, `tôt`) stays as it is. Detect by cell or paragraph, not by word.

Limits. TCVN3 has no capitals with a tone: the font .VnTimeH draws the small codes as capitals. Given the
font's name the whole text is put in capitals; without it only words that already hold a capital
after their first letter are (`ĐạI HọC` becomes `ĐẠI HỌC`), and a heading typed in small codes comes out
small. Files that lost the soft hyphen (the letter ư of TCVN3) cannot be mended: convert before cleaning.
"""

import enum
import re
import unicodedata
from dataclasses import dataclass

from .alphabet import TONE_MARKS, is_syllable

_NGANG, _HUYEN, _HOI, _NGA, _SAC, _NANG = TONE_MARKS


class Encoding(enum.Enum):
    """How a text is written; UNICODE also for plain ASCII and for every text that needs no change."""

    UNICODE = "unicode"
    TCVN3 = "tcvn3"
    VNI = "vni"


@dataclass(frozen=True)
class Converted:
    """A text in Unicode NFC and the encoding it was found in; ``was_changed`` asks for a notice."""

    text: str
    encoding: Encoding

    @property
    def was_changed(self) -> bool:
        """Whether the text came in an old encoding."""
        return self.encoding is not Encoding.UNICODE


def _compose(letter: str, mark: str) -> str:
    return unicodedata.normalize("NFC", letter + mark)


def _tcvn3_table() -> dict[str, str]:
    """TCVN 5712:1993, set VN3: one byte a letter; toned capitals have no code."""
    codes = dict(zip(range(0xA1, 0xAF), "ĂÂÊÔƠƯĐăâêôơưđ", strict=True))
    # Codes of each vowel with huyền, hỏi, ngã, sắc, nặng.
    toned = {
        "a": (0xB5, 0xB6, 0xB7, 0xB8, 0xB9),
        "ă": (0xBB, 0xBC, 0xBD, 0xBE, 0xC6),
        "â": (0xC7, 0xC8, 0xC9, 0xCA, 0xCB),
        "e": (0xCC, 0xCE, 0xCF, 0xD0, 0xD1),
        "ê": (0xD2, 0xD3, 0xD4, 0xD5, 0xD6),
        "i": (0xD7, 0xD8, 0xDC, 0xDD, 0xDE),
        "o": (0xDF, 0xE1, 0xE2, 0xE3, 0xE4),
        "ô": (0xE5, 0xE6, 0xE7, 0xE8, 0xE9),
        "ơ": (0xEA, 0xEB, 0xEC, 0xED, 0xEE),
        "u": (0xEF, 0xF1, 0xF2, 0xF3, 0xF4),
        "ư": (0xF5, 0xF6, 0xF7, 0xF8, 0xF9),
        "y": (0xFA, 0xFB, 0xFC, 0xFD, 0xFE),
    }
    for vowel, vowel_codes in toned.items():
        for code, mark in zip(vowel_codes, TONE_MARKS[1:], strict=True):
            codes[code] = _compose(vowel, mark)
    return {chr(code): letter for code, letter in codes.items()}


def _vni_table() -> dict[str, str]:
    """VNI Windows: a base letter, then a code for shape and tone together; a few letters have one code."""
    tones = {"ø": _HUYEN, "û": _HOI, "õ": _NGA, "ù": _SAC, "ï": _NANG}
    circumflex = {"â": _NGANG, "à": _HUYEN, "å": _HOI, "ã": _NGA, "á": _SAC, "ä": _NANG}
    breve = {"ê": _NGANG, "è": _HUYEN, "ú": _HOI, "ü": _NGA, "é": _SAC, "ë": _NANG}
    table = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
    for code, mark in tones.items():
        for base, letter in zip("aeouyôö", "aeouyơư", strict=True):
            table[base + code] = _compose(letter, mark)
    del table["yï"]  # ỵ has a code of its own
    for base in "aeo":
        table |= {base + code: _compose(base + "\u0302", mark) for code, mark in circumflex.items()}
    table |= {"a" + code: _compose("a\u0306", mark) for code, mark in breve.items()}
    capitals = {base.upper(): letter.upper() for base, letter in table.items()}
    # Typists often leave the code small after a capital (Ñaïi hoïc, but also Aán).
    mixed = {base[0].upper() + base[1]: letter.upper() for base, letter in table.items() if len(base) == 2}
    return table | mixed | capitals


_TABLES = {Encoding.TCVN3: _tcvn3_table(), Encoding.VNI: _vni_table()}
_PATTERNS = {
    encoding: re.compile("|".join(sorted(map(re.escape, table), key=len, reverse=True)))
    for encoding, table in _TABLES.items()
}

# A word of an old text: letters, and the signs of Latin-1 that are letters in TCVN3.
_LEGACY_WORD = re.compile(r"[A-Za-z\u00a1-\u00ff]+")
_UNICODE_ONLY = re.compile(r"[ăĂđĐĩĨũŨơƠưƯ\u1ea0-\u1ef9\u0300-\u0323]")
_TCVN3_SIGNS = frozenset(map(chr, (*range(0xA1, 0xBF), 0xD7, 0xF7, 0xD0, 0xDE, 0xFE, 0xDF)))
_TCVN3_SIGNS_AT_END = frozenset("µ¶¸¨ª¬")
_FOREIGN_PAIRS = frozenset({"aï", "oï", "uï", "où", "oû", "aú", "aé", "eá", "eä"})

_FONTS = (
    (re.compile(r"^\.vn", re.IGNORECASE), Encoding.TCVN3),
    (re.compile(r"^vni[- ]", re.IGNORECASE), Encoding.VNI),
)


@dataclass(frozen=True)
class _Reading:
    """A text read under one encoding: what speaks for it."""

    changed: int
    """Words the encoding changes."""
    changed_fit: int
    """Of these, words that are then built like Vietnamese."""
    kept_fit: int
    """Of these, words that were built like Vietnamese before."""
    words: int
    """Words of the whole text; abbreviations and single letters are left out."""
    fit: int
    """Of these, words that are built like Vietnamese under this reading."""
    strong: int
    """Words that only then fit, with a code that no other language writes in that place."""

    @property
    def is_clear(self) -> bool:
        """Whether the evidence is enough to change the text."""
        return (
            self.changed_fit * 5 >= self.changed * 4
            and self.kept_fit < self.changed_fit
            and (self.strong > 0 or self.kept_fit * 2 < self.changed_fit)
            and (self.strong >= 3 or self.fit * 5 >= self.words * 3)
            and (self.strong > 0 or self.changed_fit >= 2)
        )


def encoding_of_font(font: str) -> Encoding:
    """Give the encoding a font's name promises (`.VnTimeH` TCVN3, `VNI-Times` VNI, others Unicode)."""
    return next((encoding for name, encoding in _FONTS if name.match(font.strip())), Encoding.UNICODE)


def detect(text: str) -> Encoding:
    """Recognise the encoding of a text from its words; in doubt it is UNICODE."""
    if text.isascii() or _UNICODE_ONLY.search(text):
        return Encoding.UNICODE
    readings = {encoding: _read(text, encoding) for encoding in _TABLES}
    clear = [encoding for encoding, reading in readings.items() if reading.changed and reading.is_clear]
    return max(clear, key=lambda encoding: readings[encoding].fit, default=Encoding.UNICODE)


def convert(text: str, *, font: str = "") -> Converted:
    """Give the text in Unicode NFC, converting it when it is in an old encoding.

    ``font`` is the name of the font it was set in, when the file tells: it proposes the encoding even for a
    single word, and a TCVN3 font ending in H puts the text in capitals. A text that holds letters only
    Unicode has is never converted, whatever its font.
    """
    promised = encoding_of_font(font)
    if promised is not Encoding.UNICODE and not _UNICODE_ONLY.search(text):
        converted = decode(text, promised)
        capitals = promised is Encoding.TCVN3 and font.strip().upper().endswith("H")
        return Converted(converted.upper() if capitals else converted, promised)
    encoding = detect(text)
    return Converted(decode(text, encoding), encoding)


def decode(text: str, encoding: Encoding) -> str:
    """Read a text in a known encoding; gives Unicode NFC."""
    if encoding is Encoding.UNICODE:
        return unicodedata.normalize("NFC", text)
    decoded = _PATTERNS[encoding].sub(lambda match: _TABLES[encoding][match[0]], text)
    if encoding is Encoding.TCVN3:
        decoded = re.sub(r"[^\W\d_]+", _mend_capitals, decoded)
    return unicodedata.normalize("NFC", decoded)


def _mend_capitals(match: re.Match[str]) -> str:
    """A capital after the first letter says the font drew all letters as capitals.

    Known mixed-case abbreviations (CTr, TTg, BTr) hold no marked letter, so they are not touched.
    """
    word = match[0]
    return word.upper() if not word.isascii() and any(map(str.isupper, word[1:])) else word


def _read(text: str, encoding: Encoding) -> _Reading:
    changed = changed_fit = kept_fit = words = fit = strong = 0
    for word in _LEGACY_WORD.findall(text):
        if not any(map(str.isalpha, word)):  # a bullet or a sign by itself tells nothing
            continue
        decoded = decode(word, encoding)
        if decoded != word:
            changed += 1
            changed_fit += is_syllable(decoded)
            kept_fit += is_syllable(word)
            strong += is_syllable(decoded) and not is_syllable(word) and _is_strong(word, encoding)
        if decoded != word or not (len(word) == 1 or word.isupper()):
            words += 1
            fit += is_syllable(decoded)
    return _Reading(changed, changed_fit, kept_fit, words, fit, strong)


def _is_strong(word: str, encoding: Encoding) -> bool:
    """Whether a word holds a code that other languages do not write there.

    TCVN3: a sign in a word of three letters or more (`nh©n`) or at the end of a short one (`mµ`), so that
    5 µm, ® and © stay; or a capital code inside a word in small letters (`ChÝ`). VNI: two codes for one
    letter (`aû`, `öô`) that no other language uses.
    """
    if encoding is Encoding.TCVN3:
        sign = len(word) >= 3 and any(character in _TCVN3_SIGNS for character in word)
        sign_at_end = any(character in _TCVN3_SIGNS_AT_END for character in word[1:])
        capital_inside = any(not letter.isascii() and letter.isupper() for letter in word[1:])
        return sign or sign_at_end or (capital_inside and not word.isupper())
    pairs = [match[0].lower() for match in _PATTERNS[encoding].finditer(word) if len(match[0]) == 2]
    return any(pair not in _FOREIGN_PAIRS for pair in pairs)
