"""Reads for following a document up: what was directed, what is to be reached, what the campaigns reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.db.models import Case, Q, QuerySet, When
from django.utils import timezone

from quantriet.campaigns.baselines import COLUMNS, BaselineSheet, read
from quantriet.campaigns.models import Baseline, Campaign, Direction, Review, Target
from quantriet.campaigns.queries.campaigns import campaigns
from quantriet.campaigns.queries.former import came_before, living
from quantriet.core.intake.cage import run_limited
from quantriet.core.intake.kinds import FileKind
from quantriet.core.office.columns import find_header, recognise_columns
from quantriet.core.office.sheets_in import Sheet, read_csv, read_xlsx
from quantriet.documents.models import Document
from quantriet.ledger import figures
from quantriet.ledger.indicators import INDICATORS, Indicator
from quantriet.ledger.measures import Measure
from quantriet.ledger.rollup import NOTHING, Amount
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


@dataclass(frozen=True)
class Share:
    """What a campaign reached of an indicator below a unit; ``campaign`` and ``unit`` lead to the rows. Of a unit that
    has ended, what it reached by its last day (``on``): whoever had not studied went on elsewhere.
    """

    campaign: Campaign
    unit: Unit
    indicator: Indicator
    part: int
    whole: int
    on: date | None = None

    def reaches(self, wanted: Decimal) -> bool:
        """Whether the share is at least ``wanted`` percent; of nothing, nothing is reached."""
        return self.whole > 0 and self.part * 100 >= wanted * self.whole


@dataclass(frozen=True)
class TargetRow:
    """A target with what each campaign of the document reached, oldest first, and what earlier reports told.

    Of a target that holds for the unit looked at these are its own figures; of one that a unit it took over from had
    set (``is_former``), the figures of that unit.
    """

    target: Target
    indicator: Indicator | None
    shares: tuple[Share, ...]
    baselines: tuple[Baseline, ...]
    is_former: bool = False

    @property
    def is_met(self) -> bool | None:
        """Whether the newest campaign with figures reaches it; unknown without an indicator or figures."""
        counted = [share for share in self.shares if share.whole]
        return counted[-1].reaches(self.target.wanted) if counted else None

    @property
    def is_overdue(self) -> bool:
        """Its day has passed and it is not known to be met."""
        return self.target.due_on < timezone.localdate() and not self.is_met


def seen_units(unit: Unit) -> QuerySet[Unit]:
    """The unit and those above it: what they set holds for the unit too."""
    standing = access.today_placements().filter(unit=unit).values_list("path", flat=True)
    above = access.today_placements().filter(path__ancestor_of=list(standing)).values("unit")
    return Unit.objects.filter(Q(pk__in=above) | Q(pk=unit.pk))


def visible_unit(document: Document, by: Actor) -> Unit | None:
    """From where the actor looks at a document: its owner (or who came after it), else the unit his authority
    begins at.
    """
    owner = living(document.owner)
    return access.units(by, Can.CAMPAIGN_READ).filter(pk=owner.pk).first() or access.home(by)


def former(unit: Unit) -> frozenset[int]:
    """The units that ended and whose work the unit took over: what they did is seen with it."""
    return frozenset(came_before([unit.pk])[unit.pk])


def own_directions(document: Document, unit: Unit) -> QuerySet[Direction]:
    """Papers of the unit and of those it took over from, oldest first."""
    return (
        Direction.objects.filter(document=document, unit__in=[unit.pk, *former(unit)])
        .select_related("unit")
        .order_by("issued_on", "id")
    )


def directions_from_above(document: Document, unit: Unit) -> QuerySet[Direction]:
    """Papers of the units above, oldest first."""
    above = seen_units(unit).exclude(pk=unit.pk).values("pk")
    return (
        Direction.objects.filter(document=document, unit__in=above)
        .select_related("unit")
        .order_by("issued_on", "id")
    )


def reviews(document: Document, unit: Unit) -> QuerySet[Review]:
    """Reviews of the unit, those above it and those it took over from, in the order of their days."""
    return (
        Review.objects.filter(document=document)
        .filter(Q(unit__in=seen_units(unit).values("pk")) | Q(unit__in=former(unit)))
        .select_related("unit")
        .order_by("due_on", "id")
    )


def campaigns_of(document: Document, by: Actor) -> list[Campaign]:
    """Started campaigns of the document that the actor may read, oldest first."""
    found = campaigns(by).filter(documents__document=document, book__isnull=False)
    return list(found.order_by("starts_on", "id"))


def baselines(document: Document, unit: Unit) -> QuerySet[Baseline]:
    """What earlier reports told of the unit and of those it took over from, its own first."""
    rows = Baseline.objects.filter(document=document, unit__in=[unit.pk, *former(unit)])
    is_own = Case(When(unit=unit, then=0), default=1)
    return rows.select_related("unit").order_by(
        is_own, "unit__sort_key", "unit", "from_year", "to_year", "indicator"
    )


def targets(document: Document, unit: Unit, by: Actor) -> list[TargetRow]:
    """Targets that hold for the unit, and those of the units it took over from, by day, with the figures of the unit
    (of those, their own) in each campaign.

    One read of each campaign's book for each unit with targets, whatever their number.
    """
    ended = former(unit)
    rows = list(
        Target.objects.filter(document=document)
        .filter(Q(unit__in=seen_units(unit).values("pk")) | Q(unit__in=ended))
        .select_related("unit", "clause")
        .order_by("due_on", "id")
    )
    told = list(baselines(document, unit))
    counted_at = {row.pk: row.unit if row.unit_id in ended else unit for row in rows}
    wanted = {(counted_at[row.pk], row.indicator) for row in rows if row.indicator}
    found = _shares(campaigns_of(document, by), wanted) if wanted else {}
    return [
        TargetRow(
            row,
            INDICATORS.get(row.indicator),
            tuple(found.get((counted_at[row.pk], row.indicator), ())),
            tuple(
                one for one in told if (one.indicator, one.unit_id) == (row.indicator, counted_at[row.pk].pk)
            ),
            row.unit_id in ended,
        )
        for row in rows
    ]


def _shares(running: list[Campaign], wanted: set[tuple[Unit, str]]) -> dict[tuple[Unit, str], list[Share]]:
    """Unit and indicator → what each campaign reached below the unit."""
    found: dict[tuple[Unit, str], list[Share]] = {one: [] for one in wanted}
    units = {unit for unit, _code in wanted}
    for campaign in running:
        if campaign.book_id is None:
            continue
        table = {unit: _reached(campaign.book_id, unit) for unit in units}
        for unit, code in wanted:
            indicator, counts = INDICATORS[code], table[unit]
            part = counts.get(indicator.numerator, NOTHING).total
            whole = counts.get(indicator.denominator, NOTHING).total
            found[unit, code].append(Share(campaign, unit, indicator, part, whole, _last_day(unit)))
    return found


def _last_day(unit: Unit) -> date | None:
    """The last day of a unit that has ended."""
    return None if unit.closed_on is None else unit.closed_on - timedelta(days=1)


def _reached(book_id: int, unit: Unit) -> Mapping[Measure, Amount]:
    """The counts below a unit today, or on its last day over the tree of that day; from memory."""
    today, last = timezone.localdate(), _last_day(unit)
    if last is None:
        return figures.read(book_id, on=today).below(unit.pk)
    return figures.as_of(book_id, on=last, known=today, tree_on=last).below(unit.pk)


@dataclass(frozen=True)
class UnitRow:
    """A unit directly below with its papers, those of the units it took over from among them, and what the newest
    campaign reached of the programmes.
    """

    unit: Unit
    papers: tuple[Direction, ...]
    programmes: Share | None

    @property
    def first_on(self) -> date | None:
        """The day of its first paper."""
        return min((paper.issued_on for paper in self.papers), default=None)


def rows_below(document: Document, units: list[Unit], by: Actor) -> list[UnitRow]:
    """The rows of some units: their papers in one query, their figures in one read."""
    papers = _papers(document, [unit.pk for unit in units])
    running = campaigns_of(document, by)
    newest = running[-1] if running else None
    indicator = INDICATORS["programmes"]
    table = (
        figures.read(newest.book_id, on=timezone.localdate()).table(list(papers))
        if newest is not None and newest.book_id is not None
        else {}
    )
    rows = []
    for unit in units:
        counts = table.get(unit.pk, {})
        whole = counts.get(indicator.denominator, NOTHING).total
        share = (
            Share(newest, unit, indicator, counts.get(indicator.numerator, NOTHING).total, whole)
            if newest is not None and whole
            else None
        )
        rows.append(UnitRow(unit, tuple(papers[unit.pk]), share))
    return rows


def _papers(document: Document, unit_ids: list[int]) -> dict[int, list[Direction]]:
    """Unit → its papers and those of the units it took over from, oldest first."""
    papers: dict[int, list[Direction]] = {unit_id: [] for unit_id in unit_ids}
    seen_at = {unit_id: {unit_id} for unit_id in unit_ids}
    for heir_id, ended in came_before(unit_ids).items():
        for unit_id in ended:
            seen_at.setdefault(unit_id, set()).add(heir_id)
    rows = Direction.objects.filter(document=document, unit__in=seen_at).select_related("unit")
    for paper in rows.order_by("issued_on", "id"):
        for heir_id in seen_at[paper.unit_id]:
            papers[heir_id].append(paper)
    return papers


def units_directly_below(unit: Unit, by: Actor) -> QuerySet[Unit]:
    """The units of the tree directly below, by name, as far as the actor may look."""
    children = access.today_placements().filter(parent=unit, former=False).values("unit")
    return (
        access.units(by, Can.CAMPAIGN_READ).filter(pk__in=children, tree=unit.tree).order_by("sort_key", "pk")
    )


def baseline_sheet(path: Path, kind: FileKind, *, by: Actor) -> BaselineSheet:
    """What a checked sheet of earlier figures says, read in the cage; nothing is written.

    Refuses as ``core.office.sheets_in`` does, and with ``sheet.no_header``.
    """
    sheet: Sheet = run_limited(read_csv if kind is FileKind.CSV else read_xlsx, path)
    columns = recognise_columns(find_header(sheet.rows, COLUMNS), COLUMNS, sheet.merged)
    unit_ids = dict(access.units(by, Can.CAMPAIGN_MANAGE).values_list("code", "pk"))
    titles = {code: str(indicator.title) for code, indicator in INDICATORS.items()}
    return read(sheet.rows, columns, unit_ids=unit_ids, indicators=titles)
