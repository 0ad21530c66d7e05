"""Who is summoned, where he counts, and what he was credited for."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quantriet.campaigns.models.campaigns import Campaign
from quantriet.core.models import Fate, Scoped
from quantriet.documents.models import Document
from quantriet.ledger.measures import Form, Grade
from quantriet.ledger.models import Batch
from quantriet.org.models import Person, PersonClass, Unit
from quantriet.org.models.units import Level


class RollLine(Scoped):
    """Who is summoned, and at which unit the person counts: numerator and denominator stand there.

    Before it is fulfilled a transfer moves the line (reversal and new entry); afterwards nothing moves.
    ``moved_on`` is the day from which a moved line counts at its unit (empty: from the start of the campaign);
    ``fulfilled_on`` is never before it, so on no day does a unit count more people present than summoned.
    ``excused_on`` is the day from which an excused person is counted as such at the unit (until he has studied);
    whatever takes the excuse back takes it back from that day.
    ``means``, ``level``, ``form`` and ``grade`` are those the person was counted with, so that a correction
    counts him out exactly as he was counted in.
    """

    class State(models.TextChoices):
        """On the roll, or taken off it with a reason."""

        SUMMONED = "summoned", _("Được triệu tập")
        REMOVED = "removed", _("Đã đưa ra khỏi danh sách")

    # Every check-in that fulfils a line changes it in place: what it writes then is in no index, and there is room for
    # it on the page. No index is kept that another one begins with.
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, db_index=False, related_name="roll")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, db_index=False, related_name="roll_lines")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="roll_lines")
    person_class = models.SmallIntegerField(choices=PersonClass.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUMMONED)
    reason = models.CharField(max_length=300, blank=True)
    excuse = models.CharField(max_length=200, blank=True)
    excused_on = models.DateField(null=True, blank=True)
    moved_on = models.DateField(null=True, blank=True)
    fulfilled_on = models.DateField(null=True, blank=True)
    means = models.CharField(max_length=10, blank=True)
    level = models.SmallIntegerField(choices=Level.choices, null=True, blank=True)
    form = models.SmallIntegerField(choices=Form.choices, null=True, blank=True)
    grade = models.SmallIntegerField(choices=Grade.choices, null=True, blank=True)
    batch = models.ForeignKey(
        Batch, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("who is summoned", "sensitive", "campaign"),
        "unit": Fate("where the person counts", "sensitive", "campaign"),
        "person_class": Fate("how counts are cut", "sensitive", "campaign"),
        "state": Fate("on the roll or off it", "sensitive", "campaign"),
        "reason": Fate("why the roll was corrected", "sensitive", "campaign"),
        "excuse": Fate("why the person is excused", "sensitive", "campaign"),
        "excused_on": Fate("since when the person is excused", "sensitive", "campaign"),
        "moved_on": Fate("since when the person counts there", "sensitive", "campaign"),
        "fulfilled_on": Fate("studied, and since when", "sensitive", "campaign"),
        "means": Fate("how he was counted", "sensitive", "campaign"),
    }

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("campaign", "person"), name="roll_person_once"),
            models.CheckConstraint(
                condition=Q(state="summoned") | (~Q(reason="") & Q(fulfilled_on=None)),
                name="roll_removed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(fulfilled_on=None, grade=None)
                | Q(fulfilled_on__isnull=False, grade__isnull=False),
                name="roll_fulfilled_says_how",
            ),
            models.CheckConstraint(
                condition=Q(excuse="", excused_on=None) | ~Q(excuse="") & Q(excused_on__isnull=False),
                name="roll_excused_says_since",
            ),
        )
        indexes = (
            models.Index(fields=("campaign", "unit"), name="roll_campaign_unit"),
            models.Index(fields=("person",), name="roll_person"),
        )


class RollMove(Scoped):
    """A line that went to another unit before it was fulfilled, or left the campaign with its person.

    ``unit`` is where it stood, ``to_unit`` where it went (empty: out of the campaign's scope, the line was taken
    off). ``batch`` posted it. What the line held before is kept, so that an act on the tree can be taken back.
    """

    line = models.ForeignKey(RollLine, on_delete=models.CASCADE, db_index=False, related_name="moves")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, related_name="+")
    to_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    moved_on = models.DateField()
    moved_on_before = models.DateField(null=True)
    excuse_before = models.CharField(max_length=200, blank=True)
    excused_on_before = models.DateField(null=True)
    reason_before = models.CharField(max_length=300, blank=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, db_index=False, related_name="+")
    batch_before = models.ForeignKey(
        Batch, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "line": Fate("whose line moved", "sensitive", "campaign"),
        "person": Fate("who moved", "sensitive", "campaign"),
        "unit": Fate("where the person counted", "sensitive", "campaign"),
        "to_unit": Fate("where the person counts since", "sensitive", "campaign"),
        "moved_on": Fate("since when", "sensitive", "campaign"),
        "moved_on_before": Fate("what stood before, for taking back", "sensitive", "campaign"),
        "excuse_before": Fate("what stood before, for taking back", "sensitive", "campaign"),
        "excused_on_before": Fate("what stood before, for taking back", "sensitive", "campaign"),
        "reason_before": Fate("what stood before, for taking back", "sensitive", "campaign"),
    }

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("line", "batch"), name="roll_move_once_a_batch"),
            models.CheckConstraint(
                condition=Q(excuse_before="", excused_on_before=None)
                | ~Q(excuse_before="") & Q(excused_on_before__isnull=False),
                name="roll_move_excused_says_since",
            ),
        )
        indexes = (models.Index(fields=("batch",), name="roll_move_batch"),)


class Credit(Scoped):
    """A person has studied a document: once per person and document in a campaign, whatever the session.

    ``source`` names the row it rests on (``conferences_attendance:12``). ``document`` is empty in a campaign
    of standing work. ``means`` tells how: at a session, made up later, at a superior's session.
    """

    class Means(models.TextChoices):
        """How the credit came about."""

        ATTENDED = "attended", _("Dự hội nghị")
        MADE_UP = "made_up", _("Học bù")
        SUPERIOR = "superior", _("Đã dự ở cấp trên")

    # Each index and each look-up is paid for by every check-in: no index is kept that another one begins with or that
    # nothing asks, and instead of foreign keys there are their cheaper halves (``policies.kept_while_referenced``).
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="credits"
    )
    line = models.ForeignKey(
        RollLine, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="credits"
    )
    person = models.ForeignKey(Person, on_delete=models.CASCADE, db_constraint=False, related_name="credits")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_constraint=False, related_name="credits")
    document = models.ForeignKey(
        Document,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    means = models.CharField(max_length=10, choices=Means.choices, default=Means.ATTENDED)
    level = models.SmallIntegerField(choices=Level.choices)
    form = models.SmallIntegerField(choices=Form.choices)
    grade = models.SmallIntegerField(choices=Grade.choices)
    credited_on = models.DateField()
    source = models.CharField(max_length=80)
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "line": Fate("whose duty it meets", "sensitive", "campaign"),
        "person": Fate("who studied", "sensitive", "campaign"),
        "unit": Fate("where the person counts", "sensitive", "campaign"),
        "document": Fate("what was studied", "sensitive", "campaign"),
        "means": Fate("how", "sensitive", "campaign"),
        "credited_on": Fate("when", "sensitive", "campaign"),
        "source": Fate("the row it rests on", "sensitive", "campaign"),
    }

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("line", "document"), name="credit_once", nulls_distinct=False),
        )
        indexes = (models.Index(fields=("source",), name="credit_source"),)
