"""Search by name: beginnings of words in any order, and never beyond the scope."""

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from quantriet.core.scope import ScopeMissingError
from quantriet.org import access
from quantriet.org.models import Person, Unit
from quantriet.org.queries import people
from quantriet.web.postgres import EmbeddedPostgres
from tests import factories

pytestmark = pytest.mark.django_db

NAMES = (
    "Nguyễn Văn An",
    "Nguyễn Thị Anh",
    "Nguyễn Văn Lan",
    "Phạm Hoàng An",
    "Đỗ Thị Án Nguyệt",
    "Lê 100%_A",
)


@pytest.fixture
def cell() -> Unit:
    unit = factories.cell(factories.province())
    for name in NAMES:
        factories.person(unit, name)
    return unit


def found(text: str, at: Unit) -> set[str]:
    with access.acting(factories.actor("secretary", at)):
        return set(Person.objects.filter(pk__in=people.named(text)).values_list("full_name", flat=True))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("nguyen van an", {"Nguyễn Văn An"}),
        ("an nguyen", {"Nguyễn Văn An", "Nguyễn Thị Anh"}),
        ("ÁN", {"Nguyễn Văn An", "Nguyễn Thị Anh", "Phạm Hoàng An", "Đỗ Thị Án Nguyệt"}),
        ("nguy", {"Nguyễn Văn An", "Nguyễn Thị Anh", "Nguyễn Văn Lan", "Đỗ Thị Án Nguyệt"}),
        ("đo thi", {"Đỗ Thị Án Nguyệt"}),
        ("oang", set()),
        ("100%_", {"Lê 100%_A"}),
        ("1%", set()),
        ("1_0", set()),
        ("\\", set()),
        ("   ", set()),
    ],
)
def test_each_word_begins_a_word_of_the_name(text: str, names: set[str], cell: Unit) -> None:
    assert found(text, cell) == names


def test_a_changed_name_is_found_by_what_it_is_now(cell: Unit) -> None:
    by = factories.operator()
    with access.acting(by):
        person = Person.objects.get(full_name="Phạm Hoàng An")
        person.full_name, person.folded = "Phạm Hoàng Yến", "pham hoang yen"
        person.save()

    assert (found("pham yen", cell), found("pham an", cell)) == ({"Phạm Hoàng Yến"}, set())


def test_the_search_sees_the_scope_and_nothing_else(cell: Unit) -> None:
    foreign = factories.cell(factories.province("Đảng bộ tỉnh Khác"))
    factories.person(foreign, "Nguyễn Văn Ẩn")

    assert found("nguyen van an", cell) == {"Nguyễn Văn An"}
    assert found("nguyen van an", foreign) == {"Nguyễn Văn Ẩn"}
    with factories.looking_everywhere():
        assert len(people.named("nguyen van an")) == 2


def test_without_a_scope_the_function_of_the_database_finds_nobody(cell: Unit) -> None:
    with pytest.raises(ScopeMissingError):
        people.named("nguyen")
    with connection.cursor() as cursor:
        cursor.execute("SELECT org_people_named('{% nguyen%}')")
        assert cursor.fetchall() == []


@pytest.mark.parametrize("ask", ["SELECT * FROM", "DELETE FROM", "TRUNCATE"])
def test_the_names_of_the_house_are_nobodys_to_read(ask: str, cell: Unit) -> None:
    refused = pytest.raises(DatabaseError, match="permission denied")
    with factories.looking_everywhere(), connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(f"{ask} org_personname")


def test_the_page_of_people_finds_the_same(cell: Unit) -> None:
    by = factories.actor("secretary", cell)
    with access.acting(by):
        assert [one.full_name for one in people.search(by, "an ng")] == [
            "Nguyễn Văn An",
            "Nguyễn Thị Anh",
            "Đỗ Thị Án Nguyệt",
        ]
        assert people.search(by, "") == []


OPENED = """
CREATE OR REPLACE FUNCTION org_people_named(patterns text[]) RETURNS SETOF bigint LANGUAGE sql SECURITY DEFINER AS $$
    SELECT set_config('quantriet.scope', '{*}', true);
    SELECT id FROM org_person WHERE ' ' || folded LIKE ALL (patterns);
$$;
SET LOCAL ROLE quantriet_app
"""


def test_control_a_function_that_opened_its_own_scope_would_find_everybody(
    transactional_db: None, embedded_postgres: EmbeddedPostgres
) -> None:
    factories.person(factories.cell(factories.province()), "Nguyễn Văn Ẩn")
    asked = "SELECT count(*) FROM org_people_named('{% nguyen%}')"
    with psycopg.connect(embedded_postgres.admin_dsn(str(settings.DATABASES["default"]["NAME"]))) as admin:
        admin.execute("SET ROLE quantriet_app")
        walled = admin.execute(asked).fetchall()
        admin.execute("RESET ROLE")
        admin.execute(OPENED)
        opened = admin.execute(asked).fetchall()
        admin.rollback()

    assert (walled, opened) == ([(0,)], [(1,)])
