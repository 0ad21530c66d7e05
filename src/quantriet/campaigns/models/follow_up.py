"""What becomes of a document over the years: directions, targets, reviews, and figures of earlier terms."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quantriet.core.models import Fate, Stamped
from quantriet.documents.models import Clause, Document
from quantriet.org.models import Unit


class Direction(Stamped):
    """A paper with which a unit carried a document on to those below: its kind, number and day."""

    class Kind(models.TextChoices):
        """What sort of paper."""

        PROGRAMME = "programme", _("Chương trình hành động")
        PLAN = "plan", _("Kế hoạch")
        RESOLUTION = "resolution", _("Nghị quyết")
        DIRECTIVE = "directive", _("Chỉ thị")
        GUIDANCE = "guidance", _("Hướng dẫn")
        LETTER = "letter", _("Công văn")

    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="directions", db_index=False
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="directions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    number = models.CharField(max_length=80)
    issued_on = models.DateField()
    about = models.CharField(max_length=300, blank=True)
    actor = models.CharField(max_length=120)

    PERSONAL: ClassVar[dict[str, Fate]] = {"actor": Fate("who recorded it", "basic", "audit")}

    class Meta:
        ordering = ("issued_on", "id")
        constraints = (models.UniqueConstraint(fields=("document", "unit", "number"), name="direction_once"),)


class Target(Stamped):
    """What a document (or a unit carrying it out) wants reached by a day, and the clause that sets it.

    With ``indicator`` (a code of ``ledger.indicators``) ``wanted`` is a share in percent and the figures come
    from the ledger; without one it is so many ``measured_in``, and what was reached is read in reports.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="targets", db_index=False)
    clause = models.ForeignKey(
        Clause, null=True, blank=True, on_delete=models.SET_NULL, related_name="targets"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="targets")
    title = models.CharField(max_length=300)
    indicator = models.CharField(max_length=20, blank=True)
    wanted = models.DecimalField(max_digits=14, decimal_places=2)
    measured_in = models.CharField(max_length=40, blank=True)
    due_on = models.DateField()
    actor = models.CharField(max_length=120)

    PERSONAL: ClassVar[dict[str, Fate]] = {"actor": Fate("who set it", "basic", "audit")}

    class Meta:
        ordering = ("due_on", "id")
        constraints = (
            models.UniqueConstraint(fields=("document", "unit", "title", "due_on"), name="target_once"),
            models.CheckConstraint(condition=Q(wanted__gte=0), name="target_not_negative"),
            models.CheckConstraint(
                condition=Q(indicator="") & ~Q(measured_in="")
                | ~Q(indicator="") & Q(measured_in="", wanted__lte=100),
                name="target_measured",
            ),
        )


class Review(Stamped):
    """A sơ kết or tổng kết: when it is due, when it was held and the paper that tells its outcome."""

    class Kind(models.TextChoices):
        """On the way, or at the end."""

        INTERIM = "interim", _("Sơ kết")
        FINAL = "final", _("Tổng kết")

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="reviews", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    due_on = models.DateField()
    held_on = models.DateField(null=True, blank=True)
    decision = models.CharField(max_length=80, blank=True)
    actor = models.CharField(max_length=120)

    PERSONAL: ClassVar[dict[str, Fate]] = {"actor": Fate("who planned it", "basic", "audit")}

    class Meta:
        ordering = ("due_on", "id")
        constraints = (
            models.UniqueConstraint(fields=("document", "unit", "kind", "due_on"), name="review_once"),
        )


class Baseline(Stamped):
    """A figure of an earlier time as a report told it: a share, or from one share to another, in percent, or
    two counts. Declared alone (tự khai), so it stands beside sums of the ledger and never in them.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="baselines", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="baselines")
    indicator = models.CharField(max_length=20)
    from_year = models.PositiveSmallIntegerField()
    to_year = models.PositiveSmallIntegerField()
    low = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    high = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    part = models.PositiveBigIntegerField(null=True, blank=True)
    whole = models.PositiveBigIntegerField(null=True, blank=True)
    source = models.CharField(max_length=300)
    actor = models.CharField(max_length=120)

    PERSONAL: ClassVar[dict[str, Fate]] = {"actor": Fate("who declared it", "basic", "audit")}

    class Meta:
        ordering = ("from_year", "to_year", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("document", "unit", "indicator", "from_year", "to_year"), name="baseline_once"
            ),
            models.CheckConstraint(condition=Q(to_year__gte=F("from_year")), name="baseline_years_in_order"),
            models.CheckConstraint(
                condition=Q(low__isnull=False, high__gte=F("low"), high__lte=100, part=None, whole=None)
                | Q(low=None, high=None, part__isnull=False, whole__gte=F("part"), whole__gt=0),
                name="baseline_share_or_counts",
            ),
        )
