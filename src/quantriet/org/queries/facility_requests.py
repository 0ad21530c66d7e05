"""What units asked for: those an actor may read, and those that wait for his answer."""

from django.db.models import Count, QuerySet

from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import FacilityRequest
from quantriet.org.permissions import Can


def requests(by: Actor) -> QuerySet[FacilityRequest]:
    """Requests of the actor's units, newest first."""
    mine = access.units(by, Can.UNIT_READ)
    return FacilityRequest.objects.filter(unit__in=mine).select_related("unit").order_by("-id")


def waiting(by: Actor) -> QuerySet[FacilityRequest]:
    """Requests of units below that wait for an answer of the actor, the longest waiting first."""
    mine = access.units(by, Can.CONFERENCE_MANAGE)
    home = access.home(by)
    rows = FacilityRequest.objects.filter(unit__in=mine, state=FacilityRequest.State.ASKED)
    return rows.exclude(unit=home).select_related("unit").order_by("id")


def counts(by: Actor) -> dict[str, int]:
    """How many requests of the actor's units stand in each state."""
    counted = requests(by).order_by().values_list("state").annotate(how_many=Count("id"))
    return {str(state): int(how_many) for state, how_many in counted}
