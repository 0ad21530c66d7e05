"""What the house holds of one person, for that person."""

from typing import Any

from django.db.models import QuerySet

from quantriet.core.components import TimelineEntry
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.core.text import format_datetime
from quantriet.org import access, sealing
from quantriet.org.access import Actor
from quantriet.org.models import DataRequest, Person
from quantriet.org.permissions import Can
from quantriet.org.queries import people

Section = tuple[str, list[str], list[list[str]]]


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
    """Everything about the person on this floor as (title, header, rows), in words."""
    code = sealing.unseal(bytes(person.code_sealed)) if person.code_sealed else ""
    facts = [
        ["Họ và tên", person.full_name],
        ["Ngày sinh", f"{person.birth_date:%d/%m/%Y}" if person.birth_date else str(person.birth_year or "")],
        ["Đơn vị", person.home_unit.name],
        ["Mã", code],
        ["Điện thoại", person.phone],
        ["Thư điện tử", person.email],
    ]
    memberships = [
        [
            row.unit.name,
            row.get_status_display(),
            row.get_person_class_display(),
            _day(row.from_on),
            _day(row.to_on),
        ]
        for row in people.memberships(person)
    ]
    posts = [
        [row.unit.name, row.get_title_display(), row.label, _day(row.from_on), _day(row.to_on)]
        for row in people.posts(person)
    ]
    readers = [
        [format_datetime(row.created_at), row.reader, row.unit.name if row.unit else "", row.page]
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
    return [
        ("Thông tin", ["Mục", "Nội dung"], facts),
        ("Sinh hoạt", ["Đơn vị", "Tình trạng", "Đối tượng", "Từ ngày", "Đến ngày"], memberships),
        ("Chức vụ", ["Đơn vị", "Chức vụ", "Ghi là", "Từ ngày", "Đến ngày"], posts),
        ("Ai đã xem", ["Lúc", "Người xem", "Đơn vị", "Trang"], readers),
        ("Yêu cầu", ["Lúc", "Loại", "Nội dung", "Hạn trả lời", "Trả lời"], asked),
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
        columns = [TableColumn(name, CellKind.TEXT) for name in header]
        book.add_table(Table(title=title, columns=columns, rows=rows))
    return book.to_bytes()


def timeline(requests: QuerySet[DataRequest]) -> list[TimelineEntry]:
    """A person's requests as a timeline: asked, answered or due."""
    return [
        TimelineEntry(
            when=row.created_at,
            title=f"{row.get_kind_display()}: {row.text}",
            text=row.answer or f"Hạn trả lời: {format_datetime(row.due_at)}",
            state="done" if row.answered_at else "doing",
        )
        for row in requests
    ]


def _day(day: Any) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
