"""Many devices, each event sent several times, shuffled, cut into calls and flushes: the ledger is always the same.

What must come out is told by a plain reading of the events in the order in which they happened; every interleaving
is compared with it, row by row and entry by entry.
"""

import os
import random
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from quantriet.campaigns.models import Credit
from quantriet.conferences import codes, verdicts
from quantriet.conferences.commands import conflicts, devices, scans
from quantriet.conferences.commands.scans import Told
from quantriet.conferences.models import Attendance, AttendanceConflict, Conference, Device
from quantriet.conferences.scanning import Call, Event
from quantriet.conferences.verdicts import Code, Known, Meeting, Verdict
from quantriet.ledger.models import Entry
from quantriet.org import access
from quantriet.org.models import Person
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town
from tests.factories_devices import Reader, reader

pytestmark = pytest.mark.django_db

BEGAN = timedelta(minutes=150)
LASTS = timedelta(minutes=170)
COPIES = 5
WRONG_MAC = 0.05
REVOKED = 0.02


@dataclass(frozen=True)
class Happening:
    """One event as a phone keeps it, and when it really happened."""

    phone: Reader
    event: Event
    person: Person
    at: datetime
    is_forged: bool
    is_revoked: bool


def forged_in(mine: list[Happening]) -> frozenset[int]:
    """What the doors find by proving each MAC."""
    return frozenset(at for at, one in enumerate(mine) if one.is_forged)


class Morning:
    """A session of two halls with so many phones and events; everything is drawn from one seed."""

    def __init__(
        self, *, phones: int, events: int, wrong_mac: float = WRONG_MAC, revoked: float = REVOKED
    ) -> None:
        self.town = Town()
        self.wrong_mac = wrong_mac
        self.chance = random.Random(1)
        starts = timezone.now() - BEGAN
        Conference.objects.filter(pk=self.town.conference.pk).update(starts_at=starts, ends_at=starts + LASTS)
        conference = Conference.objects.get(pk=self.town.conference.pk)
        self.halls = [made.hub(conference), made.site(conference, self.town.other_cell)]
        ahead = [timedelta(hours=self.chance.randint(-36, 36)) for _phone in range(phones)]
        self.phones = [reader(self.halls[at % 2], ahead=ahead[at]) for at in range(phones)]
        self.revoked = self.phones[: max(1, round(phones * revoked))]
        self.happened = [self._happening(phone, starts) for phone in self.phones for _event in range(events)]
        by = factories.operator()
        with access.acting(by):
            for phone in self.revoked:
                devices.revoke(phone.device, by=by)

    def _happening(self, phone: Reader, starts: datetime) -> Happening:
        """Mostly at the hall where he is expected, mostly coming in; whole seconds, so that no clock rounds them."""
        expected = phone.site.pk == self.halls[1].pk
        crosses = self.chance.random() < 0.1
        mine = [self.town.chi] if expected is not crosses else [self.town.an, self.town.binh]
        person = self.chance.choice(mine)
        act = self.chance.choices(["in", "out"], [3, 2])[0]
        at = (starts + timedelta(seconds=self.chance.randint(-600, 8400))).replace(microsecond=0)
        conference = phone.site.conference
        code = codes.personal(bytes(conference.code_key), conference.pk, person.pk)
        told = round((at + phone.ahead).timestamp() * 1000)
        plain = Event(UUID(int=self.chance.getrandbits(128)), next(phone.sequence), act, code, told, "0" * 64)  # type: ignore[arg-type]
        is_forged = self.chance.random() < self.wrong_mac
        event = plain if is_forged else phone.signed(plain)
        return Happening(phone, event, person, at, is_forged, phone in self.revoked)

    def sent(self, seed: int) -> list[list[Told]]:
        """Every event one to five times, shuffled, in calls and flushes of any size."""
        chance = random.Random(seed)
        copies = [one for one in self.happened for _copy in range(chance.randint(1, COPIES))]
        chance.shuffle(copies)
        flushes = []
        while copies:
            cut = chance.choice([1, 3, 20, 120, 700])
            flushes.append(self._calls(copies[:cut], chance))
            copies = copies[cut:]
        return flushes

    def _calls(self, some: list[Happening], chance: random.Random) -> list[Told]:
        by_phone: dict[int, list[Happening]] = {}
        for one in some:
            by_phone.setdefault(one.phone.device.pk, []).append(one)
        now = timezone.now().replace(microsecond=0)
        told = []
        for device_id, mine in by_phone.items():
            sent_at = now - timedelta(seconds=chance.randint(0, 60))
            clock = round((sent_at + mine[0].phone.ahead).timestamp() * 1000)
            call = Call(clock, [one.event for one in mine])
            told.append(Told(device_id, call, sent_at, forged_in(mine)))
        return told

    def recorded(self, seed: int) -> dict[str, Any]:
        """What one interleaving leaves behind; taken back afterwards."""
        with transaction.atomic():
            for flush in self.sent(seed):
                scans.record(flush)
            conflicts.match_all()
            found = self._facts()
            transaction.set_rollback(True)
        return found

    def _facts(self) -> dict[str, Any]:
        with factories.looking_everywhere():
            counted: Counter[Any] = Counter()
            for one in Entry.objects.filter(book=self.town.campaign.book_id):
                counted[(one.unit_id, one.measure, one.slice, one.grade, one.occurred_on)] += one.amount
            open_ = AttendanceConflict.objects.filter(decision="open").exclude(kind="two_devices")
            return {
                "rows": sorted(
                    Attendance.objects.values_list(
                        "person", "site", "state", "in_at", "out_at", "left_early", "grade", "source"
                    )
                ),
                "credits": sorted(
                    Credit.objects.values_list("person", "document", "means", "grade", "credited_on")
                ),
                "claims": sorted(open_.values_list("person", "site", "kind", "at")),
                "ledger": {key: amount for key, amount in counted.items() if amount},
            }

    def expected(self) -> list[tuple[Any, ...]]:
        """Who was there from when till when, by a plain reading of all good events: (person, in, out)."""
        hall = {
            self.town.an.pk: self.halls[0].pk,
            self.town.binh.pk: self.halls[0].pk,
            self.town.chi.pk: self.halls[1].pk,
        }
        good = [
            one
            for one in self.happened
            if not one.is_forged and not one.is_revoked and hall[one.person.pk] == one.phone.site.pk
        ]
        found = []
        for person_id in sorted(hall):
            ins = [one.at for one in good if one.person.pk == person_id and one.event.act == "in"]
            outs = [one.at for one in good if one.person.pk == person_id and one.event.act == "out"]
            if ins:
                went = max(outs, default=None)
                found.append((person_id, min(ins), went if went is not None and went >= max(ins) else None))
        return found


