"""The log of incidents: what is wrong comes first, a site sees its own, a page is bounded."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from quantriet.conferences.commands import sites
from quantriet.conferences.models import Incident
from quantriet.conferences.pages import incidents
from quantriet.conferences.queries import incidents as found
from quantriet.org import access
from tests import factories
from tests import factories_conferences as made
from tests.factories import operator


@pytest.mark.django_db
def test_what_is_still_wrong_comes_first_and_a_site_sees_its_own(client: Client) -> None:
    province = factories.province()
    communes = [factories.commune(province, f"Đảng bộ xã {name}") for name in ("Một", "Hai")]
    conference = made.called(province)
    places = [made.site(conference, commune) for commune in communes]
    by = operator()
    with access.acting(by):
        first = sites.begin_incident(places[0], kind="no_picture", by=by)
        second = sites.begin_incident(places[1], kind="lost_line", by=by)
        sites.end_incident(second, remedy="Chuyển sang 4G", by=by)
        third = sites.begin_incident(places[1], kind="no_sound", by=by)
        whole = [row.pk for row in found.log(conference, by=by)]
    secretary = factories.actor("secretary", communes[1])
    with access.acting(secretary):
        own = [row.pk for row in found.log(conference, by=secretary)]
    client.force_login(factories.account("secretary", province))
    address = reverse("conference-incidents", args=[conference.pk])
    page = client.get(address).content.decode()
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    with access.acting(by):
        for kind in ("lost_line", "other"):
            sites.begin_incident(places[0], kind=kind, by=by)
    with CaptureQueriesContext(connection) as five:
        client.get(address)

    assert (whole, own) == ([third.pk, first.pk, second.pk], [third.pk, second.pk])
    assert ("Chuyển sang 4G" in page, page.count("Chưa khắc phục")) == (True, 2)
    assert len(three) == len(five)


def test_how_long_is_told_in_hours_and_minutes() -> None:
    now = timezone.now()

    with translation.override("vi"):
        told = [
            incidents.lasted(Incident(from_at=now - timedelta(minutes=minutes), to_at=now))
            for minutes in (0, 59, 61, 150)
        ]

    assert told == ["0 phút", "59 phút", "1 giờ 1 phút", "2 giờ 30 phút"]
