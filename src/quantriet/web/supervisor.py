"""Starts every process of an installation and keeps them alive: ``quantriet serve`` and ``make demo``.

Order: one supervisor a home · ports free · PostgreSQL (the embedded one, unless ``DATABASE_URL`` is set) ·
migrations as the owner, when some are missing · the demonstration, when asked for · pages, live events,
check-in intake, worker, folder · the address, when ``/healthz`` answers. Then it stays in the foreground. A
child that ends is started again, each time after a longer wait; Ctrl-C or SIGTERM ends all, the database last.

============================  ==================================================================
``QUANTRIET_HOME``            where everything is kept (default ``./var``)
``PORT``                      pages (default 8000); live events are on the next port, the intake on the one after
``QUANTRIET_BIND``            address to listen on (default 127.0.0.1: this machine only)
``QUANTRIET_WEB_WORKERS``     processes for pages (default 2)
``QUANTRIET_WEB_THREADS``     threads in each (default 4; not more than the pool has connections)
``QUANTRIET_INGEST_WORKERS``  processes for check-ins of devices (default 2)
``DATABASE_URL`` …            see ``quantriet.web.database``
============================  ==================================================================
"""

import argparse
import fcntl
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from quantriet.web.children import Child, Service, end_all
from quantriet.web.postgres import EmbeddedPostgres
from quantriet.web.postgres_binaries import PostgresError

_READY_S = 120.0
_TICK_S = 0.1


class CannotServeError(RuntimeError):
    """The installation does not start; the message is for the person at the terminal."""


def say(vietnamese: str, english: str = "") -> None:
    """Tell the person at the terminal, in both languages when they differ."""
    sys.stdout.write(f"{vietnamese}\n" + (f"  ({english})\n" if english else ""))
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: ``serve [--demo]``. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="quantriet serve",
        description="Chạy toàn bộ hệ thống và giữ cho nó chạy. (Start all processes and keep them alive.)",
    )
    parser.add_argument(
        "--demo",
        action="store_true",
        help="nạp dữ liệu trình diễn khi hệ thống còn trống (load the demonstration into an empty system)",
    )
    wanted = parser.parse_args(arguments)
    environ = {**os.environ, **({"QUANTRIET_DEMO": "1"} if wanted.demo else {})}
    try:
        serve(environ)
    except (CannotServeError, PostgresError) as error:
        say(str(error))
        return 1
    return 0


def serve(environ: Mapping[str, str]) -> None:
    """Run the installation until a signal asks for its end; ``CannotServeError`` when it does not start."""
    home = Path(environ.get("QUANTRIET_HOME") or "var").resolve()
    port = _port(environ)
    bind = environ.get("QUANTRIET_BIND") or "127.0.0.1"
    environ = {
        "DJANGO_SETTINGS_MODULE": "quantriet.web.settings",
        "PYTHONUNBUFFERED": "1",
        **environ,
        "QUANTRIET_HOME": str(home),
        "QUANTRIET_LIVE_PORT": str(port + 1),
    }
    asked_to_stop = threading.Event()
    with _only_one(home), _stop_signals(asked_to_stop), _database(home, environ):
        for number in (port, port + 1, port + 2):
            _require_free(bind, number)
        if _prepare_database(environ, asked_to_stop):
            _keep_alive(services(environ, bind, port), asked_to_stop, _Banner(home, bind, port))


def services(environ: Mapping[str, str], bind: str, port: int) -> list[Service]:
    """The processes of an installation, in the order of their start."""
    granian = [sys.executable, "-m", "granian", "--host", bind, "--no-ws", "--log-level", "warning"]
    pages = ["--port", str(port), "--interface", "wsgi"]
    pages += ["--workers", environ.get("QUANTRIET_WEB_WORKERS", "2")]
    pages += ["--blocking-threads", environ.get("QUANTRIET_WEB_THREADS", "4")]
    pages += ["--respawn-failed-workers", "--workers-kill-timeout", "5"]
    found = [Service("web", [*granian, *pages, "quantriet.web.wsgi:application"], _as("app", environ))]
    if importlib.util.find_spec("quantriet.web.live"):
        live = ["--port", str(port + 1), "--interface", "asginl", "--workers", "1"]
        live += ["--respawn-failed-workers", "--workers-kill-timeout", "2"]
        found.append(
            Service("live", [*granian, *live, "quantriet.web.live:application"], _as("app", environ))
        )
    if _has_intake(environ):
        intake = ["--port", str(port + 2), "--interface", "rsgi"]
        intake += ["--workers", environ.get("QUANTRIET_INGEST_WORKERS", "2")]
        intake += ["--respawn-failed-workers", "--workers-kill-timeout", "5"]
        found.append(
            Service(
                "ingest",
                [*granian, *intake, "quantriet.ingest.application:application"],
                _as("ingest", environ),
            )
        )
    for name, command in (("worker", "worker"), ("folder", "fold")):
        found.append(Service(name, _command(command), _as("worker", environ)))
    return found


