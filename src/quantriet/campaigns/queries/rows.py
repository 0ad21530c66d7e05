"""From a figure to the rows it rests on. What is counted and what is listed are the same thing said twice.

Through the lens of a past day the units are those of the tree that is shown. The ledger tells them all; a row of work
tells how it stands today, so what was taken off or written anew since may be missing among people and totals (the page
says how many). Whoever reads sees of people only what stands within his scope today.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from quantriet.campaigns import policy as policies
from quantriet.campaigns.commands.declarations import FIGURES, UNIT_KINDS
from quantriet.campaigns.models import Campaign, Declaration, Obligation, Requirement, RollLine, RollMove
from quantriet.campaigns.queries.boards import NOW, Lens
from quantriet.campaigns.queries.people import LIST_ORDER
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


def people_behind(
    campaign: Campaign, below: Unit, measure: Measure, *, lens: Lens = NOW
) -> QuerySet[RollLine] | None:
    """The people a figure counts by name; ``None`` when the measure counts no people of the roll."""
    condition = PEOPLE.get(measure)
    if condition is None:
        return None
    if lens.is_past:
        found = _people_then(campaign, below, measure, lens)
    else:
        found = RollLine.objects.filter(campaign=campaign, unit__in=lens.units(below)).filter(condition)
    if measure is Measure.ESSAYS_DUE:
        found = found.filter(person_class__in=policies.from_data(campaign.policy).essays_of)
    if lens.person_class:
        found = found.filter(person_class=lens.person_class)
    return found.select_related("person", "unit").order_by(*LIST_ORDER)


# Who has not studied yet counts wherever his line stood on the day; who has, for ever where he did.
_MOVING = (Measure.SUMMONED, Measure.ESSAYS_DUE, Measure.EXCUSED)


def _people_then(campaign: Campaign, below: Unit, measure: Measure, lens: Lens) -> QuerySet[RollLine]:
    """The people of a figure as of a past day, or as known on one."""
    day = lens.day
    if day < campaign.starts_on:
        return RollLine.objects.none()
    found = RollLine.objects.filter(campaign=campaign, unit__in=lens.units(below)).filter(_on(measure, day))
    if measure in _MOVING:
        gone = _gone_since(campaign, below, measure, lens)
        if gone.exists():
            ids = found.values("pk").union(gone.values("line"), all=True)
            found = RollLine.objects.filter(pk__in=ids)
    if lens.known is None:
        return found
    if measure in _MOVING:
        return found.filter(created_at__date__lte=lens.known)
    return found.filter(batch__created_at__date__lte=lens.known)


def _on(measure: Measure, day: date) -> Q:
    """Which lines count for a measure on a day, at the unit where they stand."""
    if measure is Measure.EXCUSED:
        not_yet = Q(fulfilled_on=None) | Q(fulfilled_on__gt=day)
        return _SUMMONED & ~Q(excuse="") & Q(excused_on__lte=day) & not_yet
    if measure in _MOVING:
        return PEOPLE[measure] & (Q(moved_on=None) | Q(moved_on__lte=day))
    return PEOPLE[measure] & Q(fulfilled_on__lte=day)


def _gone_since(campaign: Campaign, below: Unit, measure: Measure, lens: Lens) -> QuerySet[RollMove]:
    """The moves of lines that stood there on the day and went elsewhere, or off the roll, after it."""
    came = Q(moved_on_before=None) | Q(moved_on_before__lte=lens.day)
    found = RollMove.objects.order_by().filter(
        came, line__campaign=campaign, unit__in=lens.units(below), moved_on__gt=lens.day
    )
    return found.filter(excused_on_before__lte=lens.day) if measure is Measure.EXCUSED else found


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


def obligations_behind(
    campaign: Campaign, below: Unit, measure: Measure, *, lens: Lens = NOW
) -> QuerySet[Obligation] | None:
    """The units a figure counts by what they owe; ``None`` when the measure does not count units.

    Of a past day the ledger tells which units counted: what is owed keeps no days of its own.
    """
    known = OBLIGATIONS.get(measure)
    if known is None:
        return None
    kind, condition = known
    found = (
        Obligation.objects.filter(campaign=campaign, kind=kind, unit__in=lens.units(below))
        .annotate(due_day=TruncDate("due_at"))
        .select_related("unit")
        .order_by("unit__sort_key", "id")
    )
    if not lens.is_past or campaign.book_id is None:
        return found.filter(condition)
    held = lens.read(campaign.book_id, whole=True).held(measure)
    return found.filter(unit_id__in=[unit_id for unit_id, amount in held.items() if amount > 0])


def totals_behind(
    campaign: Campaign, below: Unit, measure: Measure, *, lens: Lens = NOW
) -> list[tuple[Declaration, int]]:
    """The declared totals a figure holds, each with the amount that stands in the ledger for it. They are of no class
    of people.
    """
    named = {
        kind: name
        for kind, names in FIGURES.items()
        for name, each in names.items()
        if each == measure and kind not in UNIT_KINDS
    }
    if not named or (lens.person_class and measure in PEOPLE):
        return []
    rows = Declaration.objects.filter(campaign=campaign, kind__in=named, unit__in=lens.units(below))
    if lens.is_past:
        rows = rows.filter(counted_on__lte=lens.day)
    if lens.known is not None:
        rows = rows.filter(batch__created_at__date__lte=lens.known)
    ordered = rows.select_related("unit").order_by("unit__sort_key", "kind", "id")
    amounts = [(row, int(row.posted.get(named[row.kind], 0))) for row in ordered]
    return [(row, amount) for row, amount in amounts if amount]


def entries_behind(campaign: Campaign, below: Unit, measure: Measure, *, lens: Lens = NOW) -> QuerySet[Entry]:
    """Every entry of the ledger behind a figure, newest first: who wrote what, when, by which command."""
    found = Entry.objects.filter(book=campaign.book_id, measure=measure, unit__in=lens.units(below))
    if lens.is_past:
        found = found.filter(occurred_on__lte=lens.day)
    if lens.known is not None:
        found = found.filter(known_on__lte=lens.known)
    if lens.person_class and measure in PEOPLE:
        first = lens.person_class * 100
        found = found.filter(slice__gte=first, slice__lt=first + 100)
    return found.select_related("batch", "unit").order_by("-id")


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
