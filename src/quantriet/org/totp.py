"""Codes of an authenticator app: TOTP of RFC 6238 (HMAC-SHA-1, six digits, steps of 30 seconds)."""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1
"""Steps a phone's clock may be off to either side."""


def new_secret() -> str:
    """160 random bits as base32, the length RFC 4226 recommends."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_at(seconds: float) -> int:
    """The step of a moment in Unix seconds."""
    return int(seconds) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The code of a step."""
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    start = mac[-1] & 0x0F
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: str, code: str, seconds: float) -> int | None:
    """The step whose code this is, at the moment or one step beside it; ``None`` for a wrong code.

    All steps are compared, each in constant time: what is wrong takes as long as what is right.
    """
    now = step_at(seconds)
    found = [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode())
    ]
    return found[-1] if found else None


def address(secret: str, *, account: str, issuer: str) -> str:
    """The ``otpauth`` address an app reads from the QR code."""
    words = {
        "secret": secret,
        "issuer": issuer,
        "algorithm": "SHA1",
        "digits": DIGITS,
        "period": STEP_SECONDS,
    }
    return f"otpauth://totp/{quote(f'{issuer}:{account}')}?{urlencode(words, quote_via=quote)}"
