"""Where a figure of a report comes from: the rows a reader opens beside it."""

from dataclasses import dataclass, replace

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from quantriet.campaigns.models import Campaign
from quantriet.core.components import EVIDENCE
from quantriet.ledger import queries as ledger
from quantriet.org import access
from quantriet.org.models import Unit
from quantriet.reports import counts, outlines
from quantriet.reports.counts import FigureValue
from quantriet.reports.models import Report
from quantriet.reports.outlines import FIGURES
from quantriet.reports.queries.reports import sections_of


@dataclass(frozen=True)
class SourceLine:
    """A part of the subtree in a figure, and the address of its rows (empty: nobody lists them)."""

    name: str
    numerator: int
    denominator: int | None
    href: str


@dataclass(frozen=True)
class Sources:
    """What stands behind a figure: its evidence, each part, the addresses of the rows."""

    value: FigureValue
    label: str
    lines: tuple[SourceLine, ...]
    href: str
    denominator_href: str

    @property
    def mix(self) -> dict[str, int]:
        """The numerator by evidence, as the bar of evidence takes it; empty where nothing is counted."""
        return dict(zip(EVIDENCE, self.value.grades, strict=True)) if self.value.numerator > 0 else {}


def sources(report: Report, code: str) -> Sources:
    """Where a figure of a report comes from, as the ledger stands now. 404 for a figure it does not show."""
    spec = FIGURES.get(code)
    campaign = report.campaign
    if spec is None or campaign.book_id is None or code not in outlines.figure_codes(sections_of(report)):
        raise access.not_found()
    parts = ledger.parts_below(campaign.book_id, report.unit_id, on=timezone.localdate())
    kept = {pk: part for pk, part in parts.counts.items() if not (spec.below_only and pk == report.unit_id)}
    names = Unit.objects.in_bulk(list(kept))
    lines = []
    for pk in sorted(kept, key=lambda part: (part == report.unit_id, names[part].sort_key)):
        value = counts.figure(replace(spec, below_only=False), kept[pk], {})
        if value.numerator or value.denominator:
            href = rows_href(campaign, names[pk], spec.numerator.name)
            lines.append(SourceLine(names[pk].name, value.numerator, value.denominator, href))
    return Sources(
        counts.figures([code], parts.counts, report.unit_id)[code],
        spec.label,
        tuple(lines),
        rows_href(campaign, report.unit, spec.numerator.name),
        rows_href(campaign, report.unit, spec.denominator.name) if spec.denominator else "",
    )


def rows_href(campaign: Campaign, unit: Unit, measure: str) -> str:
    """The page that opens a figure down to its rows."""
    try:
        return f"{reverse('campaign-figure', args=[campaign.pk, measure.lower()])}?don_vi={unit.pk}"
    except NoReverseMatch:
        return ""
