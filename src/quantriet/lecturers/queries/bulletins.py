"""Reads of bulletins. An issue is seen from below; who below has it, and after how many days, is seen from above."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.functions import TruncDate
from django.utils import timezone

from quantriet.documents import queries as document_queries
from quantriet.documents.choices import Circulation
from quantriet.lecturers import periods
from quantriet.lecturers.choices import Rhythm
from quantriet.lecturers.models import Bulletin, Issue, IssueReceipt, Lecturer
from quantriet.org import access
from quantriet.org.access import HOUSE, Actor
from quantriet.org.models import Person, Tree, Unit
from quantriet.org.models.units import Level
from quantriet.org.permissions import Can

PUBLISHED = Q(published_at__isnull=False, withdrawn_at=None)

# Whole days of the calendar from publication to receipt, as a span; the same day is none.
DAYS = TruncDate("received_at") - TruncDate("issue__published_at")


class Median(Aggregate):
    """The middle of the values, one of them (the lower of two)."""

    function = "PERCENTILE_DISC"
    name = "Median"
    template = "percentile_disc(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def period_of(issue: Issue) -> str:
    """The period of an issue in words."""
    return periods.words(issue.period_on, Rhythm(issue.bulletin.rhythm))


# ---- what may be read ---------------------------------------------------------------------------------


def _reaching(unit: Unit) -> Q:
    """Issues of the units at and above ``unit`` that reach its level and organisation."""
    above = access.today_placements().filter(path__ancestor_of=document_queries.standing(unit)).values("unit")
    found = Q(bulletin__unit__in=above, bulletin__down_to__gte=unit.level) & PUBLISHED
    if unit.tree != Tree.PARTY:
        found &= Q(bulletin__circulation=Circulation.ALL)
    return found


def issues(by: Actor) -> QuerySet[Issue]:
    """Issues that reached the actor's unit or the corps he serves in, those published below him, and drafts and
    withdrawn ones of the committees whose lecturers he manages; the latest period first.
    """
    rows = Issue.objects.select_related("bulletin__unit", "document").order_by("-period_on", "-id")
    if by.roots == HOUSE:
        return rows
    unit = Unit.objects.select_related("committee").get(pk=by.unit_id)
    bounds = _reaching(unit)
    if by.can(Can.LECTURE_GIVE) and by.person_id is not None:
        bounds |= PUBLISHED & Q(bulletin__unit__in=_above_corps(by.person_id))
    bounds |= PUBLISHED & Q(bulletin__unit__in=access.units(by, Can.LECTURER_READ).values("pk"))
    if by.can(Can.LECTURER_MANAGE):
        bounds |= Q(bulletin__unit__in=access.units(by, Can.LECTURER_MANAGE).values("pk"))
    return rows.filter(bounds)


def _above_corps(person_id: int) -> QuerySet[Unit]:
    """The units at and above the corps in which a person serves."""
    corps = Lecturer.objects.filter(person=person_id, dismissed_on=None).values("unit")
    paths = list(access.today_placements().filter(unit__in=corps).values_list("path", flat=True))
    above = access.today_placements().filter(path__ancestor_of=paths).values("unit")
    return Unit.objects.filter(pk__in=above)


def bulletins(by: Actor) -> QuerySet[Bulletin]:
    """Bulletins of the committees whose lecturers the actor manages: where he may publish."""
    mine = access.units(by, Can.LECTURER_MANAGE).values("pk")
    rows = Bulletin.objects.filter(unit__in=mine).select_related("unit")
    return rows.order_by("ended_on", "kind", "title", "id")


# ---- who is to have it, and who has -------------------------------------------------------------------


def due_units(issue: Issue) -> QuerySet[Unit]:
    """The units that are to say that it arrived."""
    row = issue.bulletin
    return document_queries.receivers_below(
        row.unit, down_to=Level(row.down_to), circulation=Circulation(row.circulation)
    )


def due_lecturers(issue: Issue) -> QuerySet[Lecturer]:
    """Who serves in the corps of the publishing committee or below it, as far as the reader may look."""
    tops = list(access.today_placements().filter(unit=issue.bulletin.unit_id).values_list("path", flat=True))
    inside = access.today_placements().filter(path__descendant_of=tops).values("unit")
    return Lecturer.objects.filter(unit__in=inside, dismissed_on=None)


def due_term(issue: Issue, by: Actor) -> Lecturer | None:
    """The actor's own service to which the issue is addressed, if he serves."""
    if by.person_id is None or not by.can(Can.LECTURE_GIVE):
        return None
    return due_lecturers(issue).filter(person=by.person_id).select_related("person").order_by("id").first()


def waiting_units(issue: Issue, by: Actor, can: Can) -> QuerySet[Unit]:
    """Units of the actor's view that have not said that it arrived, by level and name."""
    got = IssueReceipt.objects.filter(issue=issue, person=None).values("unit")
    mine = due_units(issue).filter(pk__in=access.units(by, can).values("pk"))
    return mine.exclude(pk__in=got).order_by("level", "sort_key", "id")


@dataclass(frozen=True)
class Arrival:
    """How an issue came down to one level: units due, units that have it, and the days it took (median, longest)."""

    level: Level
    due: int
    received: int
    median: int | None = None
    longest: int | None = None

    @property
    def missing(self) -> int:
        """Units that have not said so yet."""
        return self.due - self.received


