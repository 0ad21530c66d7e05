"""Tables of conferences, split by noun."""

from quantriet.conferences.models.attendance import (
    Attendance,
    AttendanceChange,
    AttendanceConflict,
    AttendanceVerdict,
    Guest,
    Remark,
)
from quantriet.conferences.models.conferences import AgendaItem, Conference, Incident, Site, SiteUnit
from quantriet.conferences.models.costs import CostLine
from quantriet.conferences.models.counts import SiteChange, SiteCount
from quantriet.conferences.models.devices import Device, Scan
from quantriet.conferences.models.photos import RollPhoto
from quantriet.conferences.models.questions import Question
from quantriet.conferences.models.quotas import Quota
from quantriet.conferences.models.readiness import SiteCheck
from quantriet.conferences.models.rooms import RoomStay
from quantriet.conferences.models.sent_papers import PaperAtSite, SentPaper
from quantriet.conferences.models.shifts import ShiftMember

__all__ = [
    "AgendaItem",
    "Attendance",
    "AttendanceChange",
    "AttendanceConflict",
    "AttendanceVerdict",
    "Conference",
    "CostLine",
    "Device",
    "Guest",
    "Incident",
    "PaperAtSite",
    "Question",
    "Quota",
    "Remark",
    "RollPhoto",
    "RoomStay",
    "Scan",
    "SentPaper",
    "ShiftMember",
    "Site",
    "SiteChange",
    "SiteCheck",
    "SiteCount",
    "SiteUnit",
]
