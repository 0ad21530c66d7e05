"""Who may be sent to speak: a person in the corps of a unit, from one decision to another, and when he cannot."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from quantriet.core.models import Fate, Scoped
from quantriet.lecturers.choices import Corps, Language, Subject, Weekday
from quantriet.org.models import Person, Unit

USUAL_LOAD = 4
MOST_LOAD = 31


class Lecturer(Scoped):
    """A person serves in the corps of ``unit`` since the decision ``appointed_by`` and until ``dismissed_by``.

    ``area`` is where he would rather work, with what lies below it (none: everywhere). ``most_a_month`` lectures
    he gives at most when the system arranges; ``days_off`` are weekdays (``Weekday``) he would rather not.
    Appointed again after a dismissal he has another row: the old one is history.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="lecturer_terms")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="lecturers", db_index=False)
    corps = models.CharField(max_length=12, choices=Corps.choices)
    subjects = ArrayField(models.CharField(max_length=10, choices=Subject.choices), default=list, blank=True)
    languages = ArrayField(
        models.CharField(max_length=10, choices=Language.choices), default=list, blank=True
    )
    area = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    most_a_month = models.PositiveSmallIntegerField(default=USUAL_LOAD)
    days_off = ArrayField(models.PositiveSmallIntegerField(choices=Weekday.choices), default=list, blank=True)
    appointed_by = models.CharField(max_length=80)
    appointed_on = models.DateField()
    dismissed_by = models.CharField(max_length=80, blank=True)
    dismissed_on = models.DateField(null=True, blank=True)
    dismissed_why = models.CharField(max_length=200, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("who may be sent to speak", "basic", "corps"),
        "subjects": Fate("who fits a lecture", "basic", "corps"),
        "languages": Fate("who is understood by the listeners", "sensitive", "corps"),
        "area": Fate("where he would rather work", "basic", "corps"),
        "most_a_month": Fate("that nobody is overburdened", "basic", "corps"),
        "days_off": Fate("when he would rather not work", "basic", "corps"),
        "appointed_by": Fate("by which decision he serves", "basic", "corps"),
        "appointed_on": Fate("since when he serves", "basic", "corps"),
        "dismissed_by": Fate("by which decision he serves no more", "basic", "corps"),
        "dismissed_on": Fate("until when he served", "basic", "corps"),
        "dismissed_why": Fate("why he serves no more, as the decision says", "sensitive", "corps"),
    }

    class Meta:
        ordering = ("person__sort_key", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "unit", "corps"), condition=Q(dismissed_on=None), name="lecturer_once"
            ),
            models.CheckConstraint(
                condition=Q(dismissed_on=None, dismissed_by="")
                | Q(dismissed_on__gte=F("appointed_on")) & ~Q(dismissed_by=""),
                name="lecturer_dismissed_by_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(most_a_month__gte=0, most_a_month__lte=MOST_LOAD), name="lecturer_load"
            ),
        )
        indexes = (models.Index(fields=("unit", "corps"), name="lecturer_unit"),)

    @property
    def subject_names(self) -> list[str]:
        """The subjects in words, in the order of the list of subjects."""
        return [str(one.label) for one in Subject if one in self.subjects]

    @property
    def language_names(self) -> list[str]:
        """The languages in words."""
        return [str(one.label) for one in Language if one in self.languages]

    @property
    def day_names(self) -> list[str]:
        """The weekdays he would rather not work, in words."""
        return [str(one.label) for one in Weekday if one in self.days_off]

    @property
    def serves(self) -> bool:
        """Whether he has not been dismissed."""
        return self.dismissed_on is None


class Absence(Scoped):
    """Days on which a lecturer cannot be sent, both ends included. No reason is asked."""

    lecturer = models.ForeignKey(Lecturer, on_delete=models.CASCADE, related_name="absences", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    from_on = models.DateField()
    to_on = models.DateField()

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("who cannot be sent", "basic", "corps"),
        "lecturer": Fate("who cannot be sent", "basic", "corps"),
        "from_on": Fate("when he cannot be sent", "basic", "corps"),
        "to_on": Fate("when he cannot be sent", "basic", "corps"),
    }

    class Meta:
        ordering = ("from_on", "id")
        constraints = (
            models.UniqueConstraint(fields=("lecturer", "from_on", "to_on"), name="absence_once"),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="absence_ends_after_start"),
        )
