"""The list of conferences, of one campaign too; my own sessions with my code, and nobody else's."""

from typing import Any

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
from tests import factories_campaigns as campaigns_made
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


def titles(page: Any) -> list[str]:
    return [line["conference"].title for line in page.context["coming"]]


def test_a_duty_of_a_campaign_leads_to_its_conferences_only(town: Town) -> None:
    """Where it has none yet, the page says so and leads to calling one of it."""
    later = campaigns_made.started_titled(town.province, [campaigns_made.document(town.province)], "Đợt sau")
    client = factories.signed_in(factories.account("officer", town.commune))
    page = reverse("conferences")

    of_first = client.get(page, {"dot": town.campaign.pk})
    of_later = client.get(page, {"dot": later.pk})

    assert (titles(of_first), titles(of_later)) == ([town.conference.title], [])
    assert f'href="{reverse("conference-call")}?dot={later.pk}"' in of_later.content.decode()
    assert "Đợt này chưa có hội nghị nào" in of_later.content.decode()


def test_a_campaign_one_does_not_see_has_no_list(town: Town) -> None:
    stranger = factories.signed_in(factories.account("officer", factories.province("Đảng bộ tỉnh Khác")))

    assert stranger.get(reverse("conferences"), {"dot": town.campaign.pk}).status_code == 404
