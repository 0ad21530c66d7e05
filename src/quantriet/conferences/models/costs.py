"""What a conference costs: planned before, told after, line by line."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quantriet.conferences.models.conferences import Conference, Site
from quantriet.core.models import Fate, Stamped


class CostLine(Stamped):
    """One line in whole đồng, of a site or (without one) of the conference as a whole.

    Who runs the site, or called the conference, bears it: sums go up the tree from there, and when an act gives either
    to another unit the line goes along. ``actual`` is empty until it is known, which is not zero.
    """

    class Item(models.TextChoices):
        """What the money is for."""

        HALL = "hall", _("Hội trường, trang trí")
        LINE = "line", _("Đường truyền, kỹ thuật")
        PAPERS = "papers", _("In tài liệu")
        LECTURER = "lecturer", _("Thù lao báo cáo viên")
        SERVICE = "service", _("Phục vụ, nước uống")
        TRAVEL = "travel", _("Đi lại, ăn ở")
        OTHER = "other", _("Khoản khác")

    class Money(models.TextChoices):
        """Whose money it is."""

        PARTY = "party", _("Ngân sách Đảng")
        STATE = "state", _("Ngân sách nhà nước")
        UNIT = "unit", _("Kinh phí của đơn vị")
        OTHER = "other", _("Nguồn khác")

    conference = models.ForeignKey(Conference, on_delete=models.CASCADE, related_name="costs")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.CASCADE, related_name="costs")
    position = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=8, choices=Item.choices)
    title = models.CharField(max_length=200, blank=True)
    money = models.CharField(max_length=5, choices=Money.choices)
    planned = models.PositiveBigIntegerField(default=0)
    actual = models.PositiveBigIntegerField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {}

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("conference", "site", "position"),
                name="cost_line_position_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(planned__lte=10**15) & (Q(actual=None) | Q(actual__lte=10**15)),
                name="cost_line_makes_sense",
            ),
        )
