"""Join logs of Zoom, Teams and Meet: in which order their days are, and that what cannot be decided is asked."""

import codecs
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.conferences import sheets
from quantriet.conferences.log_days import Order, Unclear, order_of, written
from quantriet.conferences.sheets import Expected, Here, Reading
from quantriet.core.errors import DomainError
from quantriet.core.office.cells import CellValue, SheetRow
from quantriet.core.office.sheets_in import Sheet, read_csv
from quantriet.core.text import VIETNAM, fold

SEVENTH = date(2026, 11, 7)
EIGHT = datetime(2026, 11, 7, 8, 0, tzinfo=VIETNAM)
NAMES = ("Trần Thị Hòa", "Lê Dũng", "Nguyễn Văn An")
PEOPLE = tuple(Expected(at, name, fold(name), "Chi bộ 1") for at, name in enumerate(NAMES, start=1))
TEAMS = ("First Join", "Last Leave")

ZOOM = b"""Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
81200000000,Quan triet,11/07/2026 07:50:00 AM,11/07/2026 11:00:00 AM,cau@example.vn,190,2

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
Tran Thi Hoa,hoa@example.vn,11/07/2026 08:03:12 AM,11/07/2026 10:30:00 AM,147,No
Le Dung,,11/07/2026 08:00:00 AM,11/07/2026 12:15:00 PM,255,Yes
"""

TEAMS_REPORT = """1. Summary
Meeting title\tQuán triệt Nghị quyết
Attended participants\t2
Start time\t11/7/26, 7:50:00 AM
End time\t11/7/26, 11:00:00 AM
Meeting duration\t3h 10m 0s

2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole
Trần Thị Hòa\t11/7/26, 8:03:12 AM\t11/7/26, 10:30:00 AM\t2h 26m 48s\thoa@example.vn\thoa@example.vn\tPresenter
Lê Dũng\t11/7/26, 8:00:00 AM\t11/7/26, 12:15:00 PM\t4h 15m\t\t\tAttendee

3. In-Meeting Activities
Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole
Trần Thị Hòa\t11/7/26, 8:03:12 AM\t11/7/26, 10:30:00 AM\t2h 26m 48s\thoa@example.vn\tPresenter
"""

MEET = b"""First name,Last name,Email,Duration,Time joined,Time exited
Th\xe1\xbb\x8b H\xc3\xb2a,Tr\xe1\xba\xa7n,hoa@example.vn,2 hr 26 min,8:03 AM,10:30 AM
L\xc3\xaa,D\xc5\xa9ng,,4 hr 15 min,8:00 AM,12:15 PM
"""


def read(content: bytes, day: date = SEVENTH, order: Order | None = None) -> Reading:
    return sheets.read(read_csv(content), Here(day, 7, bytes(32), PEOPLE), {}, order)


def stays(reading: Reading) -> list[tuple[tuple[str, ...], datetime | None, datetime | None]]:
    names = {one.person_id: one.full_name for one in PEOPLE}
    return [
        (
            (names[mark.person_id],) if mark.person_id else tuple(one.full_name for one in mark.candidates),
            mark.ask.at,
            mark.ask.out_at,
        )
        for mark in reading.marks
    ]


BOTH = [
    (("Trần Thị Hòa",), EIGHT + timedelta(minutes=3), EIGHT + timedelta(hours=2, minutes=30)),
    (("Lê Dũng",), EIGHT, EIGHT + timedelta(hours=4, minutes=15)),
]


@pytest.mark.parametrize(
    ("content", "order"),
    [
        (ZOOM, Order.MONTH_FIRST),
        (codecs.BOM_UTF16_LE + TEAMS_REPORT.encode("utf-16-le"), Order.MONTH_FIRST),
        (codecs.BOM_UTF8 + TEAMS_REPORT.encode(), Order.MONTH_FIRST),
        (MEET, Order.DAY_FIRST),
    ],
    ids=["zoom", "teams", "teams utf-8", "meet"],
)
def test_the_export_of_each_program_is_read_to_the_minute(content: bytes, order: Order) -> None:
    reading = read(content)

    assert (reading.faults, reading.unclear, reading.order, stays(reading)) == ((), None, order, BOTH)


def test_the_next_part_of_a_report_of_teams_is_not_people() -> None:
    without = TEAMS_REPORT.replace("3. In-Meeting Activities\n", "")

    assert [fault.sentence != "" for fault in read(without.encode()).faults] == [True]


def cells(*texts: CellValue, titles: tuple[str, ...] = TEAMS, day: date = SEVENTH) -> Order | Unclear:
    return order_of(texts, titles, day)


@pytest.mark.parametrize(
    ("texts", "titles", "day", "order"),
    [
        # a number past 12 proves it, whatever else is there
        (("11/23/2026 8:00",), TEAMS, date(2026, 11, 23), Order.MONTH_FIRST),
        (("23/11/2026 8:00 AM",), TEAMS, date(2026, 11, 23), Order.DAY_FIRST),
        (("11/7/2026 8:00", "11/23/2026 8:00"), ("Giờ vào",), SEVENTH, Order.MONTH_FIRST),
        # the day of the session comes out one way only
        (("11/7/2026, 8:03:12 AM",), TEAMS, SEVENTH, Order.MONTH_FIRST),
        (("11/7/2026 08:03",), TEAMS, SEVENTH, Order.MONTH_FIRST),
        (("07/11/2026 08:03",), ("Giờ vào",), SEVENTH, Order.DAY_FIRST),
        (("07/11/2026 08:03",), TEAMS, SEVENTH, Order.DAY_FIRST),
        # both readings are one day, or no reading is of the session: nothing to decide
        (("11/11/2026 8:00 AM",), TEAMS, date(2026, 11, 11), Order.DAY_FIRST),
        (("3/4/2026 8:00 AM",), TEAMS, SEVENTH, Order.DAY_FIRST),
        (("8:00 AM", "", "2026-11-07T08:00:00+07:00"), TEAMS, SEVENTH, Order.DAY_FIRST),
    ],
)
def test_the_sheet_decides_where_it_can(
    texts: tuple[str, ...], titles: tuple[str, ...], day: date, order: Order
) -> None:
    assert cells(*texts, titles=titles, day=day) == order


