"""The API of campaigns: figures like those of the board, nothing of others, pages that end."""

import json

import pytest
from django.test import Client

from tests import factories_campaigns as made
from tests.campaigns.worlds import world

pytestmark = pytest.mark.django_db

BASE = "/api/v1/campaigns"


def read(client: Client, path: str) -> dict[str, object]:
    """The JSON of an answer."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    told: dict[str, object] = json.loads(answer.content)
    return told


def test_a_board_told_to_a_program() -> None:
    made_world = world()
    made.study(made_world.campaign, made_world.people[:1], [made_world.document], key="s")
    client = made_world.client("officer", made_world.top)

    told = read(client, f"{BASE}/{made_world.campaign.pk}/board")

    rows = told["rows"]
    assert isinstance(rows, list)
    present = {
        row["name"]: (figure["part"], figure["whole"], figure["evidence"]["on_site"])
        for row in rows
        for figure in row["figures"]
        if figure["code"] == "present"
    }
    assert present == {"Đảng bộ xã Gần": (1, 2, 1), "Đảng bộ xã Bên": (None, 2, 0)}


def test_one_campaign_with_its_deadlines_and_documents() -> None:
    made_world = world()
    told = read(made_world.client("officer", made_world.top), f"{BASE}/{made_world.campaign.pk}")
    deadlines = told["deadlines"]
    assert isinstance(deadlines, list)
    assert told["documents"] == {str(made_world.document.pk): "thorough"}
    assert {each["kind"] for each in deadlines} >= {"conference", "essays", "report"}


def test_what_units_owe_comes_in_pages_that_end() -> None:
    made_world = world()
    client = made_world.client("secretary", made_world.here)
    path = f"{BASE}/{made_world.campaign.pk}/obligations?limit=2"
    units: set[int] = set()
    cursor: object = ""
    pages = 0
    while cursor is not None:
        told = read(client, f"{path}&cursor={cursor}")
        items = told["items"]
        assert isinstance(items, list)
        units |= {item["unit_id"] for item in items}
        cursor, pages = told["next"], pages + 1
    assert (units, pages > 1) == ({made_world.here.pk, made_world.cell.pk}, True)


@pytest.mark.parametrize("path", ["", "/board", "/obligations"])
def test_foreign_campaigns_and_units_answer_like_none(path: str) -> None:
    made_world = world()
    foreign = made_world.client("officer", made_world.foreign)
    here = made_world.client("secretary", made_world.here)
    base = f"{BASE}/{made_world.campaign.pk}{path}"

    codes = [foreign.get(base).status_code]
    if path:
        codes.append(here.get(f"{base}?unit_id={made_world.beside.pk}").status_code)

    assert set(codes) == {404}
    assert read(foreign, BASE)["items"] == []
