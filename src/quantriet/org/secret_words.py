"""Random words that people carry on paper, and keyed digests by which the house knows them again.

A digest is HMAC-SHA-256 under the installation's index key: a copy of the database alone neither opens a
session nor lets a PIN of six digits be tried out.
"""

import hashlib
import hmac
import secrets

from django.conf import settings

# No 0, 1, I, L, O: the words are read off paper.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def new_word(length: int, *, group: int) -> str:
    """``length`` random letters (4.95 bits each) in groups joined by hyphens."""
    letters = "".join(secrets.choice(LETTERS) for _place in range(length))
    return "-".join(letters[start : start + group] for start in range(0, length, group))


def plain(word: str) -> str:
    """The form words are compared in: letters and digits only, capitals."""
    return "".join(letter for letter in word if letter.isascii() and letter.isalnum()).upper()


def digest(use: str, *parts: str) -> bytes:
    """The digest of some parts for one use; digests of two uses never meet."""
    key = hmac.digest(settings.QUANTRIET.index_key.encode(), b"quantriet " + use.encode(), hashlib.sha256)
    return hmac.digest(key, "\0".join(parts).encode(), hashlib.sha256)
