"""What was looked at in a site before its conference: one row an item, its last look."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from quantriet.conferences.models.conferences import Site
from quantriet.conferences.readiness import FigureSource, Item
from quantriet.core.models import Fate, Stamped


class SiteCheck(Stamped):
    """One item of a site's checklist as it was found last. ``good_since`` is when it became good and has stayed so;
    a later look that finds the same moves ``checked_at`` only.

    The line has figures: kbit/s down and up, milliseconds there and back, and whether the page measured them or
    somebody typed them.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="checks")
    item = models.CharField(max_length=8, choices=Item.choices)
    good_since = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    down_kbits = models.PositiveIntegerField(null=True, blank=True)
    up_kbits = models.PositiveIntegerField(null=True, blank=True)
    delay_ms = models.PositiveIntegerField(null=True, blank=True)
    figures_are = models.CharField(max_length=8, choices=FigureSource.choices, blank=True)
    checked_at = models.DateTimeField()
    checked_by = models.CharField(max_length=120)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "note": Fate("what is lacking in the hall and who sees to it", "basic", "campaign"),
        "checked_by": Fate("who looked at the hall before the conference", "basic", "campaign"),
    }

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("site", "item"), name="site_check_item_once"),
            models.CheckConstraint(
                condition=Q(good_since=None) | Q(good_since__lte=models.F("checked_at")),
                name="site_check_good_before_looked_at",
            ),
            models.CheckConstraint(
                condition=Q(down_kbits=None, up_kbits=None, delay_ms=None, figures_are="")
                | (Q(item="line") & ~Q(figures_are="")),
                name="site_check_figures_of_line",
            ),
        )
