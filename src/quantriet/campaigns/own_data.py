"""What this package keeps about a person: where he was summoned, what he was excused for, what he has studied."""

from django.utils.translation import gettext_noop

from quantriet.campaigns.models import Credit, RollLine, RollMove
from quantriet.org import holdings
from quantriet.org.holdings import Holding, day
from quantriet.org.models import Person

_CAMPAIGN, _UNIT, _SINCE = gettext_noop("Đợt"), gettext_noop("Đơn vị"), gettext_noop("Từ ngày")


def _lines(person: Person) -> list[list[str]]:
    rows = RollLine.objects.filter(person=person).select_related("campaign", "unit").order_by("id")
    return [
        [
            row.campaign.title,
            row.unit.name,
            row.get_person_class_display(),
            row.get_state_display(),
            row.reason,
            day(row.moved_on),
            row.excuse,
            day(row.excused_on),
            day(row.fulfilled_on),
        ]
        for row in rows
    ]


def _moves(person: Person) -> list[list[str]]:
    rows = RollMove.objects.filter(person=person).select_related("line__campaign", "unit", "to_unit")
    return [
        [
            row.line.campaign.title,
            row.unit.name,
            row.to_unit.name if row.to_unit else "",
            day(row.moved_on),
            row.excuse_before,
            day(row.excused_on_before),
        ]
        for row in rows.order_by("id")
    ]


def _credits(person: Person) -> list[list[str]]:
    rows = Credit.objects.filter(person=person).select_related("campaign", "document", "unit").order_by("id")
    return [
        [
            row.campaign.title,
            row.document.number if row.document else "",
            row.unit.name,
            row.get_means_display(),
            row.get_form_display(),
            day(row.credited_on),
        ]
        for row in rows
    ]


def register_all() -> None:
    """Called once, when the package is ready."""
    excuse = (gettext_noop("Lý do vắng"), gettext_noop("Vắng có lý do từ ngày"))
    holdings.register(
        Holding(
            gettext_noop("Danh sách triệu tập"),
            (_CAMPAIGN, _UNIT, gettext_noop("Đối tượng"), gettext_noop("Tình trạng"), gettext_noop("Lý do"),
             gettext_noop("Chuyển đến ngày"), *excuse, gettext_noop("Học xong ngày")),
            ("campaigns.RollLine.person",),
            _lines,
        ),
        Holding(
            gettext_noop("Chuyển trong danh sách triệu tập"),
            (_CAMPAIGN, gettext_noop("Từ đơn vị"), gettext_noop("Đến đơn vị"), _SINCE, *excuse),
            ("campaigns.RollMove.person",),
            _moves,
        ),
        Holding(
            gettext_noop("Văn bản đã học"),
            (_CAMPAIGN, gettext_noop("Văn bản"), _UNIT, gettext_noop("Cách học"), gettext_noop("Hình thức"),
             gettext_noop("Ngày")),
            ("campaigns.Credit.person",),
            _credits,
        ),
    )  # fmt: skip
    holdings.leave_out(
        {"campaigns.Reminder.account": "what he did in office is told by the audit, under “Việc đã làm”"}
    )
