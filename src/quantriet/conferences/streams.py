"""The stream of the hall: an HLS playlist on a media server of the organisation. Video itself is not ours.

Nothing of a page comes from elsewhere, so a stream may come from a server that the operator named only
(``QUANTRIET_STREAMS``), and the page that plays it is the only one whose policy lets it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError

PLAYLIST = ".m3u8"
_HOST = re.compile(r"[a-z0-9.-]+|[0-9a-f:.]+")
"""Names and numbers of hosts; whatever else stood here would stand in the policy of a page."""
NEAR = frozenset({"localhost", "127.0.0.1", "::1"})
"""This machine itself, where tests and development have their media server without TLS."""


@dataclass(frozen=True)
class Stream:
    """A playlist that may be played: its address and the server it comes from (``https://host[:port]``)."""

    address: str
    origin: str


def origin_of(address: str) -> str:
    """The server of an address, ``https://host[:port]``; empty where there is none that a browser may ask."""
    try:
        told = urlsplit(address)
        port = told.port
    except ValueError:
        return ""
    host = (told.hostname or "").lower()
    if not _HOST.fullmatch(host) or "@" in told.netloc:
        return ""
    if told.scheme != "https" and not (told.scheme == "http" and host in NEAR):
        return ""
    usual = {"https": 443, "http": 80}[told.scheme]
    name = f"[{host}]" if ":" in host else host
    return f"{told.scheme}://{name}" + (f":{port}" if port not in (None, usual) else "")


def stream_of(address: str, allowed: Sequence[str]) -> Stream | None:
    """The stream behind an address, if it is a playlist on one of the allowed servers."""
    origin = origin_of(address)
    if not origin or origin not in allowed or not urlsplit(address).path.endswith(PLAYLIST):
        return None
    return Stream(address, origin)


def check(address: str, allowed: Sequence[str]) -> None:
    """Refuse an address that no page would play; an empty one says that nothing is streamed."""
    if not address or stream_of(address, allowed) is not None:
        return
    if not allowed:
        raise DomainError(
            "conference.stream_off",
            _("Quản trị chưa khai máy chủ phát nào nên chưa dùng được luồng phát. Hãy để trống ô này."),
        )
    raise DomainError(
        "conference.stream",
        _("Luồng phát phải là địa chỉ kết thúc bằng .m3u8 trên máy chủ đã được phép: %(hosts)s. Chưa lưu gì.")
        % {"hosts": ", ".join(allowed)},
    )
