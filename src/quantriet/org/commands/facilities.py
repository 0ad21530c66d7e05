"""Writes of halls and rooms: add, correct, confirm once a year. Who calls conferences in a unit keeps its halls."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import ConflictError, DomainError
from quantriet.core.text import clean_line
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Facility, Unit
from quantriet.org.permissions import Can

GOOD_FOR = timedelta(days=365)
"""What is told of a hall holds for a year; then somebody looks again."""


@dataclass(frozen=True)
class FacilityFacts:
    """What is told of a hall: seats, whether it has a screen, how it is connected."""

    name: str
    address: str = ""
    seats: int | None = None
    has_screen: bool = False
    line: str = ""
    line_mbits: int | None = None
    has_second_line: bool = False

    @classmethod
    def of(cls, facility: Facility) -> "FacilityFacts":
        """The facts of a hall as they stand."""
        return cls(**{name: getattr(facility, name) for name in cls.__dataclass_fields__})

    def cleaned(self) -> "FacilityFacts":
        """The same with every text in its stored form."""
        return replace(
            self,
            name=clean_line(self.name)[:200],
            address=clean_line(self.address)[:300],
            line=clean_line(self.line)[:120],
        )

    @property
    def version(self) -> str:
        """Names exactly these facts: a form sends back the version of what its reader saw."""
        told = "\x1f".join(str(value) for value in asdict(self).values())
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def is_confirmed(facility: Facility, *, today: date | None = None) -> bool:
    """Whether somebody has looked at the hall within a year."""
    day = today or timezone.localdate()
    return facility.confirmed_on is not None and day - facility.confirmed_on < GOOD_FOR


def add(unit: Unit, facts: FacilityFacts, *, by: Actor) -> Facility:
    """Enter a hall of a unit, confirmed today. The same again is the one that stands; the same name with other
    facts is refused (``facility.name_taken``).
    """
    access.require(by, Can.CONFERENCE_MANAGE, unit)
    wanted = _checked(facts)
    with transaction.atomic():
        facility, is_new = Facility.objects.get_or_create(
            unit=unit, name=wanted.name, defaults={**_columns(wanted), "confirmed_on": timezone.localdate()}
        )
        if not is_new and FacilityFacts.of(facility) != wanted:
            raise _name_taken(wanted.name)
        if is_new:
            audit.record(by, "facility.add", facility, unit=unit, detail={"name": wanted.name})
    return facility


def change(facility: Facility, facts: FacilityFacts, *, seen: str, by: Actor) -> Facility:
    """Correct what is told of a hall; whoever corrects it has looked at it, so it is confirmed today.

    ``seen`` is the version the user had before him; when somebody else changed it meanwhile, raises
    ``ConflictError`` (``facility.changed``) with both texts (``yours``, ``theirs``).
    """
    access.require(by, Can.CONFERENCE_MANAGE, facility.unit_id)
    wanted = _checked(facts)
    with transaction.atomic():
        row = Facility.objects.select_for_update().get(pk=facility.pk)
        standing = FacilityFacts.of(row)
        if wanted != standing and standing.version != seen:
            raise ConflictError(
                "facility.changed",
                _("Có người vừa sửa hội trường này. Bản của bạn chưa ghi; hãy so hai bản rồi lưu lại."),
                yours=asdict(wanted),
                theirs=asdict(standing),
            )
        if Facility.objects.filter(unit=row.unit_id, name=wanted.name).exclude(pk=row.pk).exists():
            raise _name_taken(wanted.name)
        for name, value in _columns(wanted).items():
            setattr(row, name, value)
        row.name, row.confirmed_on = wanted.name, timezone.localdate()
        row.save()
        if wanted != standing:
            audit.record(by, "facility.change", row, unit=row.unit_id, detail={"name": wanted.name})
    return row


def confirm(facilities: Sequence[Facility], *, by: Actor) -> int:
    """Say that what is told of these halls still holds; returns how many had not been confirmed today."""
    today = timezone.localdate()
    with transaction.atomic():
        waiting = [one for one in facilities if one.confirmed_on != today]
        for one in waiting:
            access.require(by, Can.CONFERENCE_MANAGE, one.unit_id)
        Facility.objects.filter(pk__in=[one.pk for one in waiting]).update(confirmed_on=today)
        for one in waiting:
            audit.record(by, "facility.confirm", one, unit=one.unit_id, detail={"name": one.name})
    return len(waiting)


def _checked(facts: FacilityFacts) -> FacilityFacts:
    wanted = facts.cleaned()
    if not wanted.name:
        raise DomainError("facility.no_name", _("Hãy ghi tên hội trường. Chưa lưu gì."), field="name")
    return wanted


def _columns(facts: FacilityFacts) -> dict[str, Any]:
    return {name: value for name, value in asdict(facts).items() if name != "name"}


def _name_taken(name: str) -> DomainError:
    return DomainError(
        "facility.name_taken",
        _("Đơn vị đã có “{name}” với số liệu khác. Chưa lưu; hãy mở hội trường đó để sửa.").format(name=name),
        field="name",
    )
