"""The roles of the database: who owns the tables, who works with them, and who may do nothing unasked.

Row-level security binds neither superusers nor, unforced, the owner of a table. So the processes never
connect as either: the owner runs migrations, the others get what is granted here or by a migration.
"""

import argparse
import secrets
import sys
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import psycopg
from psycopg import sql

PREFIX = "quantriet_"
OWNER = "owner"
WORKING = ("app", "worker")
"""Read and write every table by default; row-level security narrows the rows."""
NARROW = ("ingest", "portal")
"""Get nothing by default: a migration grants them the few tables and columns they need."""
ROLES = (OWNER, *WORKING, *NARROW)
EXTENSIONS = ("ltree", "btree_gist", "pg_trgm")
_LOCK = 7_184_301_955  # any number, the same everywhere: two preparations of one server take turns


def main(arguments: Sequence[str] | None = None) -> int:
    """``prepare-database ADMIN_URL [NAME]``: prepare a server, draw passwords, print the environment's lines.

    Every run draws new passwords: the processes need the printed lines from then on.
    """
    parser = argparse.ArgumentParser(
        prog="quantriet prepare-database", description="Prepare a PostgreSQL server."
    )
    parser.add_argument("admin_url", help="postgresql://admin:password@host:port/postgres")
    parser.add_argument("name", nargs="?", default="quantriet", help="the database to make (quantriet)")
    said = parser.parse_args(arguments)
    passwords = {role: secrets.token_urlsafe(24) for role in ROLES}
    prepare(said.admin_url, said.name, passwords=passwords)
    with psycopg.connect(said.admin_url) as connection:
        host, port = connection.info.host, connection.info.port
    for role, password in passwords.items():
        variable = "DATABASE_URL" if role == "app" else f"QUANTRIET_{role.upper()}_DATABASE_URL"
        # A host that is a folder of sockets must be escaped; a name stays as it is.
        address = f"{role_name(role)}:{password}@{quote(host, safe='')}:{port}/{quote(said.name)}"
        sys.stdout.write(f"{variable}=postgresql://{address}\n")
    return 0


def role_name(role: str) -> str:
    """The name in the database of the role ``app``, ``owner`` …"""
    return PREFIX + role


def prepare(admin_dsn: str, database: str, *, passwords: Mapping[str, str] | None = None) -> None:
    """Make roles, database, extensions and default rights on any server from 15 on. May be repeated.

    ``admin_dsn`` is a superuser, or on a hosted server a user with CREATEROLE and CREATEDB. ``passwords``
    maps roles (``app`` …) to passwords; a role that is not named keeps the one it has.
    """
    with psycopg.connect(admin_dsn, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        for role in ROLES:
            _role(server, role_name(role), (passwords or {}).get(role))
        _join_owner(server)
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            # template0: nothing that somebody left in the server's own template comes along.
            server.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(database), sql.Identifier(role_name(OWNER))
                )
            )
        # A new connection below: the lock is held until it has done its part.
        with psycopg.connect(admin_dsn, dbname=database) as connection:
            _rights(connection, database)


def _role(server: psycopg.Connection, name: str, password: str | None) -> None:
    role = sql.Identifier(name)
    attributes = server.execute(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = %s", [name]
    ).fetchone()
    if attributes is None:
        server.execute(
            sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE").format(role)
        )
    elif any(attributes):  # only then: on a hosted server not even "NO…" may be said without need
        server.execute(sql.SQL("ALTER ROLE {} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE").format(role))
    if password is not None:
        # Hashed here, so that no statement log ever holds the password.
        hashed = server.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
        server.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(hashed)))


def _join_owner(server: psycopg.Connection) -> None:
    """An administrator who is no superuser must be a member of the owner to act in its name."""
    row = server.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if row is not None and not row[0]:
        server.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role_name(OWNER))))


def _rights(connection: psycopg.Connection, database: str) -> None:
    for extension in EXTENSIONS:
        connection.execute(
            sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA public").format(sql.Identifier(extension))
        )
    words = {
        "database": sql.Identifier(database),
        "owner": sql.Identifier(role_name(OWNER)),
        "working": sql.SQL(", ").join(sql.Identifier(role_name(role)) for role in WORKING),
        "all_but_owner": sql.SQL(", ").join(sql.Identifier(role_name(role)) for role in (*WORKING, *NARROW)),
    }
    in_public = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
    for statement in (
        "ALTER DATABASE {database} OWNER TO {owner}",
        "ALTER DATABASE {database} SET timezone TO 'UTC'",
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {all_but_owner}",
        "GRANT TEMPORARY ON DATABASE {database} TO {working}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
        "GRANT USAGE ON SCHEMA public TO {all_but_owner}",
        # PostgreSQL lets everybody execute every function; taken back for ours, in all schemas.
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        f"{in_public} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {{working}}",
        f"{in_public} GRANT USAGE, SELECT ON SEQUENCES TO {{working}}",
        f"{in_public} GRANT EXECUTE ON FUNCTIONS TO {{working}}",
    ):
        connection.execute(sql.SQL(statement).format(**words))


if __name__ == "__main__":
    sys.exit(main())
