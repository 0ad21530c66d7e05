"""Excuses that attendances tell, carried to the roll: each from the day of its session."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import QuerySet

from quantriet.campaigns.commands import roll
from quantriet.campaigns.models import Campaign
from quantriet.conferences.models import Attendance, Conference
from quantriet.org import access
from quantriet.org.access import Actor

NO_REASON_TOLD = "Có lý do"
"""What the roll says of somebody excused without a word."""


def carry(
    conference: Conference, told: Mapping[int, str], lifted: Sequence[int], *, key: str, by: Actor
) -> None:
    """Excuse people for a conference (person → reason), and lift the excuse of others; of these, whom another
    conference of the campaign still excuses stays excused from its day.
    """
    campaign = conference.campaign
    if campaign is None or not (told or lifted):
        return
    wanted = dict.fromkeys(lifted, "") | {person: text or NO_REASON_TOLD for person, text in told.items()}
    on = access.local_day(conference.starts_at)
    roll.excuse(campaign, wanted, key=f"{key}:excuse"[:120], on=on, by=by)
    if lifted:
        others = Attendance.objects.filter(conference__campaign=campaign, person_id__in=lifted)
        carry_all(campaign, others.exclude(conference=conference), key=key, by=by)


def carry_all(campaign: Campaign, recorded: QuerySet[Attendance], *, key: str, by: Actor) -> None:
    """Excuse people on the roll of a campaign as these attendances say."""
    by_day: dict[date, dict[int, str]] = defaultdict(dict)
    excused = recorded.filter(state="excused").order_by("held_on", "pk")
    for person_id, text, held_on in excused.values_list("person_id", "excuse", "held_on"):
        by_day[held_on][person_id] = text or NO_REASON_TOLD
    for day, told in by_day.items():
        roll.excuse(campaign, told, key=f"excuse:{day:%Y%m%d}:{key}"[:120], on=day, by=by)
