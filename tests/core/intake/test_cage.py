import bz2
import itertools
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from quantriet.core.errors import DomainError
from quantriet.core.intake import cage_child
from quantriet.core.intake.cage import run_limited, stream_limited
from quantriet.core.intake.checking import CheckedFile, check_upload
from quantriet.core.intake.kinds import FileKind
from quantriet.core.intake.limits import CageLimits

SHORT = CageLimits(wall_seconds=3, cpu_seconds=1)


def refusal(function: Callable[..., Any], *args: Any, limits: CageLimits = SHORT) -> DomainError:
    with pytest.raises(DomainError) as caught:
        run_limited(function, *args, limits=limits)
    return caught.value


def processor_seconds() -> float:
    """What this process and its ended children used: unlike the clock, it does not mind busy neighbours."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def test_value_comes_back() -> None:
    assert run_limited(partial(sorted, reverse=True), [1, 3, 2]) == [3, 2, 1]


def test_own_dataclass_and_enum_come_back() -> None:
    checked = run_limited(partial(check_upload, kind=FileKind.TXT), b"abc")

    assert checked == CheckedFile(
        kind=FileKind.TXT,
        sha256="ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        size=3,
        source=b"abc",
    )


def test_refusal_inside_keeps_its_code_and_sentence() -> None:
    error = refusal(partial(check_upload, kind=FileKind.PDF), b"abc")

    assert (error.code, error.sentence, error.context) == (
        "file.other_kind",
        "Ở đây cần tệp pdf, tệp gửi lên là txt. Hãy chọn lại tệp.",
        {"found": "txt"},
    )


def test_starting_costs_less_than_300_ms() -> None:
    run_limited(len, b"warm")

    started = processor_seconds()
    for _time in range(3):
        run_limited(len, b"abc")

    assert (processor_seconds() - started) / 3 < 0.3


def test_socket_is_refused_inside_and_works_outside() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()

        error = refusal(socket.create_connection, address)

        assert error.code == "file.unreadable"
        assert error.context == {"error": "PermissionError: refused in the cage: socket.getaddrinfo"}
        with socket.create_connection(address) as control:
            assert control.getpeername() == address


NETWORK_PROBE = """
import runpy, socket, sys
child = runpy.run_path(sys.argv[1])
left = child["leave_network"]() if sys.argv[3] == "caged" else False
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[2])), 1).close()
    print(left, "connected")
except OSError:
    print(left, "unreachable")
"""


def test_the_kernel_holds_the_network_without_the_audit_hook() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        caged, free = (
            subprocess.run(
                [sys.executable, "-c", NETWORK_PROBE, cage_child.__file__, port, how],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.split()
            for how in ("caged", "free")
        )

    assert free == ["False", "connected"]
    if caged[0] == "False":
        pytest.skip("this kernel gives no network namespace; the audit hook alone holds")
    assert caged == ["True", "unreachable"]


WRITE_PROBE = """
import runpy, sys
child = runpy.run_path(sys.argv[1])
held = child["forbid_changes"]() if sys.argv[3] == "caged" else False
try:
    open(sys.argv[2], "w").close()
    print(held, "written")
except OSError:
    print(held, "refused")
"""


def test_the_kernel_holds_the_file_system_without_the_audit_hook(tmp_path: Path) -> None:
    target = tmp_path / "written"
    caged, free = (
        subprocess.run(
            [sys.executable, "-c", WRITE_PROBE, cage_child.__file__, str(target), how],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        for how in ("caged", "free")
    )

    assert free == ["False", "written"]
    if caged[0] == "False":
        pytest.skip("this kernel has no Landlock; the audit hook alone holds")
    assert caged == ["True", "refused"]


def test_writing_is_refused_inside_and_works_outside(tmp_path: Path) -> None:
    target = tmp_path / "note.txt"

    assert refusal(Path.write_text, target, "x").code == "file.unreadable"
    assert not target.exists()
    assert Path.write_text(target, "x") == 1


@pytest.mark.parametrize(
    ("function", "argument"),
    [(os.mkdir, "made"), (os.system, "true"), (subprocess.check_output, ["true"]), (os.unlink, "gone")],
)
def test_reaching_out_is_refused(function: Callable[..., Any], argument: object) -> None:
    error = refusal(function, argument)

    assert error.code == "file.unreadable"
    assert error.context["error"].startswith("PermissionError: refused in the cage")


def test_eating_memory_is_stopped() -> None:
    assert refusal(bytearray, 2 << 30).code == "cage.memory"


def test_a_bomb_is_stopped_by_memory_and_opens_outside() -> None:
    bomb = bz2.compress(bytes(200 << 20))

    assert refusal(bz2.decompress, bomb, limits=CageLimits(memory=128 << 20)).code == "cage.memory"
    assert len(bz2.decompress(bomb)) == 200 << 20


def test_sleeping_is_stopped_by_the_clock() -> None:
    started = time.monotonic()

    assert refusal(time.sleep, 30, limits=CageLimits(wall_seconds=0.5)).code == "cage.time"
    assert time.monotonic() - started < 2


def test_looping_is_stopped_by_processor_time() -> None:
    assert refusal(sum, range(10**12), limits=CageLimits(cpu_seconds=1, wall_seconds=20)).code == "cage.time"


def test_a_crash_is_a_refusal() -> None:
    error = refusal(os.abort)

    assert error.code == "cage.killed"
    assert error.context == {"returncode": -6}


def test_too_long_an_answer_is_refused() -> None:
    assert refusal(bytes, 4 << 20, limits=CageLimits(result=1 << 20)).code == "cage.result"
    assert len(run_limited(bytes, 4 << 20)) == 4 << 20


def test_a_function_that_is_not_at_module_level_is_a_mistake_of_ours() -> None:
    with pytest.raises(AttributeError):
        run_limited(lambda: 1)


def test_only_plain_values_are_unpacked() -> None:
    assert refusal(partial, os.system, "true").code == "cage.killed"


def test_environment_is_empty() -> None:
    assert run_limited(os.getenv, "HOME") is None


def test_what_is_yielded_comes_piece_by_piece() -> None:
    assert list(stream_limited(iter, [1, "hai", 3.0])) == [1, "hai", 3.0]


def test_pieces_come_before_the_whole_is_made() -> None:
    endless = stream_limited(itertools.count, 7, limits=SHORT)

    assert [next(endless), next(endless)] == [7, 8]
    endless.close()  # type: ignore[attr-defined]  # the child ends with it


def test_a_refusal_after_some_pieces_is_raised_in_its_place() -> None:
    pieces = stream_limited(partial(map, ord), ["a", "b", "no"])

    assert [next(pieces), next(pieces)] == [97, 98]
    with pytest.raises(DomainError) as caught:
        next(pieces)
    assert caught.value.code == "file.unreadable"


def test_too_much_in_many_pieces_is_refused() -> None:
    pieces = stream_limited(partial(itertools.repeat, bytes(1 << 20)), 8, limits=CageLimits(result=4 << 20))

    with pytest.raises(DomainError) as caught:
        list(pieces)

    assert caught.value.code == "cage.result"


def test_only_time_spent_waiting_counts() -> None:
    slow_reader = []
    pieces: Iterator[int] = stream_limited(iter, [1, 2, 3], limits=CageLimits(wall_seconds=1.0))
    for piece in pieces:
        time.sleep(0.5)
        slow_reader.append(piece)

    assert slow_reader == [1, 2, 3]
