"""Every page of floor 1 over real rows of own, child, parent, sibling and foreign units: canaries in the body."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quantriet.org import access
from quantriet.org.commands import imports as import_commands
from quantriet.org.commands import own_data
from quantriet.org.models import AccessEvent, Account, DataRequest, Import, Person, RoleAssignment, Unit
from tests import factories

pytestmark = pytest.mark.django_db

PLACES = ("own", "child", "parent", "sibling", "foreign")
WITHIN = {"own", "child"}


@dataclass(frozen=True)
class Rows:
    """What stands at one place: a unit, a person with an account, an open request, an import."""

    unit: Unit
    person: Person
    account: int
    assignment: int
    request: int
    file: int

    @property
    def canaries(self) -> tuple[str, ...]:
        return (self.unit.name, self.person.full_name)


@pytest.fixture
def rows(settings: Any, tmp_path: Any) -> dict[str, Rows]:
    settings.FILES_ROOT = tmp_path / "files"
    parent = factories.province("Đảng bộ tỉnh Hoàng Yến")
    own = factories.commune(parent, "Đảng bộ xã Chim Sâu")
    units = {
        "own": own,
        "child": factories.cell(own, "Chi bộ Bồ Câu"),
        "parent": parent,
        "sibling": factories.commune(parent, "Đảng bộ xã Họa Mi"),
        "foreign": factories.commune(factories.province("Đảng bộ tỉnh Xa"), "Đảng bộ xã Vành Khuyên"),
    }
    return {name: _rows_at(unit, f"Nguyễn Canary {name.title()}") for name, unit in units.items()}


def _rows_at(unit: Unit, name: str) -> Rows:
    person = factories.person(unit, name, birth_date=date(1980, 1, 1), post="head")
    account = factories.account("secretary", unit, of=person)
    himself = access.actor(account)
    assert himself is not None
    with access.acting(himself):
        request = own_data.ask(person, kind="correct", text=f"Sửa tên {name}", by=himself)
    content = f"Họ và tên,Mã\n{name} Mới,{unit.pk}\n".encode()
    with access.acting(factories.operator()) as by:
        file = import_commands.stage(content, file_name=f"{name}.csv", kind="people", unit=unit, by=by)
    assignment = RoleAssignment.objects.get(account=account)
    return Rows(unit, person, account.pk, assignment.pk, request.pk, file.pk)


@pytest.fixture
def client(rows: dict[str, Rows]) -> Client:
    return factories.signed_in(factories.account("administrator", rows["own"].unit))


def address(name: str, at: Rows) -> str:
    ids = {
        "unit": [at.unit.pk],
        "unit-edit": [at.unit.pk],
        "unit-people": [at.unit.pk],
        "unit-accounts": [at.unit.pk],
        "person": [at.person.pk],
        "person-edit": [at.person.pk],
        "data-request": [at.request],
        "import": [at.file],
        "import-faults": [at.file],
    }
    return reverse(name, args=ids[name])


SINGLE = (
    "unit",
    "unit-edit",
    "unit-people",
    "unit-accounts",
    "person",
    "person-edit",
    "data-request",
    "import",
)
LISTS = ("units", "unit-search", "people", "data-requests", "imports", "roles", "my-account")


@pytest.mark.parametrize("name", SINGLE)
def test_a_page_of_a_foreign_row_answers_like_one_that_does_not_exist(
    rows: dict[str, Rows], client: Client, name: str
) -> None:
    missing = client.get(reverse(name, args=[999_999_999]))
    status = {}
    leaked = []
    for place, at in rows.items():
        response = client.get(address(name, at))
        status[place] = response.status_code
        if place not in WITHIN:
            body = response.content.decode()
            leaked += [word for word in at.canaries if word in body]
            assert response.status_code == missing.status_code

    assert status == {place: 200 if place in WITHIN else 404 for place in PLACES}
    assert leaked == []


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("q", ["", "canary", "dang bo", "chi bo"])
def test_lists_hold_nobody_from_outside(rows: dict[str, Rows], client: Client, name: str, q: str) -> None:
    body = client.get(reverse(name), {"q": q}, follow=True).content.decode()
    outside = [
        word
        for place, at in rows.items()
        if place not in WITHIN
        for word in at.canaries
        if word in body and not (place == "parent" and word == at.unit.name)
    ]

    assert outside == []


def test_control_the_same_lists_show_the_insiders(rows: dict[str, Rows], client: Client) -> None:
    people = client.get(reverse("people"), {"q": "CANARY"}).content.decode()
    units = client.get(reverse("unit-search"), {"q": "bo cau"}).content.decode()

    assert [name for name in PLACES if rows[name].person.full_name in people] == ["own", "child"]
    assert rows["child"].unit.name in units


WRITES: tuple[tuple[str, dict[str, object]], ...] = (
    ("unit-edit", {"name": "Bị sửa", "member_count": 1, "seen": "x"}),
    ("person-edit", {"full_name": "Bị sửa", "seen": "x"}),
    ("data-request", {"answer": "Bị trả lời"}),
)


@pytest.mark.parametrize(("name", "data"), WRITES)
@pytest.mark.parametrize("place", ["parent", "sibling", "foreign"])
def test_nothing_outside_can_be_written(
    rows: dict[str, Rows], client: Client, name: str, data: dict[str, object], place: str
) -> None:
    response = client.post(address(name, rows[place]), data)

    assert response.status_code == 404
    with factories.looking_everywhere():
        assert not Person.objects.filter(full_name="Bị sửa").exists()
        assert not Unit.objects.filter(name="Bị sửa").exists()
        assert not DataRequest.objects.filter(answer="Bị trả lời").exists()


@pytest.mark.parametrize("place", ["parent", "sibling", "foreign"])
def test_accounts_outside_cannot_be_touched(rows: dict[str, Rows], client: Client, place: str) -> None:
    at = rows[place]
    own = rows["own"].unit.pk
    answers = [
        client.post(reverse("role-revoke", args=[at.assignment])),
        client.post(reverse("accounts-reset", args=[at.unit.pk]), {"account": at.account}),
        client.post(reverse("accounts-reset", args=[own]), {"account": at.account}),
        client.post(reverse("role-grant", args=[own]), {"account": at.account, "role": "clerk"}),
        client.post(reverse("account-close", args=[own, at.account])),
        client.post(reverse("accounts-open", args=[own]), {"person": at.person.pk, "role": "member"}),
        client.post(reverse("import-do", args=[at.file])),
        client.post(reverse("import-check", args=[at.file])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 422, 404, 404, 422, 404, 404]
    assert RoleAssignment.objects.filter(pk=at.assignment, to_on=None).exists()
    with factories.looking_everywhere():
        assert Import.objects.get(pk=at.file).state == "staged"


def test_opening_a_person_is_written_down_once_an_hour_and_he_reads_who(
    rows: dict[str, Rows], client: Client
) -> None:
    at = rows["child"]
    client.get(address("person", at))
    client.get(address("person", at))
    with factories.looking_everywhere():
        noted = list(AccessEvent.objects.filter(page="person").values_list("person", flat=True))
    own = factories.signed_in(Account.objects.get(pk=at.account))
    body = own.get(reverse("my-data")).content.decode()

    assert noted == [at.person.pk]
    assert "Tài khoản administrator" in body


@pytest.mark.parametrize("name", ["unit-people", "unit-accounts"])
def test_lists_cost_the_same_number_of_queries_for_one_row_and_for_three(
    rows: dict[str, Rows], client: Client, name: str
) -> None:
    page = address(name, rows["child"])
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        client.get(page)
    for number in range(2):
        factories.account(
            "member", rows["child"].unit, of=factories.person(rows["child"].unit, f"Thêm {number}")
        )
    with CaptureQueriesContext(connection) as three:
        client.get(page)

    assert len(one) == len(three)


def test_the_tree_costs_the_same_number_of_queries_for_one_child_and_for_three(
    rows: dict[str, Rows], client: Client
) -> None:
    page = address("unit", rows["own"])
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        client.get(page)
    factories.cell(rows["own"].unit, "Chi bộ 2")
    factories.cell(rows["own"].unit, "Chi bộ 3")
    with CaptureQueriesContext(connection) as three:
        client.get(page)

    assert len(one) == len(three)


@pytest.mark.parametrize("name", ["data-requests", "imports"])
def test_the_lists_of_work_cost_the_same_number_of_queries(
    rows: dict[str, Rows], client: Client, name: str
) -> None:
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as two:
        client.get(reverse(name))
    for number in range(2):
        _rows_at(rows["child"].unit, f"Thêm {number}")
    with CaptureQueriesContext(connection) as four:
        client.get(reverse(name))

    assert len(two) == len(four)
