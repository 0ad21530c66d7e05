"""Costs by the API: the list of the page, put in place once by who saw it; a year's sums up the tree."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from quantriet.conferences.commands import costs as commands
from quantriet.conferences.commands.costs import LINES, Cost, Purse
from quantriet.conferences.models import CostLine
from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.models import AuditEvent
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_preparation_api import House, client_of, queries_of, sent
from tests.factories import operator

pytestmark = pytest.mark.django_db

YEAR = timezone.localdate().year
HALL = {
    "item": "hall",
    "title": "Thuê hội trường",
    "money": "party",
    "planned": 5_000_000,
    "actual": 4_500_000,
}
PAPERS = {"item": "papers", "title": "", "money": "unit", "planned": 1_500_000, "actual": None}


@pytest.fixture
def house() -> House:
    """The house of the other operations, its conference in the year that is asked for."""
    found = House()
    found.whole.starts_at = timezone.now()
    found.whole.save(update_fields=["starts_at"])
    return found


def put(client: Client, path: str, *lines: dict[str, Any], **headers: str) -> Any:
    """Read the version, then put these lines."""
    version = client.get(f"/api/v1/{path}").json()["version"]
    return sent(client, "put", path, {"version": version, "lines": list(lines)}, **headers)


def test_a_list_is_put_in_place_as_a_whole_and_sent_again_nothing_changes(house: House) -> None:
    head, path = client_of("secretary", house.province), f"conferences/{house.whole.pk}/costs"
    empty = head.get(f"/api/v1/{path}").json()
    body = {"version": empty["version"], "lines": [HALL, PAPERS]}
    told = [sent(head, "put", path, body).json() for _one in range(2)]
    keyed = [sent(head, "put", path, body, Idempotency_Key="mot").json() for _one in range(2)]

    assert (empty["lines"], empty["unit_id"]) == ([], house.province.pk)
    assert told[0]["lines"] == [HALL, PAPERS]
    assert told[0]["sums"] == {"planned": 6_500_000, "actual": 4_500_000, "lines": 2, "open_lines": 1}
    assert [told[1], *keyed, head.get(f"/api/v1/{path}").json()] == [told[0]] * 4
    with factories.looking_everywhere():
        assert AuditEvent.objects.filter(action="costs.keep").count() == 1


def test_who_did_not_see_the_list_that_stands_gets_both_and_changes_nothing(house: House) -> None:
    head, path = client_of("secretary", house.province), f"conferences/{house.whole.pk}/costs"
    first = put(head, path, HALL).json()
    late = sent(head, "put", path, {"version": "0" * 16, "lines": [PAPERS]})
    seen = put(head, path, PAPERS)

    assert (late.status_code, late.json()["code"]) == (409, "costs.changed")
    assert (late.json()["context"]["theirs"], late.json()["context"]["yours"]) == ([HALL], [PAPERS])
    assert "Bản của bạn chưa ghi" in late.json()["detail"]
    assert (first["lines"], seen.json()["lines"]) == ([HALL], [PAPERS])


def test_who_bears_it_writes_who_looks_down_reads_nobody_beside_finds_it(house: House) -> None:
    whole, own = f"conferences/{house.whole.pk}/costs", f"sites/{house.site.pk}/costs"
    people = {
        "above": client_of("secretary", house.province),
        "own": client_of("secretary", house.first),
        "beside": client_of("secretary", house.second),
        "stranger": client_of("secretary", house.stranger),
        "inspector": client_of("inspector", house.province),
        "clerk": client_of("clerk", house.first),
    }
    read = {
        name: [client.get(f"/api/v1/{path}").status_code for path in (whole, own)]
        for name, client in people.items()
    }
    body = {"version": commands.version([]), "lines": [PAPERS]}
    written = {
        name: [sent(client, "put", path, body).status_code for path in (whole, own)]
        for name, client in people.items()
    }

    assert read == {
        "above": [200, 200], "own": [404, 200], "beside": [404, 404], "stranger": [404, 404],
        "inspector": [200, 200], "clerk": [404, 200],
    }  # fmt: skip
    assert written == {
        "above": [200, 200], "own": [404, 200], "beside": [404, 404], "stranger": [404, 404],
        "inspector": [403, 403], "clerk": [403, 403],
    }  # fmt: skip
    assert set(CostLine.objects.values_list("site", flat=True)) == {None, house.site.pk}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"item": "gold"}, "costs.out_of_range"),
        ({"money": "bank"}, "costs.out_of_range"),
        ({"planned": -1}, "api.unfit"),
        ({"planned": 10**15 + 1}, "api.unfit"),
        ({"planned": "năm triệu"}, "api.unfit"),
        ({"actual": 1.5}, "api.unfit"),
        ({"title": "x" * 201}, "api.unfit"),
    ],
)
def test_nonsense_is_refused_in_vietnamese_and_the_list_stands(
    house: House, line: dict[str, Any], code: str
) -> None:
    head, path = client_of("secretary", house.province), f"conferences/{house.whole.pk}/costs"
    put(head, path, HALL)
    answer = put(head, path, HALL, PAPERS | line)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert any(words in answer.json()["detail"] for words in ("Chưa lưu gì", "Chưa ghi gì"))
    assert head.get(f"/api/v1/{path}").json()["lines"] == [HALL]


def test_no_more_lines_than_the_page_of_the_list_can_hold(house: House) -> None:
    head, path = client_of("secretary", house.province), f"conferences/{house.whole.pk}/costs"
    by = operator()
    with access.acting(by), pytest.raises(DomainError) as refused:
        commands.keep(
            Purse(house.whole), [Cost("hall", "", "unit", 1)] * (LINES + 1), seen=commands.version([]), by=by
        )
    answers = [put(head, path, *[PAPERS] * number).status_code for number in (LINES + 1, LINES)]

    assert (refused.value.code, answers) == ("costs.too_many", [422, 200])


def test_a_year_is_summed_up_the_tree_and_a_neighbour_is_not_in_it(house: House) -> None:
    above, below = client_of("inspector", house.province), client_of("secretary", house.first)
    put(client_of("secretary", house.province), f"conferences/{house.whole.pk}/costs", HALL)
    put(below, f"sites/{house.site.pk}/costs", PAPERS)
    put(client_of("secretary", house.second), f"sites/{house.other.pk}/costs", PAPERS | {"actual": 0})
    told, narrow = (client.get(f"/api/v1/costs?year={YEAR}").json() for client in (above, below))
    opened = above.get(f"/api/v1/costs?year={YEAR}&unit_id={house.second.pk}").json()
    last_year = above.get(f"/api/v1/costs?year={YEAR - 1}").json()
    refused = [
        below.get(f"/api/v1/costs?year={YEAR}&unit_id={house.second.pk}").status_code,
        above.get("/api/v1/costs").status_code,
        above.get("/api/v1/costs?year=1").status_code,
        client_of("member", house.first).get(f"/api/v1/costs?year={YEAR}").status_code,
    ]

    papers = {"planned": 1_500_000, "actual": 0, "lines": 1, "open_lines": 1}
    assert told["own"] == {"planned": 5_000_000, "actual": 4_500_000, "lines": 1, "open_lines": 0}
    assert told["whole"] == {"planned": 8_000_000, "actual": 4_500_000, "lines": 3, "open_lines": 1}
    assert {one["unit_id"]: one["sums"] for one in told["below"]} == {
        house.first.pk: papers,
        house.second.pk: papers | {"open_lines": 0},
    }
    assert (narrow["unit_id"], narrow["whole"], narrow["below"]) == (house.first.pk, papers, [])
    assert (opened["whole"]["open_lines"], last_year["whole"]["lines"]) == (0, 0)
    assert refused == [404, 422, 422, 403]


def test_a_year_costs_as_many_statements_for_more_units(house: House) -> None:
    head = client_of("secretary", house.province)

    def grow(at: int) -> None:
        unit = factories.commune(house.province, f"Xã {at}")
        by = operator()
        with access.acting(by):
            purse = Purse(made.called(unit))
            commands.keep(purse, [Cost("hall", "", "unit", 1)], seen=commands.version([]), by=by)

    counts = queries_of(head, f"costs?year={YEAR}", grow)

    assert counts[0] == counts[1]
