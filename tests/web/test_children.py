import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from quantriet.web import children
from quantriet.web.children import Child, Service, end_all

PATIENT = "import time; time.sleep(60)"
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('deaf', flush=True); time.sleep(60)"
)


def until(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def begin() -> Iterator[Callable[[str], Child]]:
    begun: list[Child] = []

    def begin_one(script: str) -> Child:
        child = Child(Service("mot", [sys.executable, "-c", script], {"PYTHONIOENCODING": "utf-8"}))
        begun.append(child)
        child.tend()
        return child

    yield begin_one
    end_all(begun, patience_s=0)


def lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_lines_carry_the_name_of_the_child(
    begin: Callable[[str], Child], capsys: pytest.CaptureFixture[str]
) -> None:
    child = begin("print('xin chào')")

    assert until(child.has_ended)
    child.tend()

    lines = capsys.readouterr().out.splitlines()
    assert lines == ["[mot] xin chào", "[mot] ended with status 0; started again in 1 s"]


def test_a_crashed_child_is_started_again_after_a_wait_that_doubles(
    begin: Callable[[str], Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "_FIRST_WAIT_S", 0.2)
    child = begin(PATIENT)
    lives_seen = []

    for failures in (1, 2):
        number = child.number
        assert number is not None
        os.kill(number, signal.SIGKILL)
        killed = time.monotonic()
        assert until(lambda number=number: child.tend() or child.number not in (number, None))  # type: ignore[misc, func-returns-value]
        lives_seen.append((child.failures, time.monotonic() - killed >= 0.2 * 2 ** (failures - 1)))

    assert lives_seen == [(1, True), (2, True)]


def test_a_deaf_child_is_ended_by_force(
    begin: Callable[[str], Child], capsys: pytest.CaptureFixture[str]
) -> None:
    child = begin(DEAF)
    number = child.number
    assert number is not None
    assert until(lambda: "deaf" in capsys.readouterr().out)

    started = time.monotonic()
    end_all([child], patience_s=0.3)

    assert (lives(number), child.number) == (False, None)
    assert 0.3 <= time.monotonic() - started < 5


def test_what_a_child_started_goes_with_it(
    begin: Callable[[str], Child], capsys: pytest.CaptureFixture[str]
) -> None:
    child = begin(
        f"import subprocess, sys;print(subprocess.Popen([sys.executable, '-c', {PATIENT!r}]).pid, flush=True)"
    )

    assert until(child.has_ended)
    grandchild = int(capsys.readouterr().out.split()[1])
    alive_before = lives(grandchild)
    child.tend()

    assert alive_before
    assert until(lambda: not lives(grandchild) or _is_zombie(grandchild))


def _is_zombie(number: int) -> bool:
    shown = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True, check=False
    )
    return shown.stdout.startswith("Z")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child when its parent dies")
def test_children_do_not_outlive_a_killed_supervisor() -> None:
    script = (
        "import sys, time; from quantriet.web.children import Child, Service;"
        f"child = Child(Service('mot', [sys.executable, '-c', {PATIENT!r}], {{}})); child.tend();"
        "print(child.number, flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        number = int(parent.stdout.readline())
        alive_before = lives(number)

        parent.kill()

    assert alive_before
    assert until(lambda: not lives(number) or _is_zombie(number))
