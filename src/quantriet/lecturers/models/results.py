"""What came of a lecture: how many listened, as counts, and the entries of the ledger they were posted with."""

from typing import ClassVar

from django.db import models

from quantriet.core.models import Fate, Scoped
from quantriet.lecturers.models.lectures import Lecture
from quantriet.ledger.models import Batch
from quantriet.org.models import Unit


class LectureResult(Scoped):
    """A lecture was held on a day before so many members and others; ``paper`` is the minutes that say so, if any.

    A correction takes the batch back and posts anew: ``version`` tells the batches of one lecture apart.
    """

    lecture = models.OneToOneField(Lecture, on_delete=models.PROTECT, related_name="result")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    held_on = models.DateField()
    members = models.PositiveIntegerField()
    others = models.PositiveIntegerField()
    paper = models.CharField(max_length=80, blank=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    actor = models.CharField(max_length=120)

    PERSONAL: ClassVar[dict[str, Fate]] = {"actor": Fate("who recorded it", "basic", "audit")}
