"""The three campaigns of the demonstration: two that are over, with lessons and a remedy left open, and one that
began five weeks ago.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from quantriet.campaigns.commands import campaigns
from quantriet.campaigns.commands.campaigns import Answers
from quantriet.campaigns.drafts import Changes
from quantriet.campaigns.models import Campaign, CampaignDocument, Deadline, Requirement
from quantriet.core.text import end_of_day
from quantriet.documents.models import Document
from quantriet.org.models import Tree, Unit
from quantriet.org.models.units import Level
from quantriet.web.demonstration.ground import Ground
from quantriet.web.demonstration.tree import BOARD, PROVINCE


@dataclass(frozen=True)
class Drive:
    """A campaign to be planned: days count back from the day of the demonstration (negative: still to come).

    ``due``: (kind, tree, level) → days after the start, where it differs from the preset.
    """

    title: str
    preset: str
    began: int
    ends: int
    plan: str
    due: Mapping[tuple[str, str, int], int] = field(default_factory=dict)


FIRST = Drive(
    "Quán triệt Nghị quyết số 05-NQ/TU về phát triển kinh tế biển, đảo",
    "thorough",
    began=312,
    ends=222,
    plan="14-KH/TU",
)
SECOND = Drive(
    "Phổ biến Chỉ thị số 07-CT/TU về phòng, chống đuối nước trẻ em",
    "briefing",
    began=170,
    ends=130,
    plan="31-CV/BTGDVTU",
)
_PARTY, _FRONT = Tree.PARTY.value, Tree.FRONT.value
RUNNING = Drive(
    "Quán triệt Nghị quyết số 12-NQ/TU về chuyển đổi số phục vụ người dân",
    "thorough",
    began=35,
    ends=-55,
    plan="46-KH/TU",
    due={
        (Requirement.Kind.MATERIALS, _PARTY, Level.COMMUNE): 5,
        (Requirement.Kind.MATERIALS, _PARTY, Level.BASE): 8,
        (Requirement.Kind.CONFERENCE, _PARTY, Level.PROVINCE): 7,
        (Requirement.Kind.CONFERENCE, _PARTY, Level.COMMUNE): 10,
        (Requirement.Kind.CONFERENCE, _PARTY, Level.BASE): 25,
        (Requirement.Kind.CONFERENCE, _PARTY, Level.CELL): 30,
        (Requirement.Kind.ESSAYS, _PARTY, Level.BASE): 40,
        (Requirement.Kind.ESSAYS, _PARTY, Level.CELL): 38,
        (Requirement.Kind.PROGRAMME, _PARTY, Level.PROVINCE): 30,
        (Requirement.Kind.PROGRAMME, _PARTY, Level.COMMUNE): 30,
        (Requirement.Kind.REPORT, _PARTY, Level.COMMUNE): 37,
        (Requirement.Kind.OUTREACH, _FRONT, Level.COMMUNE): 45,
        (Requirement.Kind.REPORT, _FRONT, Level.COMMUNE): 50,
    },
)

LESSONS = {
    FIRST.title: (
        (
            "Số khai tổng còn nhiều, khó biết ai chưa học; đợt sau điểm danh theo tên tại điểm cầu.",
            False,
            None,
        ),
        (
            "Chương trình hành động của nhiều xã chép lại nghị quyết; cần mẫu nêu rõ việc, người, hạn.",
            False,
            None,
        ),
        ("Bổ sung tài liệu cho các chi bộ trên đảo Thổ Châu, Hòn Sơn.", True, -25),
    ),
    SECOND.title: (
        ("Truyền trực tiếp đến cấp xã một lần là đủ; cấp dưới không phải họp lại.", False, None),
        ("Đường truyền ở ba điểm cầu hay mất tiếng; phải thử trước một giờ.", False, None),
    ),
}


def start(drive: Drive, document: Document, *, ground: Ground) -> Campaign:
    """Plan, adjust and start one of them: units get their obligations, the roll is drawn."""
    top, lead = ground.units[PROVINCE], ground.units[BOARD]
    by = ground.acting_for(lead)
    starts_on, ends_on = ground.day(drive.began), ground.day(drive.ends)
    mode = CampaignDocument.Mode.BRIEFING if drive.preset == "briefing" else CampaignDocument.Mode.THOROUGH
    answers = Answers(drive.title, starts_on, ends_on, documents=((document.pk, mode),))
    campaign = campaigns.plan(top, preset=drive.preset, answers=answers, by=by)
    changes = Changes(
        version=campaign.version,
        title=drive.title,
        starts_on=starts_on,
        ends_on=ends_on,
        policy=campaign.policy,
        deadlines=_deadlines(campaign, drive, ground),
        lead_id=lead.pk,
        partner_ids=tuple(unit.pk for unit in _partners(ground)),
    )
    campaign = campaigns.adjust(campaign, changes, by=by)
    return campaigns.start(campaign, by=by)


def finish(drive: Drive, campaign: Campaign, *, ground: Ground) -> Campaign:
    """Close one of them with what it taught."""
    lessons = [
        (text, is_remedy, None if due is None else ground.day(due))
        for text, is_remedy, due in LESSONS[drive.title]
    ]
    return campaigns.close(campaign, lessons=lessons, by=ground.acting_for(ground.units[BOARD]))


def _partners(ground: Ground) -> list[Unit]:
    return [ground.units["AG-VP"], ground.units["AG-BTC"]]


def _deadlines(campaign: Campaign, drive: Drive, ground: Ground) -> dict[tuple[int, int], datetime]:
    """Those of the preset, or the drive's own list where it has one; reports are asked of communes only."""
    rows = (
        Deadline.objects.filter(requirement__campaign=campaign).select_related("requirement").order_by("pk")
    )
    found: dict[tuple[int, int], datetime] = {}
    for row in rows:
        requirement = row.requirement
        if requirement.kind == Requirement.Kind.REPORT and row.level == Level.BASE:
            continue
        days = drive.due.get((requirement.kind, requirement.tree, row.level))
        due_at = row.due_at if days is None else end_of_day(ground.day(drive.began - days))
        found[requirement.pk, row.level] = due_at
    return found