def _has_intake(environ: Mapping[str, str]) -> bool:
    """Whether its role of the database is known: without it the pages answer its address by themselves."""
    return not environ.get("DATABASE_URL") or bool(environ.get("QUANTRIET_INGEST_DATABASE_URL"))


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "quantriet.web.cli", *words]


def _as(role: str, environ: Mapping[str, str]) -> dict[str, str]:
    return {**environ, "QUANTRIET_DB_ROLE": role}


def _port(environ: Mapping[str, str]) -> int:
    said = environ.get("PORT") or "8000"
    if not said.isdecimal() or not 0 < int(said) < 65534:
        raise CannotServeError(f"PORT={said}: cần một số từ 1 đến 65533. (PORT must be a number.)")
    return int(said)


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    (home / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns when it is missing
    with (home / "serve.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotServeError(
                f"Hệ thống trong {home} đang chạy rồi. Dừng nó trước, hoặc đặt QUANTRIET_HOME khác.\n"
                f"  (Already running from {home}: stop it first, or set another QUANTRIET_HOME.)"
            ) from error
        yield


@contextmanager
def _stop_signals(asked_to_stop: threading.Event) -> Iterator[None]:
    """From here on Ctrl-C and SIGTERM only ask; every step below ends in order."""
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for name in before:
        signal.signal(name, lambda *_: asked_to_stop.set())
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


@contextmanager
def _database(home: Path, environ: Mapping[str, str]) -> Iterator[None]:
    if environ.get("DATABASE_URL"):
        yield
        return
    say("Đang mở cơ sở dữ liệu …", "starting PostgreSQL")
    server = EmbeddedPostgres(home, environ=environ)
    server.ensure()
    try:
        yield
    finally:
        server.stop()


def _require_free(bind: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            raise CannotServeError(
                f"Cổng {port} đang có chương trình khác dùng. Chọn cổng khác, ví dụ: PORT={port + 10}\n"
                f"  (Port {port} on {bind}: {error.strerror}. Choose another with PORT.)"
            ) from error


def _prepare_database(environ: Mapping[str, str], asked_to_stop: threading.Event) -> bool:
    """Tables and, if wanted, the demonstration are there; ``False`` when a signal came first."""
    owner = _as("owner", environ)
    missing = subprocess.run(  # noqa: S603 - our own command
        _command("migrate", "--check"), env=owner, check=False, capture_output=True
    )
    if missing.returncode:
        say("Đang tạo bảng …", "migrating")
        _run_once(_command("migrate", "--no-input", "--verbosity", "0"), owner, asked_to_stop)
    if environ.get("QUANTRIET_DEMO") == "1" and not asked_to_stop.is_set():
        _run_once(_command("demo-load"), _as("app", environ), asked_to_stop)
    return not asked_to_stop.is_set()


def _run_once(command: Sequence[str], environ: Mapping[str, str], asked_to_stop: threading.Event) -> None:
    with subprocess.Popen(command, env=environ, start_new_session=True) as step:  # noqa: S603 - our own
        while step.poll() is None:
            if asked_to_stop.wait(_TICK_S):
                step.terminate()
                break
    if step.returncode and not asked_to_stop.is_set():
        words = " ".join(command[3:])
        raise CannotServeError(
            f"Bước “{words}” không xong; xem dòng báo lỗi ở trên. (Step “{words}” failed.)"
        )


class _Banner:
    """Says once, when the pages answer, where they are and who can sign in."""

    def __init__(self, home: Path, bind: str, port: int) -> None:
        self._home = home
        host = {"0.0.0.0": "localhost", "127.0.0.1": "localhost", "::": "localhost"}.get(bind, bind)  # noqa: S104
        self.address = f"http://{host}:{port}/"
        near = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(bind, bind)  # noqa: S104 - compared, not bound
        self._health = f"http://{near}:{port}/healthz"

    def answers(self) -> bool:
        """``/healthz`` answers 200."""
        try:
            # The environment may name a proxy; this machine is never behind it.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(self._health, timeout=2) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def show(self) -> None:
        """Address, accounts of the demonstration, how to stop."""
        accounts = self._home / "demo-accounts.txt"
        say(f"\nQuán Triệt: {self.address}\n")
        if accounts.exists():
            say(accounts.read_text(encoding="utf-8"))
        say("Ctrl-C để dừng.", "Ctrl-C stops everything; the data stay.")


def _keep_alive(wanted: Sequence[Service], asked_to_stop: threading.Event, banner: _Banner) -> None:
    children = [Child(service) for service in wanted]
    deadline = time.monotonic() + _READY_S
    ready = False
    try:
        while not asked_to_stop.wait(_TICK_S):
            for child in children:
                child.tend()
            if ready:
                continue
            if banner.answers():
                ready = True
                banner.show()
            elif time.monotonic() > deadline or children[0].failures >= 3:
                raise CannotServeError(
                    "Trang web không lên; xem các dòng [web] ở trên. (The pages did not start.)"
                )
    finally:
        say("Đang dừng …", "stopping")
        # granian may ignore a SIGTERM that comes before it serves: then waiting has no point.
        end_all(children, patience_s=10.0 if ready else 1.0)


if __name__ == "__main__":
    sys.exit(main())
