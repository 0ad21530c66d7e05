"""From a figure to the rows it rests on. What is counted and what is listed are the same thing said twice."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from quantriet.campaigns import policy as policies
from quantriet.campaigns.commands.declarations import FIGURES, UNIT_KINDS
from quantriet.campaigns.models import Campaign, Declaration, Obligation, Requirement, RollLine
from quantriet.campaigns.queries.obligations import declarations_below, units_below
from quantriet.campaigns.queries.people import roll
from quantriet.ledger import figures
from quantriet.ledger.measures import Measure
from quantriet.ledger.models import Batch, Entry
from quantriet.org.models import Unit

_SUMMONED = Q(state=RollLine.State.SUMMONED)
_STUDIED = Q(fulfilled_on__isnull=False)

PEOPLE: Mapping[Measure, Q] = {
    Measure.SUMMONED: _SUMMONED,
    Measure.ESSAYS_DUE: _SUMMONED,
    Measure.PRESENT: _STUDIED,
    Measure.EXCUSED: _SUMMONED & ~_STUDIED & ~Q(excuse=""),
    Measure.MADE_UP: _STUDIED & Q(means="made_up"),
    Measure.CREDITED: _STUDIED & Q(means="superior"),
}

# Measure → kind of obligation, and which of them count.
_OWED = ~Q(state__in=Obligation.NOT_OWED)
_DONE = Q(state=Obligation.State.DONE)
_ON_TIME = _DONE & Q(done_on__lte=F("due_day"))
OBLIGATIONS: Mapping[Measure, tuple[str, Q]] = {
    Measure.CONFERENCES_DUE: (Requirement.Kind.CONFERENCE, _OWED),
    Measure.CONFERENCES_HELD: (Requirement.Kind.CONFERENCE, _DONE),
    Measure.MATERIALS_DUE: (Requirement.Kind.MATERIALS, _OWED),
    Measure.MATERIALS_SUPPLIED: (Requirement.Kind.MATERIALS, _DONE),
    Measure.PROGRAMMES_DUE: (Requirement.Kind.PROGRAMME, _OWED),
    Measure.PROGRAMMES_ISSUED: (Requirement.Kind.PROGRAMME, _DONE),
    Measure.PROGRAMMES_ON_TIME: (Requirement.Kind.PROGRAMME, _ON_TIME),
    Measure.REPORTS_DUE: (Requirement.Kind.REPORT, _OWED),
    Measure.REPORTS_SENT: (Requirement.Kind.REPORT, _DONE),
    Measure.REPORTS_ON_TIME: (Requirement.Kind.REPORT, _ON_TIME),
}


def people_behind(campaign: Campaign, below: Unit, measure: Measure) -> QuerySet[RollLine] | None:
    """The people a figure counts by name; ``None`` when the measure counts no people of the roll."""
    condition = PEOPLE.get(measure)
    if condition is None:
        return None
    found = roll(campaign, below).filter(condition)
    if measure is Measure.ESSAYS_DUE:
        return found.filter(person_class__in=policies.from_data(campaign.policy).essays_of)
    return found


def named_counts(
    campaign: Campaign,
    measure: Measure,
    totals: Iterable[tuple[Declaration, int]],
    *,
    slices: frozenset[int] | None = None,
) -> Mapping[int, int]:
    """How many lines of ``people_behind`` each unit has: its own count less the ``totals`` declared there."""
    if campaign.book_id is None:
        return {}
    held = figures.read(campaign.book_id, on=timezone.localdate(), slices=slices).held(measure)
    for row, amount in totals:
        held[row.unit_id] = held.get(row.unit_id, 0) - amount
    return held


def obligations_behind(campaign: Campaign, below: Unit, measure: Measure) -> QuerySet[Obligation] | None:
    """The units a figure counts by what they owe; ``None`` when the measure does not count units."""
    known = OBLIGATIONS.get(measure)
    if known is None:
        return None
    kind, condition = known
    return (
        Obligation.objects.filter(campaign=campaign, kind=kind, unit__in=units_below(below))
        .annotate(due_day=TruncDate("due_at"))
        .filter(condition)
        .select_related("unit")
        .order_by("unit__sort_key", "id")
    )


def totals_behind(campaign: Campaign, below: Unit, measure: Measure) -> list[tuple[Declaration, int]]:
    """The declared totals a figure holds, each with the amount that stands in the ledger for it."""
    named = {
        kind: name
        for kind, names in FIGURES.items()
        for name, each in names.items()
        if each == measure and kind not in UNIT_KINDS
    }
    if not named:
        return []
    rows = declarations_below(campaign, below).filter(kind__in=named)
    amounts = [(row, int(row.posted.get(named[row.kind], 0))) for row in rows]
    return [(row, amount) for row, amount in amounts if amount]


def entries_behind(campaign: Campaign, below: Unit, measure: Measure) -> QuerySet[Entry]:
    """Every entry of the ledger behind a figure, newest first: who wrote what, when, by which command."""
    return (
        Entry.objects.filter(book=campaign.book_id, measure=measure, unit__in=units_below(below))
        .select_related("batch", "unit")
        .order_by("-id")
    )


def history_behind(entries: QuerySet[Entry]) -> QuerySet[Any, Any]:
    """The postings of a figure, newest first: each batch with its change."""
    return (
        entries.order_by()
        .select_related(None)
        .values(
            "batch_id",
            "batch__created_at",
            "batch__actor",
            "batch__origin",
            "batch__reason",
            "batch__reverses_id",
        )
        .annotate(change=Sum("amount"), units=Count("unit_id", distinct=True))
        .order_by("-batch_id")
    )


def figure_after(entries: QuerySet[Entry], batch_id: int) -> int:
    """What the figure was after a batch."""
    found = entries.order_by().filter(batch_id__lte=batch_id).aggregate(total=Sum("amount"))
    return int(found["total"] or 0)


def taken_back_by(batch_ids: Iterable[int]) -> dict[int, int]:
    """Batch → the batch that took it back."""
    rows = Batch.objects.filter(reverses__in=list(batch_ids)).order_by("id")
    return {int(reverses): pk for pk, reverses in rows.values_list("pk", "reverses_id") if reverses}
