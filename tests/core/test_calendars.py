"""Calendars as bytes: parsed again they say the same; lines are folded by octets, never within a letter."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from quantriet.core.calendars import Entry, calendar, stable_uid

AT = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
LONG = (
    "Hội nghị trực tuyến toàn quốc nghiên cứu, học tập, quán triệt Nghị quyết; phổ biến, triển khai Kết luận "
    * 2
)


def read(*entries: Entry) -> Calendar:
    return Calendar.from_ical(calendar("Lịch của tôi", entries, at=AT))


def test_what_is_written_is_read_again() -> None:
    starts = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
    entry = Entry(
        "a@b", LONG, starts, starts + timedelta(hours=3), "Hội trường A; tầng 2, phường Ô Chợ Dừa", "Một\nHai, ba",
        "https://vi-du.invalid/lich/", sequence=3,
    )  # fmt: skip
    day = Entry("c@d", "Hạn nộp", date(2026, 12, 31), date(2026, 12, 31), is_cancelled=True)

    found = read(entry, day)
    first, second = found.walk("VEVENT")

    assert (str(found["X-WR-CALNAME"]), found["VERSION"]) == ("Lịch của tôi", "2.0")
    assert (str(first["SUMMARY"]), str(first["LOCATION"]), str(first["DESCRIPTION"])) == (
        entry.title, entry.place, entry.text,
    )  # fmt: skip
    assert (first.decoded("DTSTART"), first.decoded("DTEND"), first["SEQUENCE"]) == (
        entry.starts,
        entry.ends,
        3,
    )
    assert (first["STATUS"], second["STATUS"], first["UID"]) == ("CONFIRMED", "CANCELLED", "a@b")
    assert (second.decoded("DTSTART"), second.decoded("DTEND")) == (date(2026, 12, 31), date(2027, 1, 1))


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=400))
def test_no_line_is_longer_than_75_octets_and_none_breaks_a_letter(title: str) -> None:
    told = calendar("Lịch", [Entry("a@b", f"{LONG}{title}", date(2026, 1, 1), date(2026, 1, 1))], at=AT)

    lines = told.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode("utf-8") is not None for line in lines)
    assert b"\n" not in told.replace(b"\r\n", b"")
    (event,) = Calendar.from_ical(told).walk("VEVENT")
    assert str(event["SUMMARY"]) == f"{LONG}{title}"


def test_two_houses_with_the_same_row_number_have_other_names() -> None:
    names = {stable_uid("hoi-nghi", 7, AT + timedelta(microseconds=step)) for step in range(2)}

    assert len(names) == 2
    assert stable_uid("hoi-nghi", 7, AT) == "hoi-nghi-7-20261122T130000000000Z@quan-triet"
