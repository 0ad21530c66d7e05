"""Result reports of the demonstration: on paper in the campaigns that are over; in the running one sent,
returned, accepted and begun.
"""

from quantriet.campaigns.models import Campaign, Obligation, Requirement
from quantriet.org.models import Unit, UnitKind
from quantriet.reports.commands import reports, reviews
from quantriet.reports.commands.reports import Head
from quantriet.reports.models import Report
from quantriet.web.demonstration import accounts, results
from quantriet.web.demonstration.ground import Ground
from quantriet.web.demonstration.results import Pace
from quantriet.web.demonstration.tree import BOARD

TEXTS = {
    "leadership": (
        "Đảng ủy ban hành kế hoạch, phân công từng đồng chí cấp ủy phụ trách địa bàn; giao một đầu mối theo dõi.",
        "Ban Thường vụ họp phân công ngay sau hội nghị toàn tỉnh; bí thư trực tiếp đôn đốc các chi bộ khóm, ấp.",
        "Đảng ủy ban hành công văn triệu tập và lịch sinh hoạt của từng chi bộ; kiểm tra ba chi bộ.",
    ),
    "conferences": (
        "Dự đúng điểm cầu, mở trước giờ họp một tiếng để thử đường truyền; người vắng được xem lại bản ghi.",
        "Đường truyền ổn định; còn một số đảng viên đi biển dài ngày chưa học bù.",
    ),
    "strengths": (
        "Điểm danh theo tên tại điểm cầu, không còn tình trạng báo cáo chung chung; nhiều ý kiến thiết thực.",
        "Các chi bộ chọn được việc cụ thể để làm; tổ công nghệ số cộng đồng hoạt động đều hơn.",
    ),
    "shortcomings": (
        "Một số bài thu hoạch còn sơ sài; vài chi bộ nộp chậm so với hạn đảng ủy giao.",
        "Tuyên truyền đến hộ ở xa trung tâm còn ít; tài liệu in chưa đủ cho người lớn tuổi.",
    ),
    "causes": (
        "Địa bàn rộng sau sắp xếp, cán bộ kiêm nhiều việc; một số chi bộ chưa có người quen dùng máy.",
        "Bí thư chi bộ mới nhận việc; thời gian trùng vụ thu hoạch lúa.",
    ),
    "proposals": (
        "Đề nghị tỉnh cấp sớm tài liệu tiếng Khmer và bản ghi có phụ đề.",
        "Đề nghị hỗ trợ đường truyền cho ba ấp cuối kênh.",
    ),
}
RETURN_REASONS = (
    "Chưa nêu tên chi bộ chưa tổ chức học và lý do; đề nghị bổ sung mục hạn chế.",
    "Phần kiến nghị chưa tổng hợp từ bài thu hoạch; đề nghị bổ sung.",
    "Chưa ghi rõ việc học bù của những người vắng; đề nghị làm rõ.",
)


def on_paper(campaign: Campaign, pace: Pace, *, ground: Ground) -> None:
    """Reports came on paper; 5 to 10 % of the units had sent none at the deadline."""
    results.fulfil(campaign, Requirement.Kind.REPORT, pace, ground)


def of_the_day(campaign: Campaign, *, share: float, ground: Ground) -> None:
    """Two days before the deadline: some communes have sent theirs, half of these are read already."""
    chance = ground.chance(f"reports:{campaign.title}")
    town = accounts.town(ground)
    sent = [unit for unit in ground.of_kinds(UnitKind.COMMUNE) if unit != town and chance.random() < share]
    for number, unit in enumerate(sent):
        report = _written(campaign, unit, number, ground)
        reports.send(report, by=ground.acting_for(unit))
        _review(report, number, ground)
    _begun(campaign, town, ground)


def _written(campaign: Campaign, unit: Unit, number: int, ground: Ground) -> Report:
    by = ground.acting_for(unit)
    report = reports.draft(campaign, unit, by=by)
    for section, texts in TEXTS.items():
        reports.write(report, section=section, text=texts[number % len(texts)], version=0, by=by)
    head = Head(
        version=report.version,
        number=f"{21 + number % 40}-BC/ĐU",
        place=report.place,
        dated_on=report.dated_on or ground.today,
        authority=report.authority,
        signer_position=report.signer_position,
        signer_name=report.signer_name or ground.head(unit),
        recipients=report.recipients,
    )
    report = reports.set_head(report, head, by=by)
    if number == 1:
        reports.dispute(
            report,
            code="materials",
            value=1,
            reason="Hai chi bộ nhận bản in trực tiếp tại hội nghị, chưa ghi vào sổ.",
            by=by,
        )
    return report


def _review(report: Report, number: int, ground: Ground) -> None:
    """Of nine, four are accepted, one is returned, four wait."""
    by = ground.acting_for(ground.units[BOARD])
    if number % 9 < 4:
        reviews.accept(report, sending=1, by=by)
    elif number % 9 == 4:
        reason = RETURN_REASONS[number // 9 % len(RETURN_REASONS)]
        reviews.return_(report, sending=1, reason=reason, by=by)


def _begun(campaign: Campaign, unit: Unit, ground: Ground) -> None:
    """The town has begun its report; what needs judgement is still to be written."""
    if not Obligation.objects.filter(campaign=campaign, unit=unit, kind=Requirement.Kind.REPORT).exists():
        return
    by = ground.acting_for(unit)
    report = reports.draft(campaign, unit, by=by)
    reports.write(report, section="leadership", text=TEXTS["leadership"][0], version=0, by=by)
