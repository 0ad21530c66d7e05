"""The codes of one conference: a personal QR that proves itself, and a short code to type.

Pure. A personal code is ``QT1.<conference>.<person>.<mac>`` with an HMAC-SHA-256 under the conference's own
key, cut to 130 bits, bound to conference and person; every letter is in the QR alphabet of capitals, so the
picture stays coarse enough for poor cameras. A short code has 40 bits and is looked up only among the people
expected at one site: 10⁵ guesses at a site of 2,000 people hit with probability 0.0002. A new key makes all
codes of a conference void.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O, U; what people confuse is read as what was meant."""

FORM = "QT1"
MAC_LETTERS = 26
SHORT_LETTERS = 8
# Two letters at a time: every scan needs thirteen of them.
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_MEANT = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V", "-": None, " ": None})
_PERSONAL = re.compile(r"QT1\.([1-9]\d{0,17})\.([1-9]\d{0,17})\.([0-9A-HJKMNP-TV-Z]{26})")


@dataclass(frozen=True)
class PersonalCode:
    """A scanned code as read; not yet proven."""

    conference_id: int
    person_id: int
    mac: str


def _letters(key: bytes, words: str, count: int) -> str:
    """An even number of letters of five bits, from the first bit on."""
    number = int.from_bytes(hmac.digest(key, words.encode(), hashlib.sha256), "big") >> (256 - 5 * count)
    return "".join([_PAIRS[number >> bits & 1023] for bits in range(5 * count - 10, -1, -10)])


def _mac(key: bytes, conference_id: int, person_id: int) -> str:
    return _letters(key, f"{FORM}|personal|{conference_id}|{person_id}", MAC_LETTERS)


def personal(key: bytes, conference_id: int, person_id: int) -> str:
    """What the QR on a person's card holds."""
    return f"{FORM}.{conference_id}.{person_id}.{_mac(key, conference_id, person_id)}"


def of_roll(conference_id: int, site_id: int) -> str:
    """What the QR on a site's signature list holds: whose list it is. It opens nothing, so nothing proves it."""
    return f"{FORM}R.{conference_id}.{site_id}"


def short(key: bytes, conference_id: int, person_id: int) -> str:
    """The eight letters printed beside it (``4F7K-9MZ2`` with the hyphen of ``shown``)."""
    return _letters(key, f"{FORM}|short|{conference_id}|{person_id}", SHORT_LETTERS)


def shown(code: str) -> str:
    """A short code in two groups of four."""
    return f"{code[:4]}-{code[4:]}"


def read_personal(text: str) -> PersonalCode | None:
    """A personal code as scanned, or ``None`` for anything else."""
    found = _PERSONAL.fullmatch(text.strip().upper())
    return None if found is None else PersonalCode(int(found[1]), int(found[2]), found[3])


def is_proven(code: PersonalCode, key: bytes) -> bool:
    """Whether the code was made with this key; compared without telling by time where it differs."""
    return hmac.compare_digest(code.mac, _mac(key, code.conference_id, code.person_id))


def meant(text: str) -> str:
    """What was typed, in letters of ``ALPHABET`` where it is a code: without hyphens, 0 for O, 1 for I and L."""
    return text.strip().upper().translate(_MEANT)


def read_short(text: str) -> str:
    """What was typed as the eight letters, or the empty text for anything else."""
    code = meant(text)
    return code if len(code) == SHORT_LETTERS and all(letter in ALPHABET for letter in code) else ""


def short_codes(key: bytes, conference_id: int, expected: Iterable[int]) -> dict[str, int | None]:
    """Whose each short code is, of the people expected at a site; ``None`` where it is two people's."""
    found: dict[str, int | None] = {}
    for person_id in expected:
        code = short(key, conference_id, person_id)
        found[code] = None if code in found else person_id
    return found
