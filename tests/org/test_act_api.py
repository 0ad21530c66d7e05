"""Acts on the tree, for programs: look, do, do again, take back."""

from typing import Any

import pytest
from django.test import Client

from quantriet.org.models import Act, Unit
from tests import factories
from tests.org.commands.test_acts import Province, province, snapshot
from tests.org.pages.test_acts import blocked, homes

__all__ = ["blocked", "province"]
pytestmark = pytest.mark.django_db


def told(province: Province, **more: Any) -> dict[str, Any]:
    facts = {
        "kind": "merge",
        "decision": "12-QĐ/TU",
        "decided_on": "2025-07-01",
        "effective_on": "2025-07-01",
        "units": [province.one.code, province.two.code],
        "into": ["MOI"],
        "names": ["Đảng bộ xã Mới"],
    }
    return facts | more


@pytest.fixture
def client(province: Province) -> Client:
    return factories.signed_in(factories.account("administrator", province.top))


def post(client: Client, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    answer = client.post(f"/api/v1/acts{path}", body, content_type="application/json")
    return answer.status_code, answer.json()


def test_an_act_is_looked_at_done_once_listed_and_undone(client: Client, province: Province) -> None:
    before = snapshot()
    status, effects = post(client, "/foresight", told(province))
    assert (status, "Đơn vị kết thúc" in {one["subject"] for one in effects}) == (200, True)
    assert snapshot() == before

    status, act = post(client, "", told(province))
    assert (status, act["state"]) == (201, "done")
    assert post(client, "", told(province)) == (201, act)
    assert [one["id"] for one in client.get("/api/v1/acts").json()["items"]] == [act["id"]]

    status, undone = post(client, f"/{act['id']}/undo", {"reason": "Nhầm"})
    assert (status, undone["state"]) == (200, "undone")
    assert snapshot() == before


def test_a_refusal_is_a_problem_with_its_code(client: Client, province: Province) -> None:
    status, problem = post(client, "", told(province, units=["KHONG-CO"]))
    assert (status, problem["code"], problem["context"]["field"]) == (422, "act.unit_unknown", "units")

    act = post(client, "", told(province))[1]
    factories.cell(Unit.objects.get(code="MOI"), "Chi bộ Mới Lập")
    status, problem = post(client, f"/{act['id']}/undo", {"reason": "Nhầm"})
    assert (status, problem["code"]) == (422, "act.depended_on")
    assert any("Chi bộ Mới Lập" in sentence for sentence in problem["context"]["hindrances"])


def test_others_neither_see_nor_act(client: Client, province: Province) -> None:
    act = post(client, "", told(province))[1]
    stranger = factories.signed_in(factories.account("administrator", factories.province("Tỉnh khác")))

    assert stranger.get("/api/v1/acts").json()["items"] == []
    assert post(stranger, f"/{act['id']}/undo", {"reason": "Nhầm"})[0] == 404
    assert post(stranger, "", told(province))[0] == 422
    reader = factories.signed_in(factories.account("secretary", province.top))
    assert reader.get("/api/v1/acts").status_code == 403


def test_a_blocked_act_is_answered_anew_and_goes_on(client: Client, blocked: Act) -> None:
    status, effects = post(client, f"/{blocked.pk}/foresight", {"answers": {"org.rest": "1"}})
    asked = [one for one in effects if one["weight"] == "asks"]
    assert (status, [(one["question"], one["answer"]) for one in asked]) == (200, [("org.rest", "1")])
    status, problem = post(client, f"/{blocked.pk}/resume", {})
    assert (status, problem["code"]) == (422, "act.needs_choice")

    status, act = post(client, f"/{blocked.pk}/resume", {"answers": {"org.rest": "1"}})

    assert (status, act["state"]) == (200, "done")
    assert homes() == {"Lê Văn Cường": "A2", "Người Đến Sau": "A2"}
    assert post(client, f"/{blocked.pk}/resume", {}) == (200, act)


def test_what_only_warns_today_does_not_stop_an_act_of_a_later_day(
    client: Client, province: Province
) -> None:
    facts = told(
        province, kind="close", units=[province.cell.code], into=[], names=[], effective_on="2099-01-01"
    )

    _status, effects = post(client, "/foresight", facts)
    status, act = post(client, "", facts)

    assert [one["weight"] for one in effects if one["subject"] == "Người còn lại"] == ["warns"]
    assert (status, act["state"], "Còn 1 người" in act["hindrance"]) == (201, "planned", True)


def test_a_blocked_act_of_others_is_not_there(client: Client, blocked: Act) -> None:
    stranger = factories.signed_in(factories.account("administrator", factories.province("Tỉnh khác")))

    assert post(stranger, f"/{blocked.pk}/foresight", {})[0] == 404
    assert post(stranger, f"/{blocked.pk}/resume", {})[0] == 404
