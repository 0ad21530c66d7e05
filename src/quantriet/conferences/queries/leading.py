"""Who chaired and who taught, counted by unit: the head himself, or a deputy with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from quantriet.conferences.models import AgendaItem, Conference
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


@dataclass(frozen=True)
class Led:
    """A unit's conferences that were held: how many, at how many the head chaired, at how many he taught."""

    unit: Unit
    held: int
    chaired: int
    taught: int

    @property
    def by_deputy(self) -> int:
        """At how many somebody else chaired."""
        return self.held - self.chaired


def held(by: Actor, year: int) -> QuerySet[Conference]:
    """Conferences that units of the actor held in a year, cell meetings apart, the shifts of one as one."""
    return Conference.objects.filter(
        unit__in=access.units(by, Can.CONFERENCE_READ).values("pk"),
        kind=Conference.Kind.CONFERENCE,
        state=Conference.State.CLOSED,
        starts_at__year=year,
        shift_of__isnull=True,
    )


def units(by: Actor, year: int) -> QuerySet[Unit]:
    """The units with such conferences, highest level first."""
    holding = held(by, year).values("unit")
    return Unit.objects.filter(pk__in=holding).order_by("level", "sort_key", "id")


def counts(by: Actor, year: int, shown: Mapping[int, Unit]) -> list[Led]:
    """The counts of these units, in their order."""
    rows = held(by, year).filter(unit__in=list(shown)).order_by().values("unit")
    counted = {
        row["unit"]: row
        for row in rows.annotate(
            held=Count("id"),
            chaired=Count("id", filter=Q(head_chaired=True)),
            taught=Count("id", filter=Q(head_taught=True)),
        )
    }
    return [
        Led(unit, counted[pk]["held"], counted[pk]["chaired"], counted[pk]["taught"])
        for pk, unit in shown.items()
    ]


def by_deputies(by: Actor, year: int) -> QuerySet[Conference]:
    """Conferences that a deputy chaired, or in which one is named for a document (``is_taught_by_deputy``), the
    latest first: each tells why.
    """
    named = AgendaItem.objects.filter(conference=OuterRef("pk"), document__isnull=False).exclude(presenter="")
    rows = held(by, year).annotate(is_taught_by_deputy=Q(head_taught=False) & Exists(named))
    chosen = rows.filter(Q(head_chaired=False) | Q(is_taught_by_deputy=True)).select_related("unit")
    return chosen.order_by("-starts_at", "-id")
