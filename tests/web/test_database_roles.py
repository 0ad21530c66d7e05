import uuid
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from quantriet.web import database_roles
from quantriet.web.postgres import EmbeddedPostgres


@pytest.fixture
def name(embedded_postgres: EmbeddedPostgres) -> Iterator[str]:
    """A database name of our own; the database goes afterwards."""
    made = f"phòng_{uuid.uuid4().hex[:8]}"
    yield made
    with psycopg.connect(embedded_postgres.admin_dsn(), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(made)))


def rights(server: EmbeddedPostgres, name: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.admin_dsn(name)) as admin:
        return admin.execute(
            "SELECT rolname, has_database_privilege(rolname, current_database(), 'CONNECT'),"
            " has_database_privilege(rolname, current_database(), 'TEMP'),"
            " has_schema_privilege(rolname, 'public', 'USAGE'),"
            " has_schema_privilege(rolname, 'public', 'CREATE')"
            " FROM pg_roles WHERE rolname LIKE 'quantriet%' OR rolname = 'pg_monitor' ORDER BY rolname"
        ).fetchall()


def test_preparing_twice_gives_what_once_gives(embedded_postgres: EmbeddedPostgres, name: str) -> None:
    database_roles.prepare(embedded_postgres.admin_dsn(), name)
    once = rights(embedded_postgres, name)
    database_roles.prepare(embedded_postgres.admin_dsn(), name)

    assert once == rights(embedded_postgres, name)
    assert once == [
        ("pg_monitor", False, False, False, False),  # whoever is not ours
        ("quantriet_app", True, True, True, False),
        ("quantriet_ingest", True, False, True, False),
        ("quantriet_owner", True, True, True, True),
        ("quantriet_portal", True, False, True, False),
        ("quantriet_worker", True, True, True, False),
    ]


def test_a_role_that_became_too_strong_is_brought_back(
    embedded_postgres: EmbeddedPostgres, name: str
) -> None:
    with psycopg.connect(embedded_postgres.admin_dsn(), autocommit=True) as admin:
        admin.execute("ALTER ROLE quantriet_portal BYPASSRLS")

        database_roles.prepare(embedded_postgres.admin_dsn(), name)

        found = admin.execute(
            "SELECT rolbypassrls FROM pg_roles WHERE rolname = 'quantriet_portal'"
        ).fetchone()
    assert found == (False,)


def test_an_administrator_who_is_no_superuser_can_prepare(
    embedded_postgres: EmbeddedPostgres, name: str
) -> None:
    """As on a hosted server: its administrator makes roles and databases and is still bound by rules."""
    admin_name = f"admin_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(embedded_postgres.admin_dsn(), autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD 'tạm'").format(
                sql.Identifier(admin_name)
            )
        )
        version = admin.info.server_version
        # Roles of the cluster exist already: from 16 on an administrator must have been given them.
        if version >= 160000:
            for role in database_roles.ROLES:
                admin.execute(
                    sql.SQL("GRANT {} TO {} WITH ADMIN OPTION").format(
                        sql.Identifier(database_roles.role_name(role)), sql.Identifier(admin_name)
                    )
                )
    hosted = psycopg.conninfo.make_conninfo(embedded_postgres.admin_dsn(), user=admin_name, password="tạm")

    database_roles.prepare(hosted, name)

    found = rights(embedded_postgres, name)
    with psycopg.connect(embedded_postgres.admin_dsn(), autocommit=True) as admin:
        for statement, which in (
            ("DROP DATABASE {}", name),
            ("DROP OWNED BY {}", admin_name),
            ("DROP ROLE {}", admin_name),
        ):
            admin.execute(sql.SQL(statement).format(sql.Identifier(which)))
    assert found[1] == ("quantriet_app", True, True, True, False)
