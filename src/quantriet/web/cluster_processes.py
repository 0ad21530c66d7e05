"""The processes of one PostgreSQL cluster, found by its data folder, and the lock file a crash leaves.

After ``kill -9`` of the postmaster its children may live on and hold the shared memory: a new start then
fails. And the lock file may name a process number that by now belongs to some other program: then it fails
as well. Both are settled here before a start. Every PostgreSQL process works inside its data folder, which
Linux tells through ``/proc``; elsewhere nothing is found and PostgreSQL's own checks decide.
"""

import os
import signal
import time
from pathlib import Path

PROC = Path("/proc")
_WAIT_FOR_ORPHANS_S = 5.0


def of(data: Path) -> list[int]:
    """Numbers of the living processes whose working folder is ``data``."""
    found = []
    for entry in PROC.iterdir() if PROC.is_dir() else ():
        if not entry.name.isdigit():
            continue
        try:
            here = (entry / "cwd").readlink()
            program = (entry / "exe").readlink()
        except OSError:  # gone meanwhile, dead but not yet collected, or another user's
            continue
        # " (deleted)" ends the name of a program that an upgrade has replaced.
        if here == data and program.name.removesuffix(" (deleted)") == "postgres":
            found.append(int(entry.name))
    return found


def postmaster(data: Path) -> int | None:
    """The number of the running postmaster of ``data``, or nothing when none runs."""
    try:
        number = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    if not PROC.is_dir():
        return number if _lives(number) else None
    return number if number in of(data) else None


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def clear_remains(data: Path, socket_folder: Path) -> None:
    """After a crash: wait for left-over children, end the stubborn ones, remove lock files of the dead.

    Call only while holding the cluster's start lock and when ``postmaster`` found nobody.
    """
    patience = time.monotonic() + _WAIT_FOR_ORPHANS_S
    while of(data) and time.monotonic() < patience:
        time.sleep(0.05)
    for number in of(data):
        _signal(number, signal.SIGKILL)
    while of(data):
        time.sleep(0.02)
    if PROC.is_dir():  # elsewhere we could not look, so PostgreSQL itself must judge the file
        (data / "postmaster.pid").unlink(missing_ok=True)
        for left in socket_folder.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)


def end(data: Path, patience_s: float = 30.0) -> None:
    """Stop the cluster: fast, then at once, then by force. Returns when no process is left."""
    for politeness in (signal.SIGINT, signal.SIGQUIT):
        main = postmaster(data)
        if main is not None:
            _signal(main, politeness)
        deadline = time.monotonic() + patience_s
        while (of(data) or postmaster(data) is not None) and time.monotonic() < deadline:
            _collect(main)
            time.sleep(0.02)
        if not of(data) and postmaster(data) is None:
            return
    for number in of(data):
        _signal(number, signal.SIGKILL)


def _signal(number: int, name: signal.Signals) -> None:
    try:
        os.kill(number, name)
    except ProcessLookupError:
        return


def _collect(child: int | None) -> None:
    """If the postmaster is our own child, take its exit status: the dead must not count as living."""
    if child is None:
        return
    try:
        os.waitpid(child, os.WNOHANG)
    except ChildProcessError:
        return
