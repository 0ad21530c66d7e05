"""The gate: what each role sees from where, the four nets, and a control for each."""

from dataclasses import dataclass

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from quantriet.core import scope
from quantriet.core.errors import NotFoundError
from quantriet.core.models import Scoped
from quantriet.core.scope import ScopeMissingError
from quantriet.org import access, checks
from quantriet.org.access import Actor
from quantriet.org.doors import public
from quantriet.org.models import Membership, Person, Unit
from quantriet.org.permissions import ROLES, Can, Reach
from tests import factories

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class House:
    """Own unit with all its neighbours; each holds one person named like its place."""

    province: Unit
    own: Unit
    child: Unit
    sibling: Unit
    foreign: Unit
    board: Unit
    front: Unit
    front_below: Unit
    sibling_front: Unit

    @property
    def named(self) -> dict[str, Unit]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@pytest.fixture
def house() -> House:
    province = factories.province()
    own = factories.commune(province, "Đảng bộ xã Của Mình")
    sibling = factories.commune(province, "Đảng bộ xã Bên Cạnh")
    front = factories.front(own)
    made = House(
        province=province,
        own=own,
        child=factories.cell(own, "Chi bộ Con"),
        sibling=sibling,
        foreign=factories.commune(factories.province("Đảng bộ tỉnh Khác"), "Đảng bộ xã Nơi Khác"),
        board=factories.body(own),
        front=front,
        front_below=factories.front(own, "Ban công tác Mặt trận ấp 1", parent=front),
        sibling_front=factories.front(sibling, "Mặt trận xã Bên Cạnh"),
    )
    for name, unit in made.named.items():
        factories.person(unit, f"Người {name}")
    return made


def seen(house: House, by: Actor, can: Can) -> set[str]:
    with access.acting(by):
        ids = set(access.units(by, can).values_list("pk", flat=True))
    return {name for name, unit in house.named.items() if unit.pk in ids}


INSIDE = {"own", "child", "board", "front", "front_below"}


@pytest.mark.parametrize("role", [role for role in ROLES.values() if role.reach is Reach.SUBTREE])
def test_authority_looks_down_and_nowhere_else(house: House, role: object) -> None:
    code = next(code for code, known in ROLES.items() if known is role)

    assert seen(house, factories.actor(code, house.own), Can.UNIT_READ) == INSIDE


def test_a_role_of_the_unit_sees_the_unit_and_one_of_oneself_sees_none(house: House) -> None:
    assert seen(house, factories.actor("lecturer", house.own), Can.CONFERENCE_READ) == {"own"}
    assert seen(house, factories.actor("member", house.own), Can.DOCUMENT_READ) == set()


def test_a_permission_the_role_lacks_opens_no_unit(house: House) -> None:
    assert seen(house, factories.actor("clerk", house.own), Can.UNIT_MANAGE) == set()


def test_a_board_looks_from_its_committee(house: House) -> None:
    assert seen(house, factories.actor("officer", house.board), Can.UNIT_READ) == INSIDE


def test_the_front_sees_its_own_tree_only(house: House) -> None:
    assert seen(house, factories.actor("front_officer", house.front), Can.UNIT_READ) == {
        "front",
        "front_below",
    }


@pytest.mark.parametrize("role", [*ROLES])
def test_all_powers_at_once_are_each_permission_asked_alone(house: House, role: str) -> None:
    by = factories.actor(role, house.own)
    with access.acting(by):
        for unit in (house.own, house.child, house.province, house.foreign):
            assert access.powers(by, unit) == {can for can in Can if access.may(by, can, unit)}


def test_a_foreign_unit_answers_exactly_like_a_missing_one(house: House) -> None:
    by = factories.actor("secretary", house.own)
    told = []
    with access.acting(by):
        for unit_id in (house.foreign.pk, house.sibling.pk, house.province.pk, 999_999_999):
            with pytest.raises(NotFoundError) as refusal:
                access.unit_or_404(by, Can.UNIT_READ, unit_id)
            told.append(
                (refusal.value.code, refusal.value.sentence, refusal.value.status, refusal.value.context)
            )

    assert all(one == told[0] for one in told)


