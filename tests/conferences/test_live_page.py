"""The live page: who may follow, what runs now, which papers; nothing of watching is kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quantriet.conferences.commands import conferences
from quantriet.conferences.commands.conferences import AgendaLine
from quantriet.conferences.models import Attendance, Conference
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import live
from quantriet.documents.models import Document, Material
from quantriet.org import access
from quantriet.org.models import PersonClass, Unit
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made

MEDIA = "https://phat.vi-du.invalid"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "QUANTRIET", replace(settings.QUANTRIET, streams=(MEDIA,)))


def page_of(client: Client, one: Conference, **query: str) -> Any:
    return client.get(reverse("conference-live", args=[one.pk]), query)


def material(document: Document, unit: Unit, title: str, *classes: PersonClass) -> None:
    with access.acting(factories.operator()):
        Material.objects.create(
            document=document,
            unit=unit,
            kind="outline",
            title=title,
            link="https://vi-du.invalid/a",
            audiences=[one.value for one in classes],
        )


def test_units_that_take_part_and_summoned_people_may_follow(client: Client) -> None:
    province = factories.province()
    commune, other = factories.commune(province), factories.commune(province, "Đảng bộ xã Hai")
    cell, far = factories.cell(commune), factories.cell(other)
    summoned, stranger = factories.person(cell), factories.person(far, "Lê Văn Xa")
    one = made.called(commune, campaigns_made.started(commune), stream=f"{MEDIA}/a.m3u8")

    def answer(role: str, at: Unit, **of: Any) -> int:
        client.force_login(factories.account(role, at, **of))
        return int(page_of(client, one).status_code)

    assert [
        answer("secretary", commune),
        answer("clerk", cell),
        answer("inspector", province),
        answer("member", cell, of=summoned),
        answer("secretary", other),
        answer("member", far, of=stranger),
        answer("member", cell),
    ] == [200, 200, 200, 200, 404, 404, 404]


def test_the_agenda_runs_by_the_clock_from_the_opening() -> None:
    begins = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    lines = (AgendaLine("Một", planned_minutes=10), AgendaLine("Hai"), AgendaLine("Ba", planned_minutes=60))
    one = made.called(
        factories.province(), starts_at=begins, ends_at=begins + timedelta(hours=3), agenda=lines
    )
    with factories.looking_everywhere():
        rows = reads.agenda(one)

    def runs(at: datetime) -> list[str]:
        return [point.row.title for point in live.points(one, rows, at) if point.is_now]

    shown = [runs(begins + timedelta(minutes=after)) for after in (-1, 0, 9, 10, 69, 70)]
    one.opened_at = begins + timedelta(minutes=20)
    late = [runs(begins + timedelta(minutes=after)) for after in (0, 20, 30)]
    one.state = Conference.State.CLOSED

    assert shown == [[], ["Một"], ["Một"], ["Ba"], ["Ba"], []]
    assert late == [[], ["Một"], ["Ba"]]
    assert runs(begins + timedelta(minutes=30)) == []


def test_papers_are_those_that_the_reader_may_read(client: Client) -> None:
    province = factories.province()
    commune, sibling = factories.commune(province), factories.commune(province, "Đảng bộ xã Hai")
    cell = factories.cell(commune)
    person = factories.person(cell)
    shown, hidden = campaigns_made.document(province), campaigns_made.document(sibling)
    material(shown, province, "Đề cương cho mọi người")
    material(shown, province, "Riêng cho lớp khác", PersonClass.COMMITTEE)
    material(hidden, sibling, "Của xã khác")
    campaign = campaigns_made.started(province, [shown])
    agenda = (AgendaLine("A", shown.pk, 60), AgendaLine("B", hidden.pk, 60), AgendaLine("C", shown.pk, 30))
    one = made.called(province, campaign, agenda=agenda)
    client.force_login(factories.account("member", cell, of=person))

    text = page_of(client, one).content.decode()

    assert [
        word in text for word in (shown.number, "Đề cương cho mọi người", "Riêng cho lớp khác", "Của xã khác")
    ] == [
        True,
        True,
        False,
        False,
    ]
    assert text.count(f'href="{reverse("document", args=[shown.pk])}"') == 1
    assert reverse("document", args=[hidden.pk]) not in text


def test_queries_do_not_grow_with_the_papers(client: Client) -> None:
    province = factories.province()
    documents = [campaigns_made.document(province) for _one in range(3)]
    for document in documents:
        material(document, province, "Đề cương")
    client.force_login(factories.account("secretary", province))

    def asked(count: int) -> int:
        agenda = tuple(AgendaLine("A", document.pk, 60) for document in documents[:count])
        one = made.called(province, agenda=agenda)
        page_of(client, one)
        with CaptureQueriesContext(connection) as captured:
            assert page_of(client, one).status_code == 200
        return len(captured)

    assert asked(1) == asked(3)


def test_a_site_finds_its_room_its_questions_and_the_incidents(client: Client) -> None:
    province = factories.province()
    commune = factories.commune(province)
    one = made.called(province, join_link="https://hop.vi-du.invalid/a", stream=f"{MEDIA}/a.m3u8")
    site = made.site(one, commune)
    words = [reverse(name, args=[site.pk]) for name in ("site-join", "site-questions", "site-report")]

    def finds(role: str) -> list[bool]:
        client.force_login(factories.account(role, commune))
        text = page_of(client, one).content.decode()
        return [word in text for word in words]

    assert (finds("clerk"), finds("inspector")) == ([True, True, True], [True, False, False])


def test_when_it_is_over_nothing_plays_and_an_open_page_hears_it(client: Client) -> None:
    province = factories.province()
    one = made.called(province, stream=f"{MEDIA}/a.m3u8", agenda=(AgendaLine("Một", planned_minutes=90),))
    client.force_login(factories.account("secretary", province))
    running = page_of(client, one, phan="chuong-trinh")
    by = factories.operator()
    with access.acting(by):
        conferences.close(one, by=by)

    over, part = page_of(client, one), page_of(client, one, phan="chuong-trinh")

    assert 'aria-current="step"' in running.content.decode()
    assert ("HX-Trigger" in running, part["HX-Trigger"]) == (False, "conference-over")
    assert 'aria-current="step"' not in part.content.decode()
    assert ("data-live" in over.content.decode(), "Đã kết thúc" in over.content.decode()) == (False, True)


def test_watching_is_not_attendance_and_leaves_no_trace(client: Client) -> None:
    province = factories.province()
    one = made.called(province, stream=f"{MEDIA}/a.m3u8")
    client.force_login(factories.account("secretary", province))
    page_of(client, one)
    with CaptureQueriesContext(connection) as captured:
        page_of(client, one)

    writes = [
        row["sql"]
        for row in captured
        if row["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
    ]
    with factories.looking_everywhere():
        assert Attendance.objects.count() == 0
    assert writes == []
