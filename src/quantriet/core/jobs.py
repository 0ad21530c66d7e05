"""The door to background work: order it, tell how far it is, stop it. The queue is PostgreSQL itself.

A job is ordered in the transaction of the act that wants it, so the worker sees it after the commit and
never without it. How far it is stands in ``Work`` and is written on a connection of its own: the page shows
it while the job's transaction is still open. A worker that dies leaves its job to another one, so what a
job does must bear being begun again; long jobs commit in chunks and skip what is there.

Errors of operation (database, network, disk) are tried again with growing pauses; a ``DomainError`` is an
answer, not an accident, and its sentence is kept.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import psycopg
from django.db import InterfaceError, OperationalError, connection, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app as queue_app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job
from psycopg.types.json import Jsonb

from quantriet.core.errors import DomainError
from quantriet.core.models import Work

TEMPORARY = (OperationalError, InterfaceError, psycopg.OperationalError, OSError)
PAUSES_S = (5, 30, 120, 600)
QUEUE = "work"
HOUSE_QUEUE = "house"


class WorkCancelledError(Exception):
    """Raised inside a job by ``Running.stop_if_asked``: what was committed before stays."""


@dataclass(frozen=True)
class Task:
    """A kind of work: ``run`` takes ``(account_id, unit_id, running, **ids)``, gives a result or nothing."""

    name: str
    run: Callable[..., Mapping[str, Any] | None]
    permission: str


_tasks: dict[str, Task] = {}


def register(name: str, run: Callable[..., Mapping[str, Any] | None], *, permission: str) -> Task:
    """Make a kind of work known. Packages do it through ``org.doors.job``, which checks who ordered it."""
    if name in _tasks:
        raise ValueError(f"Two jobs are called {name}.")
    _tasks[name] = Task(name, run, permission)
    return _tasks[name]


def tasks() -> Mapping[str, Task]:
    """Every kind of work, by name."""
    return dict(_tasks)


# --- ordering and stopping ----------------------------------------------------------------------------------


def order(task: Task, *, by_account: int, by_unit: int, title: str, key: str = "", **ids: Any) -> Work:
    """Queue ``task`` in the current transaction; the worker sees it after the commit.

    ``key`` ordered again gives the work that is there; one that failed or was stopped is queued anew.
    ``ids`` are plain JSON values: numbers that name rows, never the rows' contents.
    """
    facts = {
        "kind": task.name,
        "account_id": by_account,
        "unit_id": by_unit,
        "title": title[:200],
        "ids": ids,
    }
    with transaction.atomic():
        if key:
            work, is_new = Work.objects.select_for_update().get_or_create(key=key, defaults=facts)
            if not is_new and work.state not in {Work.State.FAILED, Work.State.CANCELLED}:
                return work
            _begin_anew(work, by_account=by_account, by_unit=by_unit, ids=ids)
        else:
            work = Work.objects.create(**facts)
        _run_work.configure(queue=QUEUE, lock=f"work:{work.pk}").defer(work_id=work.pk)
    return work


def _begin_anew(work: Work, *, by_account: int, by_unit: int, ids: Mapping[str, Any]) -> None:
    work.state, work.error, work.message = Work.State.QUEUED, "", ""
    work.done, work.total, work.result, work.ids = 0, 0, {}, dict(ids)
    work.account_id, work.unit_id = by_account, by_unit
    work.started_at = work.ended_at = work.cancel_requested_at = None
    work.save()


def cancel(work_id: int) -> None:
    """Ask a work to stop: one that waits is over at once, one that runs stops at its next chunk."""
    now = timezone.now()
    Work.objects.filter(pk=work_id, state=Work.State.QUEUED).update(
        state=Work.State.CANCELLED, cancel_requested_at=now, ended_at=now
    )
    Work.objects.filter(pk=work_id, state=Work.State.RUNNING, cancel_requested_at=None).update(
        cancel_requested_at=now
    )


def works_of(account_id: int) -> list[Work]:
    """What an account ordered lately, newest first."""
    return list(Work.objects.filter(account_id=account_id)[:50])


# --- while it runs ------------------------------------------------------------------------------------------


class Running:
    """A work while the worker does it: tells how far it is, hears that it should stop.

    Works on a connection of its own that commits at once, so it may be used inside any transaction.
    """

    def __init__(self, work_id: int) -> None:
        self.id = work_id
        parameters = connections["default"].get_connection_params()
        for django_only in ("cursor_factory", "context"):
            parameters.pop(django_only, None)
        self._own: psycopg.Connection[Any] = psycopg.connect(**parameters, autocommit=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._own.close()

    def progress(self, done: int, total: int, message: str = "") -> None:
        """How far it is, visible at once. ``done`` and ``total`` count the same thing."""
        self._own.execute(
            "UPDATE core_work SET done = %s, total = %s, message = %s WHERE id = %s",
            [done, total, message[:300], self.id],
        )

    def cancelled(self) -> bool:
        """Whether somebody asked it to stop."""
        found = self._own.execute(
            "SELECT cancel_requested_at IS NOT NULL FROM core_work WHERE id = %s", [self.id]
        ).fetchone()
        return bool(found and found[0])

    def stop_if_asked(self) -> None:
        """Between two chunks: end here when somebody asked for it (``WorkCancelledError``)."""
        if self.cancelled():
            raise WorkCancelledError

    def start(self) -> tuple[str, int, int, dict[str, Any]] | None:
        """Take the work up: (kind, account, unit, ids); nothing when it is over already."""
        return self._own.execute(
            "UPDATE core_work SET state = 'running', started_at = coalesce(started_at, clock_timestamp()), "
            "message = '' WHERE id = %s AND state IN ('queued', 'running') "
            "RETURNING kind, account_id, unit_id, ids",
            [self.id],
        ).fetchone()

    def wait(self, message: str) -> None:
        """Back to the queue until the next try."""
        self._own.execute(
            "UPDATE core_work SET state = 'queued', message = %s WHERE id = %s AND state = 'running'",
            [message, self.id],
        )

    def end(self, state: str, *, result: Mapping[str, Any] | None = None, error: str = "") -> None:
        """It is over: done, failed or cancelled."""
        self._own.execute(
            "UPDATE core_work SET state = %s, result = %s, error = %s, ended_at = clock_timestamp(), "
            "message = '', done = CASE WHEN %s = 'done' THEN total ELSE done END WHERE id = %s",
            [state, Jsonb(dict(result or {})), error, state, self.id],
        )


def progress(work_id: int, done: int, total: int, message: str = "") -> None:
    """``Running.progress`` for who holds only the number."""
    with Running(work_id) as running:
        running.progress(done, total, message)


def cancelled(work_id: int) -> bool:
    """``Running.cancelled`` for who holds only the number."""
    with Running(work_id) as running:
        return running.cancelled()


def run(work_id: int, *, tries_left: int) -> None:
    """Do one work now, in this process. Temporary errors are raised again while tries are left."""
    with Running(work_id) as running:
        facts = running.start()
        if facts is None:
            return
        kind, account_id, unit_id, ids = facts
        try:
            result = _tasks[kind].run(account_id, unit_id, running, **ids)
        except WorkCancelledError:
            running.end(Work.State.CANCELLED)
        except DomainError as error:
            running.end(Work.State.FAILED, error=error.sentence)
        except TEMPORARY:
            if tries_left > 0:
                running.wait(_("Máy chủ bận hoặc mất kết nối; sẽ tự làm lại."))
            else:
                running.end(Work.State.FAILED, error=_STILL_OUT_OF_ORDER)
            raise
        except Exception:
            running.end(Work.State.FAILED, error=_BROKEN)
            raise
        else:
            running.end(Work.State.DONE, result=result)


# Kept with the work in Vietnamese, translated where they are shown.
_STILL_OUT_OF_ORDER = gettext_noop(
    "Đã thử nhiều lần mà máy chủ vẫn bận hoặc mất kết nối. Phần đã ghi vẫn còn; hãy làm lại sau, "
    "hệ thống sẽ bỏ qua phần đã xong."
)
_BROKEN = gettext_noop(
    "Hệ thống gặp lỗi khi làm việc này. Phần đã ghi vẫn còn, phần đang làm dở được hủy; "
    "hãy báo quản trị kèm số của công việc."
)


# --- the queue ----------------------------------------------------------------------------------------------


class _Again(BaseRetryStrategy):
    """Temporary errors with growing pauses; nothing else is tried again."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if not isinstance(exception, TEMPORARY) or job.attempts >= len(PAUSES_S):
            return None
        return RetryDecision(retry_in={"seconds": PAUSES_S[job.attempts]})


