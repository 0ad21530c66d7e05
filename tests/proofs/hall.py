"""A real hall for a proof: Debian's nginx with its RTMP module, set up by the files in deploy/, and ffmpeg."""

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

needs_media_server = pytest.mark.skipif(
    not (shutil.which("nginx") and MODULE.exists() and shutil.which("ffmpeg")), reason=MISSING
)


class MediaServer:
    """nginx on two free ports of this machine: RTMP in, HLS out for pages of ``site``."""

    def __init__(self, folder: Path, site: str) -> None:
        self.folder, self.site = folder, site
        self.rtmp, self.http = _free_port(), _free_port()
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
        user = "user root;" if os.geteuid() == 0 else ""
        text = (
            f"{user} daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log;\n"
            f"load_module {MODULE}; worker_processes 1; events {{}}\n{rtmp}\n"
            f"http {{ access_log off; client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;\n"
            f"fastcgi_temp_path {self.folder}/fastcgi; uwsgi_temp_path {self.folder}/uwsgi;\n"
            f"scgi_temp_path {self.folder}/scgi;\n{http} }}"
        )
        return text.replace("/var/lib/quantriet-stream", f"{self.folder}/hls")

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
    path = folder / "nginx.conf"
    path.write_text(server.configuration())
    command = ["nginx", "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(path)]
    with subprocess.Popen(command) as running:
        try:
            _wait(server.http, running, folder / "error.log")
            yield server
        finally:
            running.terminate()
            running.wait(30)


def _changed(name: str, changes: dict[str, str]) -> str:
    text = (DEPLOY / name).read_text()
    for old, new in changes.items():
        assert old in text, f"{name} no longer says {old!r}"
        text = text.replace(old, new)
    return text


def _free_port() -> int:
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
