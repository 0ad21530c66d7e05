"""The halls of a subtree beside the roll: a row for each unit, in the order of the tree, whatever it lacks.

Three statements and columns in memory: as many units as a country has. A unit without a hall comes to the nearest one
above, as at a conference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from quantriet.campaigns.models import Campaign
from quantriet.conferences.halls import NO_HALL, Halls
from quantriet.conferences.queries.counts import SEAT
from quantriet.conferences.queries.wall import nearest_sums
from quantriet.ledger import figures
from quantriet.ledger.measures import Measure
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands.facilities import GOOD_FOR
from quantriet.org.models import Facility, Tree, Unit, UnitKind
from quantriet.org.models.units import Level
from quantriet.org.permissions import Can

APART = (UnitKind.BODY, UnitKind.PRESS, UnitKind.CENTRAL)
"""Units that hold no conferences of their own in a hall of their own."""


@dataclass(frozen=True)
class Line:
    """One unit with its halls."""

    unit_id: int
    name: str
    halls: Halls


def lines(by: Actor, campaign: Campaign | None, level: int | None = None) -> list[Line]:
    """The units of the actor above the cell, of one level or of all; without a campaign there is no roll."""
    mine = access.units(by, Can.CONFERENCE_READ)
    units = mine.filter(tree=Tree.PARTY, closed_on=None, level__lt=Level.CELL).exclude(kind__in=APART)
    if level is not None:
        units = units.filter(level=level)
    known = _halls(mine)
    people = _people(campaign, known)
    found = []
    for unit_id, name in units.order_by("level", "sort_key", "id").values_list("pk", "name"):
        halls = known.get(unit_id, NO_HALL)
        told = people.get(unit_id, 0) if halls.count and people is not None else None
        found.append(Line(unit_id, name, replace(halls, people=told)))
    return found


def _halls(units: QuerySet[Unit]) -> dict[int, Halls]:
    """The halls of each of these units, added up."""
    held = Q(confirmed_on__gt=timezone.localdate() - GOOD_FOR)
    rows = Facility.objects.filter(unit__in=units).order_by().values_list("unit_id")
    counted = rows.annotate(
        halls=Count("id"),
        room=Coalesce(Sum("seats"), 0),
        screens=Count("id", filter=Q(has_screen=True)),
        lines=Count("id", filter=Q(line_mbits__gt=0) | ~Q(line="")),
        second_lines=Count("id", filter=Q(has_second_line=True)),
        unconfirmed=Count("id", filter=~held | Q(confirmed_on=None)),
    )
    return {row[0]: Halls(*row[1:]) for row in counted}


def _people(campaign: Campaign | None, known: Mapping[int, Halls]) -> dict[int, int] | None:
    """Who is summoned in a campaign, by the nearest unit with a hall."""
    if campaign is None or campaign.book_id is None or not known:
        return None
    read = figures.read(campaign.book_id, on=timezone.localdate())
    units = np.array(sorted(known), dtype=np.int64)
    seats = np.array([(unit_id, unit_id) for unit_id in units.tolist()], dtype=SEAT)
    sums = nearest_sums(read.numbering, seats, units, read.column(Measure.SUMMONED))
    return dict(zip(units.tolist(), sums.tolist(), strict=True))
