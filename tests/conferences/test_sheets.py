"""What attendance sheets mean: ours, the member handbook's, a join log. What is not certain is asked."""

from datetime import date, datetime, timedelta

import pytest

from quantriet.conferences import codes, sheets
from quantriet.conferences.sheets import Expected, Here, Reading
from quantriet.conferences.verdicts import Act
from quantriet.core.errors import DomainError
from quantriet.core.office.cells import CellValue, SheetRow
from quantriet.core.office.sheets_in import Sheet
from quantriet.core.text import VIETNAM, fold

DAY = date(2026, 11, 23)
KEY = bytes(32)
SEVEN = datetime(2026, 11, 23, 7, 0, tzinfo=VIETNAM)


def person(person_id: int, name: str, *, born: date | None = None, card: bytes | None = None) -> Expected:
    return Expected(person_id, name, fold(name), "Chi bộ 1", born, born.year if born else None, card)


PEOPLE = (
    person(1, "Nguyễn Văn An", born=date(1980, 5, 1)),
    person(2, "Nguyễn Văn An", born=date(1990, 6, 2)),
    person(3, "Trần Thị Hòa", card=b"card-3"),
    person(4, "Lê Dũng"),
)
HERE = Here(DAY, 7, KEY, PEOPLE, {"079": b"card-3"})


def read(*rows: tuple[CellValue, ...], answers: dict[int, int] | None = None) -> Reading:
    sheet = Sheet("Tờ 1", tuple(SheetRow(at, row) for at, row in enumerate(rows, start=1)))
    return sheets.read(sheet, HERE, answers or {})


def told(reading: Reading) -> list[tuple[int | None, str]]:
    return [(mark.person_id, mark.ask.act.value) for mark in reading.marks]


def faults(reading: Reading) -> list[tuple[str, str]]:
    return [(fault.address, fault.code) for fault in reading.faults]


def test_our_own_sheet_is_certain_by_its_code() -> None:
    code = codes.shown(codes.short(KEY, 7, 2))

    reading = read(
        ("Mã điểm danh", "Họ và tên", "Trạng thái điểm danh", "Lý do"),
        (code, "Nguyễn Văn An", "Vắng có lý do", "ốm"),
        ("", "Lê Dũng", "", ""),
    )

    assert (told(reading), reading.marks[0].ask.excuse, reading.silent) == ([(2, "excused")], "ốm", 1)


def test_a_code_of_somebody_else_is_a_fault_in_its_cell() -> None:
    code = codes.short(KEY, 7, 4)

    reading = read(("Mã điểm danh", "Họ và tên", "Trạng thái"), (code, "Nguyễn Văn An", "x"))

    assert faults(reading) == [("A2", "attendance.forged_code")]


def test_the_member_handbook_is_read_by_card_birth_and_old_tone() -> None:
    reading = read(
        ("Sổ tay đảng viên điện tử", "", "", "", ""),
        ("Họ và tên", "Ngày sinh", "Số thẻ", "Trạng thái điểm danh", "Thời gian"),
        ("Trần Thị Hoà", "", "079", "Đã điểm danh", "23/11/2026 07:05:10"),
        ("Nguyễn Văn An", "02/06/1990", "", "Chưa điểm danh", ""),
    )

    assert told(reading) == [(3, "present"), (2, "absent")]
    assert reading.marks[0].ask.at == SEVEN + timedelta(minutes=5)


def test_two_of_one_name_are_asked_about_and_the_answer_holds() -> None:
    rows = (("Họ và tên", "Trạng thái"), ("Nguyễn Văn An", "có mặt"))

    asked = read(*rows)
    answered = read(*rows, answers={2: 1})
    left_out = read(*rows, answers={2: 0})
    invented = read(*rows, answers={2: 99})

    assert [one.person_id for one in asked.questions[0].candidates] == [1, 2]
    assert (told(answered), told(left_out), told(invented)) == ([(1, "present")], [], [(None, "present")])


def test_a_join_log_keeps_one_stay_from_first_to_last() -> None:
    reading = read(
        ("Name", "Join time", "Leave time", "Duration"),
        ("Lê Dũng", "07:00", "08:00", "60"),
        ("Lê Dũng", "08:10", "10:30", "140"),
    )

    (mark,) = reading.marks
    assert (mark.person_id, mark.ask.at, mark.ask.out_at) == (
        4,
        SEVEN,
        SEVEN + timedelta(hours=3, minutes=30),
    )


