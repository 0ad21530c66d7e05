"""Who chaired and who taught, by unit: the head, or a deputy with the reason."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quantriet.conferences.models import Conference
from quantriet.conferences.queries import leading
from quantriet.org import access
from quantriet.org.models import Unit
from tests import factories
from tests import factories_conferences as called

pytestmark = pytest.mark.django_db


def held(unit: Unit, **told: Any) -> Conference:
    """A conference that is over."""
    conference = called.called(unit, **told)
    Conference.objects.filter(pk=conference.pk).update(state=Conference.State.CLOSED)
    return conference


def test_heads_and_deputies_are_counted_by_unit_of_those_i_look_down_on() -> None:
    province = factories.province()
    one, other = factories.commune(province, "Xã Một"), factories.commune(province, "Xã Hai")
    held(one, head_chaired=True, head_taught=True)
    held(one, head_chaired=False, deputy_reason="Bí thư đi học")
    held(other)
    called.called(one)  # not over
    year = timezone.localdate().year
    told = {}
    for name, by in {
        "all": factories.actor("officer", province),
        "one": factories.actor("officer", one),
    }.items():
        with access.acting(by):
            rows = leading.counts(by, year, {unit.pk: unit for unit in leading.units(by, year)})
            told[name] = {row.unit.name: (row.held, row.chaired, row.by_deputy, row.taught) for row in rows}
    assert told == {"all": {"Xã Một": (2, 1, 1, 1), "Xã Hai": (1, 1, 0, 0)}, "one": {"Xã Một": (2, 1, 1, 1)}}


def test_the_page_tells_the_reasons_in_as_many_queries_for_more_rows() -> None:
    commune = factories.commune(factories.province())
    client = factories.signed_in(factories.account("inspector", commune))
    counts = []
    for number in (1, 3):
        for _one in range(number):
            held(factories.cell(commune), head_chaired=False, deputy_reason="Bí thư đi học")
        client.get("/hoi-nghi/chu-tri/")
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/hoi-nghi/chu-tri/").content.decode()
        counts.append(len(asked))
    assert ("Bí thư đi học" in page, counts[0] == counts[1]) == (True, True)
    assert "Bí thư đi học" not in client.get("/hoi-nghi/chu-tri/?nam=2020").content.decode()
    assert client.get("/hoi-nghi/chu-tri/?nam=99999").status_code == 200