def hours(facts: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(person, in_at, out_at) for person, _site, _state, in_at, out_at, *_rest in facts["rows"]]


def different(morning: Morning, times: int) -> int:
    """How many different outcomes so many interleavings have."""
    return len({repr(morning.recorded(seed)) for seed in range(times)})


def assert_all_alike(morning: Morning, times: int) -> None:
    first = morning.recorded(0)
    assert hours(first) == morning.expected()
    assert {one[0] for one in first["rows"]} == {person.pk for person in morning.town.people}
    assert first["claims"]
    for seed in range(1, times):
        assert morning.recorded(seed) == first, f"interleaving {seed}"


def test_interleavings_of_a_few_devices_end_in_the_same_ledger() -> None:
    assert_all_alike(Morning(phones=5, events=8), 20)


def test_control_a_rule_that_keeps_the_hour_that_was_heard_first_gives_other_ledgers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As it was: whoever is there stays with the hour that came first over the line."""

    def first_heard(at: datetime, known: Known, meeting: Meeting) -> Verdict:
        is_back = known.out_at is not None and at > known.out_at
        after = Known(known.state, known.in_at, version=known.version) if is_back else known
        return Verdict(Code.CHANGED if is_back else Code.ALREADY, after)

    monkeypatch.setattr(verdicts, "_in_again", first_heard)

    assert different(Morning(phones=5, events=8), 8) > 1


def test_control_without_the_house_goings_that_came_first_are_not_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conflicts, "match_all", lambda: 0)

    assert different(Morning(phones=5, events=8), 12) > 1


def test_control_events_with_a_wrong_mac_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    morning = Morning(phones=5, events=8, wrong_mac=0.5)
    honest = morning.recorded(0)
    assert hours(honest) == morning.expected()

    monkeypatch.setattr(sys.modules[__name__], "forged_in", lambda _mine: frozenset())

    assert hours(morning.recorded(0)) != morning.expected()


def test_control_events_of_a_stopped_device_would_be_seen() -> None:
    morning = Morning(phones=5, events=8, revoked=0.6)
    assert hours(morning.recorded(0)) == morning.expected()

    Device.objects.update(revoked_at=None)

    assert hours(morning.recorded(0)) != morning.expected()


@pytest.mark.prove
@pytest.mark.parametrize(("phones", "events", "times"), [(20, 25, 1_000), (20, 500, 20)])
def test_a_thousand_interleavings_of_twenty_devices(phones: int, events: int, times: int) -> None:
    """``QUANTRIET_INTERLEAVINGS`` asks for another number of each: one of 20 x 500 takes ten seconds, a thousand three
    hours.
    """
    asked = int(os.environ.get("QUANTRIET_INTERLEAVINGS", times))

    assert_all_alike(Morning(phones=phones, events=events), asked)
