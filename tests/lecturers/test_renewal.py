"""Kiện toàn from a sheet: every fault with its cell, doubtful names asked about, done whole by one decision."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from quantriet.core.office.cells import SheetRow
from quantriet.core.office.sheets_in import Sheet, read_xlsx
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.lecturers import renewal
from quantriet.lecturers.models import Lecturer
from quantriet.lecturers.renewal import House, Known
from quantriet.org.models import Unit
from tests import factories
from tests import factories_lecturers as made
from tests.factories import looking_everywhere

HEADER = (
    "Họ tên",
    "Năm sinh",
    "Mã đơn vị",
    "Lực lượng",
    "Lĩnh vực",
    "Tiếng dân tộc",
    "Hình thức",
    "Số thẻ",
    "Địa bàn",
)
AN = Known(1, "Trần Văn An", "A1", "Chi bộ ấp 1", date(1980, 5, 6), None, b"an")
AN_TOO = Known(2, "Trần Văn An", "A2", "Chi bộ ấp 2", None, 1990)
HOUSE = House([AN, AN_TOO], {"X1": 77}, {"0123": b"an"})


def sheet(*rows: tuple[str, ...]) -> Sheet:
    told = (HEADER, *(row + ("",) * (len(HEADER) - len(row)) for row in rows))
    return Sheet("Kiện toàn", tuple(SheetRow(at, row) for at, row in enumerate(told, 1)))


def faults(*rows: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(one.address, one.code) for one in renewal.read(sheet(*rows), HOUSE, {}).faults]


def test_a_row_is_understood_however_it_is_written() -> None:
    row = (
        "trần văn an",
        "1980",
        "A1",
        "BCV",
        "Xây dựng Đảng; phap luat, cai cach tu phap",
        "khmer",
        "Tiếp tục",
        "",
        "X1",
    )
    line = renewal.read(sheet(row), HOUSE, {}).lines[0]
    assert (line.person_id, line.corps, line.subjects, line.languages, line.area_id, line.leaves) == (
        1, "lecturer", ("party", "law"), ("khmer",), 77, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "person"),
    [
        (("Trần Văn An", "06/05/1980", "", "", "party"), 1),
        (("Trần Văn An", "", "Chi bộ ấp 2", "", "party"), 2),
        (("Trần Văn An", "", "", "", "party", "", "", "0123"), 1),
        (("Trần Văn An", "", "", "", "party"), None),
    ],
)
def test_a_person_is_found_by_birth_unit_or_card_and_else_asked_about(
    row: tuple[str, ...], person: int | None
) -> None:
    read = renewal.read(sheet(row), HOUSE, {})
    assert [line.person_id for line in read.lines] == [person]
    assert [len(line.candidates) for line in read.questions] == ([] if person else [2])


def test_an_answer_settles_a_doubt_and_only_among_those_it_may_be() -> None:
    doubtful = sheet(("Trần Văn An", "", "", "", "party"))
    assert renewal.read(doubtful, HOUSE, {2: 2}).lines[0].person_id == 2
    assert renewal.read(doubtful, HOUSE, {2: 99}).lines[0].person_id is None


def test_every_fault_stands_at_its_cell() -> None:
    assert faults(
        ("Lê Lạ", "", "", "", "party"),
        ("Trần Văn An", "1980", "", "trưởng ban", "party"),
        ("Trần Văn An", "1980", "", "", "bói toán"),
        ("Trần Văn An", "1980", "", "", ""),
        ("Trần Văn An", "1980", "", "", "party", "", "tạm nghỉ"),
        ("Trần Văn An", "1980", "", "", "party", "", "", "", "X9"),
        ("Trần Văn An", "1980", "", "", "party"),
        ("Trần Văn An", "1980", "A1", "", "law"),
    ) == [
        ("A2", "renewal.unknown_person"),
        ("D3", "renewal.corps"),
        ("E4", "renewal.subjects"),
        ("E5", "renewal.subjects"),
        ("G6", "renewal.leaves"),
        ("I7", "renewal.area"),
        ("A9", "renewal.twice"),
    ]


def test_who_leaves_needs_no_subject() -> None:
    read = renewal.read(sheet(("Trần Văn An", "1980", "", "", "", "", "thôi")), HOUSE, {})
    assert (read.faults, [line.leaves for line in read.lines]) == ((), [True])


# --- the page ---------------------------------------------------------------------------------------------------


def body(response: Any) -> str:
    return str(response.content.decode())


def upload(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    book = Workbook()
    columns = [TableColumn(title, CellKind.TEXT) for title in HEADER]
    book.add_table(Table("", columns, [row + ("",) * (len(HEADER) - len(row)) for row in rows]))
    return SimpleUploadedFile("kien-toan.xlsx", book.to_bytes())


@pytest.fixture
def commune(db: None) -> Unit:
    return factories.commune(factories.province())


def serving() -> set[str]:
    with looking_everywhere():
        rows = Lecturer.objects.filter(dismissed_on=None).select_related("person")
        return {row.person.full_name for row in rows}


def ticket(response: Any) -> str:
    return str(response.context["ticket"])


def test_looked_at_first_then_done_whole_and_again_nothing_changes(commune: Unit) -> None:
    made.serving(commune, factories.person(commune, "Lê Thị Cũ"))
    made.serving(commune, factories.person(commune, "Lê Thị Thôi"))
    made.serving(commune, factories.person(commune, "Lê Thị Quên"))
    factories.person(commune, "Trần Văn Mới")
    client = factories.signed_in(factories.account("officer", commune))
    rows = (("Lê Thị Cũ", "", "", "", "party"), ("Trần Văn Mới", "", "", "TTV", "law"),
            ("Lê Thị Thôi", "", "", "", "", "", "thôi"))  # fmt: skip
    looked = client.post("/bao-cao-vien/kien-toan/", {"sheet": upload(*rows)})
    foreseen = looked.context["foreseen"]
    untouched = serving()
    order = {"ticket": ticket(looked), "act": "do", "decision_number": "40-QĐ/ĐU", "decided_on": "01/06/2026"}
    nameless = client.post("/bao-cao-vien/kien-toan/", order | {"decision_number": ""})
    done = [client.post("/bao-cao-vien/kien-toan/", order).status_code for _again in range(2)]
    assert [len(part) for part in (foreseen.new, foreseen.same, foreseen.leaving, foreseen.unnamed)] == [
        1,
        1,
        1,
        1,
    ]
    assert untouched == {"Lê Thị Cũ", "Lê Thị Thôi", "Lê Thị Quên"}
    assert (nameless.status_code, done) == (422, [302, 302])
    assert serving() == {"Lê Thị Cũ", "Trần Văn Mới", "Lê Thị Quên"}
    client.post("/bao-cao-vien/kien-toan/", order | {"unnamed": "leave"})
    assert serving() == {"Lê Thị Cũ", "Trần Văn Mới"}


def test_faults_and_open_questions_keep_the_whole_sheet_out(commune: Unit) -> None:
    for year in (1980, 1990):
        factories.person(commune, "Trần Văn An", birth_date=date(year, 5, 6))
    client = factories.signed_in(factories.account("officer", commune))
    wrong = client.post("/bao-cao-vien/kien-toan/", {"sheet": upload(("Không Ai", "", "", "", "party"))})
    asked = client.post("/bao-cao-vien/kien-toan/", {"sheet": upload(("Trần Văn An", "", "", "", "party"))})
    order = {"ticket": ticket(asked), "act": "do", "decision_number": "40-QĐ", "decided_on": "01/06/2026"}
    client.post("/bao-cao-vien/kien-toan/", order)
    open_still = serving()
    chosen = asked.context["sheet"].questions[0].candidates[0].person_id
    client.post("/bao-cao-vien/kien-toan/", order | {"row_2": chosen})
    assert (wrong.status_code, "Không có ai tên" in body(wrong)) == (422, True)
    assert (open_still, serving()) == (set(), {"Trần Văn An"})


def test_a_ticket_of_another_unit_and_no_file_are_refused(commune: Unit) -> None:
    client = factories.signed_in(factories.account("officer", commune))
    other = factories.signed_in(factories.account("officer", factories.province("Tỉnh Khác")))
    factories.person(commune, "Trần Văn Mới")
    looked = client.post("/bao-cao-vien/kien-toan/", {"sheet": upload(("Trần Văn Mới", "", "", "", "party"))})
    foreign = other.post("/bao-cao-vien/kien-toan/", {"ticket": ticket(looked), "act": "do"})
    empty = client.post("/bao-cao-vien/kien-toan/", {})
    assert ("quá hạn chờ" in body(foreign), "Chưa chọn tệp" in body(empty), serving()) == (True, True, set())


def test_the_sheet_of_the_corps_as_it_stands_comes_back_unchanged(commune: Unit) -> None:
    made.serving(commune, factories.person(commune, "Lê Thị Cũ"), subjects=("party", "society"), languages=("khmer",),
                 area_id=commune.pk, most_a_month=2)  # fmt: skip
    client = factories.signed_in(factories.account("officer", commune))
    sent = client.get("/bao-cao-vien/kien-toan/mau.xlsx").content
    assert read_xlsx(sent).rows[1].text(0) == "Lê Thị Cũ"
    looked = client.post("/bao-cao-vien/kien-toan/", {"sheet": BytesIOFile(sent)})
    foreseen = looked.context["foreseen"]
    assert (len(foreseen.same), foreseen.new, foreseen.changed, foreseen.unnamed) == (1, [], [], [])


class BytesIOFile(BytesIO):
    """A file as a browser sends it: with a name."""

    name = "mau.xlsx"
