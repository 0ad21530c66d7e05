"""The pages of reports: written, sent, returned, accepted; figures stay locked; nobody sees a stranger's words."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quantriet.core.office.letters_docx import to_docx
from quantriet.org import access
from quantriet.org.models import Account, Unit
from quantriet.reports import papers, queries
from quantriet.reports.commands import reports
from quantriet.reports.models import Report, ReportEvent, ReportFigure
from tests import factories
from tests import factories_reports as made
from tests.factories_reports import House

CANARY = "Chữ chỉ đơn vị mình đọc"


@pytest.fixture
def house(db: None) -> House:
    built = House()
    built.study(2, key="buổi 1")
    return built


def browser(role: str, unit: Unit) -> Client:
    return factories.signed_in(factories.account(role, unit))


def test_a_report_goes_up_comes_back_goes_up_and_is_accepted(house: House) -> None:
    writer, reviewer = browser("secretary", house.commune), browser("officer", house.top)
    begun = writer.post(reverse("report-begin", args=[house.campaign.pk]), {"kind": "result"})
    report = Report.objects.get()
    made.fill(report, by=house.secretary)
    check = writer.get(reverse("report-check", args=[report.pk]), headers={"HX-Request": "true"})
    sent = writer.post(reverse("report-send", args=[report.pk]))
    waiting = reviewer.get(reverse("reports-review"))
    back = reviewer.post(reverse("report-return", args=[report.pk]), {"sending": 1, "reason": "Thiếu"})
    editor = writer.get(reverse("report", args=[report.pk]))
    writer.post(reverse("report-send", args=[report.pk]))
    again = reviewer.post(reverse("report-accept", args=[report.pk]), {"sending": 2})

    assert [answer.status_code for answer in (begun, check, sent, waiting, back, editor, again)] == [
        302, 200, 302, 200, 302, 200, 302,
    ]  # fmt: skip
    assert "Không thấy chỗ nào sai" in check.content.decode()
    assert house.commune.name in waiting.content.decode()
    assert "Bị trả lại: Thiếu" in editor.content.decode()
    assert list(ReportEvent.objects.values_list("kind", flat=True)) == [
        "sent",
        "returned",
        "sent",
        "accepted",
    ]
    assert Report.objects.get().state == "accepted"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("answer", "state"), [("report-return", "returned"), ("report-accept", "accepted")])
def test_what_comes_late_amends_a_report_and_its_own_way_up_does_not(
    house: House, answer: str, state: str
) -> None:
    report = made.sent(house)
    reviewer = browser("officer", house.top)
    href = reverse("report", args=[report.pk])
    frozen = reverse("campaign-freeze", args=[house.campaign.pk, report.freeze_id])

    sent = reviewer.get(href).content.decode()
    reviewer.post(reverse(answer, args=[report.pk]), {"sending": 1, "reason": "Thiếu"})
    answered, period = reviewer.get(href).content.decode(), reviewer.get(frozen).content.decode()
    house.study(3, key="buổi 2")
    late = reviewer.get(href).content.decode()

    assert Report.objects.get().state == state
    assert ["lần ghi muộn" in page for page in (sent, answered, late)] == [False, False, True]
    assert "Sau khi gửi có 1 lần ghi muộn" in late
    assert "Chưa có. Số của kỳ vẫn như lúc chốt." in period


def test_a_sent_report_leads_to_the_board_of_its_day_as_was_and_as_now(house: House) -> None:
    report = made.sent(house)
    assert report.freeze is not None
    day = report.freeze.on
    board = f"{reverse('campaign', args=[house.campaign.pk])}?don_vi={house.commune.pk}&amp;ngay={day.isoformat()}"
    reviewer = browser("officer", house.top)

    body = reviewer.get(reverse("report", args=[report.pk])).content.decode()

    assert f"Bảng đến ngày {day:%d/%m/%Y}:" in body
    assert f'<a href="{board}&amp;cach=khi-do">như khi đó</a>' in body
    assert f'<a href="{board}&amp;cach=nay">như nay</a>' in body


def test_words_are_saved_while_one_types_and_the_second_writer_sees_both(house: House) -> None:
    report = made.begun(house)
    writer = browser("clerk", house.commune)
    href = reverse("report-section", args=[report.pk, "leadership"])
    typed = {"text": "Của văn thư", "version": "0", "from": "editor"}
    saved = writer.post(href, typed, headers={"HX-Request": "true"})
    refused = writer.post(href, {"text": "Của bí thư", "version": "0"}, headers={"HX-Request": "true"})

    assert "Lưu tự động" in saved.content.decode()
    assert 'id="ban-leadership" value="1"' in saved.content.decode()
    assert (refused.status_code, refused["HX-Retarget"]) == (409, "#xung-dot-leadership")
    assert "Của văn thư" in refused.content.decode()
    assert "Của bí thư" in refused.content.decode()
    assert Report.objects.get().texts["leadership"]["text"] == "Của văn thư"


def test_a_locked_figure_cannot_be_written_through_the_form(house: House) -> None:
    report = made.begun(house)
    writer = browser("secretary", house.commune)
    forged = {"text": "x", "version": "0", "numerator": "99", "present": "99", "figures": '{"present": 99}'}
    writer.post(reverse("report-section", args=[report.pk, "conferences"]), forged)
    disputed = {"value": "3", "reason": "Khác", "numerator": "99", "denominator": "1", "code": "sites"}
    writer.post(reverse("report-dispute", args=[report.pk, "present"]), disputed)

    with access.acting(house.secretary):
        figures = queries.contents(queries.writable(house.secretary).get()).figures
    assert (figures["present"].numerator, figures["present"].denominator) == (2, 3)
    assert list(ReportFigure.objects.values_list("code", "numerator", "disputed_value")) == [
        ("present", None, 3)
    ]


def test_another_figure_that_cannot_be_true_is_told_beside_the_field(house: House) -> None:
    report = made.begun(house)
    href = reverse("report-dispute", args=[report.pk, "present"])
    writer = browser("secretary", house.commune)
    for value in ("9", "nhiều", ""):
        answer = writer.post(href, {"value": value, "reason": "Khác"}, headers={"HX-Request": "true"})
        assert answer.status_code == 422
    assert "lớn hơn tổng 3" in writer.post(href, {"value": "9", "reason": "K"}).content.decode()
    assert ReportFigure.objects.count() == 0


def test_another_figure_opened_as_a_page_of_its_own_is_sent_as_one_and_leads_back(house: House) -> None:
    """The parts that a script would change stand in the report's page only."""
    report = made.begun(house)
    href = reverse("report-dispute", args=[report.pk, "present"])
    writer = browser("secretary", house.commune)
    alone = writer.get(href).content.decode()
    inside = writer.get(href, headers={"HX-Request": "true"}).content.decode()
    saved = writer.post(href, {"value": "3", "reason": "Khác"})

    post = f'hx-post="{href}"'
    assert (post in alone, post in inside) == (False, True)
    assert (saved.status_code, saved["Location"]) == (302, reverse("report", args=[report.pk]))


