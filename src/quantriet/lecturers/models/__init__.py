"""Tables of lecturers, split by noun."""

from quantriet.lecturers.models.corps import Absence, Lecturer
from quantriet.lecturers.models.feedback import FeedbackBox, FeedbackCount
from quantriet.lecturers.models.lectures import Lecture, Outline
from quantriet.lecturers.models.results import LectureResult

__all__ = ["Absence", "FeedbackBox", "FeedbackCount", "Lecture", "LectureResult", "Lecturer", "Outline"]
