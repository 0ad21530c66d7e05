"""What the house holds of one person, for that person: his record, and what every floor registered."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from quantriet.core.components import TimelineEntry
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.core.text import format_datetime
from quantriet.org import access, holdings, sealing
from quantriet.org.access import Actor
from quantriet.org.models import DataRequest, Person
from quantriet.org.permissions import Can
from quantriet.org.queries import people
from quantriet.org.reading_words import page_words

Section = tuple[str, list[str], list[list[str]]]
FACTS = gettext_noop("Thông tin")
_UNIT, _SINCE, _UNTIL, _WHEN = (
    gettext_noop("Đơn vị"),
    gettext_noop("Từ ngày"),
    gettext_noop("Đến ngày"),
    gettext_noop("Lúc"),
)
_POST, _TEXT = gettext_noop("Chức vụ"), gettext_noop("Nội dung")
_FACTS_TOLD = (
    gettext_noop("Họ và tên"),
    gettext_noop("Ngày sinh"),
    _UNIT,
    gettext_noop("Mã"),
    gettext_noop("Điện thoại"),
    gettext_noop("Thư điện tử"),
)
_HEADS: tuple[tuple[str, list[str]], ...] = (
    (FACTS, [gettext_noop("Mục"), _TEXT]),
    (
        gettext_noop("Sinh hoạt"),
        [_UNIT, gettext_noop("Tình trạng"), gettext_noop("Đối tượng"), _SINCE, _UNTIL],
    ),
    (_POST, [_UNIT, _POST, gettext_noop("Ghi là"), _SINCE, _UNTIL]),
    (gettext_noop("Ai đã xem"), [_WHEN, gettext_noop("Người xem"), _UNIT, gettext_noop("Trang")]),
    (
        gettext_noop("Yêu cầu"),
        [_WHEN, gettext_noop("Loại"), _TEXT, gettext_noop("Hạn trả lời"), gettext_noop("Trả lời")],
    ),
)
_RECORD = ("org.Membership.person", "org.Post.person", "org.AccessEvent.person", "org.DataRequest.person")


def own(by: Actor) -> Person | None:
    """The person behind the account; the row-level policies open his own rows whatever his roles."""
    return (
        Person.objects.filter(pk=by.person_id).select_related("home_unit").first() if by.person_id else None
    )


def requests_of(person: Person) -> QuerySet[DataRequest]:
    """What the person asked, newest first."""
    return person.data_requests.order_by("-id")


def open_requests(by: Actor) -> QuerySet[DataRequest]:
    """What the actor has to answer, the nearest end of the legal clock first; answered ones after."""
    mine = DataRequest.objects.filter(unit__in=access.units(by, Can.PERSON_MANAGE))
    return mine.select_related("person", "unit").order_by("answered_at", "due_at", "id")


def sections(person: Person) -> list[Section]:
    """Everything about the person, from the lowest floor up, as (title, header, rows), in words.

    Titles and headers are Vietnamese: they name the values of the JSON; whoever shows them translates them.
    """
    readers = [
        [format_datetime(row.created_at), row.reader, row.unit.name if row.unit else "", page_words(row.page)]
        for row in people.readers(person)
    ]
    asked = [
        [
            format_datetime(row.created_at),
            row.get_kind_display(),
            row.text,
            format_datetime(row.due_at),
            row.answer,
        ]
        for row in requests_of(person)
    ]
    rows = (_facts(person), _memberships(person), _posts(person), readers, asked)
    record = [(title, header, told) for (title, header), told in zip(_HEADS, rows, strict=True)]
    return record + [(one.title, list(one.header), one.told(person)) for one in holdings.registered()]


def told_columns() -> frozenset[str]:
    """The columns that point to a person or an account and are told of here (``org.Post.person``)."""
    return frozenset(_RECORD).union(*(one.columns for one in holdings.registered()))


def _facts(person: Person) -> list[list[str]]:
    code = sealing.unseal(bytes(person.code_sealed)) if person.code_sealed else ""
    born = f"{person.birth_date:%d/%m/%Y}" if person.birth_date else str(person.birth_year or "")
    told = (person.full_name, born, person.home_unit.name, code, person.phone, person.email)
    return [[name, value] for name, value in zip(_FACTS_TOLD, told, strict=True)]


def _memberships(person: Person) -> list[list[str]]:
    return [
        [
            row.unit.name,
            row.get_status_display(),
            row.get_person_class_display(),
            _day(row.from_on),
            _day(row.to_on),
        ]
        for row in people.memberships(person)
    ]


def _posts(person: Person) -> list[list[str]]:
    return [
        [row.unit.name, row.get_title_display(), row.label, _day(row.from_on), _day(row.to_on)]
        for row in people.posts(person)
    ]


def as_json(person: Person) -> dict[str, Any]:
    """The sections as plain values: title → list of (header → value)."""
    return {
        title: [dict(zip(header, row, strict=True)) for row in rows]
        for title, header, rows in sections(person)
    }


def as_workbook(person: Person) -> bytes:
    """The sections as sheets."""
    book = Workbook()
    for title, header, rows in sections(person):
        columns = [TableColumn(_(name), CellKind.TEXT) for name in header]
        told = [[_(row[0]), *row[1:]] for row in rows] if title == FACTS else rows
        book.add_table(Table(title=_(title), columns=columns, rows=told))
    return book.to_bytes()


def timeline(requests: QuerySet[DataRequest]) -> list[TimelineEntry]:
    """A person's requests as a timeline: asked, answered or due."""
    return [
        TimelineEntry(
            when=row.created_at,
            title=f"{row.get_kind_display()}: {row.text}",
            text=row.answer or _("Hạn trả lời: {when}").format(when=format_datetime(row.due_at)),
            state="done" if row.answered_at else "doing",
        )
        for row in requests
    ]


def _day(day: Any) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
