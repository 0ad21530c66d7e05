"""People and memberships name only what is there, asked once a statement: as a foreign key, also against each other."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from psycopg.errors import ForeignKeyViolation

from quantriet.org.models import Person, Unit, UnitKind
from quantriet.org.models.units import Level
from quantriet.web.postgres import EmbeddedPostgres
from tests import factories

NOBODY = 987_654_321
JOIN = """
INSERT INTO org_membership (created_at, person_id, unit_id, status, person_class, is_primary, from_on)
VALUES (now(), %s, %s, 'full', 3, false, '2026-01-01'), (now(), %s, %s, 'full', 3, false, '2026-01-01')
"""
MOVE = "UPDATE org_membership SET unit_id = %s"
SETTLE = "UPDATE org_person SET home_unit_id = %s"
CLOSE = "DELETE FROM org_unit WHERE id = %s"
WAITING = "SELECT count(*) FROM pg_locks WHERE relation = 'org_membership'::regclass AND NOT granted"


@contextmanager
def owner(server: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server.admin_dsn(str(settings.DATABASES["default"]["NAME"]))) as found:
        yield found


@contextmanager
def _people() -> Iterator[tuple[Unit, Person, Person]]:
    unit = factories.cell(factories.province())
    one, other = factories.person(unit, "Trần Thị Một"), factories.person(unit, "Trần Thị Hai")
    with factories.looking_everywhere():
        yield unit, one, other


def _said(statement: str, *values: int | str) -> str:
    """The refusal of a statement; empty when it is taken."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT before")
            cursor.execute(statement, values)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        said = str(error).splitlines()[0]
    else:
        said = ""
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO SAVEPOINT before")
    return said


@pytest.mark.django_db
def test_rows_name_only_what_is_there() -> None:
    with _people() as (_unit, one, other):
        elsewhere = factories.cell(factories.province("Đảng bộ tỉnh Khác"))
        told = [
            _said(JOIN, one.pk, elsewhere.pk, other.pk, elsewhere.pk),
            _said(JOIN, one.pk, elsewhere.pk, NOBODY, elsewhere.pk),
            _said(JOIN, one.pk, elsewhere.pk, other.pk, NOBODY),
            _said(MOVE, elsewhere.pk),
            _said(MOVE, NOBODY),
            _said(SETTLE, NOBODY),
            _said(
                "INSERT INTO org_person SELECT * FROM jsonb_populate_recordset(null::org_person, %s::jsonb)",
                "[]",
            ),
        ]

    missing = f"row {NOBODY} of {{}} is not there, but {{}} names it"
    assert told == [
        "",
        missing.format("org_person", "org_membership.person_id"),
        missing.format("org_unit", "org_membership.unit_id"),
        "",
        missing.format("org_unit", "org_membership.unit_id"),
        missing.format("org_unit", "org_person.home_unit_id"),
        "",
    ]


@pytest.mark.django_db
def test_what_rows_name_stays_and_the_rest_goes() -> None:
    with _people() as (unit, one, _other):
        bare = Unit.objects.create(
            code="BARE", name="Chi bộ chưa ai biết", kind=UnitKind.CELL, level=Level.CELL
        )
        assert _said(CLOSE, bare.pk) == ""
        with connection.cursor() as cursor:
            cursor.execute(MOVE, [bare.pk])
        by_members = _said(CLOSE, bare.pk)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM org_membership")
            cursor.execute(SETTLE, [bare.pk])
        by_people = _said(CLOSE, bare.pk)
        with connection.cursor() as cursor:
            cursor.execute(JOIN, [one.pk, bare.pk, one.pk, unit.pk])
        person = _said("DELETE FROM org_person WHERE id = %s", one.pk)

    assert by_members == f"row {bare.pk} of org_unit is still named by org_membership.unit_id"
    assert by_people == f"row {bare.pk} of org_unit is still named by org_person.home_unit_id"
    assert person == f"row {one.pk} of org_person is still named by org_membership.person_id"


def test_control_without_the_triggers_rows_name_nobody(
    transactional_db: None, embedded_postgres: EmbeddedPostgres
) -> None:
    with _people() as (unit, one, _other):
        unit_id, person_id = unit.pk, one.pk
    with owner(embedded_postgres) as admin:
        for trigger in ("named_person_id_stands", "named_unit_id_stands"):
            admin.execute(f"DROP TRIGGER {trigger} ON org_membership")

        taken = admin.execute(JOIN, [NOBODY, unit_id, person_id, NOBODY])

        assert taken.rowcount == 2
        admin.rollback()


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_who_takes_a_person_waits_for_who_is_writing_about_him(
    ends: str, transactional_db: None, embedded_postgres: EmbeddedPostgres
) -> None:
    with _people() as (unit, one, other):
        unit_id, one_id, other_id = unit.pk, one.pk, other.pk

    def take() -> None:
        with owner(embedded_postgres) as taker:
            taker.execute("DELETE FROM org_membership WHERE person_id = %s", [one_id])
            taker.execute("DELETE FROM org_person WHERE id = %s", [one_id])
            taker.commit()

    with owner(embedded_postgres) as writer, owner(embedded_postgres) as watch, ThreadPoolExecutor(1) as pool:
        watch.autocommit = True
        watch.execute("DELETE FROM org_membership")
        writer.execute(JOIN, [one_id, unit_id, other_id, unit_id])  # not committed: nobody else sees it

        taken: Future[None] = pool.submit(take)
        deadline = time.monotonic() + 20
        while not watch.execute(WAITING).fetchall()[0][0] and time.monotonic() < deadline:
            time.sleep(0.002)
        getattr(writer, ends)()

        if ends == "commit":
            with pytest.raises(ForeignKeyViolation, match=r"org_membership\.person_id"):
                taken.result()
        else:
            taken.result()


def test_who_writes_about_a_person_who_goes_meanwhile_is_refused(
    transactional_db: None, embedded_postgres: EmbeddedPostgres
) -> None:
    with _people() as (unit, one, other):
        unit_id, one_id, other_id = unit.pk, one.pk, other.pk

    with owner(embedded_postgres) as taker, owner(embedded_postgres) as writer:
        taker.execute("DELETE FROM org_membership")
        taker.execute("DELETE FROM org_person WHERE id = %s", [one_id])
        taker.commit()
        with pytest.raises(ForeignKeyViolation, match=f"row {one_id} of org_person is not there"):
            writer.execute(JOIN, [one_id, unit_id, other_id, unit_id])