def test_a_name_within_a_longer_one_is_asked_never_guessed() -> None:
    reading = read(("Name", "Join time"), ("CB1 - Le Dung (iPhone)", "07:00"))

    assert [one.person_id for one in reading.questions[0].candidates] == [4]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("Lê Dũng", "lung tung", "", ""), ("B2", "attendance.state_unknown")),
        (("Người Lạ", "có mặt", "", ""), ("A2", "attendance.unknown_person")),
        (("Lê Dũng", "có mặt", "22/11/2026 07:00", ""), ("C2", "attendance.time_unread")),
        (("Lê Dũng", "có mặt", "25:99", ""), ("C2", "attendance.time_unread")),
        (("Lê Dũng", "có mặt", "09:00", "08:00"), ("D2", "attendance.out_before_in")),
    ],
)
def test_each_fault_stands_in_its_cell(row: tuple[str, ...], fault: tuple[str, str]) -> None:
    assert faults(read(("Họ và tên", "Trạng thái", "Thời gian", "Giờ ra"), row)) == [fault]


def test_a_person_in_two_rows_of_a_list_is_a_fault_of_the_later() -> None:
    reading = read(("Họ và tên", "Trạng thái"), ("Lê Dũng", "có mặt"), ("Lê Dũng", "vắng"))

    assert faults(reading) == [("A3", "attendance.person_twice")]


def test_a_sheet_without_names_is_refused() -> None:
    with pytest.raises(DomainError) as refused:
        read(("Cột một", "Cột hai"), ("a", "b"))

    assert refused.value.code == "sheet.no_header"


@pytest.mark.parametrize(
    ("word", "act"),
    [
        ("Có mặt", Act.PRESENT),
        ("x", Act.PRESENT),
        ("ĐI TRỄ", Act.LATE),
        ("Có phép", Act.EXCUSED),
        ("V", Act.ABSENT),
    ],
)
def test_words_for_states_are_read_as_people_write_them(word: str, act: Act) -> None:
    assert told(read(("Họ và tên", "Điểm danh"), ("Lê Dũng", word))) == [(4, act.value)]


@pytest.mark.parametrize(
    ("title", "mark", "act"),
    [
        ("Có mặt", "v", "present"),
        ("Có mặt", "✓", "present"),
        ("Có mặt", "0", "absent"),
        ("Có mặt", "vắng", "absent"),
        ("Điểm danh", "v", "absent"),
    ],
)
def test_a_tick_under_present_is_present(title: str, mark: str, act: str) -> None:
    reading = read(("Họ và tên", title), ("Lê Dũng", mark))

    assert (told(reading), faults(reading)) == ([(4, act)], [])


def test_a_sheet_in_decomposed_letters_names_the_same_people() -> None:
    reading = read(
        ("Họ và tên", "Trạng thái"), ("Tra\u0302\u0300n Thi\u0323 Ho\u0300a", "co\u0301 ma\u0323\u0306t")
    )

    assert told(reading) == [(3, "present")]


@pytest.mark.parametrize("rows", [3, 30])
def test_codes_of_people_are_made_once_however_many_rows_carry_one(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [person(at, f"Người Thứ {at}") for at in range(1, 31)]
    here = Here(DAY, 7, KEY, people)
    told = [(codes.short(KEY, 7, one.person_id), one.full_name, "x") for one in people[:rows]]
    header = ("Mã điểm danh", "Họ và tên", "Trạng thái")
    sheet = Sheet("Tờ 1", tuple(SheetRow(at, row) for at, row in enumerate([header, *told], start=1)))
    made: list[int] = []
    plain = codes.short

    def short(key: bytes, conference_id: int, person_id: int) -> str:
        made.append(person_id)
        return plain(key, conference_id, person_id)

    monkeypatch.setattr(codes, "short", short)

    reading = sheets.read(sheet, here, {})

    assert [mark.person_id for mark in reading.marks] == [one.person_id for one in people[:rows]]
    assert sorted(made) == [one.person_id for one in people]


def test_a_code_of_two_people_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "short", lambda *_about: "00000000")

    reading = read(("Mã điểm danh", "Họ và tên", "Trạng thái"), ("00000000", "Lê Dũng", "x"))

    assert faults(reading) == [("A2", "attendance.forged_code")]
