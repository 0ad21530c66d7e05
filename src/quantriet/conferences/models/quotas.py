"""What a unit decides of the yearly quota of conferences for itself and the units below it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from quantriet.core.models import Fate, Stamped
from quantriet.org.models import Unit


class Quota(Stamped):
    """Conferences a year of a province and of a commune, the percent held online, and the clause that sets them.

    The strictest of the rows from the root down to a unit holds there (``quota.strictest``); without any row the
    preset does.
    """

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="conference_quota")
    province_a_year = models.PositiveSmallIntegerField()
    commune_a_year = models.PositiveSmallIntegerField()
    online_percent = models.PositiveSmallIntegerField()
    clause = models.CharField(max_length=200)

    PERSONAL: ClassVar[dict[str, Fate]] = {}

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(online_percent__lte=100)
                & Q(province_a_year__range=(1, 50))
                & Q(commune_a_year__range=(1, 50)),
                name="quota_makes_sense",
            ),
        )
