"""A report read on another day: its figures through a lens, figure by figure beside those that were sent.

Its words are those that were sent. Figures are counted as a board counts them: what had happened by a day, as it was
known by a day, over the tree of that day or of today.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone, translation

from quantriet.campaigns import queries as campaigns
from quantriet.campaigns.models import Campaign, Obligation, Requirement
from quantriet.campaigns.queries import Lens
from quantriet.ledger import queries as ledger
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Placement
from quantriet.org.permissions import Can
from quantriet.reports import counts, outlines
from quantriet.reports.checking import Dispute
from quantriet.reports.counts import FigureValue
from quantriet.reports.models import Kind, Report, ReportEvent
from quantriet.reports.outlines import FIGURES
from quantriet.reports.queries.reports import (
    IN_HAND_AGAIN,
    NOT_REPORTED,
    Contents,
    annex_lines,
    as_sent,
    reported_words,
)


@dataclass(frozen=True)
class Compared:
    """A figure as it was sent (of a report never sent: as its unit sees it now) and as it is read."""

    code: str
    label: str
    sent: FigureValue
    read: FigureValue
    dispute: Dispute | None

    @property
    def numerator_by(self) -> int:
        """By how much the count is read higher than it was sent."""
        return self.read.numerator - self.sent.numerator

    @property
    def denominator_by(self) -> int:
        """The same of the whole it is a part of; 0 for a plain count."""
        return (self.read.denominator or 0) - (self.sent.denominator or 0)

    @property
    def differs(self) -> bool:
        """Whether either count is another one."""
        return bool(self.numerator_by or self.denominator_by)


@dataclass(frozen=True)
class Through:
    """A report through a lens. ``was_sent``: there is something sent to compare with. ``has_unit``: its unit stood in
    the tree that is shown; where it did not, nothing is counted.
    """

    lens: Lens
    read: Contents
    compared: tuple[Compared, ...]
    was_sent: bool
    has_unit: bool

    @property
    def differing(self) -> int:
        """How many figures are read otherwise than they were sent."""
        return sum(one.differs for one in self.compared)


def through(report: Report, lens: Lens, *, by: Actor) -> Through:
    """Read a report through a lens. What is said of the reports of units below follows the actor's view of today."""
    sent = as_sent(report)
    codes = [code for code in outlines.figure_codes(sent.sections) if code in sent.figures]
    parts = _parts(report, lens)
    below = campaigns.board_units(report.unit, lens.tree_on)
    with translation.override("vi"):  # papers are Vietnamese, whatever language the page is in
        notes = _notes(report.campaign, [one.pk for one in (*below[0], *below[1])], lens, by=by)
        annex = counts.annex(annex_lines(report.unit, parts.counts, below, notes), parts.counts)
    figures = counts.figures(codes, parts.counts, report.unit_id)
    read = Contents(sent.report, sent.sections, figures, {}, annex, frozen=False, not_reported=0)
    return Through(
        lens,
        read,
        tuple(
            Compared(code, FIGURES[code].label, sent.figures[code], figures[code], sent.disputes.get(code))
            for code in codes
        ),
        was_sent=bool(report.sending),
        has_unit=Placement.objects.filter(unit=report.unit_id, valid__contains=lens.tree_on).exists(),
    )


def _parts(report: Report, lens: Lens) -> ledger.Parts:
    book_id, unit_id = report.campaign.book_id, report.unit_id
    if book_id is None:
        return ledger.Parts(ledger.NO_MARK, {})
    if not lens.is_past:
        return ledger.parts_below(book_id, unit_id, on=timezone.localdate())
    known = date.max if lens.known is None else lens.known
    return ledger.parts_as_of(book_id, unit_id, on=lens.day, tree_on=lens.tree_on, known=known)


def _notes(campaign: Campaign, unit_ids: Iterable[int], lens: Lens, *, by: Actor) -> dict[int, str]:
    """What stood to be said of the reports of units on the day looked at, or of knowledge if that is earlier."""
    seen = access.units(by, Can.CAMPAIGN_READ).filter(pk__in=list(unit_ids))
    owing = Obligation.objects.filter(campaign=campaign, unit__in=seen, kind=Requirement.Kind.REPORT)
    notes = dict.fromkeys(
        owing.exclude(state__in=Obligation.NOT_OWED).values_list("unit_id", flat=True), NOT_REPORTED
    )
    events = ReportEvent.objects.filter(
        report__campaign=campaign,
        report__unit__in=seen,
        report__kind=Kind.RESULT,
        created_at__date__lte=min(lens.day, lens.known or lens.day),
        kind__in=(ReportEvent.Kind.SENT, ReportEvent.Kind.RETURNED),
    ).order_by("id")
    happened: Iterable[tuple[int, str, datetime]] = events.values_list(
        "report__unit_id", "kind", "created_at"
    )
    for unit_id, kind, at in happened:
        notes[unit_id] = reported_words(at) if kind == ReportEvent.Kind.SENT else IN_HAND_AGAIN
    return notes
