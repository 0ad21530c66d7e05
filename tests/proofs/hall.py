"""Real servers for proofs: Debian's nginx set up by the files in deploy/, its RTMP module, ffmpeg for a hall."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy" / "nginx"
MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
NAME = "hoi-truong"
MISSING = "needs: apt-get install --no-install-recommends nginx libnginx-mod-rtmp ffmpeg"

# `make prove` installs them, or stops and says the line; only who runs these files by hand may be without.
needs_media_server = pytest.mark.skipif(
    not (shutil.which("nginx") and MODULE.exists() and shutil.which("ffmpeg")), reason=MISSING
)


class MediaServer:
    """nginx on two free ports of this machine: RTMP in, HLS out for pages of ``site``."""

    def __init__(self, folder: Path, site: str) -> None:
        self.folder, self.site = folder, site
        self.rtmp, self.http = free_port(), free_port()
        self.origin = f"http://127.0.0.1:{self.http}"
        self.address = f"{self.origin}/hls/{NAME}.m3u8"

    def configuration(self) -> str:
        """What stands in deploy/, with the ports, the folder and the site of this test, and without TLS."""
        rtmp = _changed("stream-rtmp.conf", {"listen 1935": f"listen 127.0.0.1:{self.rtmp}"})
        http = _changed(
            "stream-http.conf",
            {
                "listen 443 ssl http2": f"listen 127.0.0.1:{self.http}",
                "https://quantriet.example.vn": self.site,
            },
        )
        http = "\n".join(line for line in http.splitlines() if not line.strip().startswith("ssl_"))
        return f"load_module {MODULE};\n{rtmp}\n{_http(self.folder, http)}".replace(
            "/var/lib/quantriet-stream", f"{self.folder}/hls"
        )

    @contextmanager
    def encoder(self) -> Iterator[None]:
        """A test picture with a tone, pushed in two qualities and as sound alone, until the end of the block."""
        video = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "20"]
        sound = ["-c:a", "aac", "-b:a", "48k"]
        both = ["-map", "0:v", "-map", "1:a", *video, *sound]
        command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-re"]
        command += ["-f", "lavfi", "-i", "testsrc2=size=426x240:rate=10"]
        command += ["-f", "lavfi", "-i", "sine=frequency=440"]
        command += [*both, "-b:v", "150k", "-f", "flv", self._push("low")]
        command += [*both, "-s", "640x360", "-b:v", "400k", "-f", "flv", self._push("high")]
        command += ["-map", "1:a", *sound, "-f", "flv", self._push("sound")]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL) as running:
            try:
                yield
                assert running.poll() is None, "the encoder ended by itself"
            finally:
                running.kill()

    def _push(self, quality: str) -> str:
        return f"rtmp://127.0.0.1:{self.rtmp}/hall/{NAME}_{quality}"


@contextmanager
def media_server(folder: Path, site: str) -> Iterator[MediaServer]:
    """A media server from its first answer to its end."""
    server = MediaServer(folder, site)
    (folder / "hls").mkdir(parents=True)
    with _nginx(folder, server.configuration(), server.http):
        yield server


@contextmanager
def joined(folder: Path, pages: str, live_port: int) -> Iterator[str]:
    """Pages and live events under one address, as deploy/ joins them."""
    port = free_port()
    text = (DEPLOY / "quantriet.conf").read_text()
    live = "location /live/ {" + text.partition("location /live/ {")[2].partition("}")[0] + "}"
    live = live.replace("http://quantriet_live", f"http://127.0.0.1:{live_port}")
    rest = f"location / {{ proxy_pass {pages}; proxy_set_header Host $http_host; }}"
    folder.mkdir(parents=True)
    server = f"server {{ listen 127.0.0.1:{port}; proxy_http_version 1.1; {live} {rest} }}"
    with _nginx(folder, _http(folder, server), port):
        yield f"http://127.0.0.1:{port}"


def _http(folder: Path, inside: str) -> str:
    """A whole configuration of nginx that keeps everything in one folder."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    kept = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""
    head = f"{user} daemon off; pid {folder}/nginx.pid; worker_processes 1; events {{}}"
    return f"{head}\nhttp {{ access_log off; {kept}\n{inside} }}"


@contextmanager
def _nginx(folder: Path, configuration: str, port: int) -> Iterator[None]:
    path, log = folder / "nginx.conf", folder / "error.log"
    path.write_text(configuration)
    command = ["nginx", "-e", str(log), "-p", str(folder), "-c", str(path)]
    with subprocess.Popen(command) as running:
        try:
            _wait(port, running, log)
            yield
        finally:
            running.terminate()
            running.wait(30)


def _changed(name: str, changes: dict[str, str]) -> str:
    text = (DEPLOY / name).read_text()
    for old, new in changes.items():
        assert old in text, f"{name} no longer says {old!r}"
        text = text.replace(old, new)
    return text


def free_port() -> int:
    """A port of this machine that nobody holds at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, running: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and running.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"nginx did not start: {log.read_text() if log.exists() else ''}")
