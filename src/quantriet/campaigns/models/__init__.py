"""Tables of campaigns, split by noun."""

from quantriet.campaigns.models.campaigns import (
    Campaign,
    CampaignDocument,
    Deadline,
    Lesson,
    Requirement,
    ScopeException,
)
from quantriet.campaigns.models.declarations import Declaration
from quantriet.campaigns.models.follow_up import Baseline, Direction, Review, Target
from quantriet.campaigns.models.obligations import Extension, Obligation
from quantriet.campaigns.models.reminders import Reminder, ReminderLine
from quantriet.campaigns.models.roll import Credit, RollLine, RollMove

__all__ = [
    "Baseline",
    "Campaign",
    "CampaignDocument",
    "Credit",
    "Deadline",
    "Declaration",
    "Direction",
    "Extension",
    "Lesson",
    "Obligation",
    "Reminder",
    "ReminderLine",
    "Requirement",
    "Review",
    "RollLine",
    "RollMove",
    "ScopeException",
    "Target",
]
