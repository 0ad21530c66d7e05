"""The yearly oral programme of a level, and the sessions its units held without asking anybody for a lecturer."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from quantriet.core.models import Fate, Scoped
from quantriet.lecturers.choices import Subject
from quantriet.lecturers.models.corps import Lecturer
from quantriet.ledger.models import Batch
from quantriet.org.models import Person, Unit


class OralProgramme(Scoped):
    """What a committee lets be spoken of in a year; once published the units below read it. ``paper``: its number.

    ``version`` grows with each change: who edits an older one is told.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="oral_programmes", db_index=False)
    year = models.PositiveSmallIntegerField()
    paper = models.CharField(max_length=80, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-year", "id")
        constraints = (models.UniqueConstraint(fields=("unit", "year"), name="oral_programme_once_a_year"),)


class OralMonth(Scoped):
    """A month of a programme: its theme and how many sessions are planned. A month without a theme has no row."""

    programme = models.ForeignKey(
        OralProgramme, on_delete=models.CASCADE, related_name="months", db_index=False
    )
    month = models.PositiveSmallIntegerField()
    theme = models.CharField(max_length=500)
    sessions = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("month",)
        constraints = (
            models.UniqueConstraint(fields=("programme", "month"), name="oral_month_once"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="oral_month_of_a_year"),
            models.CheckConstraint(condition=~Q(theme=""), name="oral_month_has_a_theme"),
        )


class OralTalk(Scoped):
    """A thematic session that ``unit`` held of itself: who spoke, before how many members and others.

    ``speaker`` is the name as recorded; ``lecturer`` and ``person`` only where he belongs to the unit's own corps.
    A correction takes the batch back and posts anew (``version``); struck out (``struck_why``) nothing is posted.
    ``key`` is made by who records: recorded again it is the same session.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="oral_talks", db_index=False)
    title = models.CharField(max_length=300)
    subject = models.CharField(max_length=10, choices=Subject.choices)
    held_on = models.DateField()
    place = models.CharField(max_length=300, blank=True)
    speaker = models.CharField(max_length=120)
    lecturer = models.ForeignKey(
        Lecturer, null=True, blank=True, on_delete=models.SET_NULL, related_name="talks"
    )
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    members = models.PositiveIntegerField()
    others = models.PositiveIntegerField()
    paper = models.CharField(max_length=80, blank=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    struck_why = models.CharField(max_length=300, blank=True)
    actor = models.CharField(max_length=120)
    key = models.CharField(max_length=80, unique=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "speaker": Fate("who spoke", "basic", "lecture"),
        "lecturer": Fate("who spoke", "basic", "lecture"),
        "person": Fate("who spoke", "basic", "lecture"),
        "actor": Fate("who recorded it", "basic", "audit"),
    }

    class Meta:
        ordering = ("-held_on", "-id")
        indexes = (models.Index(fields=("unit", "held_on"), name="oral_talk_unit"),)
