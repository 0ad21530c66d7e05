"""Who has no site of a conference yet and may get one: how many at each level, who is found by name, which halls run
already.
"""

from collections.abc import Sequence

from django.db.models import Count, Q, QuerySet

from quantriet.conferences.models import Conference, Site, SiteUnit
from quantriet.conferences.queries import conferences as reads
from quantriet.core.text import fold
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Unit, UnitKind
from quantriet.org.models.units import Level
from quantriet.org.permissions import Can

FOUND_AT_MOST = 100


def may_add(conference: Conference, by: Actor) -> bool:
    """Whoever manages the conference; and whoever manages a unit below that is called to it, for his own (a relay)."""
    if access.may(by, Can.CONFERENCE_MANAGE, conference.unit_id):
        return True
    return by.can(Can.CONFERENCE_MANAGE) and reads.conferences(by).filter(pk=conference.pk).exists()


def without_site(conference: Conference, by: Actor) -> QuerySet[Unit]:
    """The live units from the conference's own downwards that the actor manages and whose people sit elsewhere so
    far, from the highest level down.
    """
    top = access.today_placements().filter(unit=conference.unit_id).values_list("path", flat=True)
    below = access.today_placements().filter(path__descendant_of=list(top), former=False)
    seated = SiteUnit.objects.filter(conference=conference).values("unit")
    return (
        access.units(by, Can.CONFERENCE_MANAGE)
        .filter(pk__in=below.values("unit"), tree=conference.unit.tree, closed_on=None)
        .exclude(kind__in=(UnitKind.BODY, UnitKind.PRESS))
        .exclude(pk__in=seated)
        .order_by("level", "sort_key", "id")
    )


def concerns(conference: Conference, unit: Unit, by: Actor) -> bool:
    """Whether a unit has a part in the conference: it runs a site, or it is one of those that may get one."""
    runs = Site.objects.filter(conference=conference, unit=unit).exists()
    return runs or without_site(conference, by).filter(pk=unit.pk).exists()


def by_level(conference: Conference, by: Actor) -> list[tuple[Level, int]]:
    """How many units without a site there are at each level, from the highest down."""
    counted = without_site(conference, by).order_by("level").values_list("level")
    return [(Level(level), count) for level, count in counted.annotate(how_many=Count("id"))]


def at_levels(conference: Conference, levels: Sequence[int], by: Actor) -> QuerySet[Unit]:
    """The units without a site at some levels."""
    return without_site(conference, by).filter(level__in=list(levels))


def found(conference: Conference, text: str, by: Actor) -> list[Unit]:
    """The units without a site whose name (without marks) or code holds the words, at most a hundred."""
    wanted = fold(text)
    if not wanted:
        return []
    named = Q(folded__contains=wanted) | Q(code__iexact=text.strip())
    return list(without_site(conference, by).filter(named)[:FOUND_AT_MOST])


def with_site(conference: Conference, by: Actor) -> list[Unit]:
    """The units the actor manages that run a site already, the highest first: who may want a further hall."""
    run = Site.objects.filter(conference=conference).values("unit")
    mine = access.units(by, Can.CONFERENCE_MANAGE).filter(pk__in=run)
    return list(mine.order_by("level", "sort_key", "id")[:FOUND_AT_MOST])
