"""A small OpenID Connect provider on this machine: real HTTP, real RS256 tokens, and every fault on demand."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "quan-triet", "bí mật: 100%"


class StandIn:
    """The provider. ``claims`` are laid over the right ones (``None`` leaves one out)."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signing_key: Any = self.key
        self.algorithm = "RS256"
        self.kid = "k1"
        self.claims: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.address = ""

    def approve(self, address: str, subject: str) -> str:
        """What the person's browser does at the provider; gives the address it is sent back to."""
        told = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = {**told, "sub": subject}
        return f"{told['redirect_uri']}?code={code}&state={told['state']}"

    def discovery(self) -> dict[str, Any]:
        """The discovery document."""
        names = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "jwks_uri": "/keys"}
        right = {name: self.address + path for name, path in names.items()}
        return {"issuer": self.address, **right, **self.document}

    def keys(self) -> dict[str, Any]:
        """The public keys."""
        told = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**told, "kid": "k1", "use": "sig", "alg": "RS256"}]}

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The answer of the token endpoint, or nothing for a code, secret or verifier that is not right."""
        words = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        known = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            known is None
            or [unquote(word) for word in words.split(":")] != [CLIENT_ID, CLIENT_SECRET]
            or known["code_challenge"] != challenge
            or known["redirect_uri"] != form.get("redirect_uri")
        ):
            return None
        now = int(time.time())
        right = {"iss": self.address, "aud": CLIENT_ID, "sub": known["sub"], "nonce": known["nonce"]}
        claims = {**right, "iat": now, "exp": now + 300, **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode(claims, self.signing_key, algorithm=self.algorithm, headers={"kid": self.kid})
        return {"token_type": "Bearer", "access_token": "x", "id_token": signed}


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stand_in.asked.append(self.path)
            known = {"/.well-known/openid-configuration": stand_in.discovery, "/keys": stand_in.keys}
            self._tell(known[self.path]() if self.path in known else None)

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(raw).items()}
            self._tell(stand_in.token(form, self.headers.get("Authorization", "")))

        def _tell(self, told: dict[str, Any] | None) -> None:
            body = json.dumps(told or {"error": "invalid_grant"}).encode()
            self.send_response(200 if told else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            pass

    return Handler


@contextmanager
def running() -> Iterator[StandIn]:
    """The provider on a free port of this machine."""
    stand_in = StandIn()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(stand_in))
    stand_in.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
