"""Rooms of video servers: how one comes in by a link. Video itself is not ours.

A link that leads to the configured Jitsi server becomes a signed one, made for one site and a short time; any other
link is given as it is. Another server that signs its links is another class of this shape and a line in ``room_of``.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import quote, unquote, urlsplit

VALID = timedelta(minutes=15)
"""A signed link is used at once; who was thrown out by a broken line gets a new one with one tap."""
SKEW = timedelta(seconds=60)
"""So much the clocks of the two servers may differ."""


@dataclass(frozen=True)
class Server:
    """A Jitsi server that lets nobody in without a token: its address, our name there, the secret we share."""

    address: str
    app_id: str
    secret: str


@dataclass(frozen=True)
class Guest:
    """Who comes in: a site, not a person. ``is_moderator`` only where the conference is held."""

    key: str
    name: str
    is_moderator: bool


class Room(Protocol):
    """A room one can be let into."""

    def link(self, guest: Guest, *, now: datetime) -> str:
        """The address that lets this guest in."""
        ...


@dataclass(frozen=True)
class PlainRoom:
    """Whatever stands behind a link; the server there decides whom it lets in."""

    address: str

    def link(self, guest: Guest, *, now: datetime) -> str:  # noqa: ARG002 - everybody has the same
        """The link itself."""
        return self.address


@dataclass(frozen=True)
class JitsiRoom:
    """A room of a Jitsi server with token authentication (``mod_auth_token``, HS256)."""

    server: Server
    name: str

    def link(self, guest: Guest, *, now: datetime) -> str:
        """The room's address with a token for this guest, this room and the next quarter of an hour."""
        claims = {
            "aud": self.server.app_id,
            "iss": self.server.app_id,
            "sub": urlsplit(self.server.address).hostname,
            "room": self.name,
            "nbf": int((now - SKEW).timestamp()),
            "exp": int((now + VALID).timestamp()),
            "context": {"user": {"id": guest.key, "name": guest.name, "moderator": guest.is_moderator}},
        }
        token = signed(claims, self.server.secret)
        return f"{self.server.address.rstrip('/')}/{quote(self.name, safe='')}?jwt={token}"


def room_of(link: str, server: Server | None) -> Room:
    """The room behind a link: one of the configured server, or a plain one."""
    name = "" if server is None else _name_at(link, server)
    return JitsiRoom(server, name) if server is not None and name else PlainRoom(link)


def _name_at(link: str, server: Server) -> str:
    """The name of the room when the link leads to this server, as it is written there: in small letters."""
    ours, theirs = urlsplit(server.address), urlsplit(link)
    folder = f"{ours.path.rstrip('/')}/"
    same = (ours.scheme, ours.hostname, ours.port) == (theirs.scheme, theirs.hostname, theirs.port)
    if not same or not theirs.path.startswith(folder):
        return ""
    name = unquote(theirs.path.removeprefix(folder)).strip("/")
    return "" if "/" in name else name.lower()


def signed(claims: Mapping[str, object], secret: str) -> str:
    """A JSON Web Token (RFC 7519) signed with HMAC-SHA-256."""
    head = _part(json.dumps({"alg": "HS256", "typ": "JWT"}, separators=(",", ":")).encode())
    body = _part(json.dumps(claims, separators=(",", ":"), ensure_ascii=False).encode())
    mac = hmac.new(secret.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{_part(mac)}"


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
