"""Reports for programs: what may be read, sending once, refusals with every blocker."""

import pytest
from django.test import Client

from quantriet.org import access
from quantriet.reports import queries
from quantriet.reports.models import Report, ReportEvent
from tests import factories
from tests import factories_reports as made
from tests.factories_reports import House


@pytest.fixture
def house(db: None) -> House:
    built = House()
    built.study(2, key="buổi 1")
    return built


def browser(role: str, house: House) -> Client:
    return factories.signed_in(factories.account(role, house.commune if role != "officer" else house.top))


def test_a_program_reads_and_sends_once(house: House) -> None:
    report = made.fill(made.begun(house), by=house.secretary)
    own, above = browser("secretary", house), browser("officer", house)
    hidden = above.get(f"/api/v1/reports/{report.pk}")
    sent = [
        own.post(f"/api/v1/reports/{report.pk}/send", content_type="application/json") for _try in range(2)
    ]
    listed = above.get("/api/v1/reports").json()

    assert hidden.status_code == 404
    assert [(answer.status_code, answer.json()["sending"]) for answer in sent] == [(200, 1), (200, 1)]
    assert ReportEvent.objects.count() == 1
    assert [one["id"] for one in listed["items"]] == [report.pk]
    detail = above.get(f"/api/v1/reports/{report.pk}").json()
    present = next(one for one in detail["figures"] if one["code"] == "present")
    assert (present["numerator"], present["denominator"], present["grades"]) == (2, 3, [2, 0, 0, 0])
    assert (detail["frozen"], detail["findings"]) == (True, [])
    assert next(one for one in detail["sections"] if one["code"] == "causes")["text"] == made.WORDS


def test_an_unfinished_report_is_refused_with_every_blocker(house: House) -> None:
    report = made.begun(house)
    own = browser("secretary", house)
    refused = own.post(f"/api/v1/reports/{report.pk}/send", content_type="application/json")
    detail = own.get(f"/api/v1/reports/{report.pk}").json()

    assert refused.status_code == 422
    assert refused.json()["code"] == "report.blocked"
    assert len(refused.json()["context"]["findings"]) == 5
    assert [one["code"] for one in detail["findings"] if one["weight"] == "blocker"] == [
        one["code"] for one in refused.json()["context"]["findings"]
    ]
    assert Report.objects.get().state == "draft"


def test_a_stranger_finds_nothing(house: House) -> None:
    report = made.sent(house)
    stranger = factories.signed_in(factories.account("officer", factories.province("Đảng bộ tỉnh Khác")))
    assert stranger.get("/api/v1/reports").json()["items"] == []
    assert stranger.get(f"/api/v1/reports/{report.pk}").status_code == 404
    assert (
        stranger.post(f"/api/v1/reports/{report.pk}/send", content_type="application/json").status_code == 404
    )


def test_the_lines_of_today_lead_to_the_report(house: House) -> None:
    with access.acting(house.secretary):
        before = [(one.text, one.act, one.href) for one in queries.tasks(house.secretary)]
    made.sent(house)
    with access.acting(house.secretary):
        after = queries.tasks(house.secretary)
    with access.acting(house.officer):
        above = [(one.text, one.act) for one in queries.tasks(house.officer)]
    assert before == [("Báo cáo kết quả: Đợt thử", "Soạn", f"/bao-cao/dot/{house.campaign.pk}/soan/")]
    assert (after, above) == ([], [("1 báo cáo chờ duyệt", "Duyệt")])
