"""What may be done, and the roles: readable sets, each with a sentence. The page "who may do what" and the
gate both read this file; there is no second truth.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Can(StrEnum):
    """Every permission, ``<thing>_<verb>``, in alphabetical order."""

    ACCOUNT_MANAGE = "account_manage"
    ATTENDANCE_READ = "attendance_read"
    ATTENDANCE_RECORD = "attendance_record"
    AUDIT_READ = "audit_read"
    CAMPAIGN_MANAGE = "campaign_manage"
    CAMPAIGN_READ = "campaign_read"
    CONFERENCE_MANAGE = "conference_manage"
    CONFERENCE_READ = "conference_read"
    DOCUMENT_MANAGE = "document_manage"
    DOCUMENT_READ = "document_read"
    HOME = "home"
    LECTURE_ASK = "lecture_ask"
    LECTURE_GIVE = "lecture_give"
    LECTURER_MANAGE = "lecturer_manage"
    LECTURER_READ = "lecturer_read"
    OBLIGATION_FULFIL = "obligation_fulfil"
    OWN_RECORD = "own_record"
    PERSON_MANAGE = "person_manage"
    PERSON_READ = "person_read"
    REMINDER_SEND = "reminder_send"
    REPORT_REVIEW = "report_review"
    REPORT_WRITE = "report_write"
    ROLL_CORRECT = "roll_correct"
    UNIT_MANAGE = "unit_manage"
    UNIT_READ = "unit_read"


class Reach(StrEnum):
    """How far a role looks down from its unit."""

    SUBTREE = "subtree"
    UNIT = "unit"
    SELF = "self"


@dataclass(frozen=True)
class Role:
    """A named set of permissions with the sentence that explains it to whoever grants it."""

    code: str
    title: Promise
    sentence: Promise
    reach: Reach
    can: frozenset[Can]


_EVERYONE = {Can.HOME, Can.OWN_RECORD, Can.DOCUMENT_READ}
_READS = _EVERYONE | {Can.UNIT_READ, Can.CAMPAIGN_READ, Can.CONFERENCE_READ, Can.LECTURER_READ}
_HEAD = _READS | {
    Can.ACCOUNT_MANAGE,
    Can.ATTENDANCE_READ,
    Can.ATTENDANCE_RECORD,
    Can.AUDIT_READ,
    Can.CONFERENCE_MANAGE,
    Can.LECTURE_ASK,
    Can.OBLIGATION_FULFIL,
    Can.PERSON_READ,
    Can.REMINDER_SEND,
    Can.REPORT_REVIEW,
    Can.REPORT_WRITE,
    Can.ROLL_CORRECT,
}

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role(
            "administrator",
            _("Quản trị hệ thống"),
            _(
                "Nhập cây đơn vị và danh sách người, cấp tài khoản, sao lưu; không soạn đợt, không duyệt báo cáo."
            ),
            Reach.SUBTREE,
            frozenset(
                _READS
                | {Can.ACCOUNT_MANAGE, Can.AUDIT_READ, Can.PERSON_MANAGE, Can.PERSON_READ, Can.UNIT_MANAGE}
            ),
        ),
        Role(
            "officer",
            _("Cán bộ tuyên giáo"),
            _(
                "Nhập văn bản, mở đợt, triệu tập hội nghị, cử báo cáo viên, đôn đốc, duyệt báo cáo của cấp dưới."
            ),
            Reach.SUBTREE,
            frozenset(_HEAD | {Can.CAMPAIGN_MANAGE, Can.DOCUMENT_MANAGE, Can.LECTURER_MANAGE}),
        ),
        Role(
            "secretary",
            _("Bí thư, người đứng đầu"),
            _("Xem việc đơn vị phải làm, tổ chức học tập, ký gửi báo cáo, duyệt báo cáo của cấp dưới."),
            Reach.SUBTREE,
            frozenset(_HEAD | {Can.LECTURER_MANAGE}),
        ),
        Role(
            "clerk",
            _("Thư ký lớp, văn thư"),
            _("Điểm danh, khai tổng số, in danh sách và soạn báo cáo của đơn vị mình."),
            Reach.SUBTREE,
            frozenset(
                _READS
                | {
                    Can.ATTENDANCE_READ,
                    Can.ATTENDANCE_RECORD,
                    Can.LECTURE_ASK,
                    Can.OBLIGATION_FULFIL,
                    Can.PERSON_READ,
                    Can.REPORT_WRITE,
                }
            ),
        ),
        Role(
            "member",
            _("Đảng viên"),
            _("Xem văn bản phải học, hội nghị phải dự và hồ sơ học tập của chính mình."),
            Reach.SELF,
            frozenset(_EVERYONE),
        ),
        Role(
            "lecturer",
            _("Báo cáo viên"),
            _("Xem văn bản, tài liệu, hội nghị và buổi mình được cử; soạn đề cương, ghi ngày bận."),
            Reach.UNIT,
            frozenset(_EVERYONE | {Can.CONFERENCE_READ, Can.LECTURE_GIVE}),
        ),
        Role(
            "inspector",
            _("Cán bộ kiểm tra"),
            _("Đọc số liệu, hội nghị, báo cáo và nhật ký của mọi đơn vị bên dưới; không sửa gì."),
            Reach.SUBTREE,
            frozenset(_READS | {Can.ATTENDANCE_READ, Can.AUDIT_READ}),
        ),
        Role(
            "front_officer",
            _("Cán bộ Mặt trận, đoàn thể"),
            _("Làm phần việc của tổ chức mình: hội nghị, tuyên truyền, báo cáo."),
            Reach.SUBTREE,
            frozenset(_HEAD - {Can.ACCOUNT_MANAGE, Can.ROLL_CORRECT}),
        ),
    )
}
