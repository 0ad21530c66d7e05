"""The yearly quota on the pages: counted by unit, decided by its unit, told before a conference is called."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quantriet.conferences.commands import quotas as decisions
from quantriet.conferences.models import Conference, Quota
from quantriet.conferences.queries import quotas
from quantriet.conferences.quota import PRESET, Intended, Limits, Worry
from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.ledger.measures import Form
from quantriet.org import access
from quantriet.org.models import Unit
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year
QUOTAS = "/hoi-nghi/dinh-muc/"


def decide(unit: Unit, limits: Limits) -> Quota:
    """As the operator."""
    by = factories.operator()
    with access.acting(by):
        return decisions.decide(unit, limits, by=by)


def test_the_year_of_a_unit_counts_what_takes_from_its_quota() -> None:
    province = factories.province()
    one, other = factories.commune(province, "Xã Một"), factories.commune(province, "Xã Hai")
    made.called(one)
    made.called(one, form=Form.TELEVISION)
    made.site(made.called(one), factories.cell(one))  # its own hall and a site online
    made.called(one, kind=Conference.Kind.CELL_MEETING)
    off = made.called(one)
    Conference.objects.filter(pk=off.pk).update(state=Conference.State.CANCELLED, state_reason="Hoãn")
    last = made.called(one)
    Conference.objects.filter(pk=last.pk).update(
        starts_at=last.starts_at.replace(year=YEAR - 1), ends_at=last.ends_at.replace(year=YEAR - 1)
    )
    with access.acting(factories.operator()):
        found = quotas.meters([one, other], YEAR)

    assert [(found[unit.pk].called, found[unit.pk].online) for unit in (one, other)] == [(3, 2), (0, 0)]
    assert (found[one.pk].limit, found[one.pk].left, found[one.pk].is_over) == (3, 0, False)


def test_below_the_root_limits_are_stricter_only() -> None:
    province = factories.province()
    commune = factories.commune(province)
    decide(province, Limits(4, 5, 50, "Quy định tỉnh"))
    decide(commune, Limits(4, 2, 70, "Quy định xã"))
    with pytest.raises(DomainError) as refused:
        decide(commune, Limits(4, 6, 70, "Quy định xã"))
    decide(province, Limits(2, 1, 50, "Quy định mới"))

    with access.acting(factories.operator()):
        found = quotas.limits([province.pk, commune.pk])
    assert refused.value.code == "quota.looser"
    assert found == {
        province.pk: Limits(2, 1, 50, "Quy định mới"),
        commune.pk: Limits(2, 1, 70, "Quy định mới; Quy định xã"),
    }


def test_a_decision_sent_again_is_one_and_nonsense_is_refused() -> None:
    province = factories.province()
    first, again = (decide(province, Limits(2, 3, 60, "Quy định")) for _time in range(2))
    codes = []
    for wrong in (
        replace(PRESET, online_percent=101),
        replace(PRESET, commune_a_year=0),
        replace(PRESET, clause=" "),
    ):
        with pytest.raises(DomainError) as refused:
            decide(province, wrong)
        codes.append(refused.value.code)

    assert (first.pk, Quota.objects.count()) == (again.pk, 1)
    assert codes == ["quota.out_of_range", "quota.out_of_range", "quota.clause"]


def test_only_who_manages_a_unit_decides_for_it() -> None:
    province = factories.province()
    commune, neighbour = factories.commune(province), factories.commune(province)
    for by in (factories.actor("secretary", neighbour), factories.actor("inspector", commune)):
        with access.acting(by), pytest.raises(ForbiddenError):
            decisions.decide(commune, PRESET, by=by)
    allowed = factories.actor("secretary", commune)
    with access.acting(allowed):
        decisions.decide(commune, PRESET, by=allowed)

    assert list(Quota.objects.values_list("unit", flat=True)) == [commune.pk]


def test_the_page_shows_my_units_in_as_many_queries_for_more_rows() -> None:
    province = factories.province()
    commune, foreign = factories.commune(province, "Xã Một"), factories.commune(province, "Xã Lạ")
    made.called(foreign)
    client = factories.signed_in(factories.account("inspector", commune))
    counts = []
    for number in (1, 3):
        for _one in range(number):
            made.called(factories.cell(commune, f"Chi bộ {number}{_one}"))
        client.get(QUOTAS)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(QUOTAS).content.decode()
        counts.append(len(asked))

    assert ("Chi bộ 32" in page, "Xã Lạ" in page, "Lưu định mức" in page) == (True, False, False)
    assert counts[0] == counts[1]
    assert client.post(QUOTAS, vars(PRESET)).status_code == 403
    assert client.get(f"{QUOTAS}?nam=99999").status_code == 200


def test_a_unit_decides_on_the_page() -> None:
    commune = factories.commune(factories.province())
    client = factories.signed_in(factories.account("secretary", commune))
    looser = client.post(QUOTAS, {**vars(PRESET), "commune_a_year": 9})
    sent = client.post(QUOTAS, {**vars(PRESET), "commune_a_year": 2})

    assert (looser.status_code, "không được rộng hơn" in looser.content.decode()) == (422, True)
    assert (sent.status_code, Quota.objects.get(unit=commune).commune_a_year) == (302, 2)
    assert "định mức 2, còn 2" in client.get("/hoi-nghi/").content.decode()


def test_a_program_reads_the_year_of_its_unit() -> None:
    commune = factories.commune(factories.province())
    made.called(commune, form=Form.ONLINE)
    client = factories.signed_in(factories.account("inspector", commune))
    answer = client.get("/api/v1/conferences/quota", {"year": YEAR})

    assert answer.json() == {
        "unit_id": commune.pk,
        "year": YEAR,
        "called": 1,
        "online": 1,
        "limit": 3,
        "online_percent": 60,
        "clause": PRESET.clause,
    }
    assert client.get("/api/v1/conferences/quota", {"year": 99999}).status_code == 422
    assert Client().get("/api/v1/conferences/quota", {"year": YEAR}).status_code == 401


def called_by_page(client: Client, **told: Any) -> Any:
    """The call form as it is offered, sent with these changes."""
    page = client.get(reverse("conference-call"), {"dot": told.get("campaign", "0")})
    form = page.context["form"]
    sent = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    sent |= {
        "key": page.context["key"],
        "title": "Hội nghị",
        "head_chaired": "on",
        "campaign": "0",
        "classes": [],
    }
    sent |= {"day": f"{timezone.localdate():%d/%m/%Y}", "site_form": "2", "form": "2", **told}
    return sent, client.post(reverse("conference-call"), sent)


def test_what_goes_over_the_quota_is_told_before_it_is_called_and_then_not_refused() -> None:
    commune = factories.commune(factories.province())
    client = factories.signed_in(factories.account("secretary", commune))
    for _one in range(3):
        made.called(commune, form=Form.ONLINE)

    sent, first = called_by_page(client)
    before = Conference.objects.count()
    words = first.content.decode()
    seen = [one.sentence for one in first.context["unseen"]]
    second = client.post(reverse("conference-call"), {**sent, "seen": seen})
    again = client.post(reverse("conference-call"), sent)

    assert (first.status_code, before, len(seen)) == (422, 3, 1)
    assert ("hội nghị thứ 4 trong năm" in words, "Vẫn triệu tập" in words) == (True, True)
    assert (second.status_code, Conference.objects.count()) == (302, 4)
    assert again["Location"] == second["Location"]  # a retry is no fifth


def test_within_the_quota_nothing_stands_in_the_way() -> None:
    commune = factories.commune(factories.province())
    client = factories.signed_in(factories.account("secretary", commune))
    for _one in range(2):
        made.called(commune, form=Form.ONLINE)

    _sent, answer = called_by_page(client)

    assert (answer.status_code, Conference.objects.count()) == (302, 3)


def test_what_was_streamed_to_a_level_is_not_held_again_unwarned() -> None:
    province = factories.province()
    commune, spared = factories.commune(province, "Xã Một"), factories.commune(province, "Xã Hai")
    cell = factories.cell(commune)
    campaign = campaigns_made.started(province)
    conference = made.called(province, campaign, title="Hội nghị toàn tỉnh")
    documents = frozenset(campaign.documents.values_list("document_id", flat=True))
    intended = Intended(YEAR, is_online=True, documents=documents)

    def repeats(unit: Unit, wanted: Intended = intended) -> list[str]:
        with access.acting(factories.operator()):
            told = quotas.foreseen(unit, campaign, wanted)
        return [one.sentence for one in told if one.worry is Worry.REPEATED]

    unseated = repeats(commune)
    made.site(conference, commune)
    seated = [len(repeats(unit)) for unit in (commune, cell, spared, province)]
    other_text = repeats(commune, replace(intended, documents=frozenset()))
    campaign.policy = {**campaign.policy, "credit_from_superior": False}
    own_way = repeats(commune)
    campaign.policy = {**campaign.policy, "credit_from_superior": True}
    Conference.objects.filter(pk=conference.pk).update(state=Conference.State.CANCELLED, state_reason="Hoãn")

    assert (unseated, seated, other_text, own_way, repeats(commune)) == ([], [1, 1, 0, 0], [], [], [])
