"""What units ask for: once until it is answered, by the level above alone; the list is bounded and opens in Excel."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands import facility_requests as commands
from quantriet.org.models import AuditEvent, FacilityRequest, Notice, Unit
from quantriet.org.queries import tasks
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def province() -> Unit:
    return factories.province()


@pytest.fixture
def commune(province: Unit) -> Unit:
    return factories.commune(province, "Đảng bộ xã Một")


def asked(unit: Unit, by: Actor, *, need: str = "screen", text: str = "1 màn hình") -> FacilityRequest:
    with access.acting(by):
        return commands.ask(unit, need, text=text, by=by)


def settled(request: FacilityRequest, by: Actor, what: str, words: str) -> str:
    """The state after an answer, or the code of what refused it."""
    with access.acting(by):
        try:
            if what == "grant":
                return commands.grant(request, answer=words, by=by).state
            return commands.refuse(request, reason=words, by=by).state
        except DomainError as error:
            return error.code


def test_asked_again_it_is_one_and_the_level_above_is_told_once(province: Unit, commune: Unit) -> None:
    head = factories.actor("secretary", commune)
    first, again = asked(commune, head), asked(commune, head)
    anew = asked(commune, head, text="2 màn hình")

    with factories.looking_everywhere():
        rows = list(FacilityRequest.objects.values_list("text", "state"))
        told = list(Notice.objects.filter(key__startswith="facility-request").values_list("unit", flat=True))
    assert (first.pk, again.pk, anew.pk) == (first.pk,) * 3
    assert (rows, told) == ([("2 màn hình", "asked")], [province.pk])


def test_the_level_above_answers_once(province: Unit, commune: Unit) -> None:
    request = asked(commune, factories.actor("secretary", commune))
    above = factories.actor("officer", province)

    answers = [
        settled(request, above, "refuse", " "),
        settled(request, above, "refuse", "Chưa có kinh phí"),
        settled(request, above, "refuse", "Chưa có kinh phí"),
        settled(request, above, "grant", ""),
    ]

    assert answers == ["facility_request.reason", "refused", "refused", "facility_request.answered"]
    with factories.looking_everywhere():
        assert AuditEvent.objects.filter(action="facility_request.refused").count() == 1
        assert Notice.objects.filter(key=f"facility-answer:{request.pk}", unit=commune).count() == 1
    assert (
        asked(commune, factories.actor("secretary", commune)).pk != request.pk
    )  # answered, it may be asked anew


def test_nobody_answers_himself_and_no_neighbour_does(commune: Unit) -> None:
    head = factories.actor("secretary", commune)
    request = asked(commune, head)
    stranger = factories.actor("secretary", factories.commune(factories.province("Tỉnh Khác")))

    assert settled(request, head, "grant", "") == "facility_request.own"
    with access.acting(stranger), pytest.raises(ForbiddenError):
        commands.grant(request, answer="", by=stranger)
    with access.acting(stranger), pytest.raises(ForbiddenError):
        commands.ask(commune, "screen", text="1", by=stranger)


@pytest.mark.parametrize(("need", "text"), [("screen", " "), ("gold", "1 màn hình")])
def test_nonsense_is_not_sent(commune: Unit, need: str, text: str) -> None:
    with pytest.raises(DomainError) as refused:
        asked(commune, factories.actor("secretary", commune), need=need, text=text)

    assert refused.value.code == "facility_request.what"


def test_the_root_has_nobody_to_ask(province: Unit) -> None:
    with pytest.raises(DomainError) as refused:
        asked(province, factories.actor("secretary", province))

    assert refused.value.code == "facility_request.nobody_above"


def test_it_waits_in_the_day_of_who_answers_until_it_is_answered(province: Unit, commune: Unit) -> None:
    request = asked(commune, factories.actor("secretary", commune))
    above, own = factories.actor("officer", province), factories.actor("secretary", commune)

    def waiting(by: Actor) -> list[str]:
        with access.acting(by):
            return [task.text for task in tasks.tasks(by) if "hội trường" in task.text]

    before = (waiting(above), waiting(own))
    settled(request, above, "grant", "Cấp trong quý I")

    assert before == (["1 đề nghị về hội trường"], [])
    assert waiting(above) == []


def test_the_pages_ask_list_and_answer(province: Unit, commune: Unit) -> None:
    below = factories.signed_in(factories.account("secretary", commune))
    above = factories.signed_in(factories.account("officer", province))
    empty = below.post(reverse("facility-ask", args=[commune.pk]), {"need": "line", "text": ""})
    sent = below.post(reverse("facility-ask", args=[commune.pk]), {"need": "line", "text": "Cáp quang"})
    with factories.looking_everywhere():
        request = FacilityRequest.objects.get()
    address = reverse("facility-request", args=[request.pk])
    own = below.get(address).content.decode()
    counts = []
    for number in (1, 3):
        for at in range(number):
            unit = factories.commune(province, f"Xã {number}{at}")
            asked(unit, factories.actor("secretary", unit))
        above.get(reverse("facility-requests"))
        with CaptureQueriesContext(connection) as queries:
            page = above.get(reverse("facility-requests")).content.decode()
        counts.append(len(queries))
    unsaid = above.post(address, {"what": "refuse", "answer": ""})
    answered = above.post(address, {"what": "grant", "answer": "Quý I"})

    assert (empty.status_code, sent["Location"], "Đồng ý" in own) == (422, address, False)
    assert ("Xã 32" in page, counts[0] == counts[1]) == (True, True)
    assert (unsaid.status_code, answered.status_code) == (422, 302)
    assert "Quý I" in below.get(reverse("facilities", args=[commune.pk])).content.decode()
    sheet = above.get(reverse("facility-requests-sheet"))
    assert (sheet.status_code, sheet.content[:2]) == (200, b"PK")
