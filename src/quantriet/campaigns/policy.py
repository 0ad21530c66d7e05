"""Policy is data: what a province decides for a campaign, checked here, edited by people, with presets.

Pure: values in, values out. Each setting that a rule sets names the rule beside it (``SOURCES``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quantriet.core.errors import DomainError
from quantriet.core.text import end_of_day, format_date
from quantriet.org.models import PersonClass, Tree
from quantriet.org.models.units import Level

SOURCES = {
    "credit_from_superior": _(
        "Kết luận 226-KL/TW (11/12/2025): không tổ chức lại hội nghị đã truyền đến cơ sở"
    ),
    "exempt_are_invited": _(
        "Hướng dẫn tổ chức học tập: đảng viên được miễn sinh hoạt được mời, không bắt buộc"
    ),
}


@dataclass(frozen=True)
class Duty:
    """A kind of requirement for a tree: by level, how many days after the start it is due (inclusive)."""

    kind: str
    tree: str
    days_by_level: Mapping[int, int]


@dataclass(frozen=True)
class Policy:
    """What governs a campaign besides its dates and documents.

    ``classes``: classes of people on the roll. ``late_after``/``early_before``: minutes that make someone
    late or gone early. ``everyone_before``: minutes before the start from which "có mặt cả" may be said.
    ``minimum_share``: percent of a session's minutes one must have stayed for credit (0: presence suffices).
    ``essays_of``: classes that owe an essay.
    """

    classes: tuple[int, ...] = (PersonClass.COMMITTEE, PersonClass.KEY_CADRE, PersonClass.MEMBER)
    exempt_are_invited: bool = True
    credit_from_superior: bool = True
    late_after: int = 15
    early_before: int = 15
    minimum_share: int = 0
    everyone_before: int = 15
    essays_of: tuple[int, ...] = (PersonClass.COMMITTEE, PersonClass.KEY_CADRE, PersonClass.MEMBER)
    clause: str = ""
    duties: tuple[Duty, ...] = field(default_factory=tuple)

    def to_data(self) -> dict[str, Any]:
        """The plain data kept with the campaign (duties are kept as requirements and deadlines)."""
        data = asdict(self)
        del data["duties"]
        return data


def from_data(data: Mapping[str, Any]) -> Policy:
    """The policy kept with a campaign; refuses what makes no sense, naming the setting."""
    known = {name: data[name] for name in Policy.__dataclass_fields__ if name in data and name != "duties"}
    for name in ("classes", "essays_of"):
        if name in known:
            known[name] = tuple(int(value) for value in known[name])
    policy = Policy(**known)
    for name, low, high in (
        ("late_after", 0, 240),
        ("early_before", 0, 240),
        ("minimum_share", 0, 100),
        ("everyone_before", 0, 60),
    ):
        if not low <= int(getattr(policy, name)) <= high:
            raise DomainError(
                "policy.out_of_range",
                gettext("Thiết lập “%(name)s” phải từ %(low)s đến %(high)s. Chưa lưu thay đổi nào.")
                % {"name": name, "low": low, "high": high},
                setting=name,
            )
    if not policy.classes:
        raise DomainError(
            "policy.no_class",
            gettext("Chưa chọn đối tượng nào để triệu tập. Hãy chọn ít nhất một đối tượng."),
        )
    return policy


def due_at(starts_on: date, days: int) -> datetime:
    """The last second of the day ``days`` after the start, Việt Nam time."""
    return end_of_day(starts_on + timedelta(days=days))


def due_within(starts_on: date, days: int, ends_on: date) -> datetime:
    """As ``due_at``, but never after the campaign's last day: a ready policy does not know how long it lasts."""
    return min(due_at(starts_on, days), end_of_day(ends_on))


def cut_short(duties: Iterable[Duty], starts_on: date, ends_on: date) -> list[tuple[str, str, int]]:
    """What a campaign is too short for: (kind, tree, level) of each deadline ``due_within`` brought forward."""
    length = (ends_on - starts_on).days
    return [
        (duty.kind, duty.tree, level)
        for duty in duties
        for level, days in duty.days_by_level.items()
        if days > length
    ]


