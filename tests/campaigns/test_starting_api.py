"""Starting a campaign by programs: draft, adjust, give down with its progress; who may, and what bad input gets."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quantriet.campaigns.models import Campaign, Obligation
from quantriet.core import jobs
from quantriet.core.models import Work
from tests import factories_campaigns as made
from tests.campaigns.worlds import World, world

pytestmark = pytest.mark.django_db

BASE = "/api/v1/campaigns"
JSON = "application/json"


def asked(made_world: World, **more: Any) -> dict[str, Any]:
    return {
        "preset": "thorough",
        "title": "Học tập nghị quyết",
        "starts_on": "2026-02-01",
        "ends_on": "2026-05-30",
        "documents": [{"document_id": made_world.document.pk, "mode": "briefing"}],
    } | more


def post(client: Client, path: str, body: Any = None) -> tuple[int, Any]:
    answer = client.post(f"{BASE}{path}", body or {}, content_type=JSON)
    return answer.status_code, answer.json()


def put(client: Client, number: int, body: Any) -> tuple[int, Any]:
    answer = client.put(f"{BASE}/{number}/draft", body, content_type=JSON)
    return answer.status_code, answer.json()


def sent(draft: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The draft as it was read, to be put in place again."""
    names = ("version", "title", "starts_on", "ends_on", "lead_id", "policy", "documents", "partner_ids")
    due = [
        {"requirement_id": one["id"], "level": int(level), "due_on": moment[:10]}
        for one in draft["requirements"]
        for level, moment in one["due"].items()
    ]
    return {name: draft[name] for name in names} | {"due": due, "excluded": draft["excluded"]} | more


@pytest.mark.django_db(transaction=True)
def test_from_the_three_questions_to_the_running_campaign() -> None:
    made_world = world(start=False)
    client = made_world.client("officer", made_world.top)

    presets = client.get("/api/v1/campaign-presets").json()
    status, draft = post(client, "", asked(made_world))
    again = post(client, "", asked(made_world))[1]
    adjusted = put(
        client,
        draft["id"],
        sent(draft, title="Đợt mới", excluded=[{"unit_id": made_world.beside.pk, "reason": "Mới sáp nhập"}]),
    )
    ordered = [post(client, f"/{draft['id']}/start") for _try in range(2)]
    jobs.work_off()
    work = client.get(f"/api/v1/works/{ordered[0][1]['id']}").json()

    assert [one["code"] for one in presets] == ["thorough", "briefing", "standing"]
    assert (status, again["id"], draft["unit_id"], draft["documents"][0]["mode"]) == (
        201,
        draft["id"],
        made_world.top.pk,
        "briefing",
    )
    assert (adjusted[0], adjusted[1]["title"], adjusted[1]["version"]) == (200, "Đợt mới", 2)
    assert [(code, told["id"]) for code, told in ordered] == [(202, work["id"])] * 2
    assert (work["state"], work["done"], Work.objects.count()) == ("done", work["total"], 1)
    started = Campaign.objects.get(pk=draft["id"])
    owing = set(Obligation.objects.filter(campaign=started).values_list("unit_id", flat=True))
    assert (started.state, made_world.here.pk in owing, made_world.beside.pk in owing) == (
        "active",
        True,
        False,
    )


def test_a_second_editor_is_told_with_both_texts() -> None:
    made_world = world(start=False)
    client = made_world.client("officer", made_world.top)
    draft = post(client, "", asked(made_world))[1]

    first = put(client, draft["id"], sent(draft, title="Của tôi"))
    second = put(client, draft["id"], sent(draft, title="Của bạn"))

    assert (first[0], second[0], second[1]["code"]) == (200, 409, "campaign.changed")
    assert (second[1]["context"]["theirs"]["title"], second[1]["context"]["yours"]["title"]) == (
        "Của tôi",
        "Của bạn",
    )


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"preset": "lạ"}, "campaign.preset"),
        ({"documents": []}, "campaign.no_document"),
        ({"ends_on": "2026-01-01"}, "campaign.dates"),
        ({"documents": [{"document_id": 999_999}]}, "campaign.document_not_published"),
        ({"title": ""}, "api.unfit"),
        ({"starts_on": "mai"}, "api.unfit"),
    ],
)
def test_a_wrong_question_is_answered_and_drafts_nothing(more: dict[str, Any], code: str) -> None:
    made_world = world(start=False)
    before = Campaign.objects.count()

    status, problem = post(made_world.client("officer", made_world.top), "", asked(made_world, **more))

    assert (status, problem["code"], problem["detail"] != "", Campaign.objects.count()) == (
        422,
        code,
        True,
        before,
    )


