"""Guards of the intake, each with a control: without the guard the thing it stops happens."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from quantriet.conferences import scanning
from quantriet.conferences.commands import scans
from quantriet.conferences.commands.scans import Told
from quantriet.conferences.models import Attendance, Conference, Scan
from quantriet.conferences.scanning import Answer, Reply
from quantriet.conferences.verdicts import Code
from quantriet.ingest import intake
from quantriet.ingest.intake import MOST_OF_A_DEVICE, BusyError, Lane
from quantriet.ledger.measures import Measure
from quantriet.web.postgres import EmbeddedPostgres
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town
from tests.factories_devices import Reader, reader


@pytest.fixture
def town(transactional_db: None) -> Town:
    return Town()


def answered(told: Sequence[Told]) -> list[list[Answer]]:
    """What a lane does with calls where nothing is asked of the database."""
    return [[Answer(event.id, Code.RECORDED) for event in one.call.events] for one in told]


# --- calls of one device that wait ----------------------------------------------------------------------------


def taken_in(told: Told, calls: int) -> int:
    """How many calls of one device wait in a lane that writes nothing yet."""

    async def run() -> int:
        lane = Lane("one", answered)
        lane._loop = asyncio.get_running_loop()
        waiting: list[Any] = []
        for _call in range(calls):
            try:
                waiting.append(lane.put(told))
            except BusyError:
                continue
        return len(waiting)

    return asyncio.run(run())


def test_of_one_device_a_few_calls_wait_and_no_more(town: Town) -> None:
    phone = reader(town.site)

    assert taken_in(phone.told([phone.event(town.an)]), 3 * MOST_OF_A_DEVICE) == MOST_OF_A_DEVICE


def test_control_without_the_cap_one_device_fills_the_queue(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = reader(town.site)
    monkeypatch.setattr(intake, "MOST_OF_A_DEVICE", 10**6)

    assert taken_in(phone.told([phone.event(town.an)]), 3 * MOST_OF_A_DEVICE) == 3 * MOST_OF_A_DEVICE


def test_a_device_that_waits_for_each_answer_is_never_told_to_come_again(town: Town) -> None:
    """Whatever it sends and however long it takes: when the answer comes, its place is free already."""
    phone = reader(town.site)
    call = phone.told([phone.event(town.an)])

    async def run() -> int:
        lane = Lane("one", answered)
        lane.start(asyncio.get_running_loop())
        answers = [await lane.put(call) for _one in range(5 * MOST_OF_A_DEVICE)]
        await asyncio.to_thread(lane.stop)
        return len(answers)

    assert asyncio.run(run()) == 5 * MOST_OF_A_DEVICE


def test_calls_that_failed_or_whose_client_has_gone_leave_their_place(town: Town) -> None:
    """A device that gives up waiting, or is told 503, finds room again as soon as its calls are through."""
    phone = reader(town.site)
    call = phone.told([phone.event(town.an)])
    gone: list[Told] = []

    def record(told: Sequence[Told]) -> list[list[Answer]]:
        gone.extend(told)
        if len(gone) <= MOST_OF_A_DEVICE:
            raise OperationalError("away")
        return answered(told)

    async def run() -> int:
        lane = Lane("one", record)
        loop = lane._loop = asyncio.get_running_loop()
        first, *others = [lane.put(call) for _one in range(MOST_OF_A_DEVICE)]
        first.cancel()
        lane.start(loop)
        await asyncio.gather(*others, return_exceptions=True)
        answers = [await lane.put(call) for _one in range(2 * MOST_OF_A_DEVICE)]
        await asyncio.to_thread(lane.stop)
        return len(answers)

    assert asyncio.run(run()) == 2 * MOST_OF_A_DEVICE


# --- a number that carried another id -------------------------------------------------------------------------


@contextmanager
def numbers_may_come_twice(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither the look nor the constraint: as the owner of the tables."""
    name = str(settings.DATABASES["default"]["NAME"])
    with psycopg.connect(server.admin_dsn(name), autocommit=True) as admin:
        admin.execute("ALTER TABLE conferences_scan DROP CONSTRAINT scan_sequence_once")
    plain = scans._kept_before
    monkeypatch.setattr(scans, "_kept_before", lambda events: (plain(events)[0], set()))
    yield


def test_control_without_look_and_constraint_a_number_counts_for_two(
    town: Town, embedded_postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ``test_a_number_that_carried_another_id_is_refused_and_names_nobody`` would see without its guard."""
    phone = reader(town.site)
    phone.send(phone.event(town.an, seq=5))

    with numbers_may_come_twice(embedded_postgres, monkeypatch):
        again = phone.send(phone.event(town.binh, seq=5))

    assert [one.code for one in again] == [Code.RECORDED]


def test_a_number_used_by_a_flush_a_moment_ago_is_refused_by_the_constraint(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look finds nothing yet: the constraint has the last word, and the other event is told nothing."""
    phone = reader(town.site)
    phone.send(phone.event(town.an, seq=5))
    plain = scans._kept_before
    monkeypatch.setattr(scans, "_kept_before", lambda events: (plain(events)[0], set()))

    again = phone.send(phone.event(town.binh, seq=5))

    assert [(one.code, one.name) for one in again] == [(Reply.NUMBER_USED, "")]
    assert town.counts(Measure.PRESENT) == [1]


# --- kept until the opening -----------------------------------------------------------------------------------


def early(town: Town) -> Reader:
    """A phone at a conference whose check-in has not opened."""
    begins = timezone.now() + timedelta(hours=2)
    _move(town, begins=begins)
    town.conference.refresh_from_db()
    return reader(made.hub(town.conference))


def _move(town: Town, *, begins: Any) -> None:
    Conference.objects.filter(pk=town.conference.pk).update(
        starts_at=begins, ends_at=begins + timedelta(hours=3)
    )


def outcome(town: Town) -> tuple[list[str], int, list[int]]:
    """How a scan before the opening is answered, how many are judged then, and who counts as present."""
    phone = early(town)
    answers = [str(one.code) for one in phone.send(phone.event(town.an))]
    _move(town, begins=timezone.now() + timedelta(minutes=30))
    return answers, scans.judge_kept(), town.counts(Measure.PRESENT)


def test_a_scan_before_the_opening_is_kept_and_judged_then(town: Town) -> None:
    assert outcome(town) == ([Reply.KEPT], 1, [1])
    with factories.looking_everywhere():
        assert (Attendance.objects.count(), Scan.objects.filter(waits=True).count()) == (1, 0)


def test_control_what_is_not_kept_is_judged_by_nobody(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "kept", lambda _code: None)

    assert outcome(town) == ([Code.TOO_EARLY], 0, [0])
