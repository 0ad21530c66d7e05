"""Importing an attendance sheet asks the database the same number of times, however many rows the sheet has."""

import io
from collections.abc import Sequence

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quantriet.conferences import codes
from quantriet.conferences.models import Attendance, Site
from quantriet.org.models import Person
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made

pytestmark = pytest.mark.django_db


class Hall:
    """A commune's hall at which 34 people are expected, and the browser of its clerk."""

    def __init__(self) -> None:
        province = factories.province()
        commune = factories.commune(province)
        cell = factories.cell(commune)
        self.people = [factories.person(cell, f"Người Thứ {at}") for at in range(34)]
        self.site: Site = made.hub(made.called(commune, campaigns_made.started(province)))
        self.clerk: Client = factories.signed_in(factories.account("clerk", commune))

    def code(self, person: Person) -> str:
        conference = self.site.conference
        return codes.shown(codes.short(bytes(conference.code_key), conference.pk, person.pk))

    def costs(self, people: Sequence[Person]) -> tuple[int, int]:
        """How many queries it takes to look at a sheet of these people, and to record it."""
        text = "Mã điểm danh;Họ và tên;Trạng thái điểm danh\n" + "\n".join(
            f"{self.code(person)};{person.full_name};có mặt" for person in people
        )
        address = reverse("site-import", args=[self.site.pk])
        with CaptureQueriesContext(connection) as looking:
            looked = self.clerk.post(address, {"sheet": io.BytesIO(text.encode())})
        with CaptureQueriesContext(connection) as recording:
            done = self.clerk.post(address, {"ticket": looked.context["ticket"], "what": "do"})
        assert (looked.status_code, done.status_code) == (200, 302)
        return len(looking), len(recording)


def test_a_sheet_of_thirty_rows_costs_what_one_of_three_costs() -> None:
    hall = Hall()
    hall.costs(hall.people[:1])

    three, thirty = hall.costs(hall.people[1:4]), hall.costs(hall.people[4:])

    assert three == thirty
    with factories.looking_everywhere():
        assert Attendance.objects.filter(state="present").count() == 34
