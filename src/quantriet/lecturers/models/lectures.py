"""A lecture asked for, who was sent, and the outline he brings."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from quantriet.core.models import Fate, Scoped
from quantriet.documents.models import Document
from quantriet.lecturers.choices import ChosenBy, Language, LectureState, OutlineState, Subject
from quantriet.lecturers.models.corps import Lecturer
from quantriet.org.models import Person, Unit


class Span(Func):
    """From one moment until before another, as a range of the database."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Lecture(Scoped):
    """``unit`` asks ``to_unit`` (itself or a committee above) for a lecturer.

    ``place_unit`` is the unit at whose place it is held: travel is reckoned to it. ``lecturer`` while ``ASKED`` is a
    proposal, seen by who answers alone; accepted, ``lecturer_name`` and ``lecturer_phone`` are told to who asked,
    who may not look into a corps above him, and ``person`` opens the row to the lecturer himself. ``reasons`` are
    those of ``assignment`` (code and values). ``key`` is made by who asks: asked again it is the same lecture.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="lectures", db_index=False)
    to_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="lectures_asked_for", db_index=False
    )
    title = models.CharField(max_length=300)
    subject = models.CharField(max_length=10, choices=Subject.choices)
    language = models.CharField(max_length=10, choices=Language.choices, blank=True)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=300)
    place_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=200, blank=True)
    expected = models.PositiveIntegerField(null=True, blank=True)
    wished_name = models.CharField(max_length=120, blank=True)
    contact = models.CharField(max_length=160, blank=True)
    state = models.CharField(max_length=10, choices=LectureState.choices, default=LectureState.ASKED)
    lecturer = models.ForeignKey(
        Lecturer, null=True, blank=True, on_delete=models.SET_NULL, related_name="lectures"
    )
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    lecturer_name = models.CharField(max_length=120, blank=True)
    lecturer_phone = models.CharField(max_length=40, blank=True)
    chosen_by = models.CharField(max_length=4, choices=ChosenBy.choices, default=ChosenBy.NOBODY, blank=True)
    reasons = models.JSONField(default=list, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(default=1)
    key = models.CharField(max_length=80, unique=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "wished_name": Fate("whom the unit would like to hear", "basic", "lecture"),
        "contact": Fate("whom the lecturer calls", "basic", "lecture"),
        "lecturer": Fate("who is sent", "basic", "lecture"),
        "person": Fate("who is sent", "basic", "lecture"),
        "lecturer_name": Fate("who is sent, told to who asked", "basic", "lecture"),
        "lecturer_phone": Fate("whom the unit calls", "basic", "lecture"),
        "answered_by": Fate("who answered", "basic", "audit"),
    }

    class Meta:
        ordering = ("starts_at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="lecture_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(answer=""), name="lecture_refused_says_why"
            ),
            ExclusionConstraint(
                name="lecture_one_place_at_a_time",
                expressions=(
                    ("person", RangeOperators.EQUAL),
                    (Span("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ),
                condition=Q(state="accepted"),
            ),
        )
        indexes = (
            models.Index(fields=("unit", "starts_at"), name="lecture_unit"),
            models.Index(fields=("to_unit", "state", "starts_at"), name="lecture_to_unit"),
        )


class Outline(Scoped):
    """What a lecturer will say: due ``due_on``, with what he says of the place itself, reviewed before the day.

    ``unit`` is who asked (its superiors see the row), ``person`` who writes. ``version`` grows with each change.
    """

    lecture = models.OneToOneField(Lecture, on_delete=models.CASCADE, related_name="outline")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(blank=True)
    local_examples = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=OutlineState.choices, default=OutlineState.DRAFT)
    due_on = models.DateField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    comment = models.CharField(max_length=500, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(default=1)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("who writes it", "basic", "lecture"),
        "reviewed_by": Fate("who approved it", "basic", "audit"),
    }

    class Meta:
        ordering = ("due_on", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(comment=""), name="outline_returned_says_why"
            ),
        )
        indexes = (models.Index(fields=("person", "state"), name="outline_person"),)
