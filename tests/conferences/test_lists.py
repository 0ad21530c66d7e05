"""My own sessions: my code stands there for those that are not over, and nobody else's."""

import pytest
from django.test import Client
from django.urls import reverse

from quantriet.conferences import codes
from quantriet.conferences.commands import conferences
from quantriet.conferences.models import Conference
from quantriet.core.office.sheets_print import qr_svg
from quantriet.org import access
from quantriet.org.models import Person
from tests import factories
from tests.conferences.test_attendance import Town
from tests.factories import operator


@pytest.fixture
def town(db: None) -> Town:
    return Town()


@pytest.fixture
def an(town: Town) -> Client:
    return factories.signed_in(factories.account("member", town.cell, of=town.an))


def shown(client: Client, conference: Conference, person: Person) -> tuple[bool, bool]:
    """Whether the page of the signed-in shows the picture and the letters of a person's code."""
    body = client.get(reverse("my-sessions")).content.decode()
    key = bytes(conference.code_key)
    picture = qr_svg(codes.personal(key, conference.pk, person.pk))
    letters = codes.shown(codes.short(key, conference.pk, person.pk))
    return picture in body, letters in body


def test_a_member_carries_his_own_code_and_nobody_elses(town: Town, an: Client) -> None:
    assert shown(an, town.conference, town.an) == (True, True)
    assert shown(an, town.conference, town.binh) == (False, False)


def test_a_renewed_code_is_the_one_that_is_shown(town: Town, an: Client) -> None:
    by = operator()
    before = Conference.objects.get(pk=town.conference.pk)
    with access.acting(by):
        renewed = conferences.renew_codes(town.conference, by=by)

    assert shown(an, before, town.an) == (False, False)
    assert shown(an, renewed, town.an) == (True, True)


def test_a_session_that_is_over_shows_no_code(town: Town, an: Client) -> None:
    by = operator()
    with access.acting(by):
        conferences.close(town.conference, by=by)

    assert shown(an, town.conference, town.an) == (False, False)
    assert town.conference.title in an.get(reverse("my-sessions")).content.decode()
