"""Run a function that reads a stranger's file in a process of its own, locked in and bounded.

A fresh interpreter, never a fork of the (threaded) web process. See ``cage_child`` for the walls.
"""

import dataclasses
import importlib
import io
import os
import pickle
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
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
        raw, returncode = _run(call.fileno(), limits)
    return cast("T", _value(raw, returncode))


def _run(call: int, limits: CageLimits) -> tuple[bytes, int]:
    """Start the child, collect what it answers until it ends, the clock runs out or it talks too much."""
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
            raw = _collect(child, limits)
            child.wait(timeout=5)
        except subprocess.TimeoutExpired as error:
            raise _too_slow() from error
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
    return raw, child.returncode


def _collect(child: subprocess.Popen[bytes], limits: CageLimits) -> bytes:
    """All bytes of the child's answer; ``cage.time`` at the deadline, ``cage.result`` past the size."""
    deadline = time.monotonic() + limits.wall_seconds
    pipe = child.stdout
    if pipe is None:
        raise RuntimeError("the child has no pipe")
    answer = io.BytesIO()
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if not selector.select(deadline - time.monotonic()):
                raise _too_slow()
            chunk = os.read(pipe.fileno(), 1 << 20)
            if not chunk:
                return answer.getvalue()
            answer.write(chunk)
            if answer.tell() > limits.result:
                raise DomainError(
                    "cage.result", _("Tệp có quá nhiều nội dung nên không đọc hết được. Hãy chia nhỏ tệp.")
                )


def _too_slow() -> DomainError:
    return DomainError(
        "cage.time", _("Đọc tệp quá lâu nên đã dừng, chưa ghi gì. Hãy chia nhỏ tệp rồi gửi lại.")
    )


def _no_memory() -> DomainError:
    return DomainError(
        "cage.memory", _("Tệp chiếm quá nhiều bộ nhớ nên đã dừng, chưa ghi gì. Hãy chia nhỏ tệp rồi gửi lại.")
    )


def _value(raw: bytes, returncode: int) -> Any:
    """The value of the outcome, or the refusal it stands for."""
    if returncode == -signal.SIGXCPU:
        raise _too_slow()
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
        raise DomainError(
            "cage.killed",
            _("Đọc tệp bị dừng giữa chừng, chưa ghi gì. Hãy mở tệp trên máy, lưu lại rồi gửi lần nữa."),
            returncode=returncode,
        ) from error
    if label == "ok":
        return outcome[1]
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
