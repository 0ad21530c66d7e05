"""Carries the stages out: step after step, or in several processes, with progress and the time that is left."""

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection

from quantriet.org import access
from quantriet.web.demonstration import statistics
from quantriet.web.generation import logbook
from quantriet.web.generation.scales import Wanted
from quantriet.web.generation.stages import STAGES, Stage, Step, steps_of
from quantriet.web.generation.worker import prepare

Tell = Callable[[str], None]
EVERY_S = 5.0
GROWING = "ledger_batch"
"""Every step adds rows here, and every entry's foreign key asks for one. A connection keeps the plan of that question
as it was while the table was small (read it whole) until the planner hears otherwise: a country took twice as long.
"""
NAME = "Sinh dữ liệu"


@dataclass(frozen=True)
class Made:
    """What a run did: how many steps, how many were done before it, how long it took."""

    wanted: Wanted
    steps: int
    before: int
    seconds: float


def perform(wanted: Wanted, step: Step) -> int:
    """Carry out one step unless it is done; returns the rows it made.

    Commits need not wait for the disk: a step lost in a crash is not written down either and is done again.
    """
    by = access.operator(NAME)
    stage = next(one for one in STAGES if one.code == step.stage)
    begun = time.perf_counter()
    with access.acting(by):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        if logbook.is_done(step.name):
            return 0
        rows = stage.act(wanted, step, by)
        logbook.write_down(step.name, rows, time.perf_counter() - begun, by=by)
    return rows


@dataclass
class _Progress:
    """How far a run is, by the weights of its steps."""

    tell: Tell
    whole: float
    done: float = 0.0
    begun: float = field(default_factory=time.monotonic)
    said: float = 0.0

    def add(self, stage: Stage, step: Step, at: int, of: int) -> None:
        """A step is done; said at most every few seconds, and when a stage ends."""
        self.done += step.weight
        now = time.monotonic()
        if at < of and now - self.said < EVERY_S:
            return
        self.said = now
        taken = now - self.begun
        left = taken * (self.whole - self.done) / max(self.done, 0.001)
        share = 100 * self.done / max(self.whole, 0.001)
        self.tell(
            f"  {stage.title}: {at}/{of} · cả việc {share:.0f} % · đã {_span(taken)}, còn khoảng {_span(left)}"
        )


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} phút {rest:02d} giây" if minutes else f"{rest} giây"


def run(wanted: Wanted, *, tell: Tell, processes: int = 1) -> Made:
    """Make everything that is not there yet. The same wish again goes on where it was left."""
    with access.whole_house("generate"):
        wanted = logbook.refuse_other(wanted)
        done = logbook.done()
    plan = [(stage, [step for step in steps_of(stage, wanted) if step.name not in done]) for stage in STAGES]
    waiting = [step for _stage, steps in plan for step in steps]
    if done:
        tell(f"Chạy tiếp: {len(done)} bước đã xong, còn {len(waiting)}.")
    progress = _Progress(tell, sum(step.weight for step in waiting))
    with _pool(processes) as pool:
        for stage, steps in plan:
            if steps:
                _carry_out(wanted, stage, steps, pool, progress)
    return Made(wanted, len(waiting), len(done), time.monotonic() - progress.begun)


def _carry_out(
    wanted: Wanted, stage: Stage, steps: Sequence[Step], pool: Executor | None, progress: _Progress
) -> None:
    if pool is None or not stage.side_by_side:
        for at, step in enumerate(steps, start=1):
            perform(wanted, step)
            progress.add(stage, step, at, len(steps))
    else:
        running = {pool.submit(perform, wanted, step): step for step in steps}
        for at, future in enumerate(as_completed(running), start=1):
            future.result()
            progress.add(stage, running[future], at, len(steps))
            if at & (at - 1) == 0:  # 1, 2, 4, 8 … steps: when the table may have doubled
                statistics.refresh(GROWING)
    if stage.fresh:
        statistics.refresh()


@contextmanager
def _pool(processes: int) -> Iterator[Executor | None]:
    """Processes that carry out steps; none for one process. What waits is dropped when a step fails."""
    if processes < 2:
        yield None
        return
    connection.close()
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=spawn, initializer=prepare)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
