"""Private calendars: what the account may see today and nobody's name; a dead, foreign or guessed address is none."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from quantriet.conferences.commands import conferences
from quantriet.conferences.models import Conference
from quantriet.org import access
from quantriet.org.commands import accounts, sign_ins
from quantriet.org.models import Account, SignInFailure, Unit
from quantriet.org.permissions import Can
from quantriet.web import calendars
from quantriet.web.models import CalendarFeed
from tests import factories
from tests import factories_campaigns as campaigns
from tests import factories_conferences as made
from tests import factories_lecturers as lecturing
from tests.factories import operator

pytestmark = pytest.mark.django_db
KIND = CalendarFeed.Kind


class Town:
    """A commune that called a conference next week, with its secretary."""

    def __init__(self) -> None:
        self.province: Unit = factories.province()
        self.commune = factories.commune(self.province)
        self.starts = timezone.now().replace(microsecond=0) + timedelta(days=7)
        self.conference = self.called(self.commune, "Hội nghị quán triệt Nghị quyết 59")
        self.secretary = factories.account("secretary", self.commune)

    def called(self, unit: Unit, title: str) -> Conference:
        ends = self.starts + timedelta(hours=3)
        return made.called(unit, title=title, starts_at=self.starts, ends_at=ends, chair="Trần Chủ Trì")

    def address(self, who: Account | None = None, kind: KIND = KIND.OWN) -> str:
        """A new private address of an account."""
        by = access.actor(who or self.secretary)
        assert by is not None
        with access.acting(by):
            return reverse("calendar-feed", args=[calendars.renew(kind, by=by)])


@pytest.fixture
def town() -> Town:
    return Town()


def events(response: Any) -> dict[str, Any]:
    """Title → event."""
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(response.content).walk("VEVENT")}


def test_a_change_raises_the_sequence_and_a_call_off_stays_as_cancelled(town: Town) -> None:
    address, by = town.address(), operator()
    first = events(Client().get(address))["Hội nghị quán triệt Nghị quyết 59"]
    later = town.starts + timedelta(days=1)
    with access.acting(by):
        plan = made.plan(title="Hội nghị dời ngày", starts_at=later, ends_at=later + timedelta(hours=2))
        conferences.change(town.conference, replace(plan, campaign=None), version=1, by=by)
    second = events(Client().get(address))["Hội nghị dời ngày"]
    with access.acting(by):
        conferences.cancel(town.conference, reason="bão số 9", by=by)
    third = events(Client().get(address))["Hội nghị dời ngày"]

    assert [event["SEQUENCE"] for event in (first, second, third)] == [0, 1, 2]
    assert len({str(event["UID"]) for event in (first, second, third)}) == 1
    assert [event["STATUS"] for event in (first, second, third)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert (first.decoded("DTSTART"), second.decoded("DTSTART")) == (town.starts, later)
    assert "bão số 9" in str(third["DESCRIPTION"])


def test_it_names_nobody_and_shows_nothing_of_others(town: Town) -> None:
    town.called(factories.commune(town.province, "Xã Khác"), "Hội nghị của xã khác")
    lecturing.sent(lecturing.asked(town.commune, contact="Lê Liên Hệ"), lecturing.serving(town.commune))
    own, unit = (Client().get(town.address(kind=kind)) for kind in (KIND.OWN, KIND.UNIT))

    shown = own.content.decode() + unit.content.decode()
    assert "Nghị quyết 59" in shown
    assert [
        word for word in ("Trần Chủ Trì", "xã khác", "Lê Liên Hệ", "Nguyễn Văn Báo", "0900") if word in shown
    ] == []


def test_a_lecturer_finds_his_lectures_and_outlines_and_a_member_where_he_is_expected(town: Town) -> None:
    lecturer = lecturing.serving(town.commune)
    lecture = lecturing.asked(town.commune)
    lecturing.sent(lecture, lecturer)
    other = lecturing.asked(town.commune, days=12)
    himself = factories.account("lecturer", town.commune, of=lecturer.person)
    found = events(Client().get(town.address(himself)))
    member = factories.account("member", town.commune, of=factories.person(town.commune, "Vũ Thị Viên"))
    expected = events(Client().get(town.address(member)))

    assert {lecture.title, f"Hạn gửi đề cương: {lecture.title}"} <= set(found)
    assert other.title not in found
    assert set(expected) == {town.conference.title}


def test_what_the_unit_owes_stands_on_its_last_day(town: Town) -> None:
    campaign = campaigns.started_titled(town.commune, [campaigns.document(town.commune)], "Đợt của xã")
    owed = campaign.obligations.filter(unit=town.commune).order_by("id").first()
    assert owed is not None
    due = timezone.now() + timedelta(days=9)
    campaign.obligations.filter(pk=owed.pk).update(due_at=due, limit_at=due)
    found = events(Client().get(town.address(kind=KIND.UNIT)))

    (event,) = [event for title, event in found.items() if "Đợt của xã" in title]
    assert event.decoded("DTSTART") == access.local_day(due)


def renewed(town: Town, address: str) -> str:
    town.address()
    return address


def revoked(town: Town, address: str) -> str:
    by = access.actor(town.secretary)
    assert by is not None
    with access.acting(by):
        assert [calendars.revoke(list(KIND), by=by) for _again in range(2)] == [1, 0]
    return address


def closed(town: Town, address: str) -> str:
    with access.acting(operator()):
        accounts.close(town.secretary, by=operator())
    return address


def role_ended(town: Town, address: str) -> str:
    day = timezone.localdate() - timedelta(days=1)
    town.secretary.assignments.update(from_on=day, to_on=day)
    return address


def guessed(_town: Town, address: str) -> str:
    return address[:-8] + "AAAA.ics"


@pytest.mark.parametrize("end", [renewed, revoked, closed, role_ended, guessed])
def test_a_dead_or_foreign_address_is_none(town: Town, end: Callable[[Town, str], str]) -> None:
    address = town.address()
    before = Client().get(address).status_code  # the control: until then it answers
    dead = Client().get(end(town, address))

    assert (before, dead.status_code, dead.content) == (200, 404, b"")


def test_only_the_hash_is_kept_and_an_address_only_reads(town: Town) -> None:
    address = town.address()
    secret = address.rsplit("/", 1)[1].removesuffix(".ics")
    row = CalendarFeed.objects.get()

    assert len(secret) == 43
    assert secret not in "".join(str(value) for value in vars(row).values())
    assert Client().post(address).status_code == 405
    by = calendars.actor_of(row)
    assert by is not None
    assert not by.can(Can.CONFERENCE_MANAGE)


def test_too_many_readings_an_hour_are_put_off(town: Town) -> None:
    address = town.address()
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    CalendarFeed.objects.update(hour_at=hour, asked_in_hour=calendars.AN_HOUR_AT_MOST)
    row = CalendarFeed.objects.get()

    assert not calendars.counted(row, now=hour + timedelta(minutes=59))
    assert calendars.counted(row, now=hour + timedelta(minutes=61))
    CalendarFeed.objects.update(hour_at=hour + timedelta(hours=0), asked_in_hour=calendars.AN_HOUR_AT_MOST)
    assert calendars.counted(row, now=hour + timedelta(hours=2))
    assert Client().get(address).status_code == 200


def test_many_wrong_addresses_are_put_off_and_a_right_one_still_answers(town: Town) -> None:
    address = town.address()
    wrong = [Client().get(guessed(town, address)).status_code for _try in range(sign_ins.MOST + 1)]

    assert (wrong[0], wrong[-1], Client().get(address).status_code) == (404, 429, 200)
    assert SignInFailure.objects.count() == 1


def test_the_page_shows_an_address_once_and_files_download(town: Town) -> None:
    browser = factories.signed_in(town.secretary)
    made_one = browser.post(reverse("calendars"), {"kind": "unit", "act": "renew"}).content.decode()
    found = re.search(r"http://testserver(/lich/rieng/[\w-]{43}\.ics)", made_one)
    assert found is not None
    later = browser.get(reverse("calendars")).content.decode()
    unit = browser.get(reverse("calendar-unit"))
    one = browser.get(reverse("calendar-conference", args=[town.conference.pk]))
    dead = browser.post(reverse("calendars"), {"kind": "unit", "act": "revoke"})

    assert (found[1] in later, town.conference.title in later) == (False, True)
    assert set(events(unit)) == set(events(one)) == {town.conference.title}
    assert (dead.status_code, Client().get(found[1]).status_code) == (302, 404)
    assert browser.post(reverse("calendars"), {"kind": "all"}).status_code == 404
    member = factories.signed_in(factories.account("member", town.commune))
    assert member.post(reverse("calendars"), {"kind": "unit"}).status_code == 404
    stranger = factories.signed_in(factories.account("clerk", factories.province("Tỉnh Khác")))
    assert stranger.get(reverse("calendar-conference", args=[town.conference.pk])).status_code == 404


def test_a_conference_and_my_sessions_lead_to_its_file_until_it_is_over(town: Town) -> None:
    member = factories.signed_in(factories.account("member", town.commune, of=factories.person(town.commune)))
    pages = (
        (factories.signed_in(town.secretary), reverse("conference", args=[town.conference.pk])),
        (member, reverse("my-sessions")),
    )
    link = f'href="{reverse("calendar-conference", args=[town.conference.pk])}"'
    file = member.get(reverse("calendar-conference", args=[town.conference.pk]))
    before = [link in client.get(page).content.decode() for client, page in pages]
    past = timezone.now() - timedelta(days=1)
    Conference.objects.filter(pk=town.conference.pk).update(
        state=Conference.State.CLOSED, starts_at=past - timedelta(hours=2), ends_at=past
    )
    after = [link in client.get(page).content.decode() for client, page in pages]

    assert set(events(file)) == {town.conference.title}
    assert (before, after) == ([True, True], [False, False])
    assert f'href="{reverse("calendars")}"' in member.get(reverse("my-sessions")).content.decode()


def test_a_longer_calendar_costs_no_more_queries(town: Town) -> None:
    costs = []
    for more in (0, 2):
        for at in range(more):
            town.called(town.commune, f"Hội nghị thêm {at}")
        address = town.address()
        with CaptureQueriesContext(connection) as asked:
            assert len(events(Client().get(address))) == 1 + more
        costs.append(len(asked))

    assert costs[0] == costs[1]