@pytest.mark.parametrize(
    ("texts", "titles"),
    [
        # of the session with the day first, but AM says that the month is first
        (("07/11/2026 8:03 AM",), TEAMS),
        # of the session with the month first, but its titles are Vietnamese
        (("11/7/2026 08:03",), ("Giờ vào", "Giờ ra")),
        # a spreadsheet made a date of it, perhaps the wrong way round
        ((datetime(2026, 7, 11, 8, 3),), TEAMS),  # noqa: DTZ001 - cells have no zone
        # of the session either way, row by row
        (("7/11/2026 08:03", "11/7/2026 08:10"), TEAMS),
    ],
)
def test_what_cannot_be_decided_is_asked(texts: tuple[CellValue, ...], titles: tuple[str, ...]) -> None:
    asked = cells(*texts, titles=titles)

    assert isinstance(asked, Unclear)
    assert {asked.day_first, asked.month_first} == {SEVENTH, date(2026, 7, 11)}


def test_a_sheet_of_both_orders_is_refused() -> None:
    with pytest.raises(DomainError) as refused:
        cells("13/11/2026 8:00", "11/13/2026 8:00")

    assert refused.value.code == "attendance.days_mixed"


def test_a_question_holds_everything_back_until_it_is_answered() -> None:
    content = ZOOM.replace(b"11/07/2026", b"07/11/2026")

    asked = read(content)
    as_day, as_month = (read(content, order=order) for order in Order)

    assert (asked.unclear, asked.marks, asked.is_settled) == (
        Unclear("07/11/2026", SEVENTH, date(2026, 7, 11)),
        (),
        False,
    )
    assert (stays(as_day), as_day.unclear, as_day.faults) == (BOTH, None, ())
    assert [(fault.address, fault.code) for fault in as_month.faults] == [
        ("C5", "attendance.time_unread"),
        ("C6", "attendance.time_unread"),
    ]


def test_a_true_date_of_a_spreadsheet_is_turned_back_when_somebody_says_so() -> None:
    rows: list[tuple[CellValue, ...]] = [
        ("Name", "Join time"),
        ("Lê Dũng", datetime(2026, 7, 11, 8, 0)),  # noqa: DTZ001 - cells have no zone
    ]
    sheet = Sheet("Log", tuple(SheetRow(at, row) for at, row in enumerate(rows, start=1)))

    reading = sheets.read(sheet, Here(SEVENTH, 7, bytes(32), PEOPLE), {}, Order.MONTH_FIRST)

    assert [mark.ask.at for mark in reading.marks] == [EIGHT]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-07T01:03:00Z", timedelta(minutes=3)),
        ("2026-11-07T08:03:00", timedelta(minutes=3)),
        ("2026-11-07 08:03:10", timedelta(minutes=3)),
        ("07/11/2026 8:03 SA", timedelta(minutes=3)),
        ("07/11/2026 1:03:10 CH", timedelta(hours=5, minutes=3)),
        ("07/11/26 8:03", timedelta(minutes=3)),
    ],
)
def test_other_ways_to_write_a_moment(text: str, at: timedelta) -> None:
    reading = read(f"Họ và tên,Giờ vào\nLê Dũng,{text}\n".encode())

    assert (reading.faults, [mark.ask.at for mark in reading.marks]) == ((), [EIGHT + at])


@pytest.mark.parametrize("text", ["2026-13-07T08:00:00", "31/11/2026 08:00", "07/11/2026 99:00", "T"])
def test_a_moment_no_calendar_has_is_a_fault_of_its_cell(text: str) -> None:
    reading = read(f"Họ và tên,Giờ vào\nLê Dũng,{text}\n".encode())

    assert [(fault.address, fault.code) for fault in reading.faults] == [("B2", "attendance.time_unread")]


@pytest.mark.parametrize(
    ("first", "last"), [("Văn An", "Nguyễn"), ("Nguyễn Văn", "An"), ("Nguyen Van", "An")]
)
def test_a_name_in_two_columns_is_found_either_way_round(first: str, last: str) -> None:
    reading = read(f"First name,Last name,Time joined\n{first},{last},8:00 AM\n".encode())

    assert stays(reading) == [(("Nguyễn Văn An",), EIGHT, None)]


@given(day=st.dates(date(2026, 1, 1), date(2027, 12, 31)), order=st.sampled_from(list(Order)))
def test_a_day_is_never_read_as_another_silently(day: date, order: Order) -> None:
    numbers = (day.day, day.month) if order is Order.DAY_FIRST else (day.month, day.day)
    text = f"{numbers[0]}/{numbers[1]}/{day.year} 8:00"

    found = order_of([text], TEAMS, day)

    one = written(text)
    assert one is not None
    assert isinstance(found, Unclear) or one.on(found) == day
