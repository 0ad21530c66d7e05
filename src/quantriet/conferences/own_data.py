"""What this package keeps about a person: his attendances and their corrections, scans, words, phones."""

from django.utils.translation import gettext_noop

from quantriet.conferences.models import (
    Attendance,
    AttendanceChange,
    AttendanceConflict,
    AttendanceVerdict,
    Conference,
    Device,
    Remark,
    Scan,
    ShiftMember,
)
from quantriet.conferences.models.attendance import State
from quantriet.org import holdings
from quantriet.org.holdings import Holding, day, moment
from quantriet.org.models import Person

_CONFERENCE, _SITE, _STATE = gettext_noop("Hội nghị"), gettext_noop("Điểm cầu"), gettext_noop("Tình trạng")
_WHEN, _IN, _OUT = gettext_noop("Lúc"), gettext_noop("Vào"), gettext_noop("Ra")
_BY = gettext_noop("Người ghi")

_STATES = dict(State.choices)


def _attendances(person: Person) -> list[list[str]]:
    rows = Attendance.objects.filter(person=person).select_related("conference", "site", "unit")
    return [
        [
            row.conference.title,
            row.site.name,
            row.unit.name,
            day(row.held_on),
            row.get_state_display(),
            moment(row.in_at),
            moment(row.out_at),
            row.excuse,
            row.get_source_display(),
            row.actor,
        ]
        for row in rows.order_by("held_on", "id")
    ]


def _changes(person: Person) -> list[list[str]]:
    rows = AttendanceChange.objects.filter(person=person).select_related("attendance__conference")
    return [
        [
            row.attendance.conference.title,
            moment(row.created_at),
            str(_STATES.get(row.before["state"], "")),
            row.before["excuse"],
            row.reason,
            row.actor,
        ]
        for row in rows.order_by("id")
    ]


def _conflicts(person: Person) -> list[list[str]]:
    rows = AttendanceConflict.objects.filter(person=person).select_related("conference", "site")
    return [
        [
            row.conference.title,
            row.site.name,
            row.get_kind_display(),
            row.get_state_display(),
            moment(row.at),
            moment(row.told_at),
            moment(row.back_at),
            moment(row.out_at),
            row.actor,
            row.get_decision_display(),
        ]
        for row in rows.order_by("id")
    ]


def _verdicts(person: Person) -> list[list[str]]:
    rows = AttendanceVerdict.objects.filter(person=person).select_related("conflict__conference")
    return [
        [
            row.conflict.conference.title,
            moment(row.created_at),
            row.get_decision_display(),
            row.note,
            row.actor,
        ]
        for row in rows.order_by("id")
    ]


def _scans(person: Person) -> list[list[str]]:
    rows = Scan.objects.filter(person=person).select_related("conference", "site", "device")
    return [
        [
            row.conference.title,
            row.site.name,
            row.get_act_display(),
            moment(row.at),
            row.device.label,
            row.code,
        ]
        for row in rows.order_by("at", "client_id")
    ]


def _remarks(person: Person) -> list[list[str]]:
    rows = Remark.objects.filter(author=person).select_related("conference").order_by("id")
    return [[row.conference.title, moment(row.created_at), row.text] for row in rows]


def _chaired(person: Person) -> list[list[str]]:
    rows = Conference.objects.filter(chair_person=person).select_related("unit").order_by("starts_at", "id")
    return [[row.title, row.unit.name, moment(row.starts_at), row.get_state_display()] for row in rows]


def _shifts(person: Person) -> list[list[str]]:
    rows = ShiftMember.objects.filter(person=person).select_related("conference", "unit").order_by("id")
    return [[row.conference.title, row.unit.name, moment(row.conference.starts_at)] for row in rows]


def _devices(person: Person) -> list[list[str]]:
    rows = Device.objects.filter(account__person=person).select_related("site__conference").order_by("id")
    return [
        [
            row.site.conference.title,
            row.site.name,
            row.label,
            moment(row.enrolled_at),
            moment(row.revoked_at),
        ]
        for row in rows
    ]


_EXCUSE, _UNIT = gettext_noop("Lý do vắng"), gettext_noop("Đơn vị")
HOLDINGS = (
    Holding(
        gettext_noop("Điểm danh"),
        (_CONFERENCE, _SITE, _UNIT, gettext_noop("Ngày"), _STATE, _IN, _OUT, _EXCUSE, gettext_noop("Cách ghi"),
         _BY),
        ("conferences.Attendance.person",),
        _attendances,
    ),
    Holding(
        gettext_noop("Sửa điểm danh"),
        (_CONFERENCE, _WHEN, gettext_noop("Trước khi sửa"), _EXCUSE, gettext_noop("Lý do sửa"), _BY),
        ("conferences.AttendanceChange.person",),
        _changes,
    ),
    Holding(
        gettext_noop("Lượt phải quyết định"),
        (_CONFERENCE, _SITE, gettext_noop("Vì sao"), _STATE, _WHEN, gettext_noop("Giờ trên máy"),
         gettext_noop("Vào lần cuối"), _OUT, _BY, gettext_noop("Quyết định")),
        ("conferences.AttendanceConflict.person",),
        _conflicts,
    ),
    Holding(
        gettext_noop("Quyết định về lượt được ghi"),
        (_CONFERENCE, _WHEN, gettext_noop("Quyết định"), gettext_noop("Lý do"), gettext_noop("Người quyết định")),
        ("conferences.AttendanceVerdict.person",),
        _verdicts,
    ),
    Holding(
        gettext_noop("Lần quét mã"),
        (_CONFERENCE, _SITE, gettext_noop("Vào hay ra"), _WHEN, gettext_noop("Máy"), gettext_noop("Kết quả")),
        ("conferences.Scan.person",),
        _scans,
    ),
    Holding(
        gettext_noop("Ý kiến có ký tên"),
        (_CONFERENCE, _WHEN, gettext_noop("Nội dung")),
        ("conferences.Remark.author",),
        _remarks,
    ),
    Holding(
        gettext_noop("Ca được xếp"),
        (_CONFERENCE, _UNIT, _WHEN),
        ("conferences.ShiftMember.person",),
        _shifts,
    ),
    Holding(
        gettext_noop("Hội nghị chủ trì"),
        (_CONFERENCE, _UNIT, _WHEN, _STATE),
        ("conferences.Conference.chair_person",),
        _chaired,
    ),
    Holding(
        gettext_noop("Máy điểm danh đã gắn"),
        (_CONFERENCE, _SITE, gettext_noop("Tên máy"), gettext_noop("Gắn lúc"), gettext_noop("Thôi lúc")),
        ("conferences.Device.account",),
        _devices,
    ),
)  # fmt: skip


def register_all() -> None:
    """Called once, when the package is ready."""
    holdings.register(*HOLDINGS)
