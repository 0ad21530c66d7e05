"""Real processes on a loopback port, and a client that signs in as a person does."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

HOST = "127.0.0.1"
READY_S = 60.0
TIMEOUT_S = 30.0
PATIENCE_S = 20.0


@dataclass(frozen=True)
class Server:
    """What is being served: its port and the process that started it."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Processor time that all its processes have used so far: what load beside does not change."""
        return sum(map(processor_seconds, [self.pid, *_children(self.pid)]))

    def most_mib(self) -> float:
        """The most memory that any one of its processes has held so far."""
        return max(map(_most_mib, [self.pid, *_children(self.pid)]))


def _most_mib(pid: int) -> float:
    told = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"^VmHWM:\s+(\d+) kB", told, re.MULTILINE)[0]) / 1024


def _children(pid: int) -> list[int]:
    told = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for line in told for child in line.split()]


def processor_seconds(pid: int) -> float:
    """Processor time that a process of this machine has used so far."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def pages() -> Iterator[Server]:
    """Two processes for pages, as an installation has them."""
    command = [
        "--interface",
        "wsgi",
        "--workers",
        "2",
        "--blocking-threads",
        "4",
        "quantriet.web.wsgi:application",
    ]
    with server(command, os.environ) as running:
        yield running


@contextmanager
def server(words: Sequence[str], environ: Mapping[str, str]) -> Iterator[Server]:
    """An application under granian on a free port, from its first answer to its end."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--host", HOST, "--port", str(port), "--no-ws"]
    command += ["--log-level", "warning", *words]
    with subprocess.Popen(  # noqa: S603 - our own command; its log of requests is not what is measured
        command, env=dict(environ), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        try:
            _wait(port)
            yield Server(port, running.pid)
        finally:
            running.terminate()
            try:
                running.wait(10)
            except subprocess.TimeoutExpired:
                running.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        try:
            # The process of live events has no such page, and says so as soon as it is up.
            with closing(Client(port)) as asking:
                if asking.get("/healthz").status in (200, 404):
                    return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the processes did not start")


class Answer:
    """Status, text and how many seconds the answer took."""

    def __init__(self, response: http.client.HTTPResponse, begun: float) -> None:
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode("utf-8", "replace")
        self.seconds = time.perf_counter() - begun


class Client:
    """One kept connection with its cookies."""

    def __init__(self, port: int, key: str = "") -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_S)
        self._cookies: dict[str, str] = {}
        self._key = key

    def get(self, path: str) -> Answer:
        """A page or an answer of the API."""
        return self._ask("GET", path, None, {})

    def post_form(self, path: str, values: Mapping[str, str]) -> Answer:
        """A form, with what protects it."""
        told = {**values, "csrfmiddlewaretoken": self._cookies.get("csrf", "")}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(told).encode(), headers)

    def post_json(self, path: str, value: object) -> Answer:
        """A write of the API."""
        return self._ask("POST", path, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def listen(self, port: int, path: str) -> Iterator[str]:
        """Server-sent events from another process of this machine, for whoever is signed in here: their data."""
        with closing(http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_S)) as asked:
            asked.request("GET", path, headers={"Cookie": self._cookie()})
            answer = asked.getresponse()
            if answer.status != 200:
                raise PermissionError(f"{path} answered {answer.status}")
            while line := answer.readline():
                if line.startswith(b"data: "):
                    yield line.removeprefix(b"data: ").decode().strip()

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def sign_in(self, username: str, password: str) -> None:
        """Through the page, as a person does."""
        page = self.get("/dang-nhap/")
        told = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        if told:
            self._cookies.setdefault("csrf", told.group(1))
        answer = self.post_form("/dang-nhap/", {"username": username, "password": password})
        if answer.status != 302:
            raise PermissionError(f"sign-in answered {answer.status}")

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        if self._cookies:
            headers["Cookie"] = self._cookie()
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        begun = time.perf_counter()
        self._connection.request(method, path, body, headers)
        answer = Answer(self._connection.getresponse(), begun)
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer


def open_loop(port: int, key: str, asks: Sequence[tuple[str, object]], *, rate: float) -> list[Answer]:
    """Send writes at a fixed rate whatever the answers do; seconds count from when each was due.

    So an answer that makes others wait is counted for all of them. ``PATIENCE_S`` after the last was due the
    rest is left unsent.
    """
    answers: list[Answer] = []
    lock = threading.Lock()
    due = iter(enumerate(asks))
    begun = time.perf_counter() + 0.5
    until = begun + len(asks) / rate + PATIENCE_S

    def work() -> None:
        client = Client(port, key)
        while True:
            with lock:
                at, (path, value) = next(due, (-1, ("", None)))
            if at < 0 or time.perf_counter() > until:
                return
            when = begun + at / rate
            time.sleep(max(0.0, when - time.perf_counter()))
            answer = client.post_json(path, value)
            answer.seconds = time.perf_counter() - when
            with lock:
                answers.append(answer)

    threads = [threading.Thread(target=work, daemon=True) for _number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
