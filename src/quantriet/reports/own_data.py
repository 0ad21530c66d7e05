"""What this package keeps about a person: what he sent, returned or accepted in office."""

from django.utils.translation import gettext_noop

from quantriet.org import holdings
from quantriet.org.holdings import Holding, moment
from quantriet.org.models import Person
from quantriet.reports.models import ReportEvent


def _events(person: Person) -> list[list[str]]:
    rows = ReportEvent.objects.filter(account__person=person).select_related(
        "report__unit", "report__campaign"
    )
    return [
        [
            moment(row.created_at),
            row.get_kind_display(),
            row.report.unit.name,
            row.report.campaign.title,
            row.reason,
        ]
        for row in rows.order_by("id")
    ]


def register_all() -> None:
    """Called once, when the package is ready."""
    holdings.register(
        Holding(
            gettext_noop("Báo cáo đã gửi, trả lại, chấp nhận"),
            (gettext_noop("Lúc"), gettext_noop("Hành động"), gettext_noop("Đơn vị"), gettext_noop("Đợt"),
             gettext_noop("Lý do")),
            ("reports.ReportEvent.account",),
            _events,
        )
    )  # fmt: skip
