"""What stands in a calendar: conferences, lectures, outlines and deadlines, read through the gate. It names nobody."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.models import Campaign, Obligation
from quantriet.conferences.models import Conference, Site
from quantriet.conferences.queries import conferences
from quantriet.core.calendars import Entry, stable_uid
from quantriet.lecturers.choices import LectureState, OutlineState
from quantriet.lecturers.models import Lecture, Outline
from quantriet.lecturers.queries import lectures
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

BACK = timedelta(days=90)
AT_MOST = 300


def own(by: Actor, site_address: str) -> list[Entry]:
    """What concerns the actor: sessions he or his unit is expected at, lectures he gives, what he and his unit owe."""
    home, since = access.home(by), timezone.now() - BACK
    wanted = Q(pk__in=[])
    if by.person_id is not None:
        wanted |= Q(pk__in=conferences.expected_at(by.person_id).order_by().values("pk"))
    if home is not None and access.may(by, Can.CONFERENCE_READ, home):
        wanted |= Q(pk__in=_of_unit(by, home).order_by().values("pk"))
    rows = Conference.objects.filter(wanted, starts_at__gte=since).select_related("unit")
    found = _conferences(rows, home, by, site_address)
    if by.person_id is not None and by.can(Can.LECTURE_GIVE):
        found += _lectures(lectures.own(by.person_id).filter(starts_at__gte=since), site_address)
        found += _outlines(by.person_id, site_address)
    return _in_order(found + _deadlines(by, home, site_address))


def of_unit(by: Actor, unit: Unit, site_address: str) -> list[Entry]:
    """What concerns a unit: conferences it called or sits at, lectures it asked for, what it owes."""
    since = timezone.now() - BACK
    rows = _of_unit(by, unit).filter(starts_at__gte=since)
    asked = lectures.lectures(by).filter(unit=unit, starts_at__gte=since, state=LectureState.ACCEPTED)
    found = _conferences(rows, unit, by, site_address) + _lectures(asked, site_address)
    return _in_order(found + _deadlines(by, unit, site_address))


def conference(by: Actor, conference_id: int) -> Conference:
    """A conference the actor may know of, or is expected at; 404 else."""
    mine = Q(pk__in=conferences.conferences(by).order_by().values("pk"))
    if by.person_id is not None:
        mine |= Q(pk__in=conferences.expected_at(by.person_id).order_by().values("pk"))
    return access.row_or_404(Conference.objects.filter(mine).select_related("unit"), conference_id)


def of_conference(by: Actor, row: Conference, site_address: str) -> list[Entry]:
    """One conference, at the place where the actor's unit sits."""
    return _conferences(
        Conference.objects.filter(pk=row.pk).select_related("unit"), access.home(by), by, site_address
    )


def _of_unit(by: Actor, unit: Unit) -> QuerySet[Conference]:
    """Conferences the unit called, and those at which its people have a site."""
    sits = Q(site_units__unit=unit) | Q(sites__unit=unit)
    ids = Conference.objects.filter(Q(unit=unit) | sits).values("pk")
    return conferences.conferences(by).filter(pk__in=ids)


def _in_order(found: Iterable[Entry]) -> list[Entry]:
    return sorted(found, key=lambda entry: (entry.starts.isoformat(), entry.uid))


def _conferences(rows: QuerySet[Conference], home: Unit | None, by: Actor, site_address: str) -> list[Entry]:
    shown = list(rows.order_by("-starts_at", "-id")[:AT_MOST])
    places = _places(shown, home)
    return [
        Entry(
            uid=stable_uid("hoi-nghi", row.pk, row.created_at),
            title=row.title,
            starts=row.starts_at,
            ends=row.ends_at,
            place=places.get(row.pk, ""),
            text=_words(row),
            link=f"{site_address}{_page(row, by)}",
            file=reverse("calendar-conference", args=[row.pk]),
            # A change raises the version; being called off is one more change.
            sequence=row.version - 1 + (row.state == Conference.State.CANCELLED),
            is_cancelled=row.state == Conference.State.CANCELLED,
        )
        for row in shown
    ]


def _page(row: Conference, by: Actor) -> str:
    """Where the actor reads more of it: its page, or that of his own sessions."""
    return reverse("conference", args=[row.pk]) if by.can(Can.CONFERENCE_READ) else reverse("my-sessions")


def _words(row: Conference) -> str:
    told = [row.get_kind_display(), row.get_form_display(), row.unit.name]
    if row.state == Conference.State.CANCELLED:
        told.append(_("Đã hủy: {reason}").format(reason=row.state_reason))
    return "\n".join(told)


def _places(rows: list[Conference], home: Unit | None) -> dict[int, str]:
    """Where the unit sits in each conference; where it has no site, the hall of who called it."""
    own_site = Q(unit=home) | Q(site_units__unit=home) if home is not None else Q(pk=None)
    sites = Site.objects.filter(own_site | Q(is_hub=True), conference__in=rows).distinct()
    # The hall first, so that a site of the unit's own takes its place.
    ordered = sorted(sites, key=lambda site: (not site.is_hub, -site.pk))
    return {site.conference_id: ", ".join(filter(None, (site.name, site.place))) for site in ordered}


def _lectures(rows: QuerySet[Lecture], site_address: str) -> list[Entry]:
    return [
        Entry(
            uid=stable_uid("buoi-noi", row.pk, row.created_at),
            title=row.title,
            starts=row.starts_at,
            ends=row.ends_at,
            place=row.place,
            text="\n".join((_("Buổi nói của báo cáo viên"), row.unit.name)),
            link=f"{site_address}{reverse('lecture', args=[row.pk])}",
            sequence=row.version - 1,
        )
        for row in rows.order_by("-starts_at", "-id")[:AT_MOST]
    ]


def _outlines(person_id: int, site_address: str) -> list[Entry]:
    owed = (OutlineState.DRAFT, OutlineState.RETURNED)
    rows = Outline.objects.filter(person=person_id, state__in=owed, lecture__state=LectureState.ACCEPTED)
    rows = rows.filter(lecture__starts_at__gt=timezone.now()).select_related("lecture")
    return [
        Entry(
            uid=stable_uid("de-cuong", row.pk, row.created_at),
            title=_("Hạn gửi đề cương: {title}").format(title=row.lecture.title),
            starts=row.due_on,
            ends=row.due_on,
            link=f"{site_address}{reverse('outline', args=[row.lecture_id])}",
            sequence=row.version - 1,
        )
        for row in rows.order_by("due_on", "id")[:AT_MOST]
    ]


def _deadlines(by: Actor, unit: Unit | None, site_address: str) -> list[Entry]:
    """What the unit still owes, each on its last day; the sequence is the number of extensions granted."""
    if unit is None or not access.may(by, Can.OBLIGATION_FULFIL, unit):
        return []
    rows = Obligation.objects.filter(
        unit=unit, state=Obligation.State.OPEN, campaign__state=Campaign.State.ACTIVE
    )
    rows = rows.filter(due_at__gte=timezone.now() - BACK).select_related("campaign")
    return [
        Entry(
            uid=stable_uid("han", row.pk, row.created_at),
            title=_("Hạn: {kind}, {campaign}").format(
                kind=row.get_kind_display(), campaign=row.campaign.title
            ),
            starts=_day(row.due_at),
            ends=_day(row.due_at),
            text=unit.name,
            link=f"{site_address}{reverse('today-all')}",
            sequence=row.moves,
        )
        for row in rows.annotate(moves=Count("extensions")).order_by("due_at", "id")[:AT_MOST]
    ]


def _day(moment: datetime) -> date:
    return access.local_day(moment)
