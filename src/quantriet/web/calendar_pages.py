"""Calendars: what comes, as files to download, and private addresses for calendar programs."""

from datetime import date, datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from quantriet.core.calendars import MEDIA_TYPE, Entry, calendar
from quantriet.core.components import Crumb
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands import sign_ins
from quantriet.org.doors import SAFE, ActorRequest, page, public
from quantriet.org.permissions import Can
from quantriet.web import calendar_entries, calendars
from quantriet.web.models import CalendarFeed

# Under this name wrong addresses are counted; a sign-in name has no blank.
GUESSES = "calendar address"
SHOWN = 50


@page(Can.HOME, write=Can.HOME)
def overview(request: ActorRequest) -> HttpResponse:
    """What comes in my calendar, and my private addresses; a post makes a new one (shown this once) or revokes it."""
    by = request.actor
    offered = calendars.offered(by)
    kind = next((one for one in offered if one.value == request.POST.get("kind", "")), None)
    address = ""
    if request.method == "POST" and kind is None:
        raise access.not_found()
    if kind is not None and request.POST.get("act") == "revoke":
        calendars.revoke([kind], by=by)
        messages.success(request, _("Đã thu hồi địa chỉ lịch; phần mềm lịch không đọc được nữa."))
        return HttpResponseRedirect(reverse("calendars"))
    if kind is not None:
        secret = calendars.renew(kind, by=by)
        address = f"{_site(request)}{reverse('calendar-feed', args=[secret])}"
    alive = {feed.kind: feed for feed in calendars.alive(by)}
    now = timezone.now()
    context = {
        "feeds": [(one, alive.get(one.value), reverse(FILES[one])) for one in offered],
        "address": address,
        "made": kind,
        "entries": [entry for entry in calendar_entries.own(by, _site(request)) if not _is_over(entry, now)][
            :SHOWN
        ],
        "crumbs": [Crumb(_("Việc hôm nay"), "/"), Crumb(_("Lịch"))],
    }
    return render(request, "calendars/overview.html", context)


FILES = {CalendarFeed.Kind.OWN: "calendar-own", CalendarFeed.Kind.UNIT: "calendar-unit"}


def _is_over(entry: Entry, now: datetime) -> bool:
    ends: date = entry.ends
    return ends < now if isinstance(ends, datetime) else ends < timezone.localdate(now)


def _site(request: HttpRequest) -> str:
    """How this house is reached from outside, without a slash at the end."""
    return settings.SITE_ADDRESS or request.build_absolute_uri("/").rstrip("/")


@page(Can.HOME)
def own_file(request: ActorRequest) -> HttpResponse:
    """My calendar as a file."""
    return _file("lich-cua-toi.ics", _("Lịch của tôi"), calendar_entries.own(request.actor, _site(request)))


@page(Can.CONFERENCE_READ)
def unit_file(request: ActorRequest) -> HttpResponse:
    """The calendar of the unit I look down from, as a file."""
    return _file("lich-don-vi.ics", *_of_unit(request.actor, _site(request)))


def _of_unit(by: Actor, site_address: str) -> tuple[str, list[Entry]]:
    unit = access.home(by)
    if unit is None or not access.may(by, Can.CONFERENCE_READ, unit):
        raise access.not_found()
    return unit.name, calendar_entries.of_unit(by, unit, site_address)


@page(Can.HOME)
def conference_file(request: ActorRequest, conference_id: int) -> HttpResponse:
    """One conference as a file."""
    by = request.actor
    row = calendar_entries.conference(by, conference_id)
    entries = calendar_entries.of_conference(by, row, _site(request))
    return _file(f"hoi-nghi-{row.pk}.ics", row.title, entries)


def _file(name: str, title: str, entries: list[Entry]) -> HttpResponse:
    response = HttpResponse(calendar(title, entries, at=timezone.now()), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@public("a private calendar: its secret names an account, which the gate asks anew; read only")
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What the account behind a private address may see today; a dead or unknown one is like none."""
    if request.method not in SAFE:
        return HttpResponse(status=405)
    response = _answer(request, secret)
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, secret: str) -> HttpResponse:
    found = calendars.of_secret(secret)
    by = calendars.actor_of(found) if found is not None else None
    if found is None or by is None:
        return _unknown(str(request.META.get("REMOTE_ADDR", "")))
    if not calendars.counted(found):
        return _later()
    # The program that asks is no reader: the calendar is in the house's language.
    with translation.override(settings.LANGUAGE_CODE), access.acting(by):
        if found.kind == CalendarFeed.Kind.OWN:
            name, entries = _("Lịch của tôi"), calendar_entries.own(by, _site(request))
        elif CalendarFeed.Kind.UNIT in calendars.offered(by):
            name, entries = _of_unit(by, _site(request))
        else:
            return HttpResponse(status=404)
        return HttpResponse(calendar(name, entries, at=timezone.now()), content_type=MEDIA_TYPE)


def _unknown(address: str) -> HttpResponse:
    """404; from an address with many wrong ones lately 429, so that trying them costs time."""
    if sign_ins.locked_until(GUESSES, address) is not None:
        return _later()
    sign_ins.fail(GUESSES, address)
    return HttpResponse(status=404)


def _later() -> HttpResponse:
    return HttpResponse(status=429, headers={"Retry-After": "3600"})
