"""The roll a device takes along for the time without a line. Pure: values in, values out, no database.

It says who a code is, and nothing else: for each code its blind index, for each person name and unit. The index is
an HMAC under a key drawn from the device's own, so the roll holds no code: no card can be printed from it. What was
asked for is answered under another such key with AES-GCM, bound to the device and to the words it asked with:
nobody else can read it, change it, or hand an old one out again.
"""

import base64
import hashlib
import hmac
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass as checked

from quantriet.conferences import codes

SEAL_USE = b"QT1 roll"
INDEX_USE = b"QT1 index"
INDEX_BYTES = 12
_NONCE = 12
_BLANKS = re.compile(r"\s+")


@checked(frozen=True, config=ConfigDict(extra="forbid"))
class Asked:
    """What a device asks with: words drawn anew each time, so that an answer is to this question."""

    asked: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


_reader = TypeAdapter(Asked)


@dataclass(frozen=True)
class Listed:
    """A person of the site as the device may know him."""

    person_id: int
    name: str
    unit: str


@dataclass(frozen=True)
class Roll:
    """The roll of one site. ``code_key`` is the conference's and never leaves the house."""

    site: str
    conference: str
    conference_id: int
    code_key: bytes
    starts_at: datetime
    valid_until: datetime
    people: Sequence[Listed]


def read(body: bytes) -> Asked:
    """The question in a body; raises ``pydantic.ValidationError`` (a ``ValueError``) for anything else."""
    return _reader.validate_json(body)


def written(roll: Roll, key: bytes, *, now: datetime) -> bytes:
    """The roll as JSON for a device with this key: ``codes`` maps the index of a code to the place in ``people``.

    Moments are milliseconds since 1970 by the server's clock.
    """
    index_key = _subkey(key, INDEX_USE)
    places = {one.person_id: at for at, one in enumerate(roll.people)}
    shorts = codes.short_codes(roll.code_key, roll.conference_id, places)
    found = {code: places[person_id] for code, person_id in shorts.items() if person_id is not None}
    for person_id, at in places.items():
        found[codes.personal(roll.code_key, roll.conference_id, person_id)] = at
    told = {
        "site": roll.site,
        "conference": roll.conference,
        "conference_id": roll.conference_id,
        "starts_at": _milliseconds(roll.starts_at),
        "valid_until": _milliseconds(roll.valid_until),
        "now": _milliseconds(now),
        "people": [[one.name, one.unit] for one in roll.people],
        "codes": {_index(index_key, code): at for code, at in found.items()},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def seal(plain: bytes, key: bytes, *, device_id: int, asked: str) -> str:
    """A roll for one device and one question, in base64: nonce, ciphertext, tag."""
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(_subkey(key, SEAL_USE)).encrypt(nonce, plain, _about(device_id, asked))
    return base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, key: bytes, *, device_id: int, asked: str) -> bytes:
    """What a device does with the answer. Raises ``InvalidTag`` for another key, device or question."""
    raw = base64.b64decode(sealed)
    return AESGCM(_subkey(key, SEAL_USE)).decrypt(raw[:_NONCE], raw[_NONCE:], _about(device_id, asked))


def index(key: bytes, code: str) -> str:
    """The blind index of a code under a device's key, as scanned or typed."""
    return _index(_subkey(key, INDEX_USE), plain(code))


def plain(code: str) -> str:
    """The form in which codes are indexed: a personal one in capitals, a short one in letters of its alphabet."""
    text = _BLANKS.sub("", code).upper()
    return text if "." in text else codes.meant(text)


def _index(index_key: bytes, code: str) -> str:
    cut = hmac.digest(index_key, code.encode(), hashlib.sha256)[:INDEX_BYTES]
    return base64.urlsafe_b64encode(cut).decode()


def _subkey(key: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=use).derive(key)


def _about(device_id: int, asked: str) -> bytes:
    return b"QT1 roll\n%d\n%s" % (device_id, asked.encode())


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
