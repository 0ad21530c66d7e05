"""Reads of feedback: a box by its address, and what it says once it may."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from quantriet.lecturers.choices import Mark, Question
from quantriet.lecturers.models import FeedbackBox, FeedbackCount, Lecture

FEWEST = 5
"""Below it nothing is shown: each of four could guess the others'."""


@dataclass(frozen=True)
class QuestionCounts:
    """A question with how many gave each mark, best first."""

    question: Question
    counts: tuple[tuple[Mark, int], ...]
    total: int


def box_of(lecture: Lecture) -> FeedbackBox | None:
    """The box of a session, if somebody opened one."""
    return FeedbackBox.objects.filter(lecture=lecture).first()


def is_open(box: FeedbackBox, *, now: datetime | None = None) -> bool:
    """Whether it takes sheets."""
    return box.opens_at <= (now or timezone.now()) < box.closes_at


def results(box: FeedbackBox, *, now: datetime | None = None) -> list[QuestionCounts] | None:
    """What a closed box with enough sheets says; ``None`` while it is open or with too few, whoever asks."""
    if (now or timezone.now()) < box.closes_at or box.answers < FEWEST:
        return None
    rows = {(row.question, row.mark): row.count for row in FeedbackCount.objects.filter(box=box)}
    told = []
    for question in Question:
        counts = tuple((mark, rows.get((question.value, mark.value), 0)) for mark in Mark)
        told.append(QuestionCounts(question, counts, sum(count for _mark, count in counts)))
    return told
