"""Importing an attendance sheet asks the database the same number of times, however many rows the sheet has."""

import io
from collections.abc import Sequence

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quantriet.conferences import codes
from quantriet.conferences.models import Attendance, Conference, Site
from quantriet.org import access
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


def test_a_log_whose_days_can_be_read_two_ways_is_asked_about_before_anything_is_recorded() -> None:
    hall = Hall()
    day = access.local_day(hall.site.conference.starts_at)
    address = reverse("site-import", args=[hall.site.pk])
    # Of the session with the day first, but a program that says AM mostly writes the month first.
    text = f"Name,Join Time\n{hall.people[0].full_name},07/11/{day.year} 8:05 AM\n"
    with access.acting(factories.operator()):
        Conference.objects.filter(pk=hall.site.conference_id).update(
            starts_at=hall.site.conference.starts_at.replace(month=11, day=7),
            ends_at=hall.site.conference.ends_at.replace(month=11, day=7),
        )

    asked = hall.clerk.post(address, {"sheet": io.BytesIO(text.encode())})
    ticket = asked.context["ticket"]
    too_early = hall.clerk.post(address, {"ticket": ticket, "what": "do"})
    told = hall.clerk.post(address, {"ticket": ticket, "order": "day"})
    done = hall.clerk.post(address, {"ticket": ticket, "order": "day", "what": "do"})

    page = asked.content.decode()
    assert [
        words in page for words in (f"Ngày trước: ngày 07/11/{day.year}", "Tháng trước: ngày 11/07/")
    ] == [
        True,
        True,
    ]
    assert (too_early.status_code, told.context["reading"].is_settled, done.status_code) == (200, True, 302)
    with factories.looking_everywhere():
        assert Attendance.objects.count() == 1