def test_a_document_of_a_neighbour_is_as_if_it_were_not_there() -> None:
    made_world = world(start=False)
    theirs = made.document(made_world.foreign)
    client = made_world.client("officer", made_world.top)

    status, problem = post(client, "", asked(made_world, documents=[{"document_id": theirs.pk}]))

    assert (status, problem["code"]) == (422, "campaign.document_not_published")


@pytest.mark.parametrize("field", ["lead_id", "partner_ids", "excluded", "due"])
def test_a_draft_names_only_what_may_be_chosen(field: str) -> None:
    made_world = world(start=False)
    client = made_world.client("officer", made_world.top)
    draft = post(client, "", asked(made_world))[1]
    foreign = made_world.foreign.pk
    wrong = {
        "lead_id": foreign,
        "partner_ids": [foreign],
        "excluded": [{"unit_id": foreign, "reason": "Không"}],
        "due": [{"requirement_id": 999_999, "level": 2, "due_on": "2026-03-01"}],
    }

    status, problem = put(client, draft["id"], sent(draft, **{field: wrong[field]}))

    assert (status, problem["code"]) == (404, "gate.not_found")
    assert client.get(f"{BASE}/{draft['id']}/draft").json()["version"] == 1


def test_a_deadline_looser_below_and_one_given_twice_are_refused() -> None:
    made_world = world(start=False)
    client = made_world.client("officer", made_world.top)
    draft = post(client, "", asked(made_world))[1]
    report = next(one["id"] for one in draft["requirements"] if one["kind"] == "report")
    due = [
        {"requirement_id": report, "level": level, "due_on": day}
        for level, day in ((2, "2026-03-01"), (3, "2026-03-20"))
    ]

    looser = put(client, draft["id"], sent(draft, due=due))
    twice = put(client, draft["id"], sent(draft, due=[due[0], due[0]]))
    nothing = put(client, draft["id"], sent(draft, due=[]))
    start = post(client, f"/{draft['id']}/start")

    assert [one[1]["code"] for one in (looser, twice)] == ["deadline.looser_below", "deadline.twice"]
    assert (nothing[0], start[0], start[1]["code"], Work.objects.count()) == (200, 422, "campaign.no_duty", 0)


def test_what_is_owed_is_added_once_and_a_draft_thrown_away_once() -> None:
    made_world = world(start=False)
    client = made_world.client("officer", made_world.top)
    draft = post(client, "", asked(made_world, preset="briefing"))[1]

    added = [post(client, f"/{draft['id']}/requirements", {"kind": "essays", "tree": "party"}) for _ in "ab"]
    gone = client.delete(f"{BASE}/{draft['id']}/draft").status_code
    after = client.delete(f"{BASE}/{draft['id']}/draft").status_code

    assert [
        (code, [one["kind"] for one in told["requirements"]].count("essays")) for code, told in added
    ] == [(201, 1)] * 2
    assert (gone, after) == (204, 404)


@pytest.mark.parametrize("role", ["secretary", "clerk", "inspector", "member"])
def test_who_does_not_manage_campaigns_starts_none(role: str) -> None:
    made_world = world(start=False)
    here = made_world.client(role, made_world.here)
    number = made_world.campaign.pk

    codes = {
        post(here, f"/{number}/start")[0],
        here.get(f"{BASE}/{number}/draft").status_code,
        here.delete(f"{BASE}/{number}/draft").status_code,
        post(here, f"/{number}/requirements", {"kind": "essays", "tree": "party"})[0],
    }

    assert (codes <= {403, 404}, Campaign.objects.get(pk=number).state, Work.objects.count()) == (
        True,
        "draft",
        0,
    )


def test_a_neighbour_finds_no_draft_and_opens_none_above_himself() -> None:
    made_world = world(start=False)
    foreign = made_world.client("officer", made_world.foreign)
    below = made_world.client("officer", made_world.here)
    number = made_world.campaign.pk

    found = {
        foreign.get(f"{BASE}/{number}/draft").status_code,
        post(foreign, f"/{number}/start")[0],
        post(below, "", asked(made_world, unit_id=made_world.top.pk))[0],
        post(below, "", asked(made_world, unit_id=made_world.beside.pk))[0],
    }

    assert (found, Campaign.objects.count()) == ({404}, 1)


def test_a_draft_costs_the_same_however_much_it_holds() -> None:
    made_world = world(start=False)
    client = made_world.client("officer", made_world.top)
    few = post(client, "", asked(made_world, preset="standing", documents=[]))[1]["id"]
    many = made_world.campaign.pk
    client.get(f"{BASE}/{few}/draft")

    costs = []
    for number in (few, many):
        with CaptureQueriesContext(connection) as counted:
            assert client.get(f"{BASE}/{number}/draft").status_code == 200
        costs.append(len(counted))

    assert costs[0] == costs[1]
