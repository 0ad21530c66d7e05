"""An event that cannot be written is found and refused by itself: its neighbours are recorded, with bounded work."""

from collections.abc import Collection, Sequence
from datetime import timedelta

import pytest
from django.db import OperationalError
from psycopg import errors

from quantriet.conferences.commands import scans
from quantriet.conferences.commands.scans import Told
from quantriet.conferences.scanning import Answer, Event, Reply
from quantriet.conferences.verdicts import Code
from quantriet.ingest import halving
from quantriet.ingest.halving import MOST_TRIES, Unwritten
from quantriet.ingest.intake import Lane, Record
from quantriet.ledger.measures import Measure
from tests.conferences.test_attendance import Town
from tests.factories_devices import Reader, reader
from tests.ingest.test_intake import codes_of, through

WRITTEN = "written"


@pytest.fixture
def town(transactional_db: None) -> Town:
    return Town()


@pytest.fixture
def phone(town: Town) -> Reader:
    return reader(town.site)


def poisoned(event: Event, cause: Exception) -> Record:
    """Records like the intake, unless this event is among what is to be written."""

    def record(told: Sequence[Told]) -> list[list[Answer]]:
        if any(one.id == event.id for some in told for one in some.call.events):
            raise cause
        return scans.record(told)

    return record


def test_the_neighbours_of_an_event_that_cannot_be_written_are_recorded(town: Town, phone: Reader) -> None:
    events = [phone.event(person) for person in town.people]
    record = poisoned(events[1], ZeroDivisionError())

    answers = through([Lane("one", record)], [phone.told(events)])

    assert codes_of(answers) == [Code.RECORDED, Reply.UNWRITABLE, Code.RECORDED]
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [2, 2]


def test_a_forged_event_stays_one_in_whatever_part_it_comes(town: Town, phone: Reader) -> None:
    came, gone, last = [phone.event(person) for person in town.people]
    forged = Event(last.id, last.seq, last.act, last.code, last.at, "0" * 64)

    answers = through([Lane("one", poisoned(came, ZeroDivisionError()))], [phone.told([came, gone, forged])])

    assert codes_of(answers) == [Reply.UNWRITABLE, Code.RECORDED, Reply.FORGED]


def test_parts_are_written_in_the_order_in_which_things_happened(town: Town, phone: Reader) -> None:
    """Sent the other way round: going out is judged after coming in, in whatever parts they are written."""
    came = phone.event(town.an, ago=timedelta(minutes=6))
    went = phone.event(town.an, "out", ago=timedelta(minutes=4))
    bad = phone.event(town.chi, ago=timedelta(minutes=2))

    answers = through([Lane("one", poisoned(bad, ZeroDivisionError()))], [phone.told([went, bad, came])])

    assert codes_of(answers) == [Code.CHANGED, Reply.UNWRITABLE, Code.RECORDED]


def test_a_part_that_is_locked_for_a_moment_is_told_to_come_again(town: Town, phone: Reader) -> None:
    """One event can never be written, another not now: the call is answered all the same."""
    events = [phone.event(person) for person in town.people]
    never = poisoned(events[0], ZeroDivisionError())
    locked = OperationalError()
    locked.__cause__ = errors.LockNotAvailable()

    def record(told: Sequence[Told]) -> list[list[Answer]]:
        ids = {one.id for some in told for one in some.call.events}
        if events[2].id in ids and events[0].id not in ids:
            raise locked
        return never(told)

    answers = through([Lane("one", record)], [phone.told(events)])

    assert codes_of(answers) == [Reply.UNWRITABLE, Reply.LATER, Reply.LATER]


class Counting:
    """Writes whatever holds none of the bad events; counts how often it is asked."""

    def __init__(self, bad: Collection[Event], why: Unwritten = Unwritten.EVER) -> None:
        self._bad = {event.id for event in bad}
        self._why = why
        self.tries = 0

    def __call__(self, told: Told) -> list[Answer] | Unwritten:
        self.tries += 1
        events = told.call.events
        if any(event.id in self._bad for event in events):
            return self._why
        return [Answer(event.id, WRITTEN) for event in events]


@pytest.mark.parametrize("place", [0, 250, 499])
def test_one_of_five_hundred_is_found_in_few_tries(phone: Reader, place: int) -> None:
    events = [phone.event(at) for at in range(1, 501)]
    record = Counting([events[place]])

    answers = halving.answers(phone.told(events), record)

    assert [one.id for one in answers] == [event.id for event in events]
    assert [at for at, one in enumerate(answers) if one.code == Reply.UNWRITABLE] == [place]
    assert sum(one.code == WRITTEN for one in answers) == 499
    assert record.tries <= 2 * 9


def test_however_many_are_bad_the_work_is_bounded_and_the_rest_comes_again(phone: Reader) -> None:
    events = [phone.event(at) for at in range(1, 501)]
    record = Counting(events)

    answers = halving.answers(phone.told(events), record)

    found = [one.code for one in answers]
    assert record.tries == MOST_TRIES
    assert set(found) == {Reply.UNWRITABLE, Reply.LATER}
    assert Reply.UNWRITABLE in found[:5]  # each time something of it is settled


def test_a_database_that_is_away_is_not_asked_again(phone: Reader) -> None:
    events = [phone.event(at) for at in range(1, 9)]
    record = Counting(events, Unwritten.AWAY)

    answers = halving.answers(phone.told(events), record)

    assert (record.tries, {one.code for one in answers}) == (1, {Reply.LATER})


def test_a_single_event_is_refused_without_another_try(phone: Reader) -> None:
    event = phone.event(1)
    record = Counting([event])

    assert halving.answers(phone.told([event]), record) == [Answer(event.id, Reply.UNWRITABLE)]
    assert record.tries == 0