def _open(client: Client, report: Report) -> list[tuple[str, int]]:
    pages: list[tuple[str, list[Any]]] = [
        ("report", []),
        ("report-section", ["leadership"]),
        ("report-head", []),
        ("report-figure", ["present"]),
        ("report-dispute", ["present"]),
        ("report-check", []),
        ("report-docx", []),
        ("report-pdf", []),
        ("report-xlsx", []),
        ("report-people", []),
    ]
    return [(name, client.get(reverse(name, args=[report.pk, *more])).status_code) for name, more in pages]


def _write(client: Client, report: Report) -> list[int]:
    posts: list[tuple[str, list[Any], dict[str, Any]]] = [
        ("report-section", ["leadership"], {"text": "x", "version": "1"}),
        ("report-head", [], {"version": "1"}),
        ("report-dispute", ["present"], {"value": "1", "reason": "x"}),
        ("report-send", [], {}),
        ("report-accept", [], {"sending": "0"}),
        ("report-return", [], {"sending": "0", "reason": "x"}),
        ("report-correct", [], {"text": "x", "reason": "x", "key": "x"}),
        ("report-people", [], {}),
    ]
    return [
        client.post(reverse(name, args=[report.pk, *more]), data).status_code for name, more, data in posts
    ]


def test_nobody_but_the_unit_itself_sees_a_draft(house: House) -> None:
    report = made.begun(house)
    with access.acting(house.secretary):
        reports.write(report, section="leadership", text=CANARY, version=0, by=house.secretary)
    beside = factories.commune(house.top, "Đảng bộ xã Bên")
    strangers = [
        browser("officer", house.top),
        browser("secretary", beside),
        browser("secretary", house.cells[0]),
        browser("officer", factories.province("Đảng bộ tỉnh Khác")),
        browser("inspector", house.top),
        browser("member", house.commune),
    ]
    for stranger in strangers:
        for name, status in _open(stranger, report):
            assert status in (403, 404), name
        assert set(_write(stranger, report)) <= {403, 404, 405}
        for name in ("reports", "reports-review"):
            assert CANARY not in stranger.get(reverse(name), follow=True).content.decode()
    own = browser("clerk", house.commune).get(reverse("report", args=[report.pk]))
    assert CANARY in own.content.decode()
    assert Report.objects.get().state == "draft"


