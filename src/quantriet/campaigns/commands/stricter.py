"""Which stricter dates stand above and below a unit: told by the record of acts, in which every tightening is.

A superior's date binds everything below it; a unit's own date yields to a later word of that unit, never beyond
what its superiors said. An extension wipes out what was said before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from quantriet.campaigns.models import Campaign, Obligation
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import AuditEvent, Unit

TIGHTENED = "deadline.tighten"


@dataclass(frozen=True)
class Stricter:
    """A date that ``author`` (the unit whose officer spoke) set for ``place`` and everything below it."""

    place: int
    author: int
    due_at: datetime
    said_at: datetime


def author_of(unit: Unit, by: Actor) -> int:
    """For which unit ``by`` speaks when setting a date at ``unit``; the operator speaks for that unit itself."""
    home = access.home(by)
    return unit.pk if home is None else home.pk


def said(campaign: Campaign, kind: str) -> list[Stricter]:
    """The last date each author set for each place."""
    acts = AuditEvent.objects.filter(
        action=TIGHTENED,
        subject=f"{Campaign._meta.db_table}:{campaign.pk}",  # noqa: SLF001 - Django's public-by-habit API
        detail__kind=kind,
    )
    last: dict[tuple[int, int], Stricter] = {}
    for unit_id, detail, moment in acts.order_by("pk").values_list("unit_id", "detail", "created_at"):
        if unit_id is not None:
            author = int(detail.get("author", unit_id))
            last[unit_id, author] = Stricter(
                unit_id, author, datetime.fromisoformat(detail["due_at"]), moment
            )
    return list(last.values())


@dataclass(frozen=True)
class Standing:
    """The stricter dates of one kind of work in a campaign, seen from a unit and from who speaks there."""

    ways: Mapping[int, tuple[int, ...]]
    """Of every unit concerned the ids of the way down to it."""
    dates: Sequence[Stricter]
    extended: Mapping[int, datetime]
    """When an obligation was extended last: earlier dates no longer stand for it."""

    def ceiling(self, owed: Obligation, unit: int, author: int) -> datetime:
        """How late ``author`` may put an obligation at or below ``unit``: what was said above the author."""
        above = set(self.ways.get(author, ())) - {author}
        over = set(self.ways[unit])
        return min(
            (one.due_at for one in self._for(owed) if one.place in over and one.author in above),
            default=owed.limit_at,
        )

    def below(self, owed: Obligation, unit: int, due_at: datetime) -> datetime:
        """What holds for an obligation when ``due_at`` is said at ``unit``: stricter words below it stay."""
        under = set(self.ways[owed.unit_id]) - set(self.ways[unit])
        return min([due_at, *(one.due_at for one in self._for(owed) if one.place in under)])

    def _for(self, owed: Obligation) -> Iterable[Stricter]:
        since = self.extended.get(owed.pk)
        return (
            one
            for one in self.dates
            if one.due_at <= owed.limit_at and (since is None or one.said_at > since)
        )


def standing(campaign: Campaign, kind: str, owed: Sequence[Obligation], *units: int) -> Standing:
    """The dates that stand for obligations; ``units`` are those seen from. A fixed number of queries."""
    wanted = {one.unit_id for one in owed} | set(units)
    ways = {
        unit_id: tuple(int(label) for label in str(path).split("."))
        for unit_id, path in access.today_placements().filter(unit__in=wanted).values_list("unit_id", "path")
    }
    extended = (
        Obligation.objects.filter(pk__in=[one.pk for one in owed], extensions__isnull=False)
        .order_by()
        .values_list("pk")
        .annotate(last=Max("extensions__created_at"))
    )
    return Standing(ways, said(campaign, kind), dict(extended))
