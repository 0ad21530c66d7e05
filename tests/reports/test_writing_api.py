"""Writing and reviewing reports by programs: who may, who may not, what a retry and a second editor get."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client

from quantriet.core.office.sheets_in import read_xlsx
from quantriet.reports.models import Report, ReportEvent
from tests import factories
from tests import factories_reports as made
from tests.factories_reports import House

BASE = "/api/v1/reports"
JSON = "application/json"


@pytest.fixture
def house(db: None) -> House:
    built = House()
    built.study(2, key="buổi 1")
    return built


def own(house: House) -> Client:
    return factories.signed_in(factories.account("secretary", house.commune))


def above(house: House) -> Client:
    return factories.signed_in(factories.account("officer", house.top))


def stranger() -> Client:
    return factories.signed_in(factories.account("officer", factories.province("Đảng bộ tỉnh Khác")))


def told(answer: Any) -> tuple[int, Any]:
    return answer.status_code, answer.json()


def test_a_report_is_drafted_once_written_and_disputed(house: House) -> None:
    client = own(house)
    body = {"campaign_id": house.campaign.pk}

    (status, first), (_again, second) = [told(client.post(BASE, body, content_type=JSON)) for _ in range(2)]
    path = f"{BASE}/{first['id']}"
    written = told(
        client.put(f"{path}/sections/causes", {"text": "Do mưa.", "version": 0}, content_type=JSON)
    )
    section = {"text": "Do bão.", "version": 0}
    late = told(client.put(f"{path}/sections/causes", section, content_type=JSON))
    other = told(
        client.put(
            f"{path}/figures/present/dispute", {"value": 3, "reason": "Sót một người"}, content_type=JSON
        )
    )
    back = [told(client.delete(f"{path}/figures/present/dispute")) for _ in range(2)]

    assert (status, first["id"], first["state"], first["unit_id"]) == (
        201,
        second["id"],
        "draft",
        house.commune.pk,
    )
    assert written == (200, {"code": "causes", "version": 1})
    assert (late[0], late[1]["code"], late[1]["context"]["theirs"], late[1]["context"]["yours"]) == (
        409,
        "report.changed",
        "Do mưa.",
        "Do bão.",
    )
    assert [disputed(one) for one in (other, *back)] == [(3, "Sót một người"), (None, ""), (None, "")]
    assert Report.objects.count() == 1


def disputed(answer: tuple[int, Any]) -> tuple[int | None, str]:
    figure = next(one for one in answer[1]["figures"] if one["code"] == "present")
    return figure["disputed_value"], figure["disputed_reason"]


def test_the_head_is_kept_and_a_second_editor_is_told(house: House) -> None:
    report = made.begun(house)
    client = own(house)
    head = {"version": report.version, "number": "07-BC/ĐU", "dated_on": "2026-03-02"}

    kept = told(client.put(f"{BASE}/{report.pk}/head", head, content_type=JSON))
    late = told(client.put(f"{BASE}/{report.pk}/head", {**head, "number": "08-BC/ĐU"}, content_type=JSON))

    assert (kept[0], kept[1]["number"], kept[1]["dated_on"]) == (200, "07-BC/ĐU", "2026-03-02")
    assert (late[0], late[1]["code"]) == (409, "report.head_changed")


def test_what_was_sent_is_returned_and_accepted_from_above_only(house: House) -> None:
    report = made.sent(house)
    path = f"{BASE}/{report.pk}"
    return_body = {"sending": 1, "reason": "Thiếu số của chi bộ"}

    by_itself = told(own(house).post(f"{path}/accept", {"sending": 1}, content_type=JSON))
    by_stranger = [
        stranger().post(f"{path}/{act}", body, content_type=JSON).status_code
        for act, body in (("accept", {"sending": 1}), ("return", return_body))
    ]
    unread = told(above(house).post(f"{path}/accept", {"sending": 2}, content_type=JSON))
    wordless = told(above(house).post(f"{path}/return", {"sending": 1, "reason": " "}, content_type=JSON))
    returned = [
        told(above(house).post(f"{path}/return", return_body, content_type=JSON)) for _try in range(2)
    ]

    assert by_itself[0] in {403, 404}
    assert by_stranger == [404, 404]
    assert (unread[1]["code"], wordless[1]["code"]) == ("report.sent_again", "report.return_reason")
    assert [(status, one["state"], one["returned_reason"]) for status, one in returned] == [
        (200, "returned", "Thiếu số của chi bộ")
    ] * 2
    assert ReportEvent.objects.filter(kind=ReportEvent.Kind.RETURNED).count() == 1


def test_accepting_twice_counts_once_and_a_correction_stands_beside(house: House) -> None:
    report = made.sent(house)
    path = f"{BASE}/{report.pk}"
    correction = {"text": "1.357 người", "reason": "Cộng sót", "key": "đc-1"}

    accepted = [told(above(house).post(f"{path}/accept", {"sending": 1}, content_type=JSON)) for _ in "ab"]
    corrected = [told(own(house).post(f"{path}/corrections", correction, content_type=JSON)) for _ in "ab"]

    assert [(status, one["state"]) for status, one in accepted] == [(200, "accepted")] * 2
    assert (corrected[0][0], corrected[0]) == (201, corrected[1])
    kinds = sorted(ReportEvent.objects.values_list("kind", flat=True))
    assert kinds == sorted([ReportEvent.Kind.SENT, ReportEvent.Kind.ACCEPTED, ReportEvent.Kind.CORRECTED])


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("put", "/sections/causes", {"text": "x", "version": 0}),
        ("put", "/head", {"version": 1, "dated_on": "2026-03-02"}),
        ("put", "/figures/present/dispute", {"value": 1, "reason": "x"}),
        ("delete", "/figures/present/dispute", None),
        ("post", "/corrections", {"text": "x", "reason": "x", "key": "k"}),
    ],
)
def test_nobody_writes_in_the_report_of_another_unit(
    house: House, method: str, path: str, body: dict[str, Any] | None
) -> None:
    report = made.begun(house)
    beside = factories.signed_in(
        factories.account("secretary", factories.commune(house.top, "Đảng bộ xã Bên"))
    )
    before = Report.objects.values().get()

    codes = [
        getattr(client, method)(f"{BASE}/{report.pk}{path}", body, content_type=JSON).status_code
        for client in (beside, above(house), stranger())
    ]

    assert (set(codes) <= {403, 404}, Report.objects.values().get()) == (True, before)


def test_a_neighbour_drafts_no_report_for_another(house: House) -> None:
    beside = factories.signed_in(
        factories.account("secretary", factories.commune(house.top, "Đảng bộ xã Bên"))
    )
    body = {"campaign_id": house.campaign.pk, "unit_id": house.commune.pk}

    assert (beside.post(BASE, body, content_type=JSON).status_code, Report.objects.count()) == (404, 0)


def test_the_papers_are_those_of_the_pages_and_for_whom_they_are(house: House) -> None:
    report = made.fill(made.begun(house), by=house.secretary)
    client = own(house)

    word, pdf, sheet = (
        client.get(f"{BASE}/{report.pk}/{name}") for name in ("paper.docx", "paper.pdf", "figures.xlsx")
    )
    hidden = above(house).get(f"{BASE}/{report.pk}/paper.docx").status_code

    assert ("word/document.xml" in ZipFile(BytesIO(word.content)).namelist(), pdf.content[:5]) == (
        True,
        b"%PDF-",
    )
    assert (len(read_xlsx(sheet.content).rows) > 1, hidden) == (True, 404)


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/sections/causes", {"text": "x"}, "api.unfit"),
        ("/figures/present/dispute", {"value": -1, "reason": "x"}, "report.negative"),
        ("/figures/present/dispute", {"value": 9, "reason": "x"}, "report.above_whole"),
        ("/figures/lung-tung/dispute", {"value": 1, "reason": "x"}, "gate.not_found"),
        ("/sections/lung-tung", {"text": "x", "version": 0}, "gate.not_found"),
    ],
)
def test_bad_input_is_answered_with_its_code_and_a_sentence(
    house: House, path: str, body: dict[str, Any], code: str
) -> None:
    report = made.begun(house)

    _status, problem = told(own(house).put(f"{BASE}/{report.pk}{path}", body, content_type=JSON))

    assert (problem["code"], problem["detail"] != "") == (code, True)
