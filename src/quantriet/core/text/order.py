"""Vietnamese dictionary order as a stored key.

Two servers' collations must not give two orders, and the embedded PostgreSQL has no ICU, so the order is
computed here and stored. A key uses only ``0-9a-z``: byte order (COLLATE "C") is the order meant, and
ordinary collations agree with it.

The order is that of Vietnamese dictionaries, syllable by syllable: first the letters
(a ă â b c d đ e ê … o ô ơ … u ư … y), then the tone (ngang, huyền, hỏi, ngã, sắc, nặng), then the next
syllable; so all of `Hà …` stands before all of `Hả …`. Numbers come before letters, in numeric order
(`Chi bộ 2` before `Chi bộ 10`). Case, punctuation, leading zeros and the place of the tone
do not count: such texts have equal keys, so order by the key and then by something unique.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from .alphabet import LETTERS, split_tone
from .normal import clean_line

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_END_OF_FIELD = "0"
_END_OF_LETTERS = "1"
_NUMBER = "2"
_LETTER_CODES = dict(zip(LETTERS, _DIGITS[3:], strict=True))

_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")
_BRACKETED = re.compile(r"\([^()]*\)")


def sort_key(text: str) -> str:
    """Give the key (characters 0-9, a-z) whose byte order is Vietnamese dictionary order."""
    return "".join(_token_key(token) for token in _tokens(text))


def _tokens(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", clean_line(text))
    return _TOKEN.findall(plain)


def _token_key(token: str) -> str:
    if token[0] in _DIGITS[:10]:
        return _NUMBER + _number_key(token.lstrip("0"))
    letters, tone = split_tone(token)
    return "".join(map(_letter_key, letters)) + _END_OF_LETTERS + str(tone)


def _number_key(digits: str) -> str:
    """Length first, then the digits: a longer number is a larger one."""
    tens, rest = divmod(len(digits), 35)
    return "z" * tens + _DIGITS[rest] + digits


def _letter_key(letter: str) -> str:
    """Letters of other scripts stand after z, by code point."""
    return _LETTER_CODES.get(letter) or f"zz{ord(letter):06x}"


def given_name(full_name: str) -> str:
    """Give the last word of a Vietnamese name; a remark in brackets is not part of the name."""
    words = _name_words(full_name)
    return words[-1] if words else ""


def person_key(full_name: str) -> str:
    """Give the key that sorts people by given name, then family name, then middle names."""
    return _ordered_key(_name_words(full_name))


def person_keys(clean_names: Iterable[str]) -> list[str]:
    """``person_key`` of many names that ``clean_line`` has already cleaned."""
    return [_ordered_key(name.split() if "(" not in name else _name_words(name)) for name in clean_names]


def _ordered_key(words: Sequence[str]) -> str:
    given, family, middle = words[-1:], words[:-1][:1], words[1:-1]
    return _END_OF_FIELD.join("".join(map(_word_key, part)) for part in (given, family, middle))


@lru_cache(maxsize=20_000)  # names are made of few different words, lists of them are long
def _word_key(word: str) -> str:
    """A token never crosses a blank, so a name's key is that of its words, one after the other."""
    return sort_key(word)


def _name_words(full_name: str) -> list[str]:
    line = clean_line(full_name)
    return (_BRACKETED.sub(" ", line).split()) or line.split()
