"""What listeners thought of a session: counts only, so that no row can ever name anybody."""

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from quantriet.core.models import Fate, Stamped
from quantriet.lecturers.choices import Mark, Question
from quantriet.lecturers.models.lectures import Lecture


def new_code() -> str:
    """The address of a box: long enough that nobody guesses it, short enough to be typed."""
    return secrets.token_hex(6)


class FeedbackBox(Stamped):
    """Three questions on one session, answered from ``opens_at`` until ``closes_at``.

    ``title`` is a copy: who answers is nobody, and nobody reads lectures. ``answers`` counts the sheets.
    """

    lecture = models.OneToOneField(Lecture, on_delete=models.CASCADE, related_name="feedback")
    code = models.CharField(max_length=12, unique=True, default=new_code)
    title = models.CharField(max_length=300)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    answers = models.PositiveIntegerField(default=0)

    PERSONAL: ClassVar[dict[str, Fate]] = {}

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="feedback_closes_after_it_opens"
            ),
        )


class FeedbackCount(models.Model):
    """How many gave a mark to a question. No row an answer, no time: nothing to tie to a person."""

    box = models.ForeignKey(FeedbackBox, on_delete=models.CASCADE, related_name="counts", db_index=False)
    question = models.PositiveSmallIntegerField(choices=Question.choices)
    mark = models.PositiveSmallIntegerField(choices=Mark.choices)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("question", "-mark")
        constraints = (
            models.UniqueConstraint(fields=("box", "question", "mark"), name="feedback_count_once"),
        )