def arrivals(issue: Issue, by: Actor) -> list[Arrival]:
    """By level, top first, among the units the actor looks down on; the days are those of units that have it."""
    mine = due_units(issue).filter(pk__in=access.units(by, Can.LECTURER_READ).values("pk"))
    due = dict(mine.order_by("level").values_list("level").annotate(count=Count("pk")))
    got = IssueReceipt.objects.filter(issue=issue, person=None, unit__in=mine.values("pk")).annotate(
        days=DAYS
    )
    counted = (
        got.order_by("unit__level")
        .values("unit__level")
        .annotate(
            count=Count("pk"), median=Median(F("days"), output_field=DurationField()), longest=Max("days")
        )
    )
    known = {row["unit__level"]: row for row in counted}
    return [
        Arrival(
            Level(level),
            count,
            known[level]["count"] if level in known else 0,
            known[level]["median"].days if level in known else None,
            known[level]["longest"].days if level in known else None,
        )
        for level, count in sorted(due.items())
    ]


def received(issue_ids: Sequence[int], by: Actor) -> dict[int, int]:
    """Issue → units of the actor's view that have it."""
    mine = access.units(by, Can.LECTURER_READ).values("pk")
    rows = IssueReceipt.objects.filter(issue__in=list(issue_ids), person=None, unit__in=mine)
    return dict(rows.order_by("issue").values_list("issue").annotate(count=Count("pk")))


@dataclass(frozen=True)
class Received:
    """A unit that has an issue: after how many days, when, and who said so."""

    unit: Unit
    days: int
    received_at: datetime
    receiver: str


def slowest(issue: Issue, by: Actor, *, most: int = 100) -> list[Received]:
    """Units of the actor's view that have an issue, the one that took longest first, ``most`` of them."""
    mine = access.units(by, Can.LECTURER_READ).values("pk")
    rows = IssueReceipt.objects.filter(issue=issue, person=None, unit__in=mine).annotate(days=DAYS)
    ordered = rows.select_related("unit").order_by("-days", "unit__level", "unit__sort_key", "id")
    return [Received(row.unit, row.days.days, row.received_at, row.receiver) for row in ordered[:most]]


@dataclass(frozen=True)
class Readers:
    """Lecturers an issue is addressed to, as far as the reader looks, and how many said that they read it."""

    due: int
    read: int


def readers(issue: Issue, by: Actor) -> Readers:
    """Persons, each once."""
    mine = access.units(by, Can.LECTURER_READ).values("pk")
    people = Person.objects.filter(pk__in=due_lecturers(issue).filter(unit__in=mine).values("person"))
    said = Exists(IssueReceipt.objects.filter(issue=issue, person=OuterRef("pk")))
    return Readers(**people.aggregate(due=Count("pk"), read=Count("pk", filter=Q(said))))


def silent_lecturers(issue: Issue, by: Actor) -> QuerySet[Lecturer]:
    """Lecturers of the actor's view who have not said that they read it, by given name."""
    said = IssueReceipt.objects.filter(issue=issue, person__isnull=False).values("person")
    mine = access.units(by, Can.LECTURER_READ).values("pk")
    rows = due_lecturers(issue).filter(unit__in=mine).exclude(person__in=said)
    return rows.select_related("person", "unit").order_by("person__sort_key", "id")


# ---- what waits ---------------------------------------------------------------------------------------


def unreceived_by(unit: Unit) -> QuerySet[Issue]:
    """Issues that reached ``unit`` and whose arrival it has not confirmed, the oldest first."""
    got = IssueReceipt.objects.filter(unit=unit, person=None).values("issue")
    rows = Issue.objects.filter(_reaching(unit)).exclude(bulletin__unit=unit).exclude(pk__in=got)
    return rows.select_related("bulletin__unit").order_by("published_at", "id")


def unread_by(person_id: int) -> QuerySet[Issue]:
    """Issues addressed to a lecturer since he serves and not confirmed by him, the oldest first."""
    terms = Lecturer.objects.filter(person=person_id, dismissed_on=None).order_by("appointed_on")
    since = terms.values_list("appointed_on", flat=True).first()
    if since is None:
        return Issue.objects.none()
    got = IssueReceipt.objects.filter(person=person_id).values("issue")
    rows = Issue.objects.filter(
        PUBLISHED, bulletin__unit__in=_above_corps(person_id), published_at__date__gte=since
    )
    return rows.exclude(pk__in=got).select_related("bulletin__unit").order_by("published_at", "id")


@dataclass(frozen=True)
class Owed:
    """A bulletin with the period that has begun and has no published issue yet."""

    bulletin: Bulletin
    period_on: date

    @property
    def words(self) -> str:
        """The period in words."""
        return periods.words(self.period_on, Rhythm(self.bulletin.rhythm))

    @property
    def due_on(self) -> date:
        """The last day of the period."""
        return periods.last_day(self.period_on, Rhythm(self.bulletin.rhythm))


def owed_by(unit: Unit) -> list[Owed]:
    """Issues of the period that runs which ``unit`` has not published, by kind and title."""
    today = timezone.localdate()
    rows = Bulletin.objects.filter(unit=unit, ended_on=None, starts_on__lte=today).exclude(rhythm=Rhythm.ONCE)
    running = [
        Owed(row, periods.first_day(today, Rhythm(row.rhythm)))
        for row in rows.order_by("kind", "title", "id")
    ]
    out = set(
        Issue.objects.filter(
            PUBLISHED,
            bulletin__in=[one.bulletin for one in running],
            period_on__gte=today - timedelta(days=92),
        ).values_list("bulletin_id", "period_on")
    )
    return [one for one in running if (one.bulletin.pk, one.period_on) not in out]
