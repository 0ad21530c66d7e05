"""What is configured from outside, read once: the environment and the files under ``QUANTRIET_HOME``."""

import contextlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from quantriet.conferences.rooms import Server as VideoServer
from quantriet.conferences.streams import origin_of

SHORTEST_SECRET = 32
"""Of a secret that signs (RFC 7518, 3.2: no shorter than the hash)."""


@dataclass(frozen=True)
class Issuer:
    """An OpenID Connect provider of the organisation: its address, how we are known there, its name on the page."""

    address: str
    client_id: str
    client_secret: str
    name: str


@dataclass(frozen=True)
class Configuration:
    """Everything the settings need that is not code.

    ``home``: where the installation keeps its files. ``demo``: the demonstration runs (its accounts work,
    the gallery is open). ``secret_key``, ``data_key``, ``index_key``: made once per installation, kept in
    ``home/keys.json`` readable by its owner only, unless given in the environment. ``live_url``: the path of
    live events (``/live/folds``) where a proxy joins them to the pages' address; empty: pages ask instead.
    ``issuer``: who signs people in besides us, if anybody.
    ``metrics_token``: who may read ``/metrics`` from another machine. ``jitsi``: the server for which we sign links;
    ``jitsi_events_token``: by which it proves itself when it tells who came. ``streams``: the media servers whose
    playlists the live page may play (``https://host[:port]``).
    """

    home: Path
    demo: bool
    debug: bool
    hosts: tuple[str, ...]
    origins: tuple[str, ...]
    secret_key: str
    data_key: str
    index_key: str
    https: bool
    live_url: str
    metrics_token: str
    issuer: Issuer | None = None
    jitsi: VideoServer | None = None
    jitsi_events_token: str = ""
    streams: tuple[str, ...] = ()


def read(environ: Mapping[str, str] = os.environ) -> Configuration:
    """Read the configuration; missing keys are made and kept."""
    home = Path(environ.get("QUANTRIET_HOME") or "var").resolve()
    keys = _keys(home, environ)
    demo = environ.get("QUANTRIET_DEMO") == "1"
    hosts = tuple(filter(None, environ.get("QUANTRIET_HOSTS", "localhost,127.0.0.1,[::1]").split(",")))
    return Configuration(
        home=home,
        demo=demo,
        debug=environ.get("QUANTRIET_DEBUG") == "1",
        hosts=hosts,
        origins=tuple(filter(None, environ.get("QUANTRIET_ORIGINS", "").split(","))),
        secret_key=keys["secret_key"],
        data_key=keys["data_key"],
        index_key=keys["index_key"],
        https=environ.get("QUANTRIET_HTTPS") == "1",
        live_url=environ.get("QUANTRIET_LIVE_URL", ""),
        metrics_token=environ.get("QUANTRIET_METRICS_TOKEN", ""),
        issuer=_issuer(environ),
        jitsi=_jitsi(environ),
        jitsi_events_token=_events_token(environ),
        streams=_streams(environ),
    )


def _jitsi(environ: Mapping[str, str]) -> VideoServer | None:
    """The Jitsi server, when its address is given; then it must be https and the rest must be given as well."""
    address = environ.get("QUANTRIET_JITSI_URL", "")
    if not address:
        return None
    told = urlsplit(address)
    if told.scheme != "https" and told.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ValueError("QUANTRIET_JITSI_URL must begin with https://")
    app_id, secret = environ.get("QUANTRIET_JITSI_APP_ID", ""), environ.get("QUANTRIET_JITSI_SECRET", "")
    if not app_id or len(secret) < SHORTEST_SECRET:
        raise ValueError(
            f"QUANTRIET_JITSI_URL needs QUANTRIET_JITSI_APP_ID and QUANTRIET_JITSI_SECRET ({SHORTEST_SECRET} letters)"
        )
    return VideoServer(address, app_id, secret)


def _issuer(environ: Mapping[str, str]) -> Issuer | None:
    """The provider, when its address is given; then it must be https and the rest must be given as well.

    Plain http is taken for this machine itself only, where development and tests have their provider.
    """
    address = environ.get("QUANTRIET_OIDC_ISSUER", "")
    if not address:
        return None
    told = urlsplit(address)
    if told.scheme != "https" and told.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ValueError("QUANTRIET_OIDC_ISSUER must begin with https://")
    client_id = environ.get("QUANTRIET_OIDC_CLIENT_ID", "")
    client_secret = environ.get("QUANTRIET_OIDC_CLIENT_SECRET", "")
    if not client_id or not client_secret:
        raise ValueError(
            "QUANTRIET_OIDC_ISSUER needs QUANTRIET_OIDC_CLIENT_ID and QUANTRIET_OIDC_CLIENT_SECRET"
        )
    return Issuer(
        address, client_id, client_secret, environ.get("QUANTRIET_OIDC_NAME", "") or str(told.hostname)
    )


def _events_token(environ: Mapping[str, str]) -> str:
    """What the video server sends along; without one nothing is taken from it."""
    token = environ.get("QUANTRIET_JITSI_EVENTS_TOKEN", "")
    if token and len(token) < SHORTEST_SECRET:
        raise ValueError(f"QUANTRIET_JITSI_EVENTS_TOKEN needs {SHORTEST_SECRET} letters")
    return token


def _streams(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The media servers, as a browser names them; anything beside the bare server would not be what the policy says."""
    told = tuple(filter(None, (one.strip() for one in environ.get("QUANTRIET_STREAMS", "").split(","))))
    for one in told:
        if origin_of(one) != one:
            raise ValueError(f"QUANTRIET_STREAMS: {one!r} must be https://host or https://host:port")
    return told


def _keys(home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    names = ("secret_key", "data_key", "index_key")
    given = {name: environ.get(f"QUANTRIET_{name.upper()}", "") for name in names}
    if all(given.values()):
        return given
    path = home / "keys.json"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        made = {name: secrets.token_urlsafe(48) for name in names}
        _write_private(path, json.dumps(made))
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return {name: given[name] or kept[name] for name in names}


def _write_private(path: Path, text: str) -> None:
    """Write once, readable by the owner only; of two starters the first wins."""
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
