"""Tables of lecturers, split by noun."""

from quantriet.lecturers.models.bulletins import Bulletin, Issue, IssueReceipt
from quantriet.lecturers.models.corps import Absence, Lecturer
from quantriet.lecturers.models.feedback import FeedbackBox, FeedbackCount
from quantriet.lecturers.models.lectures import Lecture, Outline
from quantriet.lecturers.models.programme import OralMonth, OralProgramme, OralTalk
from quantriet.lecturers.models.results import LectureResult
from quantriet.lecturers.models.trainings import Training, TrainingAttendance

__all__ = [
    "Absence",
    "Bulletin",
    "FeedbackBox",
    "FeedbackCount",
    "Issue",
    "IssueReceipt",
    "Lecture",
    "LectureResult",
    "Lecturer",
    "OralMonth",
    "OralProgramme",
    "OralTalk",
    "Outline",
    "Training",
    "TrainingAttendance",
]
