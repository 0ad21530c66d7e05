"""Jobs run for real: ordered in a transaction, taken by a worker in this process, told on their own connection."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from quantriet.core import jobs
from quantriet.core.errors import DomainError
from quantriet.core.models import Work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_tasks_left() -> Iterator[None]:
    """Kinds of work registered by a test go with it; the queue is emptied."""
    before = dict(jobs._tasks)
    yield
    jobs._tasks.clear()
    jobs._tasks.update(before)


def counted(account_id: int, unit_id: int, running: jobs.Running, *, rows: int) -> Mapping[str, Any]:
    for row in range(rows):
        running.stop_if_asked()
        running.progress(row + 1, rows, f"dòng {row + 1}")
    return {"href": f"/ket-qua/{account_id}/{unit_id}/"}


def facts(work: Work) -> tuple[str, int, int, str]:
    work.refresh_from_db()
    return (work.state, work.done, work.total, work.error)


def test_a_work_is_done_with_its_result() -> None:
    task = jobs.register("test.counted", counted, permission="home")
    work = jobs.order(task, by_account=3, by_unit=4, title="Đếm", rows=5)

    jobs.work_off()

    assert facts(work) == ("done", 5, 5, "")
    assert work.result == {"href": "/ket-qua/3/4/"}


def test_a_work_of_a_transaction_that_failed_never_was() -> None:
    task = jobs.register("test.counted", counted, permission="home")
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 - the raise is what takes it back
        jobs.order(task, by_account=1, by_unit=1, title="Đếm", rows=1)
        raise RuntimeError

    jobs.work_off()

    assert Work.objects.count() == 0


def test_ordering_twice_gives_the_same_work_and_does_it_once() -> None:
    done: list[int] = []

    def once(_account: int, _unit: int, running: jobs.Running) -> None:
        done.append(running.id)

    task = jobs.register("test.once", once, permission="home")
    first = jobs.order(task, by_account=1, by_unit=1, title="Một lần", key="once:1")
    again = jobs.order(task, by_account=1, by_unit=1, title="Một lần", key="once:1")

    jobs.work_off()
    after = jobs.order(task, by_account=1, by_unit=1, title="Một lần", key="once:1")
    jobs.work_off()

    assert (first.pk, again.pk, after.pk) == (first.pk, first.pk, first.pk)
    assert done == [first.pk]


def test_a_refusal_keeps_its_sentence_and_is_not_tried_again() -> None:
    tries: list[int] = []

    def refused(_account: int, _unit: int, running: jobs.Running) -> None:
        tries.append(running.id)
        raise DomainError("test.no", "Không làm được vì thiếu cột “Họ tên”. Chưa ghi gì.")

    work = jobs.order(
        jobs.register("test.refused", refused, permission="home"), by_account=1, by_unit=1, title="Từ chối"
    )

    jobs.work_off()
    jobs.work_off()

    assert facts(work) == ("failed", 0, 0, "Không làm được vì thiếu cột “Họ tên”. Chưa ghi gì.")
    assert tries == [work.pk]


def test_a_failed_work_ordered_again_is_begun_anew() -> None:
    answers = iter((DomainError("test.no", "Chưa được."), None))

    def second_time(_account: int, _unit: int, _running: jobs.Running) -> None:
        if error := next(answers):
            raise error

    task = jobs.register("test.second", second_time, permission="home")
    work = jobs.order(task, by_account=1, by_unit=1, title="Lần hai", key="second")
    jobs.work_off()

    jobs.order(task, by_account=1, by_unit=1, title="Lần hai", key="second")
    jobs.work_off()

    assert facts(work) == ("done", 0, 0, "")


def test_a_temporary_error_waits_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PAUSES_S", (0, 0))
    tries: list[str] = []

    def shaky(_account: int, _unit: int, running: jobs.Running) -> None:
        tries.append(Work.objects.get(pk=running.id).state)
        if len(tries) < 3:
            raise OperationalError("connection lost")

    work = jobs.order(
        jobs.register("test.shaky", shaky, permission="home"), by_account=1, by_unit=1, title="Mạng yếu"
    )

    jobs.work_off()

    assert tries == ["running", "running", "running"]
    assert facts(work) == ("done", 0, 0, "")


def test_temporary_errors_without_end_are_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PAUSES_S", (0,))

    def broken(_account: int, _unit: int, _running: jobs.Running) -> None:
        raise OperationalError("connection lost")

    work = jobs.order(
        jobs.register("test.broken", broken, permission="home"), by_account=1, by_unit=1, title="Mất mạng"
    )

    jobs.work_off()

    work.refresh_from_db()
    assert work.state == "failed"
    assert work.error == jobs._STILL_OUT_OF_ORDER


def test_progress_is_seen_while_the_transaction_of_the_job_is_open() -> None:
    seen: list[tuple[int, int, str]] = []

    def slow(_account: int, _unit: int, running: jobs.Running) -> None:
        with transaction.atomic(), jobs.Running(running.id) as other:
            running.progress(7, 10, "đang ghi")
            row = other._own.execute("SELECT done, total, message FROM core_work").fetchone()
            assert row is not None
            seen.append(row)

    jobs.order(jobs.register("test.slow", slow, permission="home"), by_account=1, by_unit=1, title="Lâu")

    jobs.work_off()

    assert seen == [(7, 10, "đang ghi")]


def test_a_waiting_work_is_stopped_at_once_and_never_done() -> None:
    task = jobs.register("test.counted", counted, permission="home")
    work = jobs.order(task, by_account=1, by_unit=1, title="Đếm", rows=5)

    jobs.cancel(work.pk)
    jobs.work_off()

    assert facts(work) == ("cancelled", 0, 0, "")


def test_a_running_work_stops_at_its_next_chunk_and_keeps_what_it_did() -> None:
    def stopped(account_id: int, unit_id: int, running: jobs.Running) -> None:
        running.progress(1, 5)
        jobs.cancel(running.id)
        counted(account_id, unit_id, running, rows=5)

    work = jobs.order(
        jobs.register("test.stopped", stopped, permission="home"), by_account=1, by_unit=1, title="Dừng"
    )

    jobs.work_off()

    assert facts(work) == ("cancelled", 1, 5, "")


def test_the_age_of_the_queue_is_that_of_the_oldest_job_that_waits() -> None:
    task = jobs.register("test.counted", counted, permission="home")
    assert jobs.queue_age_seconds() == 0

    jobs.order(task, by_account=1, by_unit=1, title="Đếm", rows=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = at - interval '90 seconds'")

    assert 90 <= jobs.queue_age_seconds() < 120
    jobs.work_off()
    assert jobs.queue_age_seconds() < 60  # a tick of the house itself may have come in meanwhile


def test_stalled_jobs_are_looked_for_while_this_process_serves() -> None:
    with jobs._worker_app():  # as within a tick of the worker's own clock
        assert jobs.take_over_stalled() == 0
