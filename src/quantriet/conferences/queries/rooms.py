"""Whether a site is in its room, as the video server tells it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q

from quantriet.conferences.models import RoomStay, Site


@dataclass(frozen=True)
class Presence:
    """``since`` the site has been in the room with ``connections``; when with none, ``until`` is when it left last."""

    connections: int
    since: datetime | None
    until: datetime | None


def presence(site: Site) -> Presence | None:
    """What is known of a site; ``None`` where the server told nothing."""
    inside = Q(left_at=None, joined_at__isnull=False)
    found = RoomStay.objects.filter(site=site).aggregate(
        stays=Count("pk"),
        connections=Count("pk", filter=inside),
        since=Min("joined_at", filter=inside),
        until=Max("left_at"),
    )
    if not found["stays"]:
        return None
    return Presence(found["connections"], found["since"], found["until"])
