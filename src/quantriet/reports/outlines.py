"""What a report consists of, as data: its sections and the figures each of them shows.

No official "đề cương gợi ý báo cáo" was found in print; the usual outline below is put together from what
reports that were published contain, so a campaign may set its own (``commands.outlines``). Papers are always
Vietnamese, so nothing here is translated. Pure: values in, values out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from quantriet.core.errors import DomainError
from quantriet.ledger.measures import Measure

CITATION = (
    "Đề cương tổng hợp từ các báo cáo kết quả học tập, quán triệt đã công bố; "
    "chưa có văn bản quy định mẫu thống nhất."
)
MOST_SECTIONS = 40


@dataclass(frozen=True)
class FigureSpec:
    """A figure that a report may show: one count, or one as a part of another.

    ``noun`` is what is counted. ``below_only``: the unit's own part is left out (a report does not count its
    own sending).
    """

    code: str
    label: str
    noun: str
    numerator: Measure
    denominator: Measure | None = None
    below_only: bool = False


FIGURES: Mapping[str, FigureSpec] = {
    spec.code: spec
    for spec in (
        FigureSpec(
            "conferences",
            "Đơn vị đã tổ chức hoặc dự hội nghị",
            "đơn vị",
            Measure.CONFERENCES_HELD,
            Measure.CONFERENCES_DUE,
        ),
        FigureSpec("sites", "Điểm cầu", "điểm", Measure.SITES),
        FigureSpec("head_chaired", "Hội nghị do người đứng đầu chủ trì", "hội nghị", Measure.HEAD_CHAIRED),
        FigureSpec(
            "head_taught", "Hội nghị do người đứng đầu trực tiếp truyền đạt", "hội nghị", Measure.HEAD_TAUGHT
        ),
        FigureSpec("present", "Đã học", "người", Measure.PRESENT, Measure.SUMMONED),
        FigureSpec("excused", "Vắng có lý do", "người", Measure.EXCUSED),
        FigureSpec("made_up", "Trong đó học bù", "người", Measure.MADE_UP),
        FigureSpec("credited", "Trong đó đã dự ở cấp trên", "người", Measure.CREDITED),
        FigureSpec("attendances", "Lượt dự", "lượt", Measure.ATTENDANCES),
        FigureSpec("guests", "Khách, ngoài danh sách triệu tập", "lượt", Measure.GUESTS),
        FigureSpec(
            "materials",
            "Đơn vị được cấp tài liệu",
            "đơn vị",
            Measure.MATERIALS_SUPPLIED,
            Measure.MATERIALS_DUE,
        ),
        FigureSpec("essays", "Bài thu hoạch đã nộp", "bài", Measure.ESSAYS_HANDED_IN, Measure.ESSAYS_DUE),
        FigureSpec(
            "essays_accepted",
            "Bài thu hoạch đạt yêu cầu",
            "bài",
            Measure.ESSAYS_ACCEPTED,
            Measure.ESSAYS_HANDED_IN,
        ),
        FigureSpec(
            "programmes",
            "Chương trình hành động đã ban hành",
            "chương trình",
            Measure.PROGRAMMES_ISSUED,
            Measure.PROGRAMMES_DUE,
        ),
        FigureSpec(
            "on_time",
            "Chương trình hành động ban hành đúng hạn",
            "chương trình",
            Measure.PROGRAMMES_ON_TIME,
            Measure.PROGRAMMES_DUE,
        ),
        FigureSpec(
            "outreach",
            "Người dân được tuyên truyền",
            "người",
            Measure.OUTREACH_REACHED,
            Measure.OUTREACH_DUE,
        ),
        FigureSpec("oral_sessions", "Buổi tuyên truyền miệng", "buổi", Measure.ORAL_SESSIONS),
        FigureSpec("remarks", "Ý kiến phát biểu, thảo luận", "ý kiến", Measure.REMARKS),
        FigureSpec(
            "reports",
            "Đơn vị cấp dưới đã gửi báo cáo",
            "đơn vị",
            Measure.REPORTS_SENT,
            Measure.REPORTS_DUE,
            below_only=True,
        ),
    )
}


@dataclass(frozen=True)
class Section:
    """One section. ``kind``: "figures" (counts, then room for words), "judgement" (words), "table" (an annex).

    ``chapter`` is the heading above; sections of one chapter follow each other; a section without ``title``
    is its chapter's whole text. ``required`` says that its words may not be empty.
    """

    code: str
    chapter: str
    title: str
    guidance: str
    kind: str
    figures: tuple[str, ...] = ()
    required: bool = False

    @property
    def heading(self) -> str:
        """How lists call the section."""
        return self.title or self.chapter

    def to_data(self) -> dict[str, Any]:
        """Plain data as kept with a campaign and with a sent report."""
        return {**asdict(self), "figures": list(self.figures)}


_RESULTS = "II. KẾT QUẢ THỰC HIỆN"
_JUDGEMENT = "III. ĐÁNH GIÁ CHUNG"

RESULT: tuple[Section, ...] = (
    Section(
        "leadership",
        "I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO",
        "",
        "Nêu các văn bản đã ban hành, việc phân công, kiểm tra, đôn đốc.",
        "judgement",
        required=True,
    ),
    Section(
        "conferences",
        _RESULTS,
        "1. Tổ chức hội nghị học tập, quán triệt",
        "Nhận xét về cách tổ chức, nền nếp học tập; đơn vị chưa tổ chức và lý do.",
        "figures",
        (
            "conferences",
            "sites",
            "present",
            "excused",
            "made_up",
            "credited",
            "attendances",
            "guests",
            "head_chaired",
            "head_taught",
        ),
    ),
    Section(
        "materials", _RESULTS, "2. Tài liệu", "Nguồn tài liệu, thời gian cấp.", "figures", ("materials",)
    ),
    Section(
        "lecturers",
        _RESULTS,
        "3. Báo cáo viên",
        "Số báo cáo viên đã truyền đạt, chất lượng truyền đạt.",
        "judgement",
    ),
    Section(
        "essays",
        _RESULTS,
        "4. Viết bài thu hoạch",
        "Nhận xét về chất lượng bài; số bài phải viết lại.",
        "figures",
        ("essays", "essays_accepted"),
    ),
    Section(
        "programmes",
        _RESULTS,
        "5. Xây dựng chương trình hành động",
        "Nhiệm vụ chính, cơ quan chủ trì, thời hạn.",
        "figures",
        ("programmes", "on_time"),
    ),
    Section(
        "outreach",
        _RESULTS,
        "6. Tuyên truyền ra dân",
        "Hình thức tuyên truyền, cơ quan phối hợp.",
        "figures",
        ("outreach", "oral_sessions"),
    ),
    Section(
        "inspection",
        _RESULTS,
        "7. Kiểm tra, giám sát, báo cáo",
        "Việc kiểm tra, giám sát và nền nếp báo cáo của cấp dưới.",
        "figures",
        ("reports",),
    ),
    Section(
        "strengths", _JUDGEMENT, "1. Ưu điểm", "Việc làm tốt, nêu tên đơn vị.", "judgement", required=True
    ),
    Section(
        "shortcomings",
        _JUDGEMENT,
        "2. Hạn chế",
        "Việc chưa làm được, nêu tên đơn vị.",
        "judgement",
        required=True,
    ),
    Section(
        "causes",
        _JUDGEMENT,
        "3. Nguyên nhân",
        "Nguyên nhân khách quan, chủ quan.",
        "judgement",
        required=True,
    ),
    Section(
        "proposals",
        "IV. KIẾN NGHỊ, ĐỀ XUẤT",
        "",
        "Kiến nghị của đơn vị và kiến nghị tổng hợp từ bài thu hoạch.",
        "judgement",
    ),
    Section(
        "annex",
        "PHỤ LỤC",
        "",
        "Bảng số liệu theo đơn vị và theo đối tượng, lấy từ sổ số liệu.",
        "table",
    ),
)

FLASH: tuple[Section, ...] = (
    Section(
        "progress",
        "I. TIẾN ĐỘ",
        "",
        "Đã làm gì, đến đâu, việc gì đang chậm.",
        "figures",
        ("conferences", "present", "essays"),
        required=True,
    ),
    Section("difficulties", "II. KHÓ KHĂN, VƯỚNG MẮC", "", "Vướng ở đâu, cần ai giúp.", "judgement"),
    Section("proposals", "III. KIẾN NGHỊ, ĐỀ XUẤT", "", "Đề nghị cấp trên việc gì.", "judgement"),
)

DEFAULTS: Mapping[str, tuple[Section, ...]] = {"result": RESULT, "flash": FLASH}
KINDS = ("figures", "judgement", "table")


def from_data(data: Sequence[Mapping[str, Any]]) -> tuple[Section, ...]:
    """The sections kept with a campaign; refuses what cannot be an outline, naming the section."""
    sections = tuple(
        Section(
            code=str(one.get("code", "")),
            chapter=str(one.get("chapter", "")).strip(),
            title=str(one.get("title", "")).strip(),
            guidance=str(one.get("guidance", "")).strip(),
            kind=str(one.get("kind", "")),
            figures=tuple(map(str, one.get("figures", ()))),
            required=bool(one.get("required", False)),
        )
        for one in data
    )
    check(sections)
    return sections


def check(sections: Sequence[Section]) -> None:
    """Refuse an outline that is empty, too long, has a code twice or asks for what is not counted."""
    if not 0 < len(sections) <= MOST_SECTIONS:
        raise DomainError(
            "outline.length", f"Đề cương cần từ 1 đến {MOST_SECTIONS} mục. Chưa lưu thay đổi nào."
        )
    codes = [section.code for section in sections]
    for section in sections:
        if not section.code.isidentifier() or codes.count(section.code) > 1:
            raise DomainError(
                "outline.code", f"Mã mục “{section.code}” trống, trùng hoặc sai. Chưa lưu thay đổi nào."
            )
        if not section.chapter:
            raise DomainError("outline.chapter", "Có mục chưa có tên phần. Chưa lưu thay đổi nào.")
        unknown = [code for code in section.figures if code not in FIGURES]
        if section.kind not in KINDS or unknown or (section.kind == "figures") != bool(section.figures):
            raise DomainError(
                "outline.figures",
                f"Mục “{section.heading}” lấy số liệu không có trong sổ. Chưa lưu thay đổi nào.",
                section=section.code,
            )


def figure_codes(sections: Sequence[Section]) -> tuple[str, ...]:
    """The figures an outline shows, each once, in order."""
    return tuple(dict.fromkeys(code for section in sections for code in section.figures))
