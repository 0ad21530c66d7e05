"""Who chaired and who taught, by unit: the head, or a deputy with the reason."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quantriet.conferences.commands.conferences import AgendaLine
from quantriet.conferences.models import Conference
from quantriet.conferences.queries import leading
from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.models import Unit
from tests import factories
from tests import factories_campaigns as campaigns_made
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


def taught_by(presenter: str, document_id: int | None) -> tuple[AgendaLine, ...]:
    return (AgendaLine("Khai mạc"), AgendaLine("Giới thiệu nghị quyết", document_id, 60, presenter=presenter))


def test_a_deputy_who_is_named_for_a_document_needs_a_reason() -> None:
    commune = factories.commune(factories.province())
    document = campaigns_made.document(commune)
    deputy = taught_by("Đồng chí Trần Thị Bình", document.pk)
    refused = []
    for told in (
        {"agenda": deputy},
        {"agenda": deputy, "head_taught": True},
        {"agenda": deputy, "deputy_reason": "Bí thư đi học"},
        {"agenda": taught_by(" ", document.pk)},  # nobody is named yet
        {"agenda": taught_by("Đồng chí Trần Thị Bình", None)},  # he opens the meeting, and teaches nothing
        {"agenda": deputy, "deputy_reason": " "},
    ):
        try:
            called.called(commune, **told)
        except DomainError as error:
            refused.append((error.code, "truyền đạt" in error.sentence))
        else:
            refused.append(("", False))

    no, yes = ("conference.deputy_reason", True), ("", False)
    assert (refused, Conference.objects.count()) == ([no, yes, yes, yes, yes, no], 4)


def test_the_list_of_deputies_says_who_chaired_and_who_taught() -> None:
    commune = factories.commune(factories.province())
    document = campaigns_made.document(commune)
    agenda = taught_by("Đồng chí Trần Thị Bình", document.pk)
    taught = held(commune, agenda=agenda, deputy_reason="Bí thư họp tỉnh")
    both = held(commune, agenda=agenda, head_chaired=False, deputy_reason="Bí thư đi học")
    held(commune, agenda=agenda, head_taught=True)
    client = factories.signed_in(factories.account("inspector", commune))

    page = client.get("/hoi-nghi/chu-tri/")
    shown = page.context["deputies"]

    assert [(one.pk, one.head_chaired, one.is_taught_by_deputy) for one in shown] == [
        (both.pk, False, True),
        (taught.pk, True, True),
    ]
    assert "Chủ trì, Truyền đạt" in page.content.decode()


def test_the_form_says_it_beside_the_reason() -> None:
    province = factories.province()
    campaign = campaigns_made.started(province)
    officer = factories.signed_in(factories.account("officer", province))
    form = officer.get(reverse("conference-call"), {"dot": campaign.pk}).context["form"]
    told = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    told |= {"campaign": campaign.pk, "key": "mot", "day": "01/12/2026", "form": "2", "classes": []}
    told |= {"head_chaired": "on", "presenter_0": "Đồng chí Trần Thị Bình"}

    refused = officer.post(reverse("conference-call"), told)
    taken = officer.post(reverse("conference-call"), {**told, "deputy_reason": "Bí thư họp tỉnh"})

    assert list(refused.context["form"].errors) == ["deputy_reason"]
    assert (refused.status_code, taken.status_code, Conference.objects.count()) == (422, 302, 1)
