"""What runs inside the cage: a fresh interpreter that shuts its doors, calls one function and answers.

Run as a script, so only the standard library may be imported at the top. It reads from standard input one
pickle with its settings and one with the call. To standard output it writes pickles, each with its length
before it: the outcome, and before it one for each value of a function that yields.

Walls, the outer ones held by the kernel: an empty network namespace and no privileges (``unshare``), no
write right on any file system (Landlock), resource limits. Inside them an audit hook refuses sockets,
writing, new processes, so that the refusal also holds where the kernel offers less (and says why).
"""

import ctypes
import gc
import importlib
import os
import pickle
import resource
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
SIGKILL = 9
LENGTH = struct.Struct(">Q")
LANDLOCK_CREATE_RULESET = 444
LANDLOCK_RESTRICT_SELF = 446
# Every right that changes a file system, of Landlock's first version: write, remove, make.
LANDLOCK_CHANGES = (1 << 1) | sum(1 << bit for bit in range(4, 13))
REFUSED_EVENTS = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "os.kill",
    "shutil.",
    "pty.",
    "urllib.",
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def leave_network() -> bool:
    """Move this process to a network of its own with nothing in it; False where the kernel forbids it.

    A new user namespace comes with it where allowed, which also drops every privilege of root.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        return any(libc.unshare(flags) == 0 for flags in (CLONE_NEWUSER | CLONE_NEWNET, CLONE_NEWNET))
    except AttributeError:
        return False


def forbid_changes() -> bool:
    """Give up every right to change a file system, by the kernel; False where it has no Landlock."""
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        attributes = ctypes.c_uint64(LANDLOCK_CHANGES)
        rules = libc.syscall(LANDLOCK_CREATE_RULESET, ctypes.byref(attributes), ctypes.sizeof(attributes), 0)
        if rules < 0:
            return False
        done: int = libc.syscall(LANDLOCK_RESTRICT_SELF, rules, 0)
        os.close(rules)
    except AttributeError:
        return False
    return done == 0


def die_with_parent() -> None:
    """Ask the kernel to end this process when the one that waits for it is gone."""
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    except AttributeError:
        return


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """The audit hook: raises where a caged function reaches out."""
    if event.startswith(REFUSED_EVENTS):
        raise PermissionError(f"refused in the cage: {event}")
    if event == "open":
        _path, mode, flags = arguments
        writes = isinstance(mode, str) and any(letter in mode for letter in "wax+")
        if writes or (isinstance(flags, int) and flags & WRITING):
            raise PermissionError("refused in the cage: writing")


def limit_resources(memory: int, cpu_seconds: int) -> None:
    """Address space, processor time, no growing of files, no core dump, few open files.

    Processor time has a soft limit one second below the hard one: its signal tells the parent why it ended.
    """
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        _soft, hard = resource.getrlimit(what)
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        above = limit + 1 if what == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else limit
        resource.setrlimit(what, (limit, above))


def speak(language: str, locale_paths: list[str]) -> None:
    """Let refusals inside the cage speak the reader's language; Vietnamese needs no catalogue."""
    django_conf = importlib.import_module("django.conf")
    if django_conf.settings.configured:
        return
    translated = not language.startswith("vi")
    django_conf.settings.configure(USE_I18N=translated, LANGUAGE_CODE=language, LOCALE_PATHS=locale_paths)
    if translated:
        importlib.import_module("django").setup(set_prefix=False)


def outcome_of(
    function: Callable[..., Any], arguments: tuple[Any, ...], say: Callable[[Any], None]
) -> tuple[Any, ...]:
    """Call and tell how it went: ``ok`` value, ``refused`` code sentence context, or ``failed`` type text.

    What a function yields is said at once, each value as an ``item``.
    """
    try:
        value = function(*arguments)
        if isinstance(value, Iterator):
            for item in value:
                say(("item", item))
            return ("ok", None)
    except MemoryError:
        return ("memory",)
    except Exception as error:  # noqa: BLE001  every failure of a parser is an answer, not a crash
        code = getattr(error, "code", None)
        sentence = getattr(error, "sentence", None)
        if isinstance(code, str) and isinstance(sentence, str):
            return ("refused", code, sentence, getattr(error, "context", {}))
        return ("failed", type(error).__name__, str(error)[:500])
    return ("ok", value)


def sayer(answer: BinaryIO) -> Callable[[Any], None]:
    """Writes a value as a pickle with its length before it."""

    def say(value: Any) -> None:
        packed = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
        answer.write(LENGTH.pack(len(packed)))
        answer.write(packed)
        answer.flush()

    return say


def main() -> None:
    """Shut the doors, load the function, call it, answer."""
    gc.disable()  # a short life under a memory limit: collecting cycles only costs time
    die_with_parent()
    call = sys.stdin.buffer
    say = sayer(os.fdopen(os.dup(1), "wb"))
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    settings = pickle.load(call)  # noqa: S301  written by the parent, not by the file
    sys.path[:] = settings["path"]
    limit_resources(settings["memory"], settings["cpu_seconds"])
    leave_network()
    forbid_changes()
    sys.addaudithook(refuse)
    try:
        speak(settings["language"], settings["locale_paths"])
        function, arguments = pickle.load(call)  # noqa: S301  written by the parent, not by the file
        outcome = outcome_of(function, arguments, say)
    except MemoryError:
        outcome = ("memory",)
    try:
        say(outcome)
    except MemoryError:
        say(("memory",))
    # Straight out: finalisers of a parser that was fed a hostile file have nothing left to say.
    os._exit(0)


if __name__ == "__main__":
    main()
