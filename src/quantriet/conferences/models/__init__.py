"""Tables of conferences, split by noun."""

from quantriet.conferences.models.attendance import (
    Attendance,
    AttendanceChange,
    AttendanceConflict,
    Guest,
    Remark,
)
from quantriet.conferences.models.conferences import AgendaItem, Conference, Incident, Site, SiteUnit

__all__ = [
    "AgendaItem",
    "Attendance",
    "AttendanceChange",
    "AttendanceConflict",
    "Conference",
    "Guest",
    "Incident",
    "Remark",
    "Site",
    "SiteUnit",
]
