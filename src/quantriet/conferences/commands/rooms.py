"""What the video server tells: a site came into its room, or left. Kept beside the roll-call, counted nowhere."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from quantriet.conferences import rooms
from quantriet.conferences.models import Conference, RoomStay, Site


@dataclass(frozen=True)
class Told:
    """One event: in which room, who (``site-7``; persons are not kept), by which connection, when."""

    room: str
    guest: str
    connection: str
    at: datetime
    has_left: bool


def note(told: Told) -> RoomStay | None:
    """Keep an event; sent again it changes nothing. ``None``: it is of no site, of another room, or of a conference
    that is over. A clock ahead of ours tells no later moment than now; who left before he came left as he came.
    """
    number = told.guest.removeprefix("site-")
    if number == told.guest or not number.isascii() or not number.isdecimal() or len(number) > 17:
        return None
    site = Site.objects.select_related("conference").filter(pk=int(number)).first()
    if site is None or not _is_its_room(site, told.room):
        return None
    at = min(told.at, timezone.now())
    occupant = hashlib.sha256(told.connection.encode()).hexdigest()
    with transaction.atomic():
        RoomStay.objects.get_or_create(site=site, occupant=occupant)
        stay = RoomStay.objects.select_for_update().get(site=site, occupant=occupant)
        if told.has_left:
            stay.left_at = stay.left_at or max(at, stay.joined_at or at)
        elif stay.joined_at is None:
            stay.joined_at = min(at, stay.left_at or at)
        stay.save(update_fields=["joined_at", "left_at"])
    return stay


def _is_its_room(site: Site, name: str) -> bool:
    """Whether the room of this name is the one the site is let into, in a conference that is not over."""
    if site.conference.state in (Conference.State.CLOSED, Conference.State.CANCELLED):
        return False
    room = rooms.room_of(site.join_link or site.conference.join_link, settings.QUANTRIET.jitsi)
    return isinstance(room, rooms.JitsiRoom) and room.name == name.lower()
