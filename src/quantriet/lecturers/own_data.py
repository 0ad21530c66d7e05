"""What this package keeps about a person: his service in a corps, his days away, lectures he gives, outlines."""

from django.utils.translation import gettext_noop

from quantriet.lecturers.models import (
    Absence,
    IssueReceipt,
    Lecture,
    Lecturer,
    OralTalk,
    Outline,
    TrainingAttendance,
)
from quantriet.org import holdings
from quantriet.org.holdings import Holding, day, moment
from quantriet.org.models import Person

_UNIT, _FROM, _TO, _TITLE = (
    gettext_noop("Đơn vị"),
    gettext_noop("Từ"),
    gettext_noop("Đến"),
    gettext_noop("Buổi nói"),
)


def _terms(person: Person) -> list[list[str]]:
    rows = Lecturer.objects.filter(person=person).select_related("unit").order_by("appointed_on", "id")
    return [
        [
            row.get_corps_display(),
            row.unit.name,
            ", ".join(row.subject_names),
            ", ".join(row.language_names),
            row.appointed_by,
            day(row.appointed_on),
            row.dismissed_by,
            day(row.dismissed_on),
            row.dismissed_why,
        ]
        for row in rows
    ]


def _absences(person: Person) -> list[list[str]]:
    rows = Absence.objects.filter(person=person).select_related("unit").order_by("from_on", "id")
    return [[row.unit.name, day(row.from_on), day(row.to_on)] for row in rows]


def _lectures(person: Person) -> list[list[str]]:
    rows = Lecture.objects.filter(person=person).select_related("unit").order_by("starts_at", "id")
    return [
        [
            row.title,
            row.unit.name,
            row.place,
            moment(row.starts_at),
            row.get_state_display(),
            row.lecturer_phone,
        ]
        for row in rows
    ]


def _outlines(person: Person) -> list[list[str]]:
    rows = Outline.objects.filter(person=person).select_related("lecture").order_by("due_on", "id")
    return [
        [
            row.lecture.title,
            day(row.due_on),
            row.get_state_display(),
            row.text,
            row.local_examples,
            row.comment,
        ]
        for row in rows
    ]


def _talks(person: Person) -> list[list[str]]:
    rows = OralTalk.objects.filter(person=person).select_related("unit").order_by("held_on", "id")
    return [[row.title, row.unit.name, row.place, day(row.held_on), row.struck_why] for row in rows]


def _trainings(person: Person) -> list[list[str]]:
    rows = TrainingAttendance.objects.filter(person=person).select_related("training", "unit")
    return [
        [
            row.training.title,
            row.unit.name,
            day(row.training.begins_on),
            day(row.training.ends_on),
            row.certificate,
        ]
        for row in rows.order_by("training__begins_on", "id")
    ]


def _receipts(person: Person) -> list[list[str]]:
    rows = IssueReceipt.objects.filter(person=person).select_related("issue", "unit").order_by("id")
    return [[row.issue.title, row.unit.name, moment(row.received_at)] for row in rows]


def register_all() -> None:
    """Called once, when the package is ready."""
    holdings.register(
        Holding(
            gettext_noop("Làm báo cáo viên, tuyên truyền viên"),
            (gettext_noop("Lực lượng"), _UNIT, gettext_noop("Lĩnh vực"), gettext_noop("Ngôn ngữ"),
             gettext_noop("Quyết định"), _FROM, gettext_noop("Quyết định thôi"), _TO, gettext_noop("Lý do thôi")),
            ("lecturers.Lecturer.person",),
            _terms,
        ),
        Holding(
            gettext_noop("Ngày bận của báo cáo viên"),
            (_UNIT, _FROM, _TO),
            ("lecturers.Absence.person",),
            _absences,
        ),
        Holding(
            gettext_noop("Buổi nói được cử"),
            (_TITLE, _UNIT, gettext_noop("Nơi nói"), gettext_noop("Lúc"), gettext_noop("Tình trạng"),
             gettext_noop("Điện thoại đã báo cho đơn vị")),
            ("lecturers.Lecture.person",),
            _lectures,
        ),
        Holding(
            gettext_noop("Đề cương đã soạn"),
            (_TITLE, gettext_noop("Hạn gửi"), gettext_noop("Tình trạng"), gettext_noop("Nội dung"),
             gettext_noop("Ví dụ ở địa phương"), gettext_noop("Nhận xét")),
            ("lecturers.Outline.person",),
            _outlines,
        ),
        Holding(
            gettext_noop("Buổi nói chuyện đã nói"),
            (_TITLE, _UNIT, gettext_noop("Nơi nói"), gettext_noop("Ngày"), gettext_noop("Lý do bỏ")),
            ("lecturers.OralTalk.person",),
            _talks,
        ),
        Holding(
            gettext_noop("Tập huấn đã dự"),
            (gettext_noop("Lớp"), _UNIT, _FROM, _TO, gettext_noop("Số giấy chứng nhận")),
            ("lecturers.TrainingAttendance.person",),
            _trainings,
        ),
        Holding(
            gettext_noop("Bản tin đã xác nhận đọc"),
            (gettext_noop("Số bản tin"), _UNIT, gettext_noop("Lúc")),
            ("lecturers.IssueReceipt.person",),
            _receipts,
        ),
    )  # fmt: skip
