"""Settled attendance by the API says what the pages and the ledger say, to whom they say it."""

import pytest

from quantriet.conferences.queries import settled
from quantriet.ledger.measures import Measure
from quantriet.org import access
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_makeups import summoned_late
from tests.conferences.test_preparation_api import client_of, queries_of
from tests.conferences.test_settled import Morning
from tests.factories import operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Morning:
    return Morning()


def test_the_summary_is_that_of_the_page_and_of_the_ledger(town: Morning) -> None:
    inspector = client_of("inspector", town.commune)
    told = inspector.get(f"/api/v1/conferences/{town.conference.pk}/settled").json()
    with access.acting(operator()):
        page = settled.whole(town.conference, by=operator()).sums

    assert told["outcomes"] == {outcome.value: count for outcome, count in page.of.items()}
    assert (told["summoned"], told["people"], told["missed"], told["guests"], told["sites"]) == (
        3,
        2,
        1,
        2,
        1,
    )
    assert [told["people"], told["turns"], told["late"]] == town.counts(
        Measure.PRESENT, Measure.ATTENDANCES, Measure.LATE
    )


def test_sites_and_people_add_up_to_the_summary(town: Morning) -> None:
    inspector = client_of("inspector", town.commune)
    own = made.site(town.conference, factories.cell(town.commune, "Chi bộ 3"))
    path = f"/api/v1/conferences/{town.conference.pk}/settled"
    whole = inspector.get(path).json()
    rows = inspector.get(f"{path}/sites").json()["items"]
    people = [
        one
        for site in (town.site, own)
        for one in inspector.get(f"/api/v1/sites/{site.pk}/settled").json()["items"]
    ]

    assert sorted(row["site_id"] for row in rows) == sorted([town.site.pk, own.pk])
    for outcome, count in whole["outcomes"].items():
        assert sum(row["outcomes"][outcome] for row in rows) == count
    assert sorted((one["full_name"], one["outcome"], one["excuse"]) for one in people if one["source"]) == [
        ("Lê Chi", "excused", "ốm"),
        ("Nguyễn Văn An", "present", ""),
        ("Trần Thị Bình", "late", ""),
    ]
    late = inspector.get(f"/api/v1/sites/{town.site.pk}/settled?outcome=late").json()["items"]
    assert [one["full_name"] for one in late] == ["Trần Thị Bình"]


def test_each_reads_what_his_pages_show_him(town: Morning) -> None:
    stranger = factories.commune(factories.province("Tỉnh Khác"), "Xã Lạ")
    readers = {
        "commune": client_of("clerk", town.commune),
        "cell": client_of("clerk", town.cell),
        "above": client_of("inspector", town.province),
        "lecturer": client_of("lecturer", town.commune),
        "member": client_of("member", town.cell),
        "stranger": client_of("inspector", stranger),
    }
    paths = (
        f"conferences/{town.conference.pk}/settled",
        f"conferences/{town.conference.pk}/settled/sites",
        f"sites/{town.site.pk}/settled",
    )

    answers = {
        name: [client.get(f"/api/v1/{path}").status_code for path in paths]
        for name, client in readers.items()
    }

    assert answers == {
        "commune": [200, 200, 200],
        "cell": [200, 200, 404],  # the site is the commune's
        "above": [200, 200, 200],
        "lecturer": [403, 403, 403],
        "member": [403, 403, 403],
        "stranger": [404, 404, 404],
    }
    of_cell = readers["cell"].get(f"/api/v1/{paths[0]}").json()
    assert (of_cell["sites"], of_cell["people"], of_cell["turns"]) == (0, 0, 0)
    assert readers["cell"].get(f"/api/v1/{paths[1]}").json()["items"] == []


def test_sites_and_people_come_in_as_many_statements_for_more(town: Morning) -> None:
    inspector = client_of("inspector", town.commune)

    def another_cell(at: int) -> None:
        made.site(town.conference, factories.cell(town.commune, f"Chi bộ số {at}"))

    of_sites = queries_of(inspector, f"conferences/{town.conference.pk}/settled/sites", another_cell)
    of_people = queries_of(
        inspector,
        f"sites/{town.site.pk}/settled",
        lambda at: summoned_late(town, f"Người Thêm {at}"),
    )

    assert (of_sites[0], of_people[0]) == (of_sites[1], of_people[1])
