"""The fourth net: every route, as every role, over real rows of five places; foreign marks in no body.

Not the status but the body decides: a page that answers 200 with somebody else's row is what has hurt others.
"""

import itertools
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.test import Client
from django.urls.resolvers import RoutePattern
from pytest_django import DjangoDbBlocker

from quantriet.org import access
from quantriet.org.checks import routes
from quantriet.org.models import Unit
from quantriet.org.permissions import ROLES
from tests import factories
from tests.world import PLACES, WORDS, World, build, mark

pytestmark = pytest.mark.django_db

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")

# Routes whose parameters are no rows of units: their own tests look at them.
ELSEWHERE = {
    "work_id": "a job is its orderer's: tests/web/test_works.py",
    "sheet_id": "a sheet of acts is its uploader's: tests/org/pages/test_act_sheets.py",
    "word": "an invitation's secret word: tests/org/test_providers.py",
    "secret": "a private calendar's address: tests/web/test_calendars.py",
    "passkey_id": "a passkey is its account's: tests/org/test_passkeys.py",
}

# What nobody of the commune may read: names of people above and beside, anything of neighbours and strangers.
FORBIDDEN = tuple(
    mark(place, thing)
    for place, thing in itertools.chain(
        ((place, "person") for place in ("parent", "sibling", "foreign")),
        (
            (place, thing)
            for place in ("sibling", "foreign")
            for thing in ("campaign", "conference", "report")
        ),
        (("foreign", "unit"),),
    )
)

MISSING = 987_654_321


def addresses(world: World) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """(pattern, places of its parameters, address) for every route with rows, and each without parameters."""
    for pattern, _view in routes():
        names = [name for _kind, name in PARAMETER.findall(pattern)]
        if any(name in ELSEWHERE for name in names):
            continue
        rows = [choices(world, name) for name in names]
        for chosen in itertools.product(*rows):
            places = tuple(place for place, _value in chosen if place)
            if len(set(places)) > 1 and "own" not in places:
                continue  # of mixed rows those that begin or end at home tell enough
            yield pattern, places, address(pattern, [value for _place, value in chosen])


def choices(world: World, name: str) -> list[tuple[str, int | str]]:
    """The values of a parameter, each with its place (none for a word that chooses a form of the page)."""
    if name in WORDS:
        return [("", word) for word in WORDS[name]]
    return list(world.ids.get(name, {}).items())


def address(pattern: str, values: list[int | str]) -> str:
    """The pattern with its parameters filled in."""
    given = iter(values)
    return "/" + PARAMETER.sub(lambda _found: str(next(given)), pattern)


def body(response: Any) -> str:
    """What the reader gets, streamed or not, redirects and headers included."""
    content = b"".join(response) if getattr(response, "streaming", False) else response.content
    return f"{response.headers.get('Location', '')}\n{content.decode('utf-8', 'replace')}"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Built once for all roles, in a transaction that the file takes back; what a test writes it takes back itself."""
    del django_db_setup
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def client_of(role: str, world: World) -> Client:
    return factories.signed_in(factories.account(role, world.units["own"]))


@pytest.mark.parametrize("role", sorted(ROLES))
def test_no_foreign_mark_in_any_body(role: str, world: World) -> None:
    client = client_of(role, world)
    leaks: list[str] = []
    opened = 0
    for pattern, places, url in addresses(world):
        response = client.get(url)
        text = body(response)
        leaks += [f"{role}: {url} ({pattern}) shows {word}" for word in FORBIDDEN if word in text]
        opened += response.status_code == 200 and set(places) <= {"own", "child"}
    assert leaks == []
    assert opened > 0  # a house that shows nothing to anybody would pass as well


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_foreign_row_answers_like_one_that_does_not_exist(role: str, world: World) -> None:
    client = client_of(role, world)
    different = []
    for pattern, places, url in addresses(world):
        if set(places) != {"foreign"} or any(name in WORDS for _kind, name in PARAMETER.findall(pattern)):
            continue
        nowhere = address(pattern, [MISSING] * len(places))
        for send in (client.get, client.post):
            foreign, missing = send(url), send(nowhere)
            same_body = scrubbed(body(foreign), url) == scrubbed(body(missing), nowhere)
            if foreign.status_code != missing.status_code or not same_body:
                different.append(f"{send.__name__} {url}: {foreign.status_code} and {missing.status_code}")
            if foreign.status_code in {200, 201, 204}:
                different.append(f"{send.__name__} {url} answers {foreign.status_code}")
    assert different == []


def scrubbed(text: str, url: str) -> str:
    """Without what differs by itself: the address asked for, and tokens drawn anew for each page."""
    text = re.sub(r'"[A-Za-z0-9]{64}"', "", text)
    for number in re.findall(r"/(\d+)(?=/)", url):  # a redirect to the row's own page
        text = text.replace(f"/{number}/", "/-/")
        url = url.replace(f"/{number}/", "/-/")
    for written in (url, url.strip("/"), quote(url), quote(url, safe="")):
        text = text.replace(written, "")
    return text


def test_every_parameter_of_a_route_has_rows_in_this_walk(world: World) -> None:
    unknown = {
        (pattern, name)
        for pattern, _view in routes()
        for _kind, name in PARAMETER.findall(pattern)
        if name not in world.ids and name not in ELSEWHERE and name not in WORDS
    }
    assert unknown == set()


def test_control_without_the_gate_the_walk_finds_the_leak(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def every_unit(_by: access.Actor, _can: object) -> QuerySet[Unit]:
        return Unit.objects.all()

    client = client_of("officer", world)
    monkeypatch.setattr(access, "units", every_unit)

    texts = [body(client.get(url)) for _pattern, _places, url in addresses(world)]

    assert any(mark("foreign", "campaign") in text for text in texts)


def test_places_and_marks_are_what_they_say() -> None:
    assert len({mark(place, "person") for place in PLACES}) == len(PLACES)
    assert RoutePattern("a/<int:unit_id>/").converters.keys() == {"unit_id"}
