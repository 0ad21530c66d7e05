"""What units owe, and decisions that move deadlines."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quantriet.campaigns.models.campaigns import Campaign, Requirement
from quantriet.core.models import Fate, Stamped
from quantriet.ledger.measures import Grade
from quantriet.ledger.models import Batch
from quantriet.org.models import Unit


class Obligation(Stamped):
    """What one unit owes. ``limit_at`` is the campaign's own deadline (moved by extensions only); ``due_at``
    is what holds for the unit and is never later. ``successor`` is the obligation that stands for one handed over.
    """

    class State(models.TextChoices):
        """Open, done, waived with a reason, or handed over to the successor of a closed unit. "Overdue" is a fact
        of the clock, not a state.
        """

        OPEN = "open", _("Chưa làm")
        DONE = "done", _("Đã làm")
        WAIVED = "waived", _("Được miễn")
        HANDED = "handed", _("Đã bàn giao")

    NOT_OWED: ClassVar[tuple[str, ...]] = (State.WAIVED, State.HANDED)
    """States in which the unit itself owes nothing: the due count was reversed."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="obligations")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="obligations")
    kind = models.CharField(max_length=12, choices=Requirement.Kind.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="obligations")
    due_at = models.DateTimeField()
    limit_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    done_on = models.DateField(null=True, blank=True)
    grade = models.SmallIntegerField(choices=Grade.choices, null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")
    successor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="handed")

    class Meta:
        ordering = ("due_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("requirement", "unit"), name="obligation_once"),
            models.CheckConstraint(condition=Q(due_at__lte=F("limit_at")), name="obligation_never_looser"),
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False) | (~Q(state="done") & Q(done_on=None)),
                name="obligation_done_has_day",
            ),
        )
        indexes = (
            models.Index(fields=("campaign", "kind", "unit"), name="obligation_campaign"),
            models.Index(fields=("unit", "state", "due_at"), name="obligation_unit"),
        )


class Extension(Stamped):
    """One decision that moves the deadline of many units."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="extensions")
    kind = models.CharField(max_length=12, choices=Requirement.Kind.choices)
    decision = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    due_at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    obligations = models.ManyToManyField(Obligation, related_name="extensions")

    PERSONAL: ClassVar[dict[str, Fate]] = {"actor": Fate("who decided", "basic", "audit")}

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("campaign", "kind", "decision"), name="extension_decision_once"),
        )
