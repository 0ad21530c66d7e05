"""From a figure to its rows and to who is missing, by programs: they add up, names are for whom they are."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quantriet.campaigns.models import Reminder, ReminderLine
from quantriet.org.models import AccessEvent
from tests import factories
from tests import factories_campaigns as made
from tests.campaigns.worlds import World, world

pytestmark = pytest.mark.django_db

BASE = "/api/v1/campaigns"


def told(client: Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return answer.json()


def at(made_world: World, path: str) -> str:
    return f"{BASE}/{made_world.campaign.pk}{path}"


@pytest.fixture
def studied() -> World:
    made_world = world(3)
    made.study(made_world.campaign, made_world.people[:2], [made_world.document], key="buổi 1")
    return made_world


def test_a_figure_is_the_number_of_its_rows_and_the_sum_of_its_entries(studied: World) -> None:
    client = studied.client("officer", studied.top)

    figure = told(client, at(studied, "/figures/present"))
    people = told(client, at(studied, "/figures/present/people"))["items"]
    entries = told(client, at(studied, "/figures/present/entries"))["items"]
    due = told(client, at(studied, "/figures/reports_due"))
    units = told(client, at(studied, "/figures/reports_due/units?limit=200"))["items"]

    assert (figure["total"], figure["people"], figure["units"], figure["declared"]) == (2, True, False, 0)
    assert {one["person_id"] for one in people} == {one.pk for one in studied.people[:2]}
    assert sum(one["amount"] for one in entries) == 2
    assert (due["total"], due["units"]) == (len(units), True)


def test_below_a_unit_only_its_own_rows(studied: World) -> None:
    client = studied.client("secretary", studied.here)

    own = told(client, at(studied, "/figures/present"))
    beside = [
        client.get(at(studied, f"{path}?unit_id={studied.beside.pk}")).status_code
        for path in ("/figures/present", "/figures/present/people", "/missing/people", "/missing/unnamed")
    ]

    assert (own["unit_id"], own["total"], beside) == (studied.here.pk, 2, [404] * 4)


@pytest.mark.parametrize(
    "path",
    [
        "/figures/present",
        "/figures/present/people",
        "/figures/reports_due/units",
        "/figures/present/totals",
        "/figures/present/entries",
        "/missing/people",
        "/missing/unnamed",
        "/missing/units?kind=report",
    ],
)
def test_a_foreign_campaign_answers_like_none(studied: World, path: str) -> None:
    foreign = studied.client("officer", studied.foreign)

    answers = [foreign.get(at(studied, path)), foreign.get(f"{BASE}/999999{path}")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("path", ["/figures/present/people", "/missing/people"])
def test_names_are_for_whom_they_are_and_leave_a_trace(studied: World, path: str) -> None:
    administrator = studied.client("administrator", studied.here)
    clerk = studied.client("clerk", studied.here)

    refused = administrator.get(at(studied, path)).status_code
    shown = told(clerk, at(studied, path))["items"]

    assert refused == 403
    with factories.looking_everywhere():
        seen = set(AccessEvent.objects.values_list("person_id", flat=True))
    assert seen == {one["person_id"] for one in shown}


@pytest.mark.parametrize(
    "path",
    ["/figures/lung_tung", "/figures/reports_due/people", "/figures/present/units", "/missing/units?kind=x"],
)
def test_what_a_figure_does_not_rest_on_is_not_there(studied: World, path: str) -> None:
    assert studied.client("officer", studied.top).get(at(studied, path)).status_code == 404


def test_who_is_missing_is_named_and_what_is_owed_is_listed(studied: World) -> None:
    client = studied.client("officer", studied.top)

    missing = told(client, at(studied, f"/missing/people?unit_id={studied.here.pk}"))["items"]
    owing = told(client, at(studied, "/missing/units?kind=report&limit=200"))["items"]

    assert [one["person_id"] for one in missing] == [studied.people[2].pk]
    assert {one["kind"] for one in owing} == {"report"}


@pytest.mark.parametrize("path", ["/figures/present/people", "/missing/people", "/figures/present/entries"])
def test_a_page_costs_the_same_with_one_row_and_with_three(path: str) -> None:
    made_world = world(6)
    made.study(made_world.campaign, made_world.people[:3], [made_world.document], key="b")
    client = made_world.client("officer", made_world.top)
    told(client, at(made_world, path))

    costs = []
    for limit in (1, 3):
        with CaptureQueriesContext(connection) as counted:
            told(client, at(made_world, f"{path}?limit={limit}"))
        costs.append(len(counted))

    assert costs[0] == costs[1]


# ---- reminding -------------------------------------------------------------------------------------------


def remind(client: Client, made_world: World, **more: Any) -> tuple[int, Any]:
    body = {
        "kind": "report",
        "channel": "page",
        "text": "Đề nghị gửi báo cáo",
        "unit_ids": [made_world.here.pk, made_world.foreign.pk],
        "key": "k1",
    } | more
    answer = client.post(at(made_world, "/reminders"), body, content_type="application/json")
    return answer.status_code, answer.json()


def test_those_who_owe_it_are_reminded_once(studied: World) -> None:
    client = studied.client("officer", studied.top)

    answers = [remind(client, studied) for _try in range(2)]

    assert answers[0] == answers[1]
    assert (answers[0][0], answers[0][1]["unit_ids"]) == (201, [studied.here.pk])
    assert (Reminder.objects.count(), ReminderLine.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"channel": "bồ câu"}, 422, "api.unfit"),
        ({"text": ""}, 422, "api.unfit"),
        ({"kind": "lạ"}, 404, "gate.not_found"),
        ({"unit_ids": [999_999]}, 422, "reminder.nobody"),
        ({"channel": "email"}, 422, "reminder.no_address"),
    ],
)
def test_a_reminder_that_reaches_nobody_is_refused(
    studied: World, more: dict[str, Any], status: int, code: str
) -> None:
    refused = remind(studied.client("officer", studied.top), studied, **more)

    assert (refused[0], refused[1]["code"], Reminder.objects.count()) == (status, code, 0)


def test_a_member_and_a_neighbour_remind_nobody(studied: World) -> None:
    codes = [
        remind(studied.client(role, unit), studied)[0]
        for role, unit in (("member", studied.here), ("officer", studied.foreign))
    ]

    assert (codes, Reminder.objects.count()) == ([403, 404], 0)
