"""A draft as its editors see it: what one of them sends, and where two of them differ, field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from quantriet.campaigns.models import Campaign, CampaignDocument, Deadline
from quantriet.campaigns.policy import from_data
from quantriet.core.text import format_date
from quantriet.documents.models import Document
from quantriet.org import access
from quantriet.org.models import PersonClass, Unit


@dataclass(frozen=True)
class Changes:
    """What an editor changed in a draft. ``deadlines``: (requirement id, level) → due at; a missing level
    owes nothing. ``version`` is the one he saw. ``documents`` ``None``: left as they are.
    """

    version: int
    title: str
    starts_on: date
    ends_on: date
    policy: Mapping[str, Any]
    deadlines: Mapping[tuple[int, int], datetime]
    lead_id: int
    partner_ids: tuple[int, ...] = ()
    excluded: tuple[tuple[int, str], ...] = ()
    documents: tuple[tuple[int, str], ...] | None = None


def kept(campaign: Campaign) -> Changes:
    """The draft as it is kept."""
    due = Deadline.objects.filter(requirement__campaign=campaign)
    return Changes(
        version=campaign.version,
        title=campaign.title,
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        policy=campaign.policy,
        deadlines={(one.requirement_id, one.level): one.due_at for one in due},
        lead_id=campaign.lead_id,
        partner_ids=tuple(campaign.partners.values_list("pk", flat=True)),
        excluded=tuple(campaign.exceptions.values_list("unit_id", "reason")),
        documents=tuple(campaign.documents.values_list("document_id", "mode")),
    )


def both(campaign: Campaign, yours: Changes) -> dict[str, dict[str, str]]:
    """Both texts of a draft in words, ``theirs`` as kept and ``yours`` as sent: only the fields that differ.

    Keys are those of the form; ``due_<requirement>_<level>`` for a deadline, ``documents``, ``excluded``.
    """
    theirs = kept(campaign)
    if yours.documents is None:
        yours = replace(yours, documents=theirs.documents)
    units = Unit.objects.in_bulk(list({pk for one in (theirs, yours) for pk in _units(one)}))
    papers = Document.objects.in_bulk(
        list({pk for one in (theirs, yours) for pk, _mode in one.documents or ()})
    )
    told = [_words(one, units, papers) for one in (theirs, yours)]
    differing = [name for name in {**told[0], **told[1]} if told[0].get(name, "") != told[1].get(name, "")]
    left, right = ({name: one.get(name, "") for name in differing} for one in told)
    return {"theirs": left, "yours": right}


def _units(changes: Changes) -> Iterable[int]:
    return (changes.lead_id, *changes.partner_ids, *(pk for pk, _reason in changes.excluded))


def _words(changes: Changes, units: Mapping[int, Unit], papers: Mapping[int, Document]) -> dict[str, str]:
    modes = dict(CampaignDocument.Mode.choices)
    named = {pk: unit.name for pk, unit in units.items()}
    return {
        "title": changes.title,
        "starts_on": format_date(changes.starts_on),
        "ends_on": format_date(changes.ends_on),
        "documents": _listed(
            f"{papers[pk].number} ({modes[CampaignDocument.Mode(mode)]})"
            for pk, mode in changes.documents or ()
            if pk in papers
        ),
        "lead_id": named.get(changes.lead_id, ""),
        "partner_ids": _listed(named.get(pk, "") for pk in changes.partner_ids),
        "excluded": _listed(f"{named.get(pk, '')}: {reason}" for pk, reason in changes.excluded),
        **{name: _setting(value) for name, value in from_data(changes.policy).to_data().items()},
        **{
            f"due_{requirement}_{level}": format_date(access.local_day(due))
            for (requirement, level), due in changes.deadlines.items()
        },
    }


def _listed(words: Iterable[str]) -> str:
    return "; ".join(sorted(words))


def _setting(value: object) -> str:
    """A setting of the policy in words: yes or no, classes of people, a number, a text."""
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    if isinstance(value, tuple | list):
        return ", ".join(str(PersonClass(one).label) for one in sorted(value))
    return str(value)
