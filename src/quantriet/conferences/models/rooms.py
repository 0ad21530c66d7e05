"""What a video server tells of sites in its rooms: beside our own roll-call, never in its place."""

from django.db import models
from django.db.models import F, Q

from quantriet.conferences.models.conferences import Site
from quantriet.core.models import Stamped


class RoomStay(Stamped):
    """One connection of a site to the room, from coming in to leaving. It counts nobody; no person is kept.

    ``occupant`` is the hash of the server's address of the connection: what leaves is what came. Either moment may be
    missing, since servers lose events and send them in any order.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="room_stays")
    occupant = models.CharField(max_length=64)
    joined_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("site", "occupant"), name="room_stay_once"),
            models.CheckConstraint(
                condition=Q(joined_at=None) | Q(left_at=None) | Q(left_at__gte=F("joined_at")),
                name="room_stay_ends_after_start",
            ),
        )
