"""Devices for tests: enrolled through the commands, sending what real ones send."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from quantriet.conferences import codes, scanning
from quantriet.conferences.commands import devices, scans
from quantriet.conferences.commands.scans import Told
from quantriet.conferences.models import Device, Site
from quantriet.conferences.scanning import Answer, Call, Event
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Account, Person
from tests import factories

_numbers = itertools.count(1)


@dataclass
class Reader:
    """A phone at a site: its key, its counter and its clock, ``ahead`` of ours."""

    device: Device
    key: bytes
    site: Site
    by: Actor
    ahead: timedelta = timedelta(0)
    sequence: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def clock(self) -> int:
        return round((timezone.now() + self.ahead).timestamp() * 1000)

    def event(
        self,
        person: Person | int,
        act: str = "in",
        *,
        ago: timedelta = timedelta(0),
        code: str = "",
        client_id: UUID | None = None,
        seq: int = 0,
    ) -> Event:
        """What the phone keeps when it reads somebody's card, ``ago`` before it sends it."""
        person_id = person if isinstance(person, int) else person.pk
        conference = self.site.conference
        text = code or codes.personal(bytes(conference.code_key), conference.pk, person_id)
        at = self.clock - round(ago.total_seconds() * 1000)
        plain = Event(client_id or uuid4(), seq or next(self.sequence), act, text, at, "0" * 64)  # type: ignore[arg-type]
        return self.signed(plain)

    def signed(self, event: Event) -> Event:
        proof = scanning.mac(self.key, scanning.said(self.device.pk, event))
        return Event(event.id, event.seq, event.act, event.code, event.at, proof)

    def told(self, events: Sequence[Event], *, heard_at: datetime | None = None) -> Told:
        call = Call(self.clock, list(events))
        forged = scanning.forged(self.device.pk, self.key, call)
        return Told(self.device.pk, call, heard_at or timezone.now(), forged)

    def send(self, *events: Event) -> list[Answer]:
        """One call, alone in its flush."""
        return scans.record([self.told(events)])[0]


def reader(site: Site, account: Account | None = None, *, ahead: timedelta = timedelta(0)) -> Reader:
    """A phone enrolled at a site by a clerk of the site's unit."""
    who = account or factories.account("clerk", site.unit)
    by = access.actor(who)
    assert by is not None
    with access.acting(by):
        key = devices.enrol(site, session_key=f"phien-{next(_numbers)}", by=by)
    # Since yesterday: nothing can have happened to a device before it was one.
    Device.objects.filter(pk=key.device.pk).update(enrolled_at=timezone.now() - timedelta(days=1))
    return Reader(key.device, key.key, site, by, ahead)
