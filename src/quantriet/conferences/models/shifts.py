"""Shifts: the roll of a conference in several sittings, so that somebody stays on duty."""

from typing import ClassVar

from django.db import models

from quantriet.conferences.models.conferences import Conference
from quantriet.core.models import Fate, Scoped
from quantriet.org.models import Person, Unit


class ShiftMember(Scoped):
    """Somebody comes to a further shift. Without a row he comes to the first one.

    ``unit`` is the one he is on the roll of: who leaves it is expected where his new unit is, in the first shift.
    """

    first = models.ForeignKey(Conference, on_delete=models.CASCADE, related_name="+")
    conference = models.ForeignKey(Conference, on_delete=models.CASCADE, related_name="shift_members")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("who comes to which shift", "basic", "campaign"),
        "unit": Fate("on whose roll he stands", "basic", "campaign"),
    }

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("first", "person"), name="shift_member_once"),)
