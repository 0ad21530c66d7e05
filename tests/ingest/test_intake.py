"""Group commit: many calls in one transaction, an answer each after it; one that fails takes no other with it."""

import asyncio
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from psycopg import errors

from quantriet.campaigns.models import Credit
from quantriet.conferences.commands import scans
from quantriet.conferences.commands.scans import Told
from quantriet.conferences.models import Attendance
from quantriet.conferences.scanning import AGAIN, DONE, Answer, Reply
from quantriet.conferences.verdicts import Code
from quantriet.ingest import intake
from quantriet.ingest.intake import BusyError, Lane, NotRecordedError, Record
from quantriet.ledger.measures import Measure
from quantriet.ledger.models import Batch
from quantriet.web.postgres import EmbeddedPostgres
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town, counts
from tests.conferences.test_races import meeting_at_the_write, without_constraint
from tests.factories_devices import Reader, reader

AT_ONCE = 50


@pytest.fixture
def town(transactional_db: None) -> Town:
    return Town()


@pytest.fixture
def phones(town: Town) -> list[Reader]:
    account = factories.account("clerk", town.commune)
    return [reader(town.site, account) for _ in range(25)]


def through(lanes: Sequence[Lane], told: Sequence[Told]) -> list[list[Answer] | BaseException]:
    """Put everything in while nothing is written yet, each into the next lane in turn; then let it flow."""

    async def run() -> list[Any]:
        loop = asyncio.get_running_loop()
        for lane in lanes:
            lane._loop = loop
        waiting = [lanes[at % len(lanes)].put(one) for at, one in enumerate(told)]
        for lane in lanes:
            lane.start(loop)
        try:
            return await asyncio.gather(*waiting, return_exceptions=True)
        finally:
            await asyncio.gather(*(asyncio.to_thread(lane.stop) for lane in lanes))

    return asyncio.run(run())


def codes_of(answers: Sequence[list[Answer] | BaseException]) -> list[str]:
    return [str(one.code) for some in answers if isinstance(some, list) for one in some]


def test_what_waits_is_one_transaction(town: Town, phones: list[Reader]) -> None:
    batches = Batch.objects.count()
    told = [phone.told([phone.event(person)]) for phone, person in zip(phones, town.people, strict=False)]

    answers = through([Lane("one", scans.record)], told)

    assert codes_of(answers) == [Code.RECORDED] * 3
    assert Batch.objects.count() == batches + 1
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [3, 3]