GOES_UP = frozenset({"report", "essays"})
"""Kinds that each level gathers from the one below: they are due below no later than above."""


def refuse_looser_below(kind: str, name: str, due_by_level: Mapping[int, datetime]) -> None:
    """Refuse deadlines of a kind (called ``name``) that are later below than above, and a report of a cell,
    which nobody could write: what a cell did stands in the report of the unit above it.
    """
    if kind not in GOES_UP:
        return
    if kind == "report" and Level.CELL in due_by_level:
        raise DomainError(
            "deadline.report_of_cell",
            gettext(
                "Chi bộ không gửi báo cáo kết quả: số liệu của chi bộ nằm trong báo cáo của cấp trên. "
                "Chưa lưu gì; hãy bỏ hạn báo cáo của chi bộ."
            ),
        )
    for above, below in pairwise(sorted(due_by_level)):
        if due_by_level[below] > due_by_level[above]:
            raise DomainError(
                "deadline.looser_below",
                gettext(
                    "%(kind)s: hạn của %(below)s (%(later)s) muộn hơn hạn của %(above)s (%(earlier)s). "
                    "Chưa lưu gì; cấp dưới phải xong trước hoặc cùng ngày với cấp trên."
                )
                % {
                    "kind": name,
                    "below": Level(below).label,
                    "above": Level(above).label,
                    "later": format_date(timezone.localdate(due_by_level[below])),
                    "earlier": format_date(timezone.localdate(due_by_level[above])),
                },
            )


@dataclass(frozen=True)
class Preset:
    """A ready policy with its sentence: starting a campaign is a preset and three questions."""

    code: str
    title: Promise
    sentence: Promise
    policy: Policy


_PARTY_THOROUGH = (
    Duty("materials", Tree.PARTY, {Level.COMMUNE: 7, Level.BASE: 10}),
    Duty("conference", Tree.PARTY, {Level.PROVINCE: 15, Level.COMMUNE: 25, Level.BASE: 35, Level.CELL: 40}),
    Duty("essays", Tree.PARTY, {Level.BASE: 50, Level.CELL: 45}),
    Duty("programme", Tree.PARTY, {Level.PROVINCE: 45, Level.COMMUNE: 55}),
    Duty("report", Tree.PARTY, {Level.COMMUNE: 60, Level.BASE: 50}),
)

PRESETS: dict[str, Preset] = {
    preset.code: preset
    for preset in (
        Preset(
            "thorough",
            _("Quán triệt nghị quyết"),
            _(
                "Đủ các bước: tài liệu, hội nghị các cấp, thu hoạch, chương trình hành động, tuyên truyền, báo cáo."
            ),
            Policy(
                duties=(
                    *_PARTY_THOROUGH,
                    Duty("outreach", Tree.FRONT, {Level.COMMUNE: 75}),
                    Duty("report", Tree.FRONT, {Level.COMMUNE: 80}),
                )
            ),
        ),
        Preset(
            "briefing",
            _("Phổ biến nhanh"),
            _("Chỉ hội nghị và báo cáo ngắn; không thu hoạch, không chương trình hành động."),
            Policy(
                essays_of=(),
                duties=(
                    Duty("conference", Tree.PARTY, {Level.COMMUNE: 10, Level.BASE: 20, Level.CELL: 30}),
                    Duty("report", Tree.PARTY, {Level.COMMUNE: 35}),
                ),
            ),
        ),
        Preset(
            "standing",
            _("Việc thường xuyên trong năm"),
            _("Sinh hoạt chuyên đề, thông tin thời sự; không gắn với một văn bản."),
            Policy(
                essays_of=(),
                duties=(Duty("report", Tree.PARTY, {Level.COMMUNE: 350}),),
            ),
        ),
    )
}
