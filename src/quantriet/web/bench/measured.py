"""What a measurement is and how it is shown: rows of ``bench.json`` and a table for the terminal."""

import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    """One figure. ``goal`` is the largest value that is still good, ``least`` the smallest; ``beside`` is what is
    measured next to it.
    """

    name: str
    value: float
    unit: str
    goal: float | None = None
    beside: str = ""
    least: float | None = None

    @property
    def is_missed(self) -> bool:
        """Whether there is a goal and the value is on its wrong side."""
        return (self.goal is not None and self.value > self.goal) or (
            self.least is not None and self.value < self.least
        )


def machine() -> str:
    """What the figures were taken on, without naming it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, "
        f"load {load:.1f} at the start"
    )


@dataclass
class Results:
    """The figures of one run, in the order they were taken."""

    tell: Tell
    machine: str = field(default_factory=machine)
    rows: list[Measured] = field(default_factory=list)

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        goal: float | None = None,
        least: float | None = None,
        beside: str = "",
    ) -> None:
        """Keep a figure and say it at once: a long run is watched."""
        row = Measured(name, round(value, 2 if value < 100 else 0), unit, goal, beside, least)
        self.rows.append(row)
        self.tell(_line(row))

    @contextmanager
    def timed(self, name: str, *, goal: float | None = None, beside: str = "") -> Iterator[None]:
        """Seconds of the block."""
        begun = time.perf_counter()
        yield
        self.add(name, time.perf_counter() - begun, "s", goal=goal, beside=beside)

    def write(self, path: Path) -> None:
        """``bench.json``: a list of rows, each with the machine."""
        told = [asdict(row) | {"machine": self.machine} for row in self.rows]
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def table(self) -> str:
        """The table of everything measured."""
        return "\n".join([self.machine, *map(_line, self.rows)])


def _line(row: Measured) -> str:
    goal = "" if row.goal is None else f"≤ {row.goal:g} {row.unit}"
    goal = goal if row.least is None else f"≥ {row.least:g} {row.unit}"
    mark = " " if not goal else "✗" if row.is_missed else "✓"
    beside = f"   ({row.beside})" if row.beside else ""
    return f"{mark} {row.name:<58} {row.value:>10g} {row.unit:<8} {goal:<12}{beside}"


def peak_mib() -> float:
    """The most memory this process has held so far, in MiB. Of this program alone: what ``getrusage`` tells begins
    with the memory of the process that started it.
    """
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(told["VmHWM"].split()[0]) / 1024


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
