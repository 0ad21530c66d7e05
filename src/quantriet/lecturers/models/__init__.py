"""Tables of lecturers, split by noun."""

from quantriet.lecturers.models.corps import Absence, Lecturer
from quantriet.lecturers.models.feedback import FeedbackBox, FeedbackCount
from quantriet.lecturers.models.lectures import Lecture, Outline

__all__ = ["Absence", "FeedbackBox", "FeedbackCount", "Lecture", "Lecturer", "Outline"]
