"""What the intake's role of the database may write: these columns, and no other."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from quantriet.conferences.verdicts import Act, Code
from quantriet.ledger.measures import Measure
from quantriet.web.database import read_database_settings
from quantriet.web.postgres import EmbeddedPostgres
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town
from tests.factories_devices import reader

ROLE = "quantriet_ingest"

CHANGES = {
    "campaigns_credit": {"batch_id", "unit_id"},
    "campaigns_declaration": {"posted"},
    "campaigns_rollline": {
        "unit_id",
        "state",
        "reason",
        "excuse",
        "excused_on",
        "moved_on",
        "fulfilled_on",
        "means",
        "level",
        "form",
        "grade",
        "batch_id",
    },
    "conferences_attendance": {
        "site_id",
        "state",
        "in_at",
        "out_at",
        "left_early",
        "excuse",
        "form",
        "grade",
        "source",
        "client_id",
        "actor",
        "call",
        "batch_id",
        "version",
        "back_at",
    },
    "conferences_attendanceconflict": {
        "at",
        "back_at",
        "out_at",
        "device_id",
        "told_at",
        "grade",
        "source",
        "client_id",
        "actor",
        "state",
        "decision",
    },
    "conferences_scan": {"code", "waits"},
    "org_unit": {"created_at"},  # without one column no lock; this one decides nothing
}
ADDS = {
    "ledger_batch",
    "ledger_entry",
    "campaigns_credit",
    "campaigns_rollmove",
    "conferences_attendance",
    "conferences_attendancechange",
    "conferences_attendanceconflict",
    "conferences_scan",
}
REMOVES = {"campaigns_credit"}


def columns(server: EmbeddedPostgres, question: str, *values: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    with psycopg.connect(server.admin_dsn(str(settings.DATABASES["default"]["NAME"]))) as admin:
        for table, column in admin.execute(question, values).fetchall():
            found[table].add(column)
    return dict(found)


def granted(server: EmbeddedPostgres, privilege: str) -> dict[str, set[str]]:
    """Table → columns for which the role holds a privilege, by the column or with the whole table."""
    asked = "SELECT table_name, column_name FROM information_schema.column_privileges WHERE grantee = %s"
    return columns(server, f"{asked} AND privilege_type = %s", ROLE, privilege)


def removing(server: EmbeddedPostgres) -> set[str]:
    asked = "SELECT table_name, '' FROM information_schema.table_privileges WHERE grantee = %s"
    return set(columns(server, f"{asked} AND privilege_type IN ('DELETE', 'TRUNCATE')", ROLE))


@pytest.mark.usefixtures("db")
def test_the_role_writes_what_is_listed_here(embedded_postgres: EmbeddedPostgres) -> None:
    assert granted(embedded_postgres, "UPDATE") == CHANGES
    assert set(granted(embedded_postgres, "INSERT")) == ADDS
    assert removing(embedded_postgres) == REMOVES


@pytest.fixture
def role(db: None, embedded_postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    name = str(settings.DATABASES["default"]["NAME"])
    with psycopg.connect(embedded_postgres.dsn("ingest", name), autocommit=True) as connection:
        yield connection


def changeable(role: psycopg.Connection, table: str, names: set[str]) -> set[str]:
    """Of these columns those whose change is not refused; no row is touched."""
    found = set()
    for name in names:
        try:
            role.execute(f'UPDATE {table} SET "{name}" = "{name}" WHERE false')
        except psycopg.errors.InsufficientPrivilege:
            continue
        found.add(name)
    return found


@pytest.mark.parametrize("table", ["conferences_attendance", "campaigns_rollline"])
def test_the_role_changes_no_other_column(
    role: psycopg.Connection, embedded_postgres: EmbeddedPostgres, table: str
) -> None:
    asked = "SELECT table_name, column_name FROM information_schema.columns WHERE table_name = %s"
    everything = columns(embedded_postgres, asked, table)[table]

    assert changeable(role, table, everything) == CHANGES[table]
    assert {"person_id", "person_class", "id"} <= everything - CHANGES[table]


@contextmanager
def as_the_intake(server: EmbeddedPostgres) -> Iterator[None]:
    """Django's own connection as the role of the intake, as in its process."""
    usual = dict(connection.settings_dict)
    name = str(usual["NAME"])
    told = read_database_settings(server.home, {"QUANTRIET_DB_ROLE": "ingest"}) | {"NAME": name}
    connection.close()
    connection.settings_dict.update(told)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(usual)


def test_the_columns_are_enough_for_every_way_a_scan_ends(
    transactional_db: None, embedded_postgres: EmbeddedPostgres
) -> None:
    """Came after he was excused; went too early, so that the credit is taken back; came back."""
    town = Town()
    town.campaign.policy = {**town.campaign.policy, "minimum_share": 50}
    town.campaign.save()
    made.mark(town.site, [town.an], Act.EXCUSED, excuse="Ốm")
    phone = reader(town.site)
    ago = [timedelta(minutes=minutes) for minutes in (9, 6, 3)]
    acts = ("in", "out", "in")

    with as_the_intake(embedded_postgres):
        answers = [
            phone.send(phone.event(town.an, act, ago=before))[0].code
            for act, before in zip(acts, ago, strict=True)
        ]

    assert answers == [Code.CHANGED] * 3
    assert town.counts(Measure.PRESENT, Measure.EXCUSED) == [1, 0]
