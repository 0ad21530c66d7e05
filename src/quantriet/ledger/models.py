"""Books, batches, entries, tallies and the clock. Entries and tallies are made by SQL in the migration:
the one is partitioned by book, the other written by the fold alone.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quantriet.core.models import Fate, Stamped
from quantriet.ledger.measures import Grade, Measure
from quantriet.org.models import Account, Unit


class Book(Stamped):
    """One account: one per campaign, and standing books for the year's work that belongs to none."""

    class Kind(models.TextChoices):
        """What the book is for."""

        CAMPAIGN = "campaign", _("Đợt triển khai")
        STANDING = "standing", _("Việc thường xuyên trong năm")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=300)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="books")
    year = models.SmallIntegerField()
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)


class Batch(Stamped):
    """One posting: what command, by whom, why. Source rows carry its id, so a figure opens to its rows.

    ``key`` makes a retry harmless: a book takes a key once. ``reverses`` names what a correction takes back.
    """

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="batches")
    key = models.CharField(max_length=120)
    origin = models.CharField(max_length=60)
    account = models.ForeignKey(Account, null=True, on_delete=models.DO_NOTHING, db_constraint=False)
    actor = models.CharField(max_length=120)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    reverses = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("who posted", "basic", "audit"),
        "actor": Fate("who posted, as shown", "basic", "audit"),
    }

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("book", "key"), name="batch_key_once"),
            models.CheckConstraint(
                condition=Q(reverses=None) | ~Q(reason=""), name="batch_reversal_says_why"
            ),
        )


class Entry(models.Model):
    """How much changed, in which unit, when it happened, when it was known, how well evidenced.

    Append-only; holds no person. ``epoch`` and ``xid`` (the writing transaction) place it before or after
    the fold's horizon. ``amount`` is never 0.
    """

    pk = models.CompositePrimaryKey("book_id", "id")
    book = models.ForeignKey(Book, on_delete=models.DO_NOTHING, related_name="entries")
    id = models.BigIntegerField()
    batch = models.ForeignKey(Batch, on_delete=models.DO_NOTHING, related_name="entries")
    unit = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+")
    measure = models.SmallIntegerField(choices=Measure.choices)
    slice = models.SmallIntegerField()
    grade = models.SmallIntegerField(choices=Grade.choices)
    occurred_on = models.DateField()
    known_on = models.DateField()
    amount = models.BigIntegerField()
    epoch = models.IntegerField()

    class Meta:
        managed = False
        db_table = "ledger_entry"


class Tally(models.Model):
    """A unit's own count: book, measure, slice, grade. Written by the fold alone; rebuilt from entries."""

    pk = models.CompositePrimaryKey("book_id", "unit_id", "measure", "slice", "grade")
    book = models.ForeignKey(Book, on_delete=models.DO_NOTHING, related_name="tallies")
    unit = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+")
    measure = models.SmallIntegerField(choices=Measure.choices)
    slice = models.SmallIntegerField()
    grade = models.SmallIntegerField(choices=Grade.choices)
    amount = models.BigIntegerField()
    fold = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "ledger_tally"


class Clock(models.Model):
    """One row: how far the fold has come. Everything below ``horizon`` in this epoch is in the tallies."""

    epoch = models.IntegerField()
    fold = models.BigIntegerField()
    folded_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "ledger_clock"


class Freeze(Stamped):
    """The figures of a book below a unit as they stood at an instant: kept for ever, never recomputed.

    ``figures`` maps measure → slice → grade → amount. The instant is a snapshot of transactions, not a time:
    ``epoch`` and ``snapshot`` tell of any entry whether it is in the figures; of the freezing transaction's own
    entries (``writer``) those up to ``last_entry`` are. ``on`` is the last day of the period: what happened until
    then and is known only later amends it. A period that had ended before it was frozen holds what happened until
    its last day; ``beyond`` (in the shape of ``figures``) is what the same statement read of later days, ``None`` for
    a period that ended with its freeze. The database refuses every change.
    """

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="freezes")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=200)
    on = models.DateField()
    epoch = models.IntegerField()
    fold = models.BigIntegerField()
    snapshot = models.TextField()
    writer = models.BigIntegerField(null=True)
    last_entry = models.BigIntegerField()
    figures = models.JSONField()
    beyond = models.JSONField(null=True)
    actor = models.CharField(max_length=120)

    PERSONAL: ClassVar[dict[str, Fate]] = {"actor": Fate("who froze the figures", "basic", "audit")}

    class Meta:
        ordering = ("-id",)


class FreezeUnit(models.Model):
    """A unit whose figures a freeze added up, as the tree was known at that instant.

    Plain numbers: what was frozen outlives units. The database refuses every change.
    """

    pk = models.CompositePrimaryKey("freeze_id", "unit_id")
    freeze = models.ForeignKey(Freeze, on_delete=models.PROTECT, db_index=False, related_name="units")
    unit_id = models.BigIntegerField()
