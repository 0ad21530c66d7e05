"""Run a function that reads a stranger's file in a process of its own, locked in and bounded.

A fresh interpreter, never a fork of the (threaded) web process. See ``cage_child`` for the walls.
"""

import dataclasses
import importlib
import io
import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.intake import cage_child
from quantriet.core.intake.limits import CAGE, CageLimits

P = ParamSpec("P")
T = TypeVar("T")
OWN_PREFIX = "quantriet."
PLAIN_CLASSES = {
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("builtins", "bytearray"),
    ("collections", "OrderedDict"),
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "time"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("decimal", "Decimal"),
    ("pathlib", "PosixPath"),
}


def run_limited(function: Callable[P, T], *args: Any, limits: CageLimits = CAGE) -> T:
    """Call a module-level function (or a ``partial`` of one) with the arguments in the cage; its value.

    Arguments travel as pickles; the value may be made of plain types, enums, named tuples and dataclasses of
    this project, nothing else is unpacked. A ``DomainError`` raised inside is raised here again. Otherwise
    refuses with ``cage.memory``, ``cage.time``, ``cage.killed``, ``cage.result`` or ``file.unreadable`` (the
    function raised: the context names the error).
    """
    with _caged(function, args, limits) as answers:
        for label, value in answers:
            if label == "ok":
                return cast("T", value)
    raise _killed(None)


def stream_limited(function: Callable[P, Iterator[T]], *args: Any, limits: CageLimits = CAGE) -> Iterator[T]:
    """As ``run_limited`` for a function that yields: each value comes while the next one is being made.

    The wall clock counts only while this side waits. The child waits when nobody takes its values, so neither
    side ever holds the whole; it ends when the caller stops asking.
    """
    with _caged(function, args, limits) as answers:
        for label, value in answers:
            if label == "ok":
                return
            yield cast("T", value)
    raise _killed(None)


@contextmanager
def _caged(
    function: Callable[..., Any], args: tuple[Any, ...], limits: CageLimits
) -> Iterator[Iterator[tuple[str, Any]]]:
    """The answers of a child that calls the function: pairs of ``item`` or ``ok`` and a value."""
    settings_for_child = {
        "path": sys.path,
        "memory": limits.memory,
        "cpu_seconds": limits.cpu_seconds,
        "language": get_language() or settings.LANGUAGE_CODE,
        "locale_paths": [str(path) for path in settings.LOCALE_PATHS],
    }
    with tempfile.TemporaryFile() as call:
        call.write(pickle.dumps(settings_for_child))
        call.write(pickle.dumps((function, args), protocol=pickle.HIGHEST_PROTOCOL))
        call.seek(0)
        with _started(call.fileno()) as child:
            yield _answers(child, limits)


@contextmanager
def _started(call: int) -> Iterator[subprocess.Popen[bytes]]:
    """The child, reading its call from a file; it is gone when the block is left."""
    child = subprocess.Popen(  # noqa: S603  our own interpreter and script
        [sys.executable, "-I", "-B", str(Path(cage_child.__file__))],
        stdin=call,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
        close_fds=True,
    )
    with child:
        try:
            yield child
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def _answers(child: subprocess.Popen[bytes], limits: CageLimits) -> Iterator[tuple[str, Any]]:
    """What the child says, unpacked; refusals are raised. Ends after ``ok``; a silent end is a refusal too."""
    pipe = _Pipe(child, limits)
    while True:
        size = pipe.take(cage_child.LENGTH.size)
        raw = pipe.take(*cage_child.LENGTH.unpack(size)) if size is not None else None
        if raw is None:
            raise _ended(child)
        answer = _value(raw)
        yield answer
        if answer[0] == "ok":
            return


class _Pipe:
    """The child's answer as it comes: bounded in bytes and in the time spent waiting for it."""

    def __init__(self, child: subprocess.Popen[bytes], limits: CageLimits) -> None:
        if child.stdout is None:
            raise RuntimeError("the child has no pipe")
        self._number = child.stdout.fileno()
        self._seconds_left = limits.wall_seconds
        self._bytes_left = limits.result

    def take(self, size: int) -> bytes | None:
        """Exactly so many bytes; ``None`` when the child ended before."""
        self._bytes_left -= size
        if self._bytes_left < 0:
            raise DomainError(
                "cage.result", _("Tệp có quá nhiều nội dung nên không đọc hết được. Hãy chia nhỏ tệp.")
            )
        pieces = bytearray()
        while len(pieces) < size:
            self._wait()
            piece = os.read(self._number, min(size - len(pieces), 1 << 20))
            if not piece:
                return None
            pieces += piece
        return bytes(pieces)

    def _wait(self) -> None:
        begun = time.monotonic()
        ready, _writable, _broken = select.select([self._number], [], [], max(0.0, self._seconds_left))
        self._seconds_left -= time.monotonic() - begun
        if not ready:
            raise _too_slow()


def _too_slow() -> DomainError:
    return DomainError(
        "cage.time", _("Đọc tệp quá lâu nên đã dừng, chưa ghi gì. Hãy chia nhỏ tệp rồi gửi lại.")
    )


def _no_memory() -> DomainError:
    return DomainError(
        "cage.memory", _("Tệp chiếm quá nhiều bộ nhớ nên đã dừng, chưa ghi gì. Hãy chia nhỏ tệp rồi gửi lại.")
    )


def _ended(child: subprocess.Popen[bytes]) -> DomainError:
    """Why a child that said nothing more ended."""
    try:
        returncode = child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return _too_slow()
    return _too_slow() if returncode == -signal.SIGXCPU else _killed(returncode)


def _killed(returncode: int | None) -> DomainError:
    return DomainError(
        "cage.killed",
        _("Đọc tệp bị dừng giữa chừng, chưa ghi gì. Hãy mở tệp trên máy, lưu lại rồi gửi lần nữa."),
        returncode=returncode,
    )


def _value(raw: bytes) -> tuple[str, Any]:
    """One answer of the child (``item`` or ``ok`` with a value), or the refusal it stands for."""
    try:
        outcome = _PlainUnpickler(io.BytesIO(raw)).load()
        label = outcome[0]
    except (
        pickle.UnpicklingError,
        EOFError,
        IndexError,
        TypeError,
        AttributeError,
        ImportError,
        ValueError,
    ) as error:
        raise _killed(None) from error
    if label in {"ok", "item"}:
        return label, outcome[1]
    if label == "memory":
        raise _no_memory()
    if label == "refused":
        raise DomainError(outcome[1], outcome[2], **outcome[3])
    raise DomainError(
        "file.unreadable",
        _("Không đọc được tệp, chưa ghi gì. Hãy mở tệp trên máy, lưu lại rồi gửi lần nữa."),
        error=f"{outcome[1]}: {outcome[2]}",
    )


class _PlainUnpickler(pickle.Unpickler):
    """Unpacks an answer without trusting the child: a parser that was taken over must not reach us by it."""

    def find_class(self, module: str, name: str) -> Any:
        """Only plain types, and this project's enums, dataclasses and named tuples."""
        if (module, name) in PLAIN_CLASSES:
            return super().find_class(module, name)
        if module.startswith(OWN_PREFIX):
            found = getattr(importlib.import_module(module), name)
            if isinstance(found, type) and (
                dataclasses.is_dataclass(found)
                or issubclass(found, Enum)
                or (issubclass(found, tuple) and hasattr(found, "_fields"))
            ):
                return found
        raise pickle.UnpicklingError(f"not a plain value: {module}.{name}")
