"""Short secrets encrypted for reading back, and a blind index for finding the owner's code of a person.

AES-256-GCM under the installation's data key, HMAC-SHA-256 under its index key. Both keys are stretched from
the text in the settings; a code can be found by whoever holds the index key, and read only with the data key.
"""

import functools
import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from quantriet.core.text import clean_line

_FORM = b"\x01"
_NONCE = 12
_ABOUT = b"org_person.code"
_INDEX_USE = b"quantriet index"


def plain_code(code: str) -> str:
    """The form codes are compared in: no blanks, capitals; leading zeros stay."""
    return "".join((code if code.isascii() and code.isprintable() else clean_line(code)).split()).upper()


@functools.cache
def _key(text: str, use: bytes) -> bytes:
    return hmac.digest(use, text.encode(), hashlib.sha256)


@functools.lru_cache(maxsize=4)
def _cipher(text: str) -> AESGCM:
    return AESGCM(_key(text, b"quantriet seal"))


def seal(code: str, *, about: bytes = _ABOUT) -> bytes:
    """Encrypt a code: form byte, nonce, ciphertext with tag. Two seals of one code differ.

    ``about`` names the column (and row): what was sealed for one place cannot be opened in another.
    """
    nonce = os.urandom(_NONCE)
    sealed = _cipher(settings.QUANTRIET.data_key).encrypt(nonce, plain_code(code).encode(), about)
    return _FORM + nonce + sealed


def seal_all(codes: Sequence[str]) -> tuple[list[bytes | None], list[bytes | None]]:
    """Many codes of people at once: sealed, and their blind indexes; an empty code gives neither."""
    encrypt = _cipher(settings.QUANTRIET.data_key).encrypt
    # The key is worked in once: done anew for each code, it takes half the time of a list.
    keyed = hmac.new(_key(settings.QUANTRIET.index_key, _INDEX_USE), digestmod=hashlib.sha256)
    nonces = os.urandom(_NONCE * len(codes))
    sealed: list[bytes | None] = []
    indexes: list[bytes | None] = []
    for at, code in enumerate(codes):
        plain = plain_code(code).encode() if code else b""
        if plain:
            nonce = nonces[at * _NONCE : (at + 1) * _NONCE]
            sealed.append(_FORM + nonce + encrypt(nonce, plain, _ABOUT))
            blind = keyed.copy()
            blind.update(plain)
            indexes.append(blind.digest())
        else:
            sealed.append(None)
            indexes.append(None)
    return sealed, indexes


def unseal(sealed: bytes, *, about: bytes = _ABOUT) -> str:
    """Read a sealed code; raises ``cryptography``'s ``InvalidTag`` when it was changed or the key is another."""
    raw = bytes(sealed)
    nonce, rest = raw[1 : 1 + _NONCE], raw[1 + _NONCE :]
    return _cipher(settings.QUANTRIET.data_key).decrypt(nonce, rest, about).decode()


def index(code: str) -> bytes:
    """The blind index of a code: equal codes give equal bytes, and nothing else can be read from them."""
    key = _key(settings.QUANTRIET.index_key, _INDEX_USE)
    return hmac.digest(key, plain_code(code).encode(), hashlib.sha256)
