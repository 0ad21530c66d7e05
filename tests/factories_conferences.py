"""Conferences for tests, made through the commands."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from quantriet.campaigns.models import Campaign
from quantriet.conferences.commands import attendance, conferences, sites
from quantriet.conferences.commands.attendance import Answer, Mark
from quantriet.conferences.commands.conferences import AgendaLine, Plan
from quantriet.conferences.models import Conference, Site
from quantriet.conferences.verdicts import Act, Ask
from quantriet.ledger.measures import Form
from quantriet.org import access
from quantriet.org.models import Person, Unit
from tests.factories import operator

_numbers = itertools.count(1)

PICTURE = (
    b"\x89PNG\r\n\x1a\n"
    b"\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU"
    b"\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf\xa4q"
    b"\0\0\0\0IEND\xaeB`\x82"
)
"""A photograph of one point."""


def plan(campaign: Campaign | None = None, **told: Any) -> Plan:
    """A conference that began ten minutes ago on the documents of its campaign."""
    begins = timezone.now() - timedelta(minutes=10)
    agenda: tuple[AgendaLine, ...] = ()
    if campaign is not None:
        documents = campaign.documents.values_list("document_id", flat=True)
        agenda = tuple(AgendaLine("Truyền đạt nghị quyết", document_id, 90) for document_id in documents)
    usual = Plan(
        title=f"Hội nghị thử {next(_numbers)}",
        starts_at=begins,
        ends_at=begins + timedelta(hours=3),
        campaign=campaign,
        agenda=agenda,
    )
    return replace(usual, **told)


def called(unit: Unit, campaign: Campaign | None = None, **told: Any) -> Conference:
    """A conference of ``unit`` with its own hall."""
    by = operator()
    with access.acting(by):
        return conferences.call(unit, plan(campaign, **told), key=str(next(_numbers)), by=by)


def hub(conference: Conference) -> Site:
    """The hall of who called it."""
    return Site.objects.select_related("conference__campaign").get(conference=conference, is_hub=True)


def site(conference: Conference, unit: Unit) -> Site:
    """A site for a unit below."""
    by = operator()
    with access.acting(by):
        sites.add_for_units(conference, [unit.pk], form=Form.ONLINE, by=by)
    return Site.objects.select_related("conference__campaign").get(
        conference=conference, unit=unit, is_hub=False
    )


def mark(
    at: Site, people: list[Person], act: Act = Act.PRESENT, *, key: str = "", **told: Any
) -> list[Answer]:
    """Mark people at a site as the operator."""
    by = operator()
    marks = [Mark(Ask(act, **told), person_id=person.pk) for person in people]
    with access.acting(by):
        return attendance.record(at, marks, by=by, key=key or str(next(_numbers)))
