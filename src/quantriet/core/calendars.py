"""Calendars as other programs read them (iCalendar, RFC 5545): values in, bytes out.

An entry names nobody. Its ``uid`` never changes, its ``sequence`` grows when what it says changes, and what was called
off stays in the calendar as cancelled: programs that saw it before take it out only then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

PRODUCER = "-//Quán Triệt//Lịch//VI"
MEDIA_TYPE = "text/calendar; charset=utf-8"
ASK_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Entry:
    """Something at an hour (``starts`` and ``ends`` are moments) or on a whole day (both are that day).

    ``file``: where it can be had alone; said on our pages, not in calendars.
    """

    uid: str
    title: str
    starts: datetime | date
    ends: datetime | date
    place: str = ""
    text: str = ""
    link: str = ""
    file: str = ""
    sequence: int = 0
    is_cancelled: bool = False

    @property
    def is_day(self) -> bool:
        """Whether it stands for a whole day."""
        return not isinstance(self.starts, datetime)


def stable_uid(kind: str, row_id: int, made_at: datetime) -> str:
    """The name of a row in every calendar. When it was made keeps two houses with the same row number apart."""
    return f"{kind}-{row_id}-{made_at.astimezone(UTC):%Y%m%dT%H%M%S%f}Z@quan-triet"


def calendar(name: str, entries: Iterable[Entry], *, at: datetime) -> bytes:
    """A calendar with its entries, as of the moment ``at``; lines are folded at 75 octets and end with CRLF."""
    made = Calendar()
    made.add("prodid", PRODUCER)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("refresh-interval", ASK_AGAIN, parameters={"value": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for entry in entries:
        made.add_component(_event(entry, at))
    return bytes(made.to_ical())


def _event(entry: Entry, at: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("summary", entry.title)
    if isinstance(entry.starts, datetime) and isinstance(entry.ends, datetime):
        event.add("dtstart", entry.starts.astimezone(UTC))
        event.add("dtend", entry.ends.astimezone(UTC))
    else:
        event.add("dtstart", entry.starts)
        event.add("dtend", entry.ends + timedelta(days=1))  # the first day that no longer belongs to it
        event.add("transp", "TRANSPARENT")
    for key, value in (("location", entry.place), ("description", entry.text), ("url", entry.link)):
        if value:
            event.add(key, value)
    return event
