import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantriet.web import supervisor


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_told_in_a_sentence(
    tmp_path: Path, taken_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {
        "QUANTRIET_HOME": str(tmp_path),
        "PORT": str(taken_port),
        "DATABASE_URL": "postgresql://nobody@/x",
    }.items():
        monkeypatch.setenv(name, value)

    status = supervisor.main([])

    assert status == 1
    assert capsys.readouterr().out.splitlines() == [
        f"Cổng {taken_port} đang có chương trình khác dùng. Chọn cổng khác, ví dụ: PORT={taken_port + 10}",
        f"  (Port {taken_port} on 127.0.0.1: Address already in use. Choose another with PORT.)",
    ]


@pytest.mark.parametrize("said", ["tám nghìn", "0", "65534"])
def test_a_port_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(supervisor.CannotServeError, match=f"PORT={said}"):
        supervisor.serve({"PORT": said})


def test_one_home_is_served_once(tmp_path: Path) -> None:
    with (
        supervisor._only_one(tmp_path),
        pytest.raises(supervisor.CannotServeError, match="đang chạy rồi"),
        supervisor._only_one(tmp_path),
    ):
        pass


def test_each_process_has_the_role_it_needs() -> None:
    found = supervisor.services({"QUANTRIET_WEB_WORKERS": "3"}, "127.0.0.1", 8000)

    roles = {
        service.name: service.environ["QUANTRIET_DB_ROLE"] for service in found if service.name != "live"
    }
    assert roles == {"web": "app", "ingest": "ingest", "worker": "worker", "folder": "worker"}
    assert found[0].command[found[0].command.index("--workers") + 1] == "3"


def test_a_signal_only_asks() -> None:
    """Whatever step is under way, the database is stopped in order."""
    script = (
        "import os, signal, threading; from quantriet.web import supervisor\n"
        "asked = threading.Event()\n"
        "with supervisor._stop_signals(asked):\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "print(asked.is_set(), signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "True True\n")
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_without_its_role_of_the_database_the_pages_take_the_scans() -> None:
    url = {"DATABASE_URL": "postgresql://app@/x"}
    names = [
        [service.name for service in supervisor.services({**url, **more}, "127.0.0.1", 8000)]
        for more in ({}, {"QUANTRIET_INGEST_DATABASE_URL": "postgresql://ingest@/x"})
    ]

    assert names == [["web", "live", "worker", "folder"], ["web", "live", "ingest", "worker", "folder"]]
