"""OpenID Connect, the part we need: authorization code with PKCE, state and nonce; the ID token checked in full.

Sources: OpenID Connect Core 1.0 (3.1), Discovery 1.0 (4.3), RFC 7636. Nothing is fetched but from the configured
issuer and the addresses its own discovery document names; no redirect is followed; answers are small.
"""

import base64
import hashlib
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit

import jwt

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Asymmetric only: neither an unsigned token nor one signed with a shared secret is ever taken."""
LEEWAY_SECONDS = 60
TIMEOUT_SECONDS = 10
ANSWER_AT_MOST = 512 * 1024
KEPT_SECONDS = 600


class IssuerError(Exception):
    """The provider could not be asked, or what it said does not hold. The reason is for the log."""


class Client(Protocol):
    """How we are known at the provider (``web.configuration.Issuer``)."""

    @property
    def address(self) -> str:
        """The issuer as configured."""

    @property
    def client_id(self) -> str:
        """Our name there."""

    @property
    def client_secret(self) -> str:
        """Our password there."""


@dataclass(frozen=True, slots=True)
class Start:
    """A sign-in under way: where the browser is sent, and what is kept to check the answer."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Told:
    """Who the provider says it is. ``email`` is empty unless it says that it verified it.

    ``by_two_factors``: the provider says it asked for more than one (``amr`` holds ``mfa``, RFC 8176).
    """

    subject: str
    email: str
    by_two_factors: bool


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An answer that points elsewhere is no answer."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nothing."""


_opener = urllib.request.build_opener(_NoRedirect)
_documents: dict[str, tuple[float, dict[str, Any]]] = {}


def start(client: Client, back_to: str) -> Start:
    """Begin a sign-in that comes back to ``back_to``."""
    known = _discovered(client)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _word in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    words = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": back_to,
        "scope": "openid email",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    door = str(known["authorization_endpoint"])
    return Start(f"{door}{'&' if '?' in door else '?'}{urlencode(words)}", state, nonce, verifier)


def finish(client: Client, *, code: str, verifier: str, nonce: str, back_to: str) -> Told:
    """Change the code into an ID token and check it; raises ``IssuerError`` with the reason."""
    known = _discovered(client)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back_to,
        "code_verifier": verifier,
    }
    words = f"{quote(client.client_id, safe='')}:{quote(client.client_secret, safe='')}"
    basic = base64.b64encode(words.encode()).decode()
    answer = _asked(
        str(known["token_endpoint"]),
        body=urlencode(form).encode(),
        headers={"Authorization": f"Basic {basic}"},
    )
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise IssuerError("the answer holds no ID token")
    claims = _checked(client, known, token, nonce)
    email = claims.get("email", "")
    methods = claims.get("amr", [])
    return Told(
        subject=str(claims["sub"]),
        email=email if isinstance(email, str) and claims.get("email_verified") is True else "",
        by_two_factors=isinstance(methods, list) and "mfa" in methods,
    )


def forget_documents() -> None:
    """Ask for the provider's documents anew (after its keys changed; between tests)."""
    _documents.clear()


def _checked(client: Client, known: Mapping[str, Any], token: str, nonce: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise IssuerError(f"algorithm {header.get('alg')!r} is not taken")
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(known, header),
            algorithms=[str(header["alg"])],
            audience=client.client_id,
            issuer=client.address,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.PyJWTError as error:
        raise IssuerError(str(error)) from error
    if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise IssuerError("the nonce is another")
    meant_for = claims["aud"]
    names_party = (isinstance(meant_for, list) and len(meant_for) > 1) or "azp" in claims
    if names_party and claims.get("azp") != client.client_id:
        raise IssuerError("the token was made for another client")
    if not claims["sub"] or len(str(claims["sub"])) > 255:
        raise IssuerError("the subject is missing or too long")
    return claims


def _key(known: Mapping[str, Any], header: Mapping[str, Any]) -> Any:
    """The provider's key that signed; its list is asked anew once when the key is not in the kept one."""
    address = str(known["jwks_uri"])
    for fresh in (False, True):
        if fresh:
            _documents.pop(address, None)
        listed = jwt.PyJWKSet.from_dict(_kept(address)).keys
        fitting = [key for key in listed if "kid" not in header or key.key_id == header["kid"]]
        if len(fitting) == 1:
            return fitting[0].key
    raise IssuerError("no key of the provider fits the token")


def _discovered(client: Client) -> Mapping[str, Any]:
    known = _kept(client.address.rstrip("/") + "/.well-known/openid-configuration")
    if known.get("issuer") != client.address:
        raise IssuerError("the discovery document is of another issuer")
    secure = urlsplit(client.address).scheme == "https"
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        scheme = urlsplit(str(known.get(name, ""))).scheme
        if scheme != "https" and (secure or scheme != "http"):
            raise IssuerError(f"{name} is missing or not https")
    return known


def _kept(address: str) -> dict[str, Any]:
    """A document of the provider, asked for at most every ten minutes."""
    found = _documents.get(address)
    if found is None or time.monotonic() - found[0] > KEPT_SECONDS:
        found = (time.monotonic(), _asked(address))
        _documents[address] = found
    return found[1]


def _asked(
    address: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """One JSON object from one address; the scheme was checked by the configuration or the discovery."""
    sent = {"Accept": "application/json", **(headers or {})}
    request = urllib.request.Request(address, data=body, headers=sent)  # noqa: S310 - the scheme was checked
    try:
        with _opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            raw = answer.read(ANSWER_AT_MOST + 1)
        told = json.loads(raw) if len(raw) <= ANSWER_AT_MOST else None
    except (OSError, ValueError, urllib.error.URLError) as error:
        raise IssuerError(f"{address}: {error}") from error
    if not isinstance(told, dict):
        raise IssuerError(f"{address}: the answer is no JSON object, or too long")
    return told
