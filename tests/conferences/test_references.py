"""Half a foreign key keeps what rows name, whoever asks and whatever is being written at the moment."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from psycopg.errors import ForeignKeyViolation

from quantriet.web.postgres import EmbeddedPostgres
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town

TAKE_THE_LINE = "DELETE FROM campaigns_rollline WHERE person_id = %s"
ANOTHER = """
INSERT INTO campaigns_credit
    (created_at, campaign_id, line_id, person_id, unit_id, document_id, means, level, form, grade, credited_on, source,
     batch_id)
SELECT created_at, campaign_id, line_id, person_id, unit_id, NULL, means, level, form, grade, credited_on, source,
       batch_id
FROM campaigns_credit
"""
WAITING = "SELECT count(*) FROM pg_locks WHERE relation = 'campaigns_credit'::regclass AND NOT granted"


@pytest.fixture
def town(transactional_db: None) -> Town:
    town = Town()
    made.mark(town.site, [town.an])
    return town


@contextmanager
def owner(server: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server.admin_dsn(str(settings.DATABASES["default"]["NAME"]))) as connection:
        yield connection


def test_a_line_that_rows_name_stays(town: Town, embedded_postgres: EmbeddedPostgres) -> None:
    with owner(embedded_postgres) as admin, pytest.raises(ForeignKeyViolation, match="is still named by"):
        admin.execute(TAKE_THE_LINE, [town.an.pk])


def test_control_without_the_triggers_it_goes(town: Town, embedded_postgres: EmbeddedPostgres) -> None:
    with owner(embedded_postgres) as admin:
        for table, column in (("campaigns_credit", "line_id"), ("conferences_attendance", "line_id")):
            admin.execute(f"DROP TRIGGER kept_for_{table}_{column} ON campaigns_rollline")

        taken = admin.execute(TAKE_THE_LINE, [town.an.pk])

        assert taken.rowcount == 1
        admin.rollback()


def test_a_line_that_nothing_names_any_more_goes(town: Town, embedded_postgres: EmbeddedPostgres) -> None:
    with owner(embedded_postgres) as admin:
        admin.execute("DELETE FROM conferences_attendance")
        admin.execute("DELETE FROM campaigns_credit")

        taken = admin.execute(TAKE_THE_LINE, [town.an.pk])

        assert taken.rowcount == 1
        admin.rollback()


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_who_takes_a_line_waits_for_who_is_writing_about_it(
    ends: str, town: Town, embedded_postgres: EmbeddedPostgres
) -> None:
    def take() -> int:
        with owner(embedded_postgres) as taker:
            return taker.execute(TAKE_THE_LINE, [town.an.pk]).rowcount

    with owner(embedded_postgres) as writer, owner(embedded_postgres) as watch, ThreadPoolExecutor(1) as pool:
        watch.autocommit = True
        watch.execute("DELETE FROM conferences_attendance")
        writer.execute(ANOTHER)  # not committed: nobody else sees it
        watch.execute("DELETE FROM campaigns_credit WHERE document_id IS NOT NULL")

        taken: Future[int] = pool.submit(take)
        deadline = time.monotonic() + 20
        while not watch.execute(WAITING).fetchall()[0][0] and time.monotonic() < deadline:
            time.sleep(0.002)
        getattr(writer, ends)()

        if ends == "commit":
            with pytest.raises(ForeignKeyViolation, match=r"campaigns_credit\.line_id"):
                taken.result()
        else:
            assert taken.result() == 1
