"""One child process of the supervisor: started, read, started again after a crash, ended."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 30.0
_STABLE_S = 60.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Service:
    """What to run under which name, with the whole of its environment."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]


class Child:
    """A service and the process that does it at the moment. Not for use from several threads."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.failures = 0
        """How often it ended unasked since it last ran for a minute."""
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._begun = 0.0
        self._not_before = 0.0

    @property
    def number(self) -> int | None:
        """The process number, or nothing between two lives."""
        return self._process.pid if self._process else None

    def tend(self) -> None:
        """Start it when it does not run and its wait is over; notice when it has ended."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._not_before:
                self._start(now)
            return
        status = self._process.poll()
        if status is None:
            if now - self._begun > _STABLE_S:
                self.failures = 0
            return
        self._signal_group(signal.SIGKILL)  # what it left behind would hold its port
        self._collect()
        wait = min(_FIRST_WAIT_S * 2**self.failures, _LONGEST_WAIT_S)
        self.failures += 1
        self._not_before = now + wait
        _print(self.service.name, f"ended with status {status}; started again in {wait:.0f} s")

    def _start(self, now: float) -> None:
        self._begun = now
        self._process = subprocess.Popen(  # noqa: S603 - the supervisor's own commands
            list(self.service.command),
            env=dict(self.service.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which then ends all in order
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - one libc call, no lock is taken
        )
        self._reader = threading.Thread(target=self._read, args=[self._process], daemon=True)
        self._reader.start()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        for line in process.stdout or ():
            _print(self.service.name, line.decode(errors="replace").rstrip())

    def ask_to_end(self) -> None:
        """SIGTERM to the process itself; it tells its own children."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def has_ended(self) -> bool:
        """No process of this service is left that we know of."""
        return self._process is None or self._process.poll() is not None

    def force_to_end(self) -> None:
        """SIGKILL to the process and all it started; nothing happens when nothing is left."""
        self._signal_group(signal.SIGKILL)
        self._collect()

    def _signal_group(self, name: signal.Signals) -> None:
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, name)
        except (ProcessLookupError, PermissionError):  # the second is macOS's word for "only the dead"
            return

    def _collect(self) -> None:
        if self._process is None:
            return
        self._process.wait()
        if self._reader:
            self._reader.join(timeout=2)
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None


def end_all(children: Sequence[Child], *, patience_s: float) -> None:
    """End all at the same time: ask, wait at most ``patience_s`` seconds together, then use force."""
    for child in children:
        child.ask_to_end()
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline and not all(child.has_ended() for child in children):
        time.sleep(0.05)
    for child in children:
        child.force_to_end()


def _die_with_parent() -> None:
    """Linux: a supervisor that is itself killed with -9 leaves no children that hold the ports."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _print(name: str, line: str) -> None:
    # One write a line: lines of several children do not mix.
    sys.stdout.write(f"[{name}] {line}\n")
    sys.stdout.flush()