@queue_app.task(name="quantriet.work", queue=QUEUE, retry=_Again(), pass_context=True)
def _run_work(context: JobContext, *, work_id: int) -> None:
    run(work_id, tries_left=len(PAUSES_S) - context.job.attempts)


def periodic(name: str, cron: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Something the house does by itself at the times of ``cron``; two ticks of it never run at once.

    After a pause of the worker the last missed tick is caught up, so it must bear being done twice.
    """

    def decorate(work: Callable[[], None]) -> Callable[[], None]:
        def tick(timestamp: int) -> None:  # noqa: ARG001 - given by the clock of the queue
            work()

        task = queue_app.task(name=f"house.{name}", queue=HOUSE_QUEUE, lock=f"house.{name}", retry=_Again())(
            tick
        )
        queue_app.periodic(cron=cron)(task)
        return work

    return decorate


@contextmanager
def _worker_app() -> Iterator[App]:
    """The queue's application on connections of its own, as a worker needs them."""
    connector = queue_app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with queue_app.replace_connector(connector) as app:
        yield app


def serve(*, concurrency: int = 2) -> None:
    """Do whatever comes until a signal asks for the end; running jobs are finished first (30 s)."""

    async def forever(app: App) -> None:
        async with app.open_async():
            await app.run_worker_async(
                concurrency=concurrency,
                delete_jobs="successful",
                shutdown_graceful_timeout=30.0,
                fetch_job_polling_interval=5.0,
            )

    with _worker_app() as app:
        asyncio.run(forever(app))


def work_off() -> None:
    """Do all queued work in this process, then return: for tests and for the command line."""

    async def until_empty(app: App) -> None:
        async with app.open_async():
            await app.run_worker_async(
                wait=False, queues=[QUEUE], listen_notify=False, install_signal_handlers=False
            )

    with _worker_app() as app:
        asyncio.run(until_empty(app))


def take_over_stalled() -> int:
    """Give jobs of workers that died back to the queue; returns how many."""

    async def retry(app: App) -> int:
        async with app.open_async():
            stalled = list(await app.job_manager.get_stalled_jobs())
            for job in stalled:
                await app.job_manager.retry_job(job)
            return len(stalled)

    # An application of its own: the one of this process may be serving, on a connector that makes no other.
    connector = DjangoConnector(alias="default").get_worker_connector()
    return asyncio.run(retry(queue_app.with_connector(connector)))


def queue_age_seconds() -> float:
    """How long the oldest job that could start has waited; 0 when none waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(event.at)), 0) "
            "FROM procrastinate_jobs AS job JOIN procrastinate_events AS event ON event.job_id = job.id "
            "WHERE job.status = 'todo' AND event.type = 'deferred' "
            "AND (job.scheduled_at IS NULL OR job.scheduled_at <= clock_timestamp())"
        )
        return float(cursor.fetchone()[0])