def same_card(town: Town, phones: list[Reader]) -> list[Told]:
    return [phone.told([phone.event(town.an)]) for _ in range(AT_ONCE // len(phones)) for phone in phones]


def in_pairs(record: Record) -> Record:
    """Flushes of one call each, so that both lanes meet at the same person again and again."""
    gate = threading.Barrier(2, timeout=30)

    def one_by_one(told: Sequence[Told]) -> list[list[Answer]]:
        found = []
        for one in told:
            gate.wait()
            found += record([one])
        return found

    return one_by_one


def test_fifty_scans_of_one_card_at_once_have_one_effect(town: Town, phones: list[Reader]) -> None:
    record = in_pairs(scans.record)

    answers = through([Lane("left", record), Lane("right", record)], same_card(town, phones))

    assert sorted(codes_of(answers)) == sorted([Code.RECORDED] + [Code.ALREADY] * (AT_ONCE - 1))
    with factories.looking_everywhere():
        assert (Attendance.objects.count(), Credit.objects.count()) == (1, 1)
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [1, 1]


@pytest.mark.prove
@pytest.mark.django_db(transaction=True)
def test_fifty_scans_of_one_card_at_once_a_thousand_times() -> None:
    """Each time another card, two lanes that meet at the same person in every one of 25 flushes."""
    times = int(os.environ.get("QUANTRIET_CARDS", "1000"))
    crowd = Crowded(times)
    account = factories.account("clerk", crowd.commune)
    phones = [reader(crowd.site, account) for _ in range(25)]
    record = in_pairs(scans.record)

    for person in crowd.people:
        told = [phone.told([phone.event(person)]) for _ in range(AT_ONCE // len(phones)) for phone in phones]
        answers = through([Lane("left", record), Lane("right", record)], told)
        assert sorted(codes_of(answers)) == sorted([Code.RECORDED] + [Code.ALREADY] * (AT_ONCE - 1))

    with factories.looking_everywhere():
        effects = (Attendance.objects.count(), Credit.objects.count())
    assert effects == (times, times)
    counted = counts(crowd.campaign, crowd.province, Measure.PRESENT, Measure.ATTENDANCES)
    assert counted == [times, times]


class Crowded:
    """A commune whose cell has many people on the roll of a campaign, and a conference of it."""

    def __init__(self, how_many: int) -> None:
        self.province = factories.province()
        self.commune = factories.commune(self.province)
        cell = factories.cell(self.commune, "Chi bộ đông người")
        self.people = [factories.person(cell, f"Nguyễn Văn {number}") for number in range(how_many)]
        self.campaign = campaigns_made.started(self.province)
        self.site = made.hub(made.called(self.commune, self.campaign))


def test_control_without_the_constraint_one_card_counts_twice(
    town: Town, phones: list[Reader], embedded_postgres: EmbeddedPostgres
) -> None:
    record = in_pairs(scans.record)

    with without_constraint(embedded_postgres), meeting_at_the_write(embedded_postgres, 2):
        answers = through([Lane("left", record), Lane("right", record)], same_card(town, phones)[:2])

    assert codes_of(answers) == [Code.RECORDED] * 2


def test_one_event_by_two_ways_at_once_is_judged_once(town: Town, phones: list[Reader]) -> None:
    record = in_pairs(scans.record)
    call = phones[0].told([phones[0].event(town.an), phones[0].event(town.binh, "out")])

    answers = through([Lane("left", record), Lane("right", record)], [call, call])

    assert sorted(codes_of(answers)) == sorted([Code.RECORDED, Code.ALREADY, Code.NOT_IN, Code.NOT_IN])
    assert town.counts(Measure.ATTENDANCES) == [1]


def test_a_call_that_cannot_be_written_takes_no_other_with_it(town: Town, phones: list[Reader]) -> None:
    told = [phone.told([phone.event(person)]) for phone, person in zip(phones, town.people, strict=False)]
    poison = told[1].call.events[0].id

    def record(some: Sequence[Told]) -> list[list[Answer]]:
        if any(event.id == poison for one in some for event in one.call.events):
            raise ZeroDivisionError
        return scans.record(some)

    answers = through([Lane("one", record)], told)

    assert codes_of(answers) == [Code.RECORDED, Reply.UNWRITABLE, Code.RECORDED]
    assert Reply.UNWRITABLE not in DONE | AGAIN  # the device keeps it, shows it, and goes on to the next


def test_calls_written_one_by_one_wait_for_locks_a_short_time_only(phones: list[Reader]) -> None:
    patience: list[str] = []

    def record(some: Sequence[Told]) -> list[list[Answer]]:
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            patience.append(cursor.fetchall()[0][0])
        raise OperationalError from errors.LockNotAvailable()

    answers = through([Lane("one", record)], [phone.told([phone.event(1)]) for phone in phones[:3]])

    assert patience == ["1s", "100ms", "100ms", "100ms"]
    assert [type(one) for one in answers] == [NotRecordedError] * 3
    assert len({id(one) for one in answers}) == 3


def failing(times: int, cause: Exception) -> Record:
    """Fails some times as the database does, then records."""
    left = [times]

    def record(some: Sequence[Told]) -> list[list[Answer]]:
        if left[0]:
            left[0] -= 1
            raise OperationalError("away") from cause
        return scans.record(some)

    return record


def test_a_deadlock_is_tried_again(town: Town, phones: list[Reader]) -> None:
    record = failing(2, errors.DeadlockDetected())

    assert codes_of(through([Lane("one", record)], [phones[0].told([phones[0].event(town.an)])])) == [
        Code.RECORDED
    ]


def test_whoever_waits_for_a_locked_row_waits_alone(
    town: Town, phones: list[Reader], embedded_postgres: EmbeddedPostgres
) -> None:
    phones[0].send(phones[0].event(town.an))
    told = [phones[0].told([phones[0].event(town.an, "out")]), phones[1].told([phones[1].event(town.binh)])]

    name = str(settings.DATABASES["default"]["NAME"])
    with psycopg.connect(embedded_postgres.admin_dsn(name)) as clerk:
        clerk.execute("SELECT 1 FROM conferences_attendance FOR UPDATE")
        answers = through([Lane("one", scans.record)], told)

    assert [type(one) for one in answers if not isinstance(one, list)] == [NotRecordedError]
    assert codes_of(answers) == [Code.RECORDED]


def test_a_database_that_is_away_is_told_and_found_again(town: Town, phones: list[Reader]) -> None:
    record = failing(1, errors.AdminShutdown())
    call = phones[0].told([phones[0].event(town.an)])

    first = through([Lane("one", record)], [call])
    second = through([Lane("two", record)], [call])

    assert [type(one) for one in first] == [NotRecordedError]
    assert codes_of(second) == [Code.RECORDED]


@contextmanager
def at_most(events: int) -> Iterator[None]:
    before, intake.MOST_WAITING = intake.MOST_WAITING, events
    try:
        yield
    finally:
        intake.MOST_WAITING = before


def test_too_much_is_not_taken_in(town: Town, phones: list[Reader]) -> None:
    call = phones[0].told([phones[0].event(town.an)])

    async def run() -> None:
        lane = Lane("one", scans.record)
        lane._loop = asyncio.get_running_loop()
        with at_most(1):
            lane.put(call)
            with pytest.raises(BusyError):
                lane.put(call)

    asyncio.run(run())


def test_one_device_does_not_fill_the_queue(town: Town, phones: list[Reader]) -> None:
    mine, other = (phone.told([phone.event(town.an)]) for phone in phones[:2])

    async def run() -> list[list[Answer]]:
        lane = Lane("one", scans.record)
        loop = lane._loop = asyncio.get_running_loop()
        waiting = [lane.put(mine) for _ in range(intake.MOST_OF_A_DEVICE)]
        with pytest.raises(BusyError):
            lane.put(mine)
        waiting.append(lane.put(other))
        lane.start(loop)
        answers = await asyncio.gather(*waiting)
        answers.append(await lane.put(mine))  # answered calls make room
        await asyncio.to_thread(lane.stop)
        return answers

    assert len(asyncio.run(run())) == intake.MOST_OF_A_DEVICE + 2
