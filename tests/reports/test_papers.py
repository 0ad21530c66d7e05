"""One set of numbers: the paper, the workbook, the ledger and the rows say the same; names leave a trace."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quantriet.campaigns import queries as campaigns
from quantriet.campaigns.models import RollLine
from quantriet.core import jobs
from quantriet.core.errors import ForbiddenError
from quantriet.core.models import Work
from quantriet.core.office.documents_in import read_docx, read_pdf
from quantriet.core.office.letters_docx import to_docx
from quantriet.core.office.letters_pdf import to_pdf
from quantriet.core.office.sheets_in import read_xlsx
from quantriet.ledger.measures import Measure
from quantriet.org import access, paper_words
from quantriet.org.models.records import AccessEvent
from quantriet.reports import papers, queries
from quantriet.reports.commands import exports, reports
from quantriet.reports.models import Report
from quantriet.reports.pages import files
from quantriet.reports.workbooks import workbook
from tests import factories
from tests import factories_reports as made
from tests.factories import operator
from tests.factories_reports import House


@pytest.fixture
def house(db: None) -> House:
    built = House(communes=2)
    built.study(4, key="buổi 1")
    return built


def shown(report: Report) -> papers.Paper:
    with access.acting(operator()):
        return queries.paper(queries.contents(queries.readable(operator()).get(pk=report.pk)))


def province_report(house: House) -> Report:
    with access.acting(house.officer):
        return reports.draft(house.campaign, house.top, by=house.officer)


def test_word_ledger_and_rows_have_the_same_numbers(house: House) -> None:
    made.sent(house)
    paper = shown(province_report(house))
    word = read_docx(to_docx(papers.letter(paper)))
    with access.acting(operator()):
        board = campaigns.board(house.campaign, house.top)
        rows = RollLine.objects.filter(campaign=house.campaign)
        counted = (rows.exclude(fulfilled_on=None).count(), rows.count())
    ledger = (board.top.amount(Measure.PRESENT).total, board.top.amount(Measure.SUMMONED).total)
    lines = {cells[1]: cells for table in word.tables for cells in table.rows if len(cells) == 18}

    assert ledger == counted == (4, 6)
    assert "- Đã học: 4/6 người, đạt 66,7 %." in word.text
    assert (lines["Cộng"][8], lines["Cộng"][7], lines["Cộng"][9]) == ("4", "6", "66,7 %")
    assert [lines[one.name][8] for one in house.communes] == ["3", "1"]
    assert [lines[one.name][17] for one in house.communes] == [
        f"đã báo cáo {timezone.localdate():%d/%m/%Y}",
        "chưa báo cáo",
    ]


def test_the_paper_is_in_the_official_layout(house: House) -> None:
    report = made.sent(house)
    letter = papers.letter(shown(report))
    text = read_pdf(to_pdf(letter)).text

    assert (letter.superior, letter.issuer, letter.number_line) == (
        "ĐẢNG BỘ TỈNH AN GIANG",
        "ĐẢNG ỦY XÃ TÂN HỘI",
        "Số 05-BC/ĐU",
    )
    assert letter.authority_lines == ["T/M BAN THƯỜNG VỤ"]
    for words in ("ĐẢNG CỘNG SẢN VIỆT NAM", "BÁO CÁO", "kết quả đợt thử", "Lê Văn Bình", "Phụ lục 1"):
        assert words in text


@pytest.mark.parametrize(
    ("name", "party", "issuer", "place"),
    [
        ("Đảng bộ tỉnh An Giang", True, "Tỉnh ủy An Giang", "An Giang"),
        ("Đảng bộ thành phố Cần Thơ", True, "Thành ủy Cần Thơ", "Cần Thơ"),
        ("Đảng bộ phường Rạch Giá", True, "Đảng ủy phường Rạch Giá", "Rạch Giá"),
        ("Chi bộ Trường Tiểu học A", True, "Chi bộ Trường Tiểu học A", ""),
        ("Ủy ban Mặt trận Tổ quốc xã Tân Hội", False, "Ủy ban Mặt trận Tổ quốc xã Tân Hội", "Tân Hội"),
    ],
)
def test_who_issues_and_where(name: str, party: Any, issuer: str, place: str) -> None:
    assert (paper_words.issuer_of(name, party), paper_words.place_of(name)) == (issuer, place)


def test_the_workbook_has_the_numbers_and_no_names(house: House) -> None:
    content = workbook(shown(province_report(house)))
    sheets = [read_xlsx(content, name) for name in ("Số liệu chung", "Theo đơn vị", "Theo đối tượng")]
    rows = [[row.text(at) for at in range(len(row.values))] for sheet in sheets for row in sheet.rows]
    present = next(row for row in rows if row and row[0] == "Đã học")
    total = next(row for row in rows if len(row) == 18 and row[1] == "Cộng")

    assert present[1:3] == ["4", "6"]
    assert total[7:9] == ["6", "4"]
    assert not any("Nguyễn Văn" in cell for row in rows for cell in row)


def test_the_people_are_listed_by_unit_and_each_can_read_who_took_the_list(house: House) -> None:
    report = province_report(house)
    with access.acting(house.officer):
        content = exports.people_workbook(report, by=house.officer)
    listed = {
        unit.name: [row.text(1) for row in read_xlsx(content, unit.name).rows if row.text(0).isdecimal()]
        for unit in house.communes
    }
    with access.acting(operator()):
        logged = AccessEvent.objects.filter(page=exports.PAGE, reader=house.officer.name).count()
    assert listed == {unit.name: [f"Nguyễn Văn {name}" for name in "ABC"] for unit in house.communes}
    assert logged == 6


def test_who_may_not_read_people_gets_no_list(house: House) -> None:
    report = made.sent(house)
    inspector = factories.actor("inspector", house.top)
    with access.acting(inspector), pytest.raises(ForbiddenError):
        exports.people_workbook(report, by=inspector)


def test_a_list_takes_the_same_queries_for_few_and_for_many(db: None) -> None:
    counts = []
    for people in (1, 3):
        house = House(people=people)
        report = province_report(house)
        with access.acting(house.officer):
            exports.people_workbook(report, by=house.officer)
            with CaptureQueriesContext(connection) as found:
                exports.people_workbook(report, by=house.officer)
        counts.append(len(found))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_a_large_list_is_made_by_the_worker_for_who_ordered_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "AT_ONCE", 1)
    house = House(people=2)
    report = made.sent(house)
    orderer = factories.signed_in(factories.account("officer", house.top))
    other = factories.signed_in(factories.account("officer", house.top))
    href = reverse("report-people", args=[report.pk])
    ordered = [orderer.post(href).headers["Location"] for _try in range(2)]
    jobs.work_off()
    work = Work.objects.get()
    got = orderer.get(work.result["href"])
    start = b"".join(got)[:4]
    got.close()

    assert ordered[0] == ordered[1]
    assert (work.state, work.total) == ("done", 2)
    assert start == b"PK\x03\x04"
    assert other.get(work.result["href"]).status_code == 404
