"""Yearly training of the corps (tập huấn): what it was about, on which days, and who attended."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from quantriet.core.models import Fate, Scoped
from quantriet.lecturers.models.corps import Lecturer
from quantriet.org.models import Person, Unit

MOST_DAYS = 60


class Training(Scoped):
    """A course of ``unit`` for its corps and those below it: ``days`` days of work between its first and last day.

    It belongs to the year in which it begins.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="trainings", db_index=False)
    title = models.CharField(max_length=300)
    content = models.TextField(blank=True)
    place = models.CharField(max_length=300, blank=True)
    paper = models.CharField(max_length=80, blank=True)
    begins_on = models.DateField()
    ends_on = models.DateField()
    days = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("-begins_on", "-id")
        constraints = (
            models.UniqueConstraint(fields=("unit", "title", "begins_on"), name="training_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("begins_on")), name="training_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=MOST_DAYS), name="training_days"),
        )


class TrainingAttendance(Scoped):
    """A lecturer attended a course; ``certificate`` is the number of the paper he was given, if any.

    ``unit`` is that of the corps he serves in.
    """

    training = models.ForeignKey(
        Training, on_delete=models.CASCADE, related_name="attendances", db_index=False
    )
    lecturer = models.ForeignKey(Lecturer, on_delete=models.CASCADE, related_name="trainings")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    certificate = models.CharField(max_length=80, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "lecturer": Fate("who was trained for his work", "basic", "corps"),
        "person": Fate("who was trained for his work", "basic", "corps"),
        "certificate": Fate("the number of the paper that says so", "basic", "corps"),
    }

    class Meta:
        ordering = ("person__sort_key", "id")
        constraints = (models.UniqueConstraint(fields=("training", "person"), name="training_attended_once"),)
