"""Real transactions at the same time: one effect each; the control shows that the constraint is what holds."""

import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from quantriet.campaigns.models import Credit
from quantriet.conferences import codes
from quantriet.conferences.commands import attendance, conferences
from quantriet.conferences.commands.attendance import Mark
from quantriet.conferences.models import Attendance, Site
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.verdicts import Act, Ask, Code
from quantriet.ledger import commands as ledger
from quantriet.ledger import queries as ledger_queries
from quantriet.ledger.measures import Measure
from quantriet.ledger.models import Batch
from quantriet.org import access
from quantriet.web.postgres import EmbeddedPostgres
from tests import factories
from tests.conferences.test_attendance import Town
from tests.factories import operator

AT_ONCE = 20


@pytest.fixture
def town(transactional_db: None) -> Town:
    return Town()


def at_once(site: Site, marks: list[list[Mark]]) -> list[Code]:
    """Record each list of marks in a thread and a transaction of its own, all released together."""
    gate = threading.Barrier(len(marks))

    def one(given: list[Mark]) -> list[Code]:
        by = operator()
        gate.wait()
        try:
            with access.acting(by):
                found = attendance.record(site, given, by=by, key=uuid.uuid4().hex)
            return [answer.code for answer in found]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(marks)) as pool:
        return [code for found in pool.map(one, marks) for code in found]


def scans(town: Town) -> list[list[Mark]]:
    code = codes.personal(bytes(town.conference.code_key), town.conference.pk, town.an.pk)
    ask = Ask(Act.IN, is_code=True)
    return [[Mark(ask, Source.SCAN, code=code, client_id=uuid.uuid4())] for _ in range(AT_ONCE)]


def test_twenty_scans_of_one_code_at_once_are_one_attendance(town: Town) -> None:
    batches = Batch.objects.count()

    answers = at_once(town.site, scans(town))

    assert sorted(answers) == sorted([Code.RECORDED] + [Code.ALREADY] * (AT_ONCE - 1))
    with factories.looking_everywhere():
        assert (Attendance.objects.count(), Credit.objects.count()) == (1, 1)
    assert Batch.objects.count() == batches + 1
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [1, 1]


@contextmanager
def without_constraint(server: EmbeddedPostgres) -> Iterator[None]:
    """The control: take the unique constraint away, as the owner of the tables."""
    name = settings.DATABASES["default"]["NAME"]
    with psycopg.connect(server.admin_dsn(name), autocommit=True) as admin:
        admin.execute("ALTER TABLE conferences_attendance DROP CONSTRAINT attendance_once")
    yield


@contextmanager
def meeting_at_the_write(server: EmbeddedPostgres, writers: int) -> Iterator[None]:
    """Hold everybody between his look and his write until so many are there: the race itself, without luck."""
    waiting = (
        "SELECT count(*) FROM pg_locks WHERE relation = 'conferences_attendance'::regclass AND NOT granted"
    )
    name = str(settings.DATABASES["default"]["NAME"])
    with (
        psycopg.connect(server.admin_dsn(name)) as door,
        psycopg.connect(server.admin_dsn(name), autocommit=True) as watch,
        ThreadPoolExecutor(1) as pool,
    ):
        door.execute("LOCK TABLE conferences_attendance IN SHARE MODE")

        def open_when_all_wait() -> None:
            deadline = time.monotonic() + 20
            while watch.execute(waiting).fetchall()[0][0] < writers and time.monotonic() < deadline:
                time.sleep(0.002)
            door.commit()

        opened = pool.submit(open_when_all_wait)
        yield
        opened.result()


def test_control_without_the_constraint_they_double(town: Town, embedded_postgres: EmbeddedPostgres) -> None:
    with without_constraint(embedded_postgres), meeting_at_the_write(embedded_postgres, 2):
        answers = at_once(town.site, scans(town))

    assert answers.count(Code.RECORDED) > 1


def test_many_people_at_once_each_count_once_and_nothing_is_lost(town: Town) -> None:
    lists = [[Mark(Ask(Act.PRESENT), person_id=person.pk) for person in town.people] for _ in range(8)]

    answers = at_once(town.site, lists)

    assert answers.count(Code.RECORDED) == 3
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [3, 3]
    ledger.fold()
    assert ledger_queries.verify().equal


def test_two_clerks_changing_one_row_at_once_one_is_told(town: Town) -> None:
    by = operator()
    with access.acting(by):
        attendance.record(town.site, [Mark(Ask(Act.PRESENT), person_id=town.an.pk)], by=by, key="first")
    acts = (Act.ABSENT, Act.EXCUSED)

    answers = at_once(town.site, [[Mark(Ask(act, version=1), person_id=town.an.pk)] for act in acts])

    assert sorted(answers) == sorted([Code.CHANGED, Code.STALE])


def test_attendance_does_not_wait_for_a_conference_that_is_being_closed(
    town: Town, embedded_postgres: EmbeddedPostgres
) -> None:
    by = operator()
    name = str(settings.DATABASES["default"]["NAME"])

    with psycopg.connect(embedded_postgres.admin_dsn(name)) as other, access.acting(by):
        conferences.close(town.conference, by=by)
        # What the foreign key of a new attendance takes.
        found = other.execute("SELECT id FROM conferences_conference FOR KEY SHARE NOWAIT").fetchall()

    assert found == [(town.conference.pk,)]
