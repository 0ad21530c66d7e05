"""What is counted, how a count is cut, and how well it is evidenced."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Measure(models.IntegerChoices):
    """Counts that add up the tree. Numbers are stored: they never change meaning."""

    SUMMONED = 1, _("Triệu tập (người)")
    PRESENT = 2, _("Đã học (người)")
    EXCUSED = 3, _("Vắng có lý do (người)")
    ATTENDANCES = 5, _("Lượt dự")
    GUESTS = 6, _("Khách, ngoài danh sách (lượt)")
    LATE = 7, _("Đến muộn (lượt)")
    LEFT_EARLY = 8, _("Về sớm (lượt)")
    MADE_UP = 9, _("Học bù (người)")
    CREDITED = 10, _("Đã dự ở cấp trên (người)")
    CONFERENCES_DUE = 20, _("Hội nghị phải tổ chức hoặc dự")
    CONFERENCES_HELD = 21, _("Hội nghị đã tổ chức hoặc dự")
    SITES = 22, _("Điểm cầu")
    HEAD_CHAIRED = 23, _("Người đứng đầu chủ trì")
    HEAD_TAUGHT = 24, _("Người đứng đầu truyền đạt")
    MATERIALS_DUE = 30, _("Tài liệu phải cấp")
    MATERIALS_SUPPLIED = 31, _("Tài liệu đã cấp")
    ESSAYS_DUE = 40, _("Bài thu hoạch phải nộp")
    ESSAYS_HANDED_IN = 41, _("Bài thu hoạch đã nộp")
    ESSAYS_ACCEPTED = 42, _("Bài thu hoạch đạt")
    PROGRAMMES_DUE = 50, _("Chương trình hành động phải ban hành")
    PROGRAMMES_ISSUED = 51, _("Chương trình hành động đã ban hành")
    PROGRAMMES_ON_TIME = 52, _("Chương trình hành động đúng hạn")
    REPORTS_DUE = 60, _("Báo cáo phải gửi")
    REPORTS_SENT = 61, _("Báo cáo đã gửi")
    REPORTS_ACCEPTED = 62, _("Báo cáo được chấp nhận")
    REPORTS_ON_TIME = 63, _("Báo cáo đúng hạn")
    OUTREACH_DUE = 70, _("Người dân cần tuyên truyền")
    OUTREACH_REACHED = 71, _("Người dân đã được tuyên truyền")
    REMARKS = 80, _("Ý kiến phát biểu")
    ORAL_SESSIONS = 81, _("Buổi tuyên truyền miệng")


class Grade(models.IntegerChoices):
    """How well an entry is evidenced, best first. Boards show the mix beside the figure."""

    ON_SPOT = 1, _("ghi tại chỗ")
    AFTERWARDS = 2, _("nhập sau")
    DOCUMENTED = 3, _("có văn bản")
    DECLARED = 4, _("tự khai")


class Form(models.IntegerChoices):
    """Form of a session. 0 means that the count has none."""

    NONE = 0, _("Không phân hình thức")
    IN_PERSON = 1, _("Trực tiếp")
    ONLINE = 2, _("Trực tuyến")
    TELEVISION = 3, _("Truyền hình")
    RADIO = 4, _("Phát thanh")
    SELF_STUDY = 5, _("Tự nghiên cứu")


@dataclass(frozen=True, order=True)
class Slice:
    """How a count is cut: class of people, level of the session, form of the session; 0 is "not told apart".

    Stored as one small number ``class·100 + level·10 + form`` so that a key stays narrow and SQL can still
    read it. ``level`` is the level of the session plus one.
    """

    person_class: int = 0
    level: int = 0
    form: int = 0

    def __post_init__(self) -> None:
        if not all(0 <= part <= 9 for part in (self.person_class, self.level, self.form)):
            raise ValueError(f"each part of a slice is one digit: {self!r}")

    @property
    def code(self) -> int:
        """The stored number."""
        return self.person_class * 100 + self.level * 10 + self.form

    @classmethod
    def from_code(cls, code: int) -> "Slice":
        """The slice of a stored number."""
        return cls(code // 100, code // 10 % 10, code % 10)


WHOLE = Slice()
