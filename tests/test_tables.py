"""What the tests' tables are made from, and that put back from a dump they are what the migrations left."""

import re
from pathlib import Path

import psycopg
import pytest

from quantriet.web import database_roles
from quantriet.web.postgres import EmbeddedPostgres
from tests import tables

WRITTEN = {
    "quantriet/__init__.py": "",
    "quantriet/a/__init__.py": "",
    "quantriet/a/migrations/__init__.py": "",
    "quantriet/a/migrations/0001_initial.py": "from quantriet.core import policies\n",
    "quantriet/a/models.py": "import quantriet.a.kinds\n",
    "quantriet/a/kinds.py": "KINDS = 1\n",
    "quantriet/core/__init__.py": "",
    "quantriet/core/policies.py": "from quantriet.core.words import RULE\n",
    "quantriet/core/words.py": "RULE = 1\n",
}
BESIDE = {
    "quantriet/a/pages.py": "from quantriet.a import models\n",
    "quantriet/core/text.py": "import re\n",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A small source, some of which has a say in its tables."""
    for name, text in {**WRITTEN, **BESIDE}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_what_migrations_and_models_import_at_any_remove_has_a_say(source: Path) -> None:
    assert tables.files(source) == {source / name for name in WRITTEN}


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_a_change_of_what_has_a_say_makes_the_tables_anew(source: Path, name: str) -> None:
    before = tables.fingerprint(source)
    (source / name).write_text("ANOTHER = 1\n", encoding="utf-8")

    assert tables.fingerprint(source) != before


def test_a_change_of_a_page_keeps_them(source: Path) -> None:
    before = tables.fingerprint(source)
    for name in BESIDE:
        (source / name).write_text("ANOTHER = 1\n", encoding="utf-8")

    assert tables.fingerprint(source) == before


def test_put_back_they_are_what_was_dumped(
    django_db_setup: None, embedded_postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    made, again = f"template_quantriet_{tables.fingerprint()}", "test_put_back"
    tables.dump(embedded_postgres, made, tmp_path / "tables.dump")
    database_roles.prepare(embedded_postgres.admin_dsn(), again)
    tables.put_back(embedded_postgres, again, tmp_path / "tables.dump")

    described = [_described(embedded_postgres, name) for name in (made, again)]
    with psycopg.connect(embedded_postgres.admin_dsn(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {again}")

    assert any("FORCE ROW LEVEL SECURITY" in line for line in described[0])
    assert described[0] == described[1]


def _described(server: EmbeddedPostgres, name: str) -> list[str]:
    """A whole database in words, without the clock of its server and the word drawn for each dump."""
    said = tables.run("pg_dump", "--exclude-table-data=ledger_clock", f"--dbname={server.admin_dsn(name)}")
    return [
        # A list of words is written in two ways that mean the same: as it was given, and as it was read again.
        re.sub(r"[()]|::text(\[\])?", "", line) if "= ANY (" in line else line
        for line in said.splitlines()
        if not line.startswith(("\\restrict", "\\unrestrict"))
    ]
