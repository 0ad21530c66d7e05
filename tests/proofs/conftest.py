"""The machine asks the same hundred statements all the time: planned once, their values sent beside them. And a long
proof tells how far it is.
"""

import time
from collections.abc import Iterator

import pytest
from django.db import connections

from tests.proofs import record


@pytest.fixture
def planned_once(transactional_db: None) -> Iterator[None]:
    """Connections of this test keep the plans of their statements; half the work of a small one is its plan."""
    del transactional_db
    options = connections.settings["default"].setdefault("OPTIONS", {})
    before = dict(options)
    connections["default"].close()
    options |= {"server_side_binding": True, "prepare_threshold": 1}
    options["options"] = "-c plan_cache_mode=force_generic_plan"
    yield
    connections["default"].close()
    options.clear()
    options.update(before)


class Progress:
    """Keeps what has passed and says how far the proof is, in the one process that gets all reports."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.began = time.monotonic()
        self.steps = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = dict(report.user_properties)
        if report.when != "call" or not report.passed or "part" not in told:
            return
        record.keep(int(str(told["part"])), int(str(told["steps"])))
        self.steps += int(str(told["steps"]))
        taken, pace = record.steps_passed(), self.steps / (time.monotonic() - self.began)
        left = max(0, record.steps_wanted() - taken) / pace / 60
        self._say(
            f"{taken:,} of {record.steps_wanted():,} steps, {pace:.0f} a second, {left:.0f} minutes left"
        )

    def pytest_sessionstart(self) -> None:
        self._say(f"Seed {record.draw_seed()}: {record.SEED}={record.draw_seed()} goes on where this ends.")

    def _say(self, words: str) -> None:
        terminal = self.config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None:
            terminal.write_line(f"\n{words}")


def pytest_configure(config: pytest.Config) -> None:
    """Before the other processes begin: they inherit the seed. They report to the first, so only it keeps count."""
    record.draw_seed()
    if not hasattr(config, "workerinput") and config.getoption("markexpr", "") == "prove":
        config.pluginmanager.register(Progress(config))
