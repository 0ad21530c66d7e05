"""Erases what is past its time, by the periods of ``core.retention``; the dry run counts the same rows.

One rule a kind of data: a query of rows that are past, and what happens to them. A package adds its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from quantriet.core.models import KeptAnswer, Work
from quantriet.core.retention import PERIODS
from quantriet.org import access
from quantriet.org.models import Import, Notice, SignedInSession
from quantriet.web.models import ApiToken


@dataclass(frozen=True)
class Rule:
    """Rows of ``what`` are erased ``PERIODS[period]`` after their moment; ``past`` finds them by that moment."""

    what: str
    period: str
    past: Callable[[datetime], QuerySet[Model]]


def _works(before: datetime) -> QuerySet[Work]:
    return Work.objects.filter(ended_at__lt=before)


def _answers(before: datetime) -> QuerySet[KeptAnswer]:
    return KeptAnswer.objects.filter(created_at__lt=before)


def _notices(before: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(created_at__lt=before)


def _imports(before: datetime) -> QuerySet[Import]:
    return Import.objects.filter(created_at__lt=before)


def _sessions(before: datetime) -> QuerySet[SignedInSession]:
    return SignedInSession.objects.filter(expire_date__lt=before)


def _tokens(before: datetime) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before))


RULES: tuple[Rule, ...] = (
    Rule("works", "work", _works),
    Rule("kept_answers", "answer", _answers),
    Rule("notices", "notice", _notices),
    Rule("imports", "import", _imports),
    Rule("sessions", "sign_in", _sessions),
    Rule("api_tokens", "account", _tokens),
)


def due(now: datetime | None = None) -> Mapping[str, int]:
    """How many rows of each kind are past their time."""
    with access.whole_house("retention, counted"):
        return {rule.what: _past(rule, now).count() for rule in RULES}


def erase(now: datetime | None = None) -> Mapping[str, int]:
    """Erase them; returns how many of each kind went. Doing it again finds nothing."""
    with access.whole_house("retention"), transaction.atomic():
        return {rule.what: _past(rule, now).delete()[0] for rule in RULES}


def _past(rule: Rule, now: datetime | None) -> QuerySet[Model]:
    days = PERIODS[rule.period].days
    if days is None:
        raise ValueError(f"{rule.what} has no end of its own; it cannot be erased by age.")
    return rule.past((now or timezone.now()) - timedelta(days=days))