# --- the second net: managers -------------------------------------------------------------------------------


def test_reading_people_outside_a_scope_raises(house: House) -> None:
    with pytest.raises(ScopeMissingError):
        Person.objects.all()
    with pytest.raises(ScopeMissingError):
        Membership.objects.count()


def test_control_within_a_scope_the_same_read_answers(house: House) -> None:
    with access.acting(factories.actor("secretary", house.own)):
        assert Person.objects.count() == len(INSIDE)


# --- the third net: row-level policies ----------------------------------------------------------------------


def names_by_sql() -> set[str]:
    """All names the database gives when no line of ours filters."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT full_name FROM org_person")
        return {row[0].removeprefix("Người ") for row in cursor.fetchall()}


def test_without_any_filter_of_ours_the_database_still_hides_rows(house: House) -> None:
    with access.acting(factories.actor("secretary", house.own)):
        assert names_by_sql() == INSIDE


def test_control_the_house_sees_every_row_through_the_same_query(house: House) -> None:
    with factories.looking_everywhere():
        assert names_by_sql() == set(house.named)


def test_no_scope_and_an_empty_scope_are_no_row(house: House) -> None:
    assert names_by_sql() == set()
    with scope.use(scope.Scope(roots=(), reader="test")):
        assert names_by_sql() == set()


def test_one_connection_used_by_two_actors_shows_each_his_own(house: House) -> None:
    first = factories.actor("secretary", house.own)
    second = factories.actor("secretary", house.sibling)
    found = []
    for by in (first, second, first):
        with access.acting(by):
            found.append(names_by_sql())
        found.append(names_by_sql())

    assert found == [INSIDE, set(), {"sibling", "sibling_front"}, set(), INSIDE, set()]


def test_a_scope_inside_another_gives_the_outer_one_back(house: House) -> None:
    with access.acting(factories.actor("secretary", house.own)):
        with access.acting(factories.actor("secretary", house.sibling)):
            inner = names_by_sql()
        outer = names_by_sql()

    assert (inner, outer) == ({"sibling", "sibling_front"}, INSIDE)


def test_a_member_sees_his_own_row_only(house: House) -> None:
    person = factories.person(house.child, "Người chính mình")
    with access.acting(factories.actor("member", house.child, of=person)):
        assert names_by_sql() == {"chính mình"}


def test_rows_cannot_be_written_into_a_foreign_unit(house: House) -> None:
    with access.acting(factories.actor("secretary", house.own)):
        moved = Person.objects.filter(full_name="Người sibling").update(full_name="Đã sửa")

    assert moved == 0


def test_the_application_is_no_superuser_and_cannot_pass_by_the_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)


def test_every_table_with_rows_about_people_forces_its_policies() -> None:
    tables = {
        model._meta.db_table
        for model in checks.personal_models()
        if issubclass(model, Scoped)
        and (model is Person or any(field.related_model is Person for field in model._meta.concrete_fields))
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        walled = {row[0] for row in cursor.fetchall()}

    assert tables - walled == set()


# --- the first net: every route states its door -------------------------------------------------------------


def _open_view(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ai cũng xem được")


class _WithoutDoor:
    urlpatterns = [path("khong-cua/", _open_view)]


@public("a test")
def _known_view(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


class _WithDoor:
    urlpatterns = [path("co-cua/", _known_view)]


def test_every_route_of_the_site_has_a_door() -> None:
    assert checks.every_route_has_a_door() == []


def test_control_a_route_without_a_door_fails_the_check() -> None:
    with override_settings(ROOT_URLCONF=_WithoutDoor):
        told = [error.id for error in checks.every_route_has_a_door()]
    with override_settings(ROOT_URLCONF=_WithDoor):
        quiet = checks.every_route_has_a_door()

    assert (told, quiet) == (["gate.E001"], [])
