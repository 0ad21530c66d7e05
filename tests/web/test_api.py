"""The API: who may ask, what is told, how a refusal looks, a write asked twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path
from django.utils import timezone
from ninja import NinjaAPI, Schema, Status
from ninja.openapi.schema import OpenAPISchema

from quantriet.core.errors import DomainError
from quantriet.core.models import KeptAnswer
from quantriet.org import access, audit, checks
from quantriet.org.doors import ActorRequest, endpoint, public
from quantriet.org.models import Account, AuditEvent, Unit
from quantriet.org.permissions import Can
from quantriet.web import api as web_api
from quantriet.web import tokens
from quantriet.web.models import ApiToken
from tests import factories

pytestmark = pytest.mark.django_db


class Wish(Schema):
    """A body."""

    title: str


class Granted(Schema):
    """An answer."""

    number: int


writing = web_api.HouseAPI(
    urls_namespace="test-writing",
    openapi_url=None,
    docs_url=None,
    auth=[web_api.TokenAuth(), web_api.SessionAuth()],
)
for _error, _handler in list(web_api.api._exception_handlers.items()):
    writing.add_exception_handler(_error, _handler)


@writing.post("/wishes", response={201: Granted})
@endpoint(Can.UNIT_READ)
def wish(request: ActorRequest, body: Wish) -> Status[Granted]:
    if body.title == "không":
        raise DomainError("wish.refused", "Điều này không được. Chưa ghi gì.", title=body.title)
    event = audit.record(
        request.actor, "wish", Unit.objects.get(pk=request.actor.unit_id), unit=request.actor.unit_id
    )
    return Status(201, Granted(number=event.pk))


undoored = NinjaAPI(urls_namespace="test-undoored", openapi_url=None, docs_url=None)


@undoored.get("/open")
def forgotten(request: ActorRequest) -> str:
    return "no door"


urlpatterns = [path("api/v1/", writing.urls)]


def key_of(account: Account, unit: Unit, *scopes: Can) -> str:
    with access.acting(factories.operator()):
        label = f"thử {ApiToken.objects.count()}"
        return tokens.create(account, unit, label=label, scopes=scopes, days=30, by=factories.operator())[1]


def ask(key: str, address: str) -> tuple[int, Any]:
    answer = Client().get(f"/api/v1{address}", headers={"Authorization": f"Bearer {key}"})
    return answer.status_code, answer.json()


def post(key: str, body: dict[str, Any], **headers: str) -> tuple[int, Any]:
    answer = Client().post(
        "/api/v1/wishes",
        body,
        content_type="application/json",
        headers={
            "Authorization": f"Bearer {key}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )
    return answer.status_code, answer.json()


def test_a_token_is_its_account_narrowed_to_its_scopes() -> None:
    unit = factories.province()
    key = key_of(factories.account("officer", unit), unit, Can.HOME, Can.UNIT_READ)

    status, told = ask(key, "/me")

    assert (status, told["unit_id"], told["roles"], told["permissions"]) == (
        200,
        unit.pk,
        ["officer"],
        ["home", "unit_read"],
    )


def test_a_token_may_not_do_what_its_scopes_do_not_name() -> None:
    unit = factories.province()
    account = factories.account("officer", unit)

    narrow = ask(key_of(account, unit, Can.HOME), "/units")
    wide = ask(key_of(account, unit, Can.HOME, Can.UNIT_READ), "/units")

    assert (narrow[0], narrow[1]["code"], wide[0]) == (403, "gate.forbidden", 200)


@pytest.mark.parametrize("end", ["revoked", "expired", "no role any more", "account closed", "unknown"])
def test_a_dead_key_opens_nothing(end: str) -> None:
    unit = factories.province()
    account = factories.account("officer", unit)
    key = key_of(account, unit, Can.HOME)
    assert ask(key, "/me")[0] == 200

    token = ApiToken.objects.get()
    if end == "revoked":
        with access.acting(factories.operator()):
            tokens.revoke(token, by=factories.operator())
    elif end == "expired":
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif end == "no role any more":
        account.assignments.all().delete()
    elif end == "account closed":
        Account.objects.update(is_active=False)
    else:
        key = tokens.PREFIX + "x" * 43
    answer = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {key}"})

    assert (answer.status_code, answer.headers["WWW-Authenticate"], answer.headers["Content-Type"]) == (
        401,
        "Bearer",
        "application/problem+json",
    )
    assert answer.json()["code"] == "api.sign_in"


def test_the_key_itself_is_not_kept() -> None:
    unit = factories.province()
    key = key_of(factories.account("officer", unit), unit, Can.HOME)

    kept = ApiToken.objects.values().get()

    assert [
        value for value in kept.values() if key in str(value) or key.removeprefix("qt_") in str(value)
    ] == []


def test_a_token_is_never_given_more_than_its_account_has() -> None:
    unit = factories.province()

    with pytest.raises(DomainError) as refused:
        key_of(factories.account("member", unit), unit, Can.UNIT_MANAGE)

    assert (refused.value.code, ApiToken.objects.count()) == ("token.scopes", 0)


def test_units_come_in_pages_that_join_without_gap() -> None:
    top = factories.province()
    below = [factories.commune(top, f"Xã {number}") for number in range(4)]
    factories.province("Tỉnh khác")
    key = key_of(factories.account("officer", top), top, Can.UNIT_READ)

    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        _status, told = ask(key, f"/units?limit=2&cursor={cursor}")
        seen += [unit["id"] for unit in told["items"]]
        cursor = told["next"]

    assert seen == [top.pk, *(unit.pk for unit in below)]


def test_a_foreign_unit_answers_like_one_that_is_not_there() -> None:
    top = factories.province()
    other = factories.province("Tỉnh khác")
    key = key_of(factories.account("officer", top), top, Can.UNIT_READ)

    own, foreign, none = (ask(key, f"/units/{number}") for number in (top.pk, other.pk, 999_999_999))

    assert (own[0], own[1]["name"], own[1]["parent_id"]) == (200, top.name, None)
    assert foreign == none
    assert foreign[0] == 404


@pytest.mark.parametrize(
    "address",
    [
        "/units/0",
        "/units/99999999999999999999",
        "/units/x",
        "/units?limit=0",
        "/units?cursor=%00",
        "/units?cursor=AAAA",
        "/units?cursor=WyJ4Il0=",
    ],
)
def test_nonsense_is_told_as_a_problem(address: str) -> None:
    unit = factories.province()
    key = key_of(factories.account("officer", unit), unit, Can.UNIT_READ)

    status, told = ask(key, address)

    assert (status, sorted(set(told) & {"type", "title", "status", "detail", "code"})) == (
        422,
        ["code", "detail", "status", "title", "type"],
    )


def test_the_number_of_queries_does_not_grow_with_the_units() -> None:
    top = factories.province()
    key = key_of(factories.account("officer", top), top, Can.UNIT_READ)
    counts = []
    for number in range(3):
        factories.commune(top, f"Xã {number}")
        with CaptureQueriesContext(connection) as queries:
            ask(key, "/units")
        counts.append(len(queries))

    assert counts[1] == counts[2]


def test_a_page_asks_with_its_session() -> None:
    unit = factories.province()
    client = factories.signed_in(factories.account("clerk", unit))

    assert client.get("/api/v1/me").json()["roles"] == ["clerk"]


@override_settings(ROOT_URLCONF="tests.web.test_api")
def test_a_session_writes_only_with_the_token_of_the_page() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.account("clerk", factories.province()))

    answer = client.post("/api/v1/wishes", {"title": "một"}, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (403, "api.csrf")


@override_settings(ROOT_URLCONF="tests.web.test_api")
def test_a_write_asked_twice_is_done_once_and_answered_alike() -> None:
    unit = factories.province()
    key = key_of(factories.account("clerk", unit), unit, Can.UNIT_READ)

    first = post(key, {"title": "một"}, Idempotency_Key="k1")
    again = post(key, {"title": "một"}, Idempotency_Key="k1")
    other_body = post(key, {"title": "hai"}, Idempotency_Key="k1")
    other_key = post(key, {"title": "một"}, Idempotency_Key="k2")

    assert (first[0], again) == (201, first)
    assert (other_body[0], other_body[1]["code"]) == (422, "api.key_reused")
    assert other_key[1]["number"] != first[1]["number"]
    assert AuditEvent.objects.filter(action="wish").count() == 2


@override_settings(ROOT_URLCONF="tests.web.test_api")
def test_without_a_key_every_write_counts() -> None:
    """The control: the key is what holds."""
    unit = factories.province()
    key = key_of(factories.account("clerk", unit), unit, Can.UNIT_READ)

    post(key, {"title": "một"})
    post(key, {"title": "một"})

    assert AuditEvent.objects.filter(action="wish").count() == 2


@override_settings(ROOT_URLCONF="tests.web.test_api")
def test_a_refused_write_keeps_nothing_and_may_be_sent_again() -> None:
    unit = factories.province()
    key = key_of(factories.account("clerk", unit), unit, Can.UNIT_READ)

    status, told = post(key, {"title": "không"}, Idempotency_Key="k1")

    assert (status, told) == (
        422,
        {
            "type": "urn:quantriet:wish.refused",
            "title": "Refused by a rule",
            "status": 422,
            "detail": "Điều này không được. Chưa ghi gì.",
            "code": "wish.refused",
            "context": {"title": "không"},
        },
    )
    assert KeptAnswer.objects.count() == 0


@override_settings(ROOT_URLCONF="tests.web.test_api")
def test_an_unreadable_body_is_told_as_a_problem() -> None:
    unit = factories.province()
    key = key_of(factories.account("clerk", unit), unit, Can.UNIT_READ)

    answer = Client().post(
        "/api/v1/wishes", "{", content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "api.unreadable")


def test_an_operation_without_a_door_stops_the_start() -> None:
    with_door, without = (list(api.urls[0]) for api in (writing, undoored))

    stated = {str(route.pattern): checks.states_its_door(route.callback) for route in (*with_door, *without)}

    assert (stated["wishes"], stated["open"]) == (True, False)


def described_twice(monkeypatch: pytest.MonkeyPatch, api: NinjaAPI) -> set[str]:
    """Names under which two different shapes are described: the description keeps the last one only."""
    clashes: set[str] = set()

    def noting(self: OpenAPISchema, definitions: dict[str, Any]) -> None:
        clashes.update(name for name, shape in definitions.items() if self.schemas.get(name, shape) != shape)
        self.schemas.update(definitions)

    monkeypatch.setattr(OpenAPISchema, "add_schema_definitions", noting)
    api.get_openapi_schema(path_prefix="/api/v1/")
    return clashes


def test_each_shape_has_a_name_of_its_own_in_the_description(monkeypatch: pytest.MonkeyPatch) -> None:
    assert described_twice(monkeypatch, web_api.api) == set()


def test_control_two_shapes_of_one_name_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    both = NinjaAPI(urls_namespace="test-twice", openapi_url=None, docs_url=None)
    other = type("Granted", (Schema,), {"__annotations__": {"word": str}, "__module__": "elsewhere"})
    for address, shape in (("/one", Granted), ("/two", other)):
        both.get(address, response=shape)(public("a test")(lambda request: request))

    assert described_twice(monkeypatch, both) == {"Granted"}


def test_the_description_is_openapi_3_1_and_names_the_problem() -> None:
    told = Client().get("/api/v1/openapi.json").json()

    assert told["openapi"].startswith("3.1")
    assert told["paths"]["/api/v1/units"]["get"]["responses"]["default"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