def test_a_sent_report_is_read_above_and_nowhere_else(house: House) -> None:
    report = made.sent(house)
    beside = browser("secretary", factories.commune(house.top, "Đảng bộ xã Bên"))
    above, inspector = browser("officer", house.top), browser("inspector", house.top)

    assert made.WORDS in above.get(reverse("report", args=[report.pk])).content.decode()
    assert made.WORDS in inspector.get(reverse("report", args=[report.pk])).content.decode()
    assert {status for _name, status in _open(beside, report)} == {404}
    assert house.commune.name not in beside.get(reverse("reports-review")).content.decode()
    # Looking is not writing: the inspector has no button and no way round it.
    assert set(_write(inspector, report)) <= {403, 404, 405}
    assert above.get(reverse("report-section", args=[report.pk, "leadership"])).status_code == 404


def test_a_foreign_report_answers_like_one_that_is_not_there(house: House) -> None:
    report = made.begun(house)
    stranger = browser("officer", factories.province("Đảng bộ tỉnh Khác"))
    foreign = stranger.get(reverse("report", args=[report.pk]))
    nothing = stranger.get(reverse("report", args=[report.pk + 1000]))
    assert (foreign.status_code, nothing.status_code) == (404, 404)
    assert foreign.content.decode().count(str(report.pk + 1000)) == 0


def _queries(client: Client, href: str) -> int:
    client.get(href)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(href).status_code == 200
    return len(found)


def test_lists_take_the_same_queries_for_one_row_and_for_three(db: None) -> None:
    counts = []
    for communes in (1, 3):
        house = House(communes=communes, people=1)
        for commune in house.communes:
            actor = factories.actor("secretary", commune)
            with access.acting(actor):
                report = reports.draft(house.campaign, commune, by=actor)
            made.fill(report, by=actor)
            with access.acting(actor):
                reports.send(report, by=actor)
        officer: Account = factories.account("officer", house.top)
        client = factories.signed_in(officer)
        client.post(reverse("report-begin", args=[house.campaign.pk]), {"kind": "result"})
        own = Report.objects.get(unit=house.top)
        addresses = [
            reverse("reports"),
            reverse("reports-review"),
            reverse("report-campaign", args=[house.campaign.pk]),
            reverse("report", args=[own.pk]),
            reverse("report-figure", args=[own.pk, "present"]),
            reverse("report-docx", args=[own.pk]),
        ]
        counts.append([_queries(client, href) for href in addresses])
    assert counts[0] == counts[1]


def test_an_old_report_gets_its_faults_marked_and_nothing_is_kept(house: House) -> None:
    report = made.sent(house)
    with access.acting(house.secretary):
        letter = papers.letter(
            queries.paper(queries.contents(queries.readable(house.secretary).get(pk=report.pk)))
        )
    client = browser("officer", house.top)
    typed = client.post(reverse("report-examine"), {"text": "Có 1.356/1.468 đảng viên, đạt 97,8 %."})
    text = SimpleUploadedFile("cu.txt", "Có 1.356/1.468, đạt 97,8 %.".encode())
    dropped = client.post(reverse("report-examine"), {"file": text})
    ours = client.post(reverse("report-examine"), {"file": SimpleUploadedFile("moi.docx", to_docx(letter))})
    nothing = client.post(reverse("report-examine"), {})
    image = SimpleUploadedFile("anh.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64)

    for answer in (typed, dropped):
        assert "→ 92,4\u00a0% (1.356/1.468)" in answer.content.decode()
    assert "Không thấy tỷ lệ sai hay ngày trái nhau" in ours.content.decode()
    assert nothing.status_code == 422
    assert client.post(reverse("report-examine"), {"file": image}).status_code == 422


def test_the_outline_of_a_campaign_is_changed_by_who_manages_it(house: House) -> None:
    href = reverse("report-outline", args=[house.campaign.pk])
    manager, reader = browser("officer", house.top), browser("secretary", house.commune)
    changed = {"version": "0", "leadership-title": "Chỉ đạo", "lecturers-out": "1", "new-chapter": "V. RIÊNG"}
    assert manager.post(href, changed).status_code == 302
    assert reader.post(href, changed).status_code == 403
    found = queries.outline(house.campaign, "result")
    assert found[0].title == "Chỉ đạo"
    assert "lecturers" not in {one.code for one in found}
    assert [one.chapter for one in found[-2:]] == ["V. RIÊNG", "PHỤ LỤC"]
    assert reader.get(href).status_code == 200


def test_files_are_what_they_say(house: House) -> None:
    report = made.sent(house)
    client = browser("officer", house.top)
    starts = {}
    for name in ("docx", "pdf", "xlsx"):
        answer = client.get(reverse(f"report-{name}", args=[report.pk]))
        content = b"".join(answer) if answer.streaming else answer.content
        starts[name] = io.BytesIO(content).read(4)
    assert starts == {"docx": b"PK\x03\x04", "pdf": b"%PDF", "xlsx": b"PK\x03\x04"}
