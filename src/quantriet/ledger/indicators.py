"""Indicators: one sum divided by another, with a target and a direction. Never typed, never averaged."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from quantriet.ledger.measures import Measure


@dataclass(frozen=True)
class Indicator:
    """A numerator and a denominator. ``target`` is a share in percent, ``None`` where none is set."""

    code: str
    title: Promise
    numerator: Measure
    denominator: Measure
    target: int | None = None


INDICATORS: dict[str, Indicator] = {
    indicator.code: indicator
    for indicator in (
        Indicator("materials", _("Tài liệu"), Measure.MATERIALS_SUPPLIED, Measure.MATERIALS_DUE, 100),
        Indicator(
            "conferences",
            pgettext_lazy("indicator", "Hội nghị"),
            Measure.CONFERENCES_HELD,
            Measure.CONFERENCES_DUE,
            100,
        ),
        Indicator("present", _("Đã học"), Measure.PRESENT, Measure.SUMMONED, 98),
        Indicator("essays", _("Thu hoạch"), Measure.ESSAYS_HANDED_IN, Measure.ESSAYS_DUE, 95),
        Indicator("programmes", _("CTHĐ"), Measure.PROGRAMMES_ISSUED, Measure.PROGRAMMES_DUE, 100),
        Indicator("on_time", _("CTHĐ đúng hạn"), Measure.PROGRAMMES_ON_TIME, Measure.PROGRAMMES_DUE, 100),
        Indicator("outreach", _("Tuyên truyền"), Measure.OUTREACH_REACHED, Measure.OUTREACH_DUE, 80),
        Indicator(
            "reports", pgettext_lazy("indicator", "Báo cáo"), Measure.REPORTS_SENT, Measure.REPORTS_DUE, 100
        ),
    )
}
