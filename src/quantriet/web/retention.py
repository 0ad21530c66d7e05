"""Erases what is past its time, by the periods of ``core.retention``; the dry run counts the same rows.

One rule a kind of data: a query of rows that are past, and what happens to them. A package adds its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Model, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from quantriet.campaigns.models import Credit, RollLine, RollMove
from quantriet.conferences.commands import photos
from quantriet.conferences.models import (
    AgendaItem,
    Attendance,
    AttendanceChange,
    AttendanceConflict,
    AttendanceVerdict,
    Conference,
    Device,
    Guest,
    Incident,
    Question,
    Remark,
    RollPhoto,
    Scan,
    ShiftMember,
    Site,
    SiteCheck,
)
from quantriet.core.models import KeptAnswer, Work
from quantriet.core.retention import PERIODS
from quantriet.lecturers.models import (
    Absence,
    IssueReceipt,
    Lecture,
    Lecturer,
    OralTalk,
    Outline,
    TrainingAttendance,
)
from quantriet.org import access
from quantriet.org.commands import accounts
from quantriet.org.models import Account, ActSheet, Import, Notice, SignedInSession, SignInFailure
from quantriet.web.models import ApiToken, CalendarFeed


def _erased(rows: QuerySet[Any]) -> int:
    return rows.delete()[0]


@dataclass(frozen=True)
class Rule:
    """Rows of ``what`` are erased ``PERIODS[period]`` after their moment; ``past`` finds them by that moment.

    ``act`` is what happens to them where the row stays and only its person goes; it returns how many.
    """

    what: str
    period: str
    past: Callable[[datetime], QuerySet[Any]]
    act: Callable[[QuerySet[Any]], int] = _erased


def _works(before: datetime) -> QuerySet[Work]:
    return Work.objects.filter(ended_at__lt=before)


def _answers(before: datetime) -> QuerySet[KeptAnswer]:
    return KeptAnswer.objects.filter(created_at__lt=before)


def _notices(before: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(created_at__lt=before)


def _imports(before: datetime) -> QuerySet[Import]:
    return Import.objects.filter(created_at__lt=before)


def _act_sheets(before: datetime) -> QuerySet[ActSheet]:
    return ActSheet.objects.filter(created_at__lt=before)


def _sessions(before: datetime) -> QuerySet[SignedInSession]:
    return SignedInSession.objects.filter(expire_date__lt=before)


def _sign_in_failures(before: datetime) -> QuerySet[SignInFailure]:
    return SignInFailure.objects.filter(last_at__lt=before)


def _tokens(before: datetime) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before))


def _feeds(before: datetime) -> QuerySet[CalendarFeed]:
    return CalendarFeed.objects.filter(revoked_at__lt=before)


def _accounts(before: datetime) -> QuerySet[Account]:
    """Closed accounts whose last role ended (closing ends them all), and which still name somebody."""
    ended = Coalesce(Max("assignments__to_on"), TruncDate("created_at"))
    closed = Account.objects.filter(is_active=False).exclude(display_name=accounts.FORGOTTEN)
    return closed.annotate(ended_on=ended).filter(ended_on__lt=before)


def _over(before: datetime, *, of: str = "") -> Q:
    """Of campaigns closed before the moment, and of sessions without a campaign that ended before it."""
    campaign = Q(**{f"{of}campaign__closed_at__lt": before})
    return campaign | Q(**{f"{of}campaign": None, f"{of}closed_at__lt": before})


def _of_conferences(model: type[Model], way: str = "conference__") -> Callable[[datetime], QuerySet[Any]]:
    """The rows of a table that hangs on conferences; ``way`` leads there."""
    return lambda before: model._default_manager.filter(_over(before, of=way))  # noqa: SLF001


def _of_campaigns(model: type[Model], way: str = "") -> Callable[[datetime], QuerySet[Any]]:
    """The rows of a table that hangs on campaigns; ``way`` leads there."""
    asked = f"{way}campaign__closed_at__lt"
    return lambda before: model._default_manager.filter(**{asked: before})  # noqa: SLF001


def _blanked(**blank: object) -> Callable[[QuerySet[Any]], int]:
    """The row stays (its counts are the ledger's), the names on it go."""
    return lambda rows: rows.update(**blank)


def _chairs(before: datetime) -> QuerySet[Conference]:
    return Conference.objects.filter(_over(before)).exclude(chair="", chair_person=None)


def _presenters(before: datetime) -> QuerySet[AgendaItem]:
    return AgendaItem.objects.filter(_over(before, of="conference__")).exclude(presenter="")


_NOBODY = {"clerk": "", "phone": "", "chair": "", "technician": "", "technician_phone": "", "monitor": ""}


def _site_clerks(before: datetime) -> QuerySet[Site]:
    return Site.objects.filter(_over(before, of="conference__")).exclude(**_NOBODY)


def _incidents(before: datetime) -> QuerySet[Incident]:
    return Incident.objects.filter(_over(before, of="site__conference__")).exclude(
        reported_by="", ended_by=""
    )


def _site_checks(before: datetime) -> QuerySet[SiteCheck]:
    return SiteCheck.objects.filter(_over(before, of="site__conference__")).exclude(checked_by="", note="")


def _lecturers(before: datetime) -> QuerySet[Lecturer]:
    """Who was dismissed before the moment."""
    return Lecturer.objects.filter(dismissed_on__lt=before.date())


def _absences(before: datetime) -> QuerySet[Absence]:
    return Absence.objects.filter(Q(to_on__lt=before.date()) | Q(lecturer__dismissed_on__lt=before.date()))


def _lectures(before: datetime) -> QuerySet[Lecture]:
    return Lecture.objects.filter(starts_at__lt=before).exclude(
        wished_name="", contact="", lecturer=None, person=None, lecturer_name="", lecturer_phone=""
    )


def _outlines(before: datetime) -> QuerySet[Outline]:
    return Outline.objects.filter(lecture__starts_at__lt=before).exclude(person=None)


def _talks(before: datetime) -> QuerySet[OralTalk]:
    named = OralTalk.objects.exclude(speaker="", lecturer=None, person=None)
    return named.filter(held_on__lt=before.date())


def _unit_receipts(before: datetime) -> QuerySet[IssueReceipt]:
    """Who said for a unit that an issue arrived: the day stays, the name goes."""
    return IssueReceipt.objects.filter(received_at__lt=before, person=None).exclude(receiver="")


def _own_receipts(before: datetime) -> QuerySet[IssueReceipt]:
    return IssueReceipt.objects.filter(received_at__lt=before, person__isnull=False)


def _trainings(before: datetime) -> QuerySet[TrainingAttendance]:
    return TrainingAttendance.objects.filter(lecturer__dismissed_on__lt=before.date())


# What hangs on a row goes before the row.
RULES: tuple[Rule, ...] = (
    Rule("works", "work", _works),
    Rule("kept_answers", "answer", _answers),
    Rule("notices", "notice", _notices),
    Rule("imports", "import", _imports),
    Rule("act_sheets", "import", _act_sheets),
    Rule("sessions", "sign_in", _sessions),
    Rule("sign_in_failures", "sign_in", _sign_in_failures),
    Rule("api_tokens", "account", _tokens),
    Rule("calendar_feeds", "account", _feeds),
    Rule("accounts", "account", _accounts, accounts.forget),
    Rule("attendance_changes", "campaign", _of_conferences(AttendanceChange, "attendance__conference__")),
    Rule("attendance_verdicts", "campaign", _of_conferences(AttendanceVerdict, "conflict__conference__")),
    Rule("attendance_conflicts", "campaign", _of_conferences(AttendanceConflict)),
    Rule("remarks", "campaign", _of_conferences(Remark)),
    Rule("shift_members", "campaign", _of_conferences(ShiftMember)),
    Rule("questions", "campaign", _of_conferences(Question)),
    Rule("roll_photos", "campaign", _of_conferences(RollPhoto, "site__conference__"), photos.forget),
    Rule("guests", "campaign", _of_conferences(Guest, "site__conference__")),
    Rule("scans", "campaign", _of_conferences(Scan)),
    Rule("devices", "campaign", _of_conferences(Device, "site__conference__")),
    Rule("credits", "campaign", _of_campaigns(Credit)),
    Rule("attendances", "campaign", _of_conferences(Attendance)),
    Rule("roll_moves", "campaign", _of_campaigns(RollMove, "line__")),
    Rule("roll_lines", "campaign", _of_campaigns(RollLine)),
    Rule("incidents", "campaign", _incidents, _blanked(reported_by="", ended_by="")),
    Rule("site_checks", "campaign", _site_checks, _blanked(checked_by="", note="")),
    Rule("chairs", "campaign", _chairs, _blanked(chair="", chair_person=None)),
    Rule("presenters", "campaign", _presenters, _blanked(presenter="")),
    Rule("site_clerks", "campaign", _site_clerks, _blanked(**_NOBODY)),
    Rule("outlines", "lecture", _outlines, _blanked(person=None)),
    Rule(
        "lectures",
        "lecture",
        _lectures,
        _blanked(wished_name="", contact="", lecturer=None, person=None, lecturer_name="", lecturer_phone=""),
    ),
    Rule("talks", "lecture", _talks, _blanked(speaker="", lecturer=None, person=None)),
    Rule("bulletin_receipts_of_units", "lecture", _unit_receipts, _blanked(receiver="")),
    Rule("bulletin_receipts", "lecture", _own_receipts),
    Rule("trainings", "corps", _trainings),
    Rule("absences", "corps", _absences),
    Rule("lecturers", "corps", _lecturers),
)


def due(now: datetime | None = None) -> Mapping[str, int]:
    """How many rows of each kind are past their time."""
    with access.whole_house("retention, counted"):
        return {rule.what: _past(rule, now).count() for rule in RULES}


def erase(now: datetime | None = None) -> Mapping[str, int]:
    """Erase them; returns how many of each kind went. Doing it again finds nothing."""
    with access.whole_house("retention"), transaction.atomic():
        return {rule.what: rule.act(_past(rule, now)) for rule in RULES}


def _past(rule: Rule, now: datetime | None) -> QuerySet[Any]:
    days = PERIODS[rule.period].days
    if days is None:
        raise ValueError(f"{rule.what} has no end of its own; it cannot be erased by age.")
    return rule.past((now or timezone.now()) - timedelta(days=days))
