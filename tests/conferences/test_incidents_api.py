"""Incidents by the API: told at my own site, ended once, listed for whom they concern."""

import pytest

from quantriet.conferences.commands import sites
from quantriet.conferences.models import Incident
from quantriet.org import access
from quantriet.org.models import AuditEvent
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_preparation_api import House, client_of, queries_of, sent
from tests.factories import operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()


def test_an_incident_begins_once_and_ends_once(house: House) -> None:
    clerk = client_of("clerk", house.first)
    path = f"sites/{house.site.pk}/incidents"

    begun = [sent(clerk, "post", path, {"kind": "no_sound"}).json() for _ in range(2)]
    ended = [
        sent(clerk, "post", f"incidents/{begun[0]['id']}/end", {"remedy": remedy}).json()
        for remedy in ("Đổi micrô", "Khác")
    ]
    next_one = sent(clerk, "post", path, {"kind": "no_sound"}).json()

    assert (begun[0], begun[0]["to_at"], begun[0]["site_id"]) == (begun[1], None, house.site.pk)
    assert (ended[0]["remedy"], ended[0]) == ("Đổi micrô", ended[1])
    assert (next_one["id"] == begun[0]["id"], Incident.objects.count()) == (False, 2)
    assert AuditEvent.objects.filter(action="incident.begin").count() == 2
    assert AuditEvent.objects.filter(action="incident.end").count() == 1


def test_others_tell_and_end_nothing_at_my_site(house: House) -> None:
    by = operator()
    with access.acting(by):
        incident = sites.begin_incident(house.site, kind="lost_line", by=by)
    readers = {
        "own": client_of("clerk", house.first),
        "neighbour": client_of("clerk", house.second),
        "above": client_of("clerk", house.province),
        "inspector": client_of("inspector", house.province),
        "stranger": client_of("clerk", house.stranger),
        "member": client_of("member", house.first),
    }

    told = {
        name: sent(client, "post", f"sites/{house.site.pk}/incidents", {"kind": "no_picture"}).status_code
        for name, client in readers.items()
    }
    listed = {
        name: client.get(f"/api/v1/conferences/{house.whole.pk}/incidents")
        for name, client in readers.items()
    }
    order = sorted(readers, key=lambda name: name in ("own", "above"))  # who may, comes last
    ended = {
        name: sent(readers[name], "post", f"incidents/{incident.pk}/end", {}).status_code for name in order
    }

    whose = {"own": 200, "neighbour": 404, "above": 200, "inspector": 403, "stranger": 404, "member": 403}
    assert (told, ended) == (whose, whose)
    seen = {
        name: [one["kind"] for one in answer.json()["items"]]
        if answer.status_code == 200
        else answer.status_code
        for name, answer in listed.items()
    }
    both = ["lost_line", "no_picture"]
    assert seen == {
        "own": both, "neighbour": [], "above": both, "inspector": both, "stranger": 404, "member": 403,
    }  # fmt: skip


def test_what_is_unknown_is_refused(house: House) -> None:
    clerk = client_of("clerk", house.first)

    answers = [
        sent(clerk, "post", f"sites/{house.site.pk}/incidents", {"kind": "gold"}),
        sent(clerk, "post", "incidents/987654321/end", {}),
        sent(clerk, "post", f"sites/{house.site.pk}/incidents", {}),
    ]

    assert ([answer.status_code for answer in answers], Incident.objects.count()) == ([422, 404, 422], 0)


def test_the_log_comes_in_pages_in_as_many_statements_for_more(house: House) -> None:
    by = operator()
    above = client_of("inspector", house.province)
    path = f"conferences/{house.whole.pk}/incidents"

    def more(at: int) -> None:
        site = made.site(house.whole, factories.commune(house.province, f"Xã {at}"))
        with access.acting(by):
            incident = sites.begin_incident(site, kind="other", by=by)
            if at % 2:
                sites.end_incident(incident, remedy="", by=by)

    counts = queries_of(above, path, more)
    whole = above.get(f"/api/v1/{path}").json()["items"]
    still = above.get(f"/api/v1/{path}?only_open=true").json()["items"]
    first = above.get(f"/api/v1/{path}?limit=1").json()
    second = above.get(f"/api/v1/{path}?limit=1&cursor={first['next']}").json()

    assert (counts[0], len(whole), len(still)) == (counts[1], 4, sum(one["to_at"] is None for one in whole))
    assert [first["items"][0]["id"], second["items"][0]["id"]] == [one["id"] for one in whole[:2]]
