"""What is wrong with a report before it is sent. Pure: a draft in, findings out.

A blocker must be put right first, a warning may be sent. "Số khác" with its reason never blocks: a unit may
always say that a figure is not its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quantriet.core.text import find_claims, find_dates, format_date, format_int, format_percent
from quantriet.reports.counts import FigureValue
from quantriet.reports.outlines import FIGURES, Section


class Weight(StrEnum):
    """How much a finding weighs."""

    BLOCKER = "blocker"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing found. ``section``: the section to go to; empty for the head of the report."""

    weight: Weight
    code: str
    sentence: str
    section: str = ""


@dataclass(frozen=True)
class Dispute:
    """The "số khác" of a figure as far as it was written."""

    value: int | None
    reason: str


@dataclass(frozen=True)
class Draft:
    """A report before sending. ``last_session_on``: the last day people studied that the system knows of.

    ``not_reported``: how many units directly below owe a report and have not sent one.
    """

    sections: Sequence[Section]
    texts: Mapping[str, str]
    figures: Mapping[str, FigureValue]
    disputes: Mapping[str, Dispute]
    number: str
    signer_name: str
    dated_on: date | None
    starts_on: date
    last_session_on: date | None
    today: date
    not_reported: int = 0


def check(draft: Draft) -> list[Finding]:
    """Everything found, blockers first, each in the order of the report."""
    found = [*_head(draft), *_texts(draft), *_figures(draft), *_below(draft)]
    return sorted(found, key=lambda finding: finding.weight is not Weight.BLOCKER)


def blockers(found: Iterable[Finding]) -> list[Finding]:
    """The findings that keep a report from being sent."""
    return [finding for finding in found if finding.weight is Weight.BLOCKER]


def _head(draft: Draft) -> Iterable[Finding]:
    if not draft.signer_name.strip():
        yield Finding(
            Weight.BLOCKER,
            "report.no_signer",
            _("Chưa ghi người ký. Hãy ghi họ tên ở phần Đầu và cuối trang."),
        )
    if not draft.number.strip():
        yield Finding(
            Weight.WARNING, "report.no_number", _("Chưa ghi số văn bản; bản in sẽ chừa chỗ để văn thư ghi.")
        )
    day = draft.dated_on
    if day is None:
        yield Finding(Weight.BLOCKER, "report.no_date", _("Chưa ghi ngày báo cáo."))
        return
    words = {"day": format_date(day)}
    if day > draft.today:
        yield Finding(
            Weight.BLOCKER, "report.future", _("Ngày báo cáo %(day)s chưa đến. Hãy sửa ngày báo cáo.") % words
        )
    if day < draft.starts_on:
        words["start"] = format_date(draft.starts_on)
        sentence = _("Ngày báo cáo %(day)s trước ngày bắt đầu đợt (%(start)s). Hãy sửa ngày báo cáo.")
        yield Finding(Weight.BLOCKER, "report.before_campaign", sentence % words)
    elif draft.last_session_on is not None and day < draft.last_session_on:
        words["session"] = format_date(draft.last_session_on)
        sentence = _(
            "Ngày báo cáo %(day)s trước buổi học cuối cùng (%(session)s). "
            "Hãy sửa ngày báo cáo, hoặc sửa ngày của buổi học."
        )
        yield Finding(Weight.BLOCKER, "report.before_session", sentence % words)


def _texts(draft: Draft) -> Iterable[Finding]:
    for section in draft.sections:
        text = draft.texts.get(section.code, "")
        if section.required and not text.strip():
            yield Finding(
                Weight.BLOCKER,
                "report.section_empty",
                _("Mục “%(section)s” còn trống.") % {"section": section.heading},
                section.code,
            )
        for claim in find_claims(text):
            if claim.is_wrong:
                yield Finding(
                    Weight.WARNING,
                    "report.wrong_percentage",
                    _("“%(printed)s”: %(numerator)s/%(denominator)s là %(right)s.")
                    % {
                        "printed": text[claim.start : claim.end],
                        "numerator": format_int(claim.numerator),
                        "denominator": format_int(claim.denominator),
                        "right": format_percent(claim.numerator, claim.denominator),
                    },
                    section.code,
                )
        for day in find_dates(text):
            if day.fault:
                yield Finding(
                    Weight.WARNING,
                    "report.impossible_date",
                    _("“%(day)s” không phải ngày có thật.") % {"day": day.raw},
                    section.code,
                )


def _figures(draft: Draft) -> Iterable[Finding]:
    for section in draft.sections:
        for code in section.figures:
            spec, value = FIGURES[code], draft.figures.get(code)
            dispute = draft.disputes.get(code)
            if dispute is not None and dispute.value is not None and not dispute.reason.strip():
                yield Finding(
                    Weight.BLOCKER,
                    "report.disputed_without_reason",
                    _("“%(figure)s” ghi số khác nhưng chưa có lý do.") % {"figure": spec.label},
                    section.code,
                )
            if value is None or value.denominator is None:
                continue
            disputed = dispute is not None and dispute.value is not None
            if value.numerator > value.denominator and not disputed:
                yield Finding(
                    Weight.BLOCKER,
                    "report.part_above_whole",
                    _(
                        "“%(figure)s”: %(part)s lớn hơn tổng %(whole)s. "
                        "Hãy sửa ở danh sách gốc, hoặc ghi số khác kèm lý do."
                    )
                    % {
                        "figure": spec.label,
                        "part": format_int(value.numerator),
                        "whole": format_int(value.denominator),
                    },
                    section.code,
                )


def _below(draft: Draft) -> Iterable[Finding]:
    if draft.not_reported:
        yield Finding(
            Weight.WARNING,
            "report.units_below",
            ngettext(
                "Còn %(count)s đơn vị trực thuộc chưa gửi báo cáo; phụ lục ghi “chưa báo cáo”.",
                "Còn %(count)s đơn vị trực thuộc chưa gửi báo cáo; phụ lục ghi “chưa báo cáo”.",
                draft.not_reported,
            )
            % {"count": draft.not_reported},
        )
